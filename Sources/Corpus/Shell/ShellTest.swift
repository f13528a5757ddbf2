/// What `[ … ]`, `[[ … ]]`, `(( … ))` and patterns claim.
enum ShellTest {
  struct Word {
    var value: ShellValue
    /// As it is written, where nothing in it is quoted or filled in.
    var sign: String?
    /// What a file of that name holds.
    var file: (source: Int?, subject: CorpusAssertion.Subject)?
  }

  static let comparisons: [String: Comparison] = [
    "=": .equal, "==": .equal, "!=": .notEqual, "-eq": .equal, "-ne": .notEqual, "-lt": .less,
    "-le": .lessOrEqual, "-gt": .greater, "-ge": .greaterOrEqual, "=~": .matches, "<": .less,
    ">": .greater,
  ]

  // MARK: [ … ]

  static func claim(_ words: [Word]) -> Claim {
    var words = words[...]
    return disjunction(&words, 0)
  }

  private static func disjunction(_ words: inout ArraySlice<Word>, _ depth: Int) -> Claim {
    var parts = [conjunction(&words, depth)]
    while words.first?.sign == "-o" {
      words = words.dropFirst()
      parts.append(conjunction(&words, depth))
    }
    return parts.count == 1 ? parts[0] : .any(parts)
  }

  private static func conjunction(_ words: inout ArraySlice<Word>, _ depth: Int) -> Claim {
    var parts = [single(&words, depth)]
    while words.first?.sign == "-a" {
      words = words.dropFirst()
      parts.append(single(&words, depth))
    }
    return parts.count == 1 ? parts[0] : .all(parts)
  }

  private static func single(_ words: inout ArraySlice<Word>, _ depth: Int) -> Claim {
    guard let first = words.popFirst(), depth < 30 else {
      words = []
      return .unknown("test")
    }
    if first.sign == "!" { return .not(single(&words, depth + 1)) }
    if first.sign == "(" || first.sign == "\\(" {
      let inner = disjunction(&words, depth + 1)
      words = words.dropFirst()
      return inner
    }
    if let sign = words.first?.sign, let comparison = comparisons[sign], words.count > 1 {
      words = words.dropFirst()
      guard let second = words.popFirst() else { return .unknown("test") }
      return compare(first.value, comparison, second.value)
    }
    if let sign = first.sign, sign.hasPrefix("-"), sign.utf8.count == 2, let operand = words.first,
      operand.sign != "-a", operand.sign != "-o"
    {
      words = words.dropFirst()
      return unary(sign, operand)
    }
    return truth(first.value)
  }

  static func truth(_ value: ShellValue) -> Claim {
    guard let seen = value.seen else { return .unknown(value.text) }
    return .compare(seen.source, seen.subject, .isTrue, "")
  }

  static func unary(_ sign: String, _ operand: Word) -> Claim {
    let seen = sign == "-s" ? operand.file : operand.value.seen
    guard let seen, ["-n", "-s", "-z"].contains(sign) else {
      return .unknown("\(sign) \(operand.value.text)")
    }
    return .compare(seen.source, seen.subject, sign == "-z" ? .isFalse : .isTrue, "")
  }

  // MARK: Comparisons

  /// - Parameter isPattern: The right side is a pattern, as between `[[` and `]]`.
  static func compare(
    _ left: ShellValue,
    _ comparison: Comparison,
    _ right: ShellValue,
    isPattern: Bool = false
  ) -> Claim {
    if let success = left.success, let code = Int(right.text) {
      switch (comparison, code) {
      case (.equal, 0): return success
      case (.notEqual, 0), (.greater, 0): return .not(success)
      case (.equal, _): return .not(success)
      default: return .unknown("$? \(comparison.rawValue) \(code)")
      }
    }
    guard let seen = left.seen else {
      if right.seen != nil, let mirrored = comparison.mirrored {
        return compare(right, mirrored, left)
      }
      return .unknown("\(left.text) \(comparison.rawValue) \(right.text)".short)
    }
    if seen.subject == .status {
      if let code = Int(right.text), let codes = StatusCodes(comparison, code) {
        let condition = CorpusAssertion.Condition.codes(codes)
        return .atom(Claim.Atom(source: seen.source, subject: .status, condition: condition))
      }
      if isPattern, let codes = codes(of: right.text),
        comparison == .equal || comparison == .notEqual
      {
        let claim = Claim.status(seen.source, codes)
        return comparison == .equal ? claim : .not(claim)
      }
    }
    if isPattern, right.text.contains(where: { "*?[".contains($0) }),
      right.text != Fingerprint.hole,
      comparison == .equal || comparison == .notEqual
    {
      let claim = matches(left, right.text)
      return comparison == .notEqual ? .not(claim) : claim
    }
    let operand =
      Int(right.text) == nil && right.text != Fingerprint.hole
      ? right.text.quoted : right.text
    if right.text.isEmpty {
      return .compare(seen.source, seen.subject, comparison == .equal ? .isFalse : .isTrue, "")
    }
    return .compare(seen.source, seen.subject, comparison, operand)
  }

  /// `2*`, `2??`, `20[0-9]` of a status.
  private static func codes(of pattern: String) -> ClosedRange<Int>? {
    guard let digit = pattern.first.flatMap({ Int(String($0)) }), (1...5).contains(digit) else {
      return nil
    }
    switch pattern.dropFirst() {
    case "*", "??", "[0-9][0-9]": return (digit * 100)...(digit * 100 + 99)
    case "0?", "0[0-9]", "0*": return (digit * 100)...(digit * 100 + 9)
    default: return nil
    }
  }

  /// A pattern of `case` and `[[ … == … ]]`.
  static func matches(_ value: ShellValue, _ pattern: String) -> Claim {
    if pattern == "*" { return .known(true) }
    guard let seen = value.seen else { return .unknown("\(value.text) like \(pattern)".short) }
    if seen.subject == .status {
      if let code = Int(pattern) { return .status(seen.source, code...code) }
      if let range = codes(of: pattern) { return .status(seen.source, range) }
    }
    if pattern.isEmpty { return .compare(seen.source, seen.subject, .isFalse, "") }
    let isOpenAtStart = pattern.hasPrefix("*")
    let isOpenAtEnd = pattern.hasSuffix("*")
    var text = pattern[...]
    if isOpenAtStart { text = text.dropFirst() }
    if isOpenAtEnd, !text.isEmpty { text = text.dropLast() }
    let comparison: Comparison =
      switch (isOpenAtStart, isOpenAtEnd) {
      case (true, true): .contains
      case (true, false): .endsWith
      case (false, true): .startsWith
      case (false, false): .equal
      }
    let isPlain = !text.contains { "*?[".contains($0) } || text == Fingerprint.hole
    return .compare(
      seen.source,
      seen.subject,
      isPlain ? comparison : .matches,
      (isPlain ? String(text) : pattern).quoted
    )
  }
}

extension ShellReader {
  /// What stands between `[[` and `]]`.
  func test(_ node: SyntaxNode) -> Claim {
    func side(_ name: String) -> Claim { node[name].map { test($0) } ?? .unknown("test") }
    let sign = node.sign("OpPos", in: text)
    switch node.kind {
    case "ParenTest": return side("X")
    case "UnaryTest" where sign == "!": return .not(side("X"))
    case "UnaryTest":
      let value = value(of: node["X"])
      let file = variables["file \(value.text)"]?.seen
      return ShellTest.unary(sign, ShellTest.Word(value: value, file: file))
    case "BinaryTest" where sign == "&&": return .all([side("X"), side("Y")])
    case "BinaryTest" where sign == "||": return .any([side("X"), side("Y")])
    case "BinaryTest":
      guard let comparison = ShellTest.comparisons[sign] else { return .unknown("test \(sign)") }
      return ShellTest.compare(
        value(of: node["X"]),
        comparison,
        value(of: node["Y"], isPattern: true),
        isPattern: true
      )
    default: return ShellTest.truth(value(of: node))
    }
  }

  /// What stands between `((` and `))`: comparisons of variables and numbers.
  func arithmetic(_ node: SyntaxNode) -> Claim {
    func side(_ name: String) -> Claim { node[name].map { arithmetic($0) } ?? .unknown("…") }
    func value(_ name: String) -> ShellValue {
      let value = self.value(of: node[name])
      return variables[value.text] ?? value
    }
    let sign = node.sign("OpPos", in: text)
    switch (node.kind, sign) {
    case ("ParenArithm", _): return side("X")
    case ("UnaryArithm", "!"): return .not(side("X"))
    case ("BinaryArithm", "&&"): return .all([side("X"), side("Y")])
    case ("BinaryArithm", "||"): return .any([side("X"), side("Y")])
    case ("BinaryArithm", _):
      guard let comparison = Comparison(rawValue: sign) else { return .unknown("(( … ))") }
      return ShellTest.compare(value("X"), comparison, value("Y"))
    default: return .unknown("(( … ))")
    }
  }
}
