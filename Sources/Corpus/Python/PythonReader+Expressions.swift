import Formats

extension PythonReader {
  func evaluate(_ expression: SyntaxNode, _ frame: Frame) -> PythonValue {
    nesting += 1
    defer { nesting -= 1 }
    guard nesting <= Self.nestingLimit else {
      note("an expression is nested too deeply to follow")
      return .unknown("…")
    }
    func value(_ name: String) -> PythonValue {
      expression[name].map { evaluate($0, frame) } ?? .none
    }
    switch expression.kind {
    case "Name": return named(expression.text("id") ?? "", frame)
    case "Constant": return Self.constant(expression.value["v"])
    case "JoinedStr":
      return .text(
        expression.list("values").map { piece in
          piece.text("v") ?? piece["value"].map { evaluate($0, frame).inText } ?? Fingerprint.hole
        }.joined()
      )
    case "Attribute":
      return attribute(expression.text("attr") ?? "", of: value("value"), written: expression)
    case "Call":
      if frame.module == 0 { line = expression.line }
      return call(expression, frame)
    case "Subscript": return item(value("slice"), of: value("value"), written: expression)
    case "List", "Tuple", "Set":
      return .list(
        expression.list("elts").flatMap { element -> [PythonValue] in
          guard element.kind == "Starred", let inner = element["value"] else {
            return [evaluate(element, frame)]
          }
          return evaluate(inner, frame).elements ?? [.unknown("rest")]
        }
      )
    case "Dict": return dictionary(expression, frame)
    case "UnaryOp":
      if expression.text("op") == "Not" { return .claim(claim(expression, frame)) }
      return Self.signed(SyntaxNode.sign(expression.text("op")), value("operand"))
    case "BinOp":
      return combine(SyntaxNode.sign(expression.text("op")), value("left"), value("right"))
    case "BoolOp": return either(expression, frame)
    case "Compare": return .claim(claim(expression, frame))
    case "IfExp":
      let claim = expression["test"].map { self.claim($0, frame) } ?? .unknown("test")
      return perhaps { Self.conditional(claim, value("body"), value("orelse")) }
    case "Lambda":
      return .function(PythonFunction(node: expression, module: frame.module, around: frame.names))
    case "ListComp", "SetComp", "GeneratorExp", "DictComp":
      return comprehension(expression, expression.list("generators")[...], frame)
    case "NamedExpr":
      let result = value("value")
      if let target = expression["target"] { assign(result, to: target, frame) }
      return result
    case "Await", "Starred": return value("value")
    case "Yield", "YieldFrom":
      if expression["value"] != nil { frame.returned.append((nil, value("value"))) }
      return .none
    default: return .unknown(expression.written)
    }
  }

  private static func constant(_ value: JSONValue?) -> PythonValue {
    switch value {
    case .string(let text)?: .text(text)
    case .int(let number)?: .integer(Int(number))
    case .bool(let value)?: .boolean(value)
    case .object(let object)?:
      object["bytes"]?.stringValue.map { .text($0) } ?? .number(object["number"]?.stringValue ?? "")
    default: .none
    }
  }

  private static func signed(_ sign: String, _ value: PythonValue) -> PythonValue {
    switch (sign, value) {
    case ("-", .integer(let number)): .integer(-number)
    case ("-", .number(let text)): .number("-\(text)")
    default: .unknown("\(sign)\(value.operand)")
    }
  }

  private func dictionary(_ expression: SyntaxNode, _ frame: Frame) -> PythonValue {
    .dictionary(
      zip(expression.list("keys"), expression.list("values")).flatMap {
        key,
        value -> [(key: PythonValue, value: PythonValue)] in
        let value = evaluate(value, frame)
        guard key.isNull else { return [(evaluate(key, frame), value)] }
        if case .dictionary(let inner) = value { return inner }
        return [(.unknown("**"), .unknown("**"))]
      }
    )
  }

  /// `and` and `or`: a claim, or the value that stands for what is not known.
  private func either(_ expression: SyntaxNode, _ frame: Frame) -> PythonValue {
    let isAny = expression.text("op") == "Or"
    let parts = expression.list("values")
    let values = parts.enumerated().map { index, part in
      index == 0 || !isAny ? evaluate(part, frame) : perhaps { evaluate(part, frame) }
    }
    if !values.contains(where: Self.isClaim) {
      // `os.environ.get("X") or "https://…"`
      if isAny, let known = values.first(where: Self.isPreset) { return known }
      if !isAny, let last = values.last, last.isKnown { return last }
    }
    let claims = zip(parts, values).map { Self.claim($1, written: $0) }
    return .claim(isAny ? .any(claims) : .all(claims))
  }

  private static func isClaim(_ value: PythonValue) -> Bool {
    switch value {
    case .claim, .seen, .response, .outcome, .boolean, .command, .each: true
    default: false
    }
  }

  private static func isPreset(_ value: PythonValue) -> Bool {
    switch value {
    case .text(let text): !text.isEmpty
    case .integer, .number, .list, .dictionary, .client: true
    default: false
    }
  }

  private static func conditional(
    _ claim: Claim,
    _ then: PythonValue,
    _ otherwise: PythonValue
  ) -> PythonValue {
    switch (then, otherwise) {
    case (.integer(0), .integer(let number)) where number != 0: .outcome(claim)
    case (.integer(let number), .integer(0)) where number != 0: .outcome(.not(claim))
    case (.boolean(true), .boolean(false)): .claim(claim)
    case (.boolean(false), .boolean(true)): .claim(.not(claim))
    default: PythonValue.either(then, otherwise)
    }
  }

  /// A list for each element of what is written down; one that leaves out some is not followed.
  private func comprehension(
    _ expression: SyntaxNode,
    _ clauses: ArraySlice<SyntaxNode>,
    _ frame: Frame
  ) -> PythonValue {
    guard let clause = clauses.first, let source = clause["iter"], let target = clause["target"]
    else {
      return (expression["elt"] ?? expression["value"]).map { evaluate($0, frame) } ?? .none
    }
    let list = evaluate(source, frame)
    let values = list.elements
    guard let values, clause.list("ifs").isEmpty, expression.kind != "DictComp" else {
      assign(list.anyElement, to: target, frame)
      for condition in clause.list("ifs") { _ = evaluate(condition, frame) }
      let inner = perhaps { comprehension(expression, clauses.dropFirst(), frame) }
      let isWhole = clause.list("ifs").isEmpty && expression.kind != "DictComp"
      return isWhole && inner.source != nil ? .each(inner) : part(expression, list, inner)
    }
    return .list(
      values.map { value in
        assign(value, to: target, frame)
        return comprehension(expression, clauses.dropFirst(), frame)
      }
    )
  }

  func combine(_ sign: String, _ left: PythonValue, _ right: PythonValue) -> PythonValue {
    switch (sign, left, right) {
    case ("+", .list(let one), .list(let other)): return .list(one + other)
    case ("+", .integer(let one), .integer(let other)):
      let (sum, overflow) = one.addingReportingOverflow(other)
      return overflow ? .unknown("sum") : .integer(sum)
    case ("+", .text, _), ("+", _, .text): return .text(left.inText + right.inText)
    case ("/", .text(let text), _): return .text("\(text)/\(right.inText)")
    case ("%", .text(let text), _): return .text(PythonText.percent(text, with: right))
    case ("//", .seen(let source, .status), .integer(100)):
      return .seen(source, .value("status // 100"))
    case ("|", .dictionary(let one), .dictionary(let other)): return .dictionary(one + other)
    case (_, .seen(let source, let subject), _):
      return .seen(source, .value("\(subject) \(sign) \(right.operand)".short))
    case (_, _, .seen(let source, let subject)):
      return .seen(source, .value("\(left.operand) \(sign) \(subject)".short))
    default: return .unknown("\(left.operand) \(sign) \(right.operand)".short)
    }
  }

  func item(_ key: PythonValue, of base: PythonValue, written: SyntaxNode) -> PythonValue {
    let isSlice = written["slice"]?.kind == "Slice"
    switch (base, key) {
    case (.headers(let source), .text(let name)): return .seen(source, .header(name.lowercased()))
    case (.seen(let source, let subject), _) where isSlice:
      return .seen(source, .value("\(subject.words)[…]".short))
    case (.seen(let source, let subject), _): return .seen(source, subject.item(key.inText))
    case (.list(let elements), .integer(let index)):
      let place = index < 0 ? elements.count + index : index
      return elements.indices.contains(place) ? elements[place] : .unknown(written.written)
    case (.dictionary(let pairs), _):
      return pairs.last { $0.key.operand == key.operand }?.value ?? .unknown(written.written.short)
    case (.response(let source), .text(let name)): return .seen(source, .field(name))
    default: return part(written, base)
    }
  }

  // MARK: Claims

  func claim(_ expression: SyntaxNode, _ frame: Frame) -> Claim {
    nesting += 1
    defer { nesting -= 1 }
    guard nesting <= Self.nestingLimit else { return .unknown("…") }
    switch (expression.kind, expression.text("op")) {
    case ("UnaryOp", "Not"?):
      return .not(expression["operand"].map { claim($0, frame) } ?? .unknown("not"))
    case ("BoolOp", let sign?):
      let isAny = sign == "Or"
      let parts = expression.list("values").enumerated().map { index, part in
        index == 0 || !isAny ? claim(part, frame) : perhaps { claim(part, frame) }
      }
      return isAny ? .any(parts) : .all(parts)
    case ("Compare", _):
      guard var written = expression["left"] else { return .unknown("…") }
      var left = evaluate(written, frame)
      var claims: [Claim] = []
      for (sign, other) in zip(expression.signs, expression.list("comparators")) {
        let right = evaluate(other, frame)
        claims.append(compare(left, sign, right, written: (written.written, other.written)))
        (left, written) = (right, other)
      }
      return claims.count == 1 ? claims[0] : .all(claims)
    default: return Self.claim(evaluate(expression, frame), written: expression)
    }
  }

  private static func claim(_ value: PythonValue, written: SyntaxNode) -> Claim {
    switch value {
    case .unknown, .each: .unknown(written.written.short)
    default: value.claim
    }
  }

  func compare(
    _ left: PythonValue,
    _ sign: String,
    _ right: PythonValue,
    written: (String, String)
  ) -> Claim {
    let comparison: Comparison? =
      switch sign {
      case "is": .equal
      case "is not": .notEqual
      default: Comparison(rawValue: sign)
      }
    guard let comparison else { return .unknown("\(written.0) \(sign) \(written.1)") }
    let isEquality = comparison == .equal || comparison == .notEqual
    switch (left, right) {
    case (.outcome(let claim), .integer(0)) where isEquality:
      return comparison == .notEqual ? .not(claim) : claim
    case (.claim(let claim), .boolean(let value)) where isEquality:
      return (comparison == .equal) == value ? claim : .not(claim)
    default: break
    }
    if let claim = seen(left, comparison, right) { return claim }
    if let mirrored = comparison.mirrored, let claim = seen(right, mirrored, left) { return claim }
    switch (left, right) {
    case (.integer(let one), .integer(let other)) where comparison == .equal:
      return .known(one == other)
    case (.text(let one), .text(let other))
    where comparison == .equal && !(one + other).contains(Fingerprint.hole):
      return .known(one == other)
    default:
      // The same words for the same thing, whatever is known of it.
      let operand = right.isKnown ? right.operand : written.1.short
      return .compare(nil, .value(written.0.short), comparison, operand)
    }
  }

  /// What an answer is compared with; nil where the value is none of an answer.
  private func seen(_ value: PythonValue, _ comparison: Comparison, _ other: PythonValue) -> Claim?
  {
    switch (value, other) {
    case (.headers(let source), .text(let name))
    where comparison == .contains || comparison == .lacks:
      let isThere: Comparison = comparison == .contains ? .exists : .isMissing
      return .compare(source, .header(name.lowercased()), isThere, "")
    case (.response(let source), .none):
      return .compare(source, .status, comparison == .equal ? .isMissing : .exists, "")
    case (.each(let element), _):
      guard case .seen(let source, let subject) = element else { return nil }
      return .compare(source, .value("\(subject)"), comparison, other.operand)
    case (.command(let source), _): return .compare(source, .output, comparison, other.operand)
    case (.seen(let source, let subject), _): return seen(source, subject, comparison, other)
    default: return nil
    }
  }

  private func seen(
    _ source: Int?,
    _ subject: CorpusAssertion.Subject,
    _ comparison: Comparison,
    _ other: PythonValue
  ) -> Claim {
    let isIn = comparison == .isOneOf || comparison == .isNoneOf
    switch (subject, other) {
    // A field may be there and be null; a header cannot.
    case (.field, .none): break
    case (_, .none) where comparison == .equal: return .compare(source, subject, .isMissing, "")
    case (_, .none) where comparison == .notEqual: return .compare(source, subject, .exists, "")
    case (.status, .integer(let code)):
      if let codes = StatusCodes(comparison, code) {
        return .atom(Claim.Atom(source: source, subject: .status, condition: .codes(codes)))
      }
    case (.status, .list(let values)) where isIn:
      let numbers = values.compactMap { value -> ClosedRange<Int>? in
        if case .integer(let number) = value { number...number } else { nil }
      }
      guard numbers.count == values.count else { break }
      let codes = StatusCodes(numbers)
      let condition = CorpusAssertion.Condition.codes(
        comparison == .isOneOf ? codes : codes.inverted
      )
      return .atom(Claim.Atom(source: source, subject: .status, condition: condition))
    case (.value("status // 100"), .integer(let hundreds)) where comparison == .equal:
      return .status(source, (hundreds * 100)...(hundreds * 100 + 99))
    case (.field, .text(let key)) where comparison == .contains || comparison == .lacks:
      // `"version" in answer.json()` asks for a key.
      let isThere: Comparison = comparison == .contains ? .exists : .isMissing
      return .compare(source, subject.item(key), isThere, "")
    default: break
    }
    return .compare(source, subject, comparison, other.operand)
  }
}
