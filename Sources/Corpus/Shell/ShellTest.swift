/// What `[ … ]`, `[[ … ]]`, `test` and patterns claim.
enum ShellTest {
  struct Word {
    var value: ShellReader.Value
    /// As it is written, where nothing in it is quoted or filled in.
    var sign: String?
    /// What a file of that name holds.
    var file: (source: Int?, subject: CorpusAssertion.Subject)?
  }

  private static let comparisons: [String: Comparison] = [
    "=": .equal, "==": .equal, "!=": .notEqual, "-eq": .equal, "-ne": .notEqual, "-lt": .less,
    "-le": .lessOrEqual, "-gt": .greater, "-ge": .greaterOrEqual, "=~": .matches, "<": .less,
    ">": .greater,
  ]

  static func claim(_ words: [Word]) -> Claim {
    var words = words[...]
    return disjunction(&words, 0)
  }

  private static func disjunction(_ words: inout ArraySlice<Word>, _ depth: Int) -> Claim {
    var parts = [conjunction(&words, depth)]
    while let sign = words.first?.sign, sign == "||" || sign == "-o" {
      words = words.dropFirst()
      parts.append(conjunction(&words, depth))
    }
    return parts.count == 1 ? parts[0] : .any(parts)
  }

  private static func conjunction(_ words: inout ArraySlice<Word>, _ depth: Int) -> Claim {
    var parts = [single(&words, depth)]
    while let sign = words.first?.sign, sign == "&&" || sign == "-a" {
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
    if first.sign == "(" {
      let inner = disjunction(&words, depth + 1)
      if words.first?.sign == ")" { words = words.dropFirst() }
      return inner
    }
    if let sign = words.first?.sign, let comparison = comparisons[sign], words.count > 1 {
      words = words.dropFirst()
      guard let second = words.popFirst() else { return .unknown("test") }
      return compare(
        first.value,
        comparison,
        second.value,
        isPattern: sign == "==" || sign == "=" || sign == "!="
      )
    }
    if let sign = first.sign, sign.hasPrefix("-"), sign.utf8.count == 2, let operand = words.first,
      operand.sign != "&&", operand.sign != "||", operand.sign != "-a", operand.sign != "-o"
    {
      words = words.dropFirst()
      guard let seen = sign == "-s" ? operand.file : operand.value.seen else {
        return .unknown("\(sign) \(operand.value.text)")
      }
      switch sign {
      case "-n", "-s": return .compare(seen.source, seen.subject, .isTrue, "")
      case "-z": return .compare(seen.source, seen.subject, .isFalse, "")
      default: return .unknown("\(sign) \(operand.value.text)")
      }
    }
    if let seen = first.value.seen { return .compare(seen.source, seen.subject, .isTrue, "") }
    return .unknown(first.value.text)
  }

  static func compare(
    _ left: ShellReader.Value,
    _ comparison: Comparison,
    _ right: ShellReader.Value,
    isPattern: Bool
  ) -> Claim {
    // `[ "x$status" = "x200" ]` is written for old shells.
    if let success = left.success, right.text == "0" {
      return comparison == .notEqual || comparison == .greater ? .not(success) : success
    }
    guard let seen = left.seen else {
      if right.seen != nil, let mirrored = comparison.mirrored {
        return compare(right, mirrored, left, isPattern: false)
      }
      return .unknown("\(left.text) \(comparison.rawValue) \(right.text)".short)
    }
    if seen.subject == .status {
      if let code = Int(right.text), let codes = StatusCodes(comparison, code) {
        return .atom(
          Claim.Atom(source: seen.source, subject: .status, condition: .codes(codes))
        )
      }
      if let codes = codes(of: right.text), comparison == .equal || comparison == .notEqual {
        let claim = Claim.status(seen.source, codes)
        return comparison == .equal ? claim : .not(claim)
      }
    }
    if isPattern, right.text.contains("*") {
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
    let rest = pattern.dropFirst()
    if rest == "*" || rest == "??" || rest == "[0-9][0-9]" {
      return (digit * 100)...(digit * 100 + 99)
    }
    if rest == "0?" || rest == "0[0-9]" || rest == "0*" {
      return (digit * 100)...(digit * 100 + 9)
    }
    return nil
  }

  /// A pattern of `case` and `[[ … == … ]]`.
  static func matches(_ value: ShellReader.Value, _ pattern: String) -> Claim {
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
    return .compare(
      seen.source,
      seen.subject,
      text.contains("*") ? .matches : comparison,
      String(text).quoted
    )
  }
}
