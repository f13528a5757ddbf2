extension PythonReader {
  func evaluate(_ expression: PythonExpression, _ frame: Frame) -> PythonValue {
    nesting += 1
    defer { nesting -= 1 }
    guard nesting <= Self.nestingLimit else {
      note("an expression is nested too deeply to follow")
      return .unknown("…")
    }
    switch expression {
    case .name(let name): return named(name, frame)
    case .integer(let number): return .integer(number)
    case .number(let text), .other(let text): return .unknown(text)
    case .boolean(let value): return .boolean(value)
    case .none: return .none
    case .text(let pieces):
      return .text(
        pieces.map { piece in
          switch piece {
          case .literal(let text): text
          case .hole(let value): evaluate(value, frame).inText
          }
        }.joined()
      )
    case .attribute(let base, let name):
      return attribute(name, of: evaluate(base, frame), written: expression)
    case .call(let callee, let arguments, let line):
      if frame.module == 0 { self.line = line }
      return call(callee, arguments, frame, written: expression)
    case .subscripted(let base, let key):
      return item(evaluate(key, frame), of: evaluate(base, frame), written: expression)
    case .list(let elements):
      return .list(
        elements.flatMap { element -> [PythonValue] in
          if case .starred(let inner) = element {
            return self.elements(of: evaluate(inner, frame)) ?? [.unknown("rest")]
          }
          return [evaluate(element, frame)]
        }
      )
    case .dictionary(let pairs):
      return .dictionary(
        pairs.flatMap { pair -> [(key: PythonValue, value: PythonValue)] in
          let value = evaluate(pair.value, frame)
          guard let key = pair.key else {
            if case .dictionary(let inner) = value { return inner }
            return []
          }
          return [(evaluate(key, frame), value)]
        }
      )
    case .unary(let sign, let value): return .unknown("\(sign)\(evaluate(value, frame).operand)")
    case .binary(let sign, let left, let right):
      return combine(sign, evaluate(left, frame), evaluate(right, frame))
    case .all(let parts):
      let values = parts.map { evaluate($0, frame) }
      if let last = values.last, !values.contains(where: Self.isClaim), last.isKnown { return last }
      return .claim(.all(zip(parts, values).map { Self.claim($1, written: $0) }))
    case .any(let parts):
      let values = parts.enumerated().map { index, part in
        index == 0 ? evaluate(part, frame) : perhaps { evaluate(part, frame) }
      }
      // `os.environ.get("X") or "https://…"`
      if !values.contains(where: Self.isClaim), let known = values.first(where: Self.isPreset) {
        return known
      }
      return .claim(.any(zip(parts, values).map { Self.claim($1, written: $0) }))
    case .comparison, .not: return .claim(claim(expression, frame))
    case .conditional(let test, let then, let otherwise):
      let claim = claim(test, frame)
      return perhaps { conditional(claim, evaluate(then, frame), evaluate(otherwise, frame)) }
    case .lambda(let parameters, let body): return .lambda(parameters, body, module: frame.module)
    case .comprehension(let element, let clauses):
      return comprehension(element, clauses[...], frame)
    case .assignment(let name, let value):
      let result = evaluate(value, frame)
      frame.names[name] = result
      return result
    case .starred(let inner): return evaluate(inner, frame)
    }
  }

  private static func isClaim(_ value: PythonValue) -> Bool {
    switch value {
    case .claim, .seen, .response, .outcome, .boolean, .command: true
    default: false
    }
  }

  private static func isPreset(_ value: PythonValue) -> Bool {
    switch value {
    case .text(let text): !text.isEmpty
    case .integer, .list, .dictionary, .client: true
    default: false
    }
  }

  private func conditional(
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

  private func named(_ name: String, _ frame: Frame) -> PythonValue {
    if let value = frame.names[name] { return value }
    if !frame.isTop, let value = modules[frame.module].globals[name] { return value }
    switch name {
    case "int", "str", "len", "bool", "float", "bytes", "list", "tuple", "set", "sorted", "dict",
      "any", "all", "sum", "range", "isinstance", "type", "enumerate", "zip", "exit", "quit",
      "print", "repr", "max", "min", "getattr", "iter", "next", "map", "filter", "open", "yield",
      "frozenset", "fail", "die", "abort", "bail", "super":
      return .library(name)
    default: return .unknown(name)
    }
  }

  private func comprehension(
    _ element: PythonExpression,
    _ clauses: ArraySlice<PythonExpression.Clause>,
    _ frame: Frame
  ) -> PythonValue {
    guard let clause = clauses.first else { return evaluate(element, frame) }
    let source = evaluate(clause.source, frame)
    guard let values = elements(of: source) else {
      assign(Self.element(of: source), to: clause.target, frame)
      for condition in clause.conditions { _ = evaluate(condition, frame) }
      let inner = perhaps { comprehension(element, clauses.dropFirst(), frame) }
      if case .claim(let claim) = inner { return .claim(claim) }
      return inner.isKnown ? inner : .unknown("\(element)")
    }
    return .list(
      values.map { value in
        assign(value, to: clause.target, frame)
        return comprehension(element, clauses.dropFirst(), frame)
      }
    )
  }

  /// Any element of what is not written down.
  static func element(of value: PythonValue) -> PythonValue {
    switch value {
    case .seen(let source, let subject): .seen(source, item(subject, "*"))
    case .headers(let source), .response(let source): .seen(source, .value("element"))
    default: .unknown("element")
    }
  }

  /// The elements of what is written down; nil where they are not known, or too many.
  func elements(of value: PythonValue) -> [PythonValue]? {
    switch value {
    case .list(let elements): elements.count <= Self.loopLimit ? elements : nil
    case .dictionary(let pairs): pairs.count <= Self.loopLimit ? pairs.map(\.key) : nil
    default: nil
    }
  }

  func combine(_ sign: String, _ left: PythonValue, _ right: PythonValue) -> PythonValue {
    switch (sign, left, right) {
    case ("+", .list(let one), .list(let other)): return .list(one + other)
    case ("+", .integer(let one), .integer(let other)):
      let (sum, overflow) = one.addingReportingOverflow(other)
      return overflow ? .unknown("sum") : .integer(sum)
    case ("+", .text, _), ("+", _, .text): return .text(left.inText + right.inText)
    case ("/", .text(let text), _): return .text("\(text)/\(right.inText)")
    case ("%", .text(let text), _): return .text(Self.percent(text, with: right))
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

  /// `"/users/%s" % name`.
  private static func percent(_ text: String, with value: PythonValue) -> String {
    var values: [PythonValue] = [value]
    if case .list(let elements) = value { values = elements }
    var result: [UInt8] = []
    let bytes = Array(text.utf8)
    var index = 0
    while index < bytes.count {
      guard bytes[index] == UInt8(ascii: "%"), index + 1 < bytes.count else {
        result.append(bytes[index])
        index += 1
        continue
      }
      index += 1
      if bytes[index] == UInt8(ascii: "%") {
        result.append(bytes[index])
      } else {
        if bytes[index] == UInt8(ascii: "(") {
          while index < bytes.count, bytes[index] != UInt8(ascii: ")") { index += 1 }
          index += 1
          result += Array(Fingerprint.hole.utf8)
        } else {
          let own = values.isEmpty ? PythonValue.none : values.removeFirst()
          result += Array((own.isKnown ? own.inText : Fingerprint.hole).utf8)
        }
        while index < bytes.count, "0123456789.-+ #".utf8.contains(bytes[index]) { index += 1 }
      }
      index += 1
    }
    return String(decoding: result, as: UTF8.self)
  }

  // MARK: Parts

  static func item(
    _ subject: CorpusAssertion.Subject,
    _ key: String
  ) -> CorpusAssertion.Subject {
    switch subject {
    case .field(let path):
      if key.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 || $0 == 0x2A || $0 == 0x2D }) {
        return .field("\(path)[\(key)]")
      }
      return .field(path.isEmpty ? key : "\(path).\(key)")
    case .header("any"): return .header(key.lowercased())
    case .output, .body: return subject
    default: return .value("\(subject)[\(key)]".short)
    }
  }

  func item(_ key: PythonValue, of base: PythonValue, written: PythonExpression) -> PythonValue {
    switch (base, key) {
    case (.headers(let source), .text(let name)): return .seen(source, .header(name.lowercased()))
    case (.seen(let source, let subject), .text(let name)):
      return .seen(source, Self.item(subject, name))
    case (.seen(let source, let subject), .integer(let index)):
      return .seen(source, Self.item(subject, String(index)))
    case (.seen(let source, let subject), .unknown(let text)) where text.contains(":"):
      return .seen(source, subject)
    case (.seen(let source, let subject), _):
      return .seen(source, Self.item(subject, Fingerprint.hole))
    case (.list(let elements), .integer(let index)):
      let place = index < 0 ? elements.count + index : index
      return elements.indices.contains(place) ? elements[place] : .unknown(written.description)
    case (.dictionary(let pairs), _):
      return pairs.last { $0.key.operand == key.operand }?.value
        ?? .unknown(written.description.short)
    case (.library("os.environ"), _): return .unknown(written.description)
    case (.response(let source), .text(let name)): return .seen(source, .field(name))
    default: return .unknown(written.description.short)
    }
  }

  // MARK: Claims

  func claim(_ expression: PythonExpression, _ frame: Frame) -> Claim {
    nesting += 1
    defer { nesting -= 1 }
    guard nesting <= Self.nestingLimit else { return .unknown("…") }
    switch expression {
    case .not(let inner): return .not(claim(inner, frame))
    case .all(let parts): return .all(parts.map { claim($0, frame) })
    case .any(let parts):
      return .any(
        parts.enumerated().map { index, part in
          index == 0 ? claim(part, frame) : perhaps { claim(part, frame) }
        }
      )
    case .comparison(let first, let rest):
      var left = evaluate(first, frame)
      var claims: [Claim] = []
      for (sign, other) in rest {
        let right = evaluate(other, frame)
        claims.append(compare(left, sign, right, written: (first, other)))
        left = right
      }
      return claims.count == 1 ? claims[0] : .all(claims)
    default: return Self.claim(evaluate(expression, frame), written: expression)
    }
  }

  private static func claim(_ value: PythonValue, written: PythonExpression) -> Claim {
    if case .unknown = value { return .unknown(written.description.short) }
    return value.claim
  }

  func compare(
    _ left: PythonValue,
    _ sign: String,
    _ right: PythonValue,
    written: (PythonExpression, PythonExpression)
  ) -> Claim {
    let comparison: Comparison? =
      switch sign {
      case "is": .equal
      case "is not": .notEqual
      default: Comparison(rawValue: sign)
      }
    guard let comparison else { return .unknown("\(written.0) \(sign) \(written.1)") }
    if case .outcome(let claim) = left, case .integer(0) = right {
      return comparison == .notEqual ? .not(claim) : claim
    }
    if case .claim(let claim) = left, case .boolean(let value) = right {
      return (comparison == .equal) == value ? claim : .not(claim)
    }
    if let claim = seen(left, comparison, right) { return claim }
    if let mirrored = comparison.mirrored, let claim = seen(right, mirrored, left) { return claim }
    switch (left, right) {
    case (.integer(let one), .integer(let other)) where comparison == .equal:
      return .known(one == other)
    case (.text(let one), .text(let other)) where comparison == .equal && !one.contains("{…}"):
      return .known(one == other)
    default:
      // The same words for the same thing, whatever is known of it.
      let operand = right.isKnown ? right.operand : written.1.description.short
      return .compare(nil, .value(written.0.description.short), comparison, operand)
    }
  }

  /// What an answer is compared with; nil where the value is none of an answer.
  private func seen(
    _ value: PythonValue,
    _ comparison: Comparison,
    _ other: PythonValue
  ) -> Claim? {
    switch value {
    case .headers(let source):
      guard case .text(let name) = other, comparison == .contains || comparison == .lacks else {
        return nil
      }
      return .compare(
        source,
        .header(name.lowercased()),
        comparison == .contains ? .exists : .isMissing,
        ""
      )
    case .response(let source):
      if case .none = other {
        return .compare(source, .status, comparison == .equal ? .isMissing : .exists, "")
      }
      return nil
    case .command(let source): return .compare(source, .output, comparison, other.operand)
    case .seen(let source, let subject):
      return seen(source, subject, comparison, other)
    default: return nil
    }
  }

  private func seen(
    _ source: Int?,
    _ subject: CorpusAssertion.Subject,
    _ comparison: Comparison,
    _ other: PythonValue
  ) -> Claim {
    switch (subject, other) {
    // A field may be there and be null; a header cannot.
    case (.field, .none): break
    case (_, .none) where comparison == .equal: return .compare(source, subject, .isMissing, "")
    case (_, .none) where comparison == .notEqual: return .compare(source, subject, .exists, "")
    case (.status, .integer(let code)):
      if let codes = StatusCodes(comparison, code) {
        return .atom(Claim.Atom(source: source, subject: .status, condition: .codes(codes)))
      }
    case (.status, .list(let values)) where comparison == .isOneOf || comparison == .isNoneOf:
      let numbers = values.compactMap { value -> ClosedRange<Int>? in
        if case .integer(let number) = value { return number...number }
        return nil
      }
      if numbers.count == values.count {
        let codes = StatusCodes(numbers)
        return .atom(
          Claim.Atom(
            source: source,
            subject: .status,
            condition: .codes(comparison == .isOneOf ? codes : codes.inverted)
          )
        )
      }
    case (.value("status // 100"), .integer(let hundreds)) where comparison == .equal:
      return .status(source, (hundreds * 100)...(hundreds * 100 + 99))
    case (.field, .text(let key)) where comparison == .contains || comparison == .lacks:
      // `"version" in answer.json()` asks for a key.
      return .compare(
        source,
        Self.item(subject, key),
        comparison == .contains ? .exists : .isMissing,
        ""
      )
    default: break
    }
    return .compare(source, subject, comparison, other.operand)
  }
}
