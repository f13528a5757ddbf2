/// A regular expression whose matching time grows with the text only, never exponentially.
///
/// Swift's `Regex` backtracks and cannot be interrupted, so one pattern can hang a run. This one
/// advances all alternatives together, scalar by scalar (R. Cox, "Regular Expression Matching: the
/// Virtual Machine Approach"), and prefers the leftmost match and, there, the first alternative, as
/// Perl does.
///
/// Syntax: literals, `.`, `[…]`, `\d \w \s` and their negations (ASCII), `\p{Lu}`, `^ $ \A \z \b \B`,
/// groups `(…)`, `(?:…)`, `(?<name>…)`, `|`, `* + ? {n,m}` and their lazy forms, flags `i m s` as
/// `(?i)` or `(?i:…)`. `$` without `m` is the very end of the text. Back references, look-around,
/// atomic groups and possessive quantifiers are refused. Case is ignored by the simple mappings.
package struct LinearRegex: Sendable, Hashable, CustomStringConvertible {
  package enum Dialect: Sendable {
    case standard
    /// Patterns of RFC 9485, as JSONPath has them: `.` is neither a line feed nor a carriage return.
    case interoperable
  }

  /// Limits on the pattern.
  package enum Limit {
    /// Unicode scalars of the pattern.
    package static let pattern = 4_096
    /// Instructions after `{n,m}` has been written out.
    package static let program = 5_000
    /// A single `n` or `m`.
    package static let repetition = 1_000
    package static let groups = 100
    package static let depth = 100
    /// Bytes of the text.
    package static let input = 64 << 20
    /// Steps of one search, a few seconds' worth: long texts with large patterns end here.
    package static let steps = 1_000_000_000
  }

  package let pattern: String
  let program: RegexProgram

  package init(
    _ pattern: String,
    dialect: Dialect = .standard
  ) throws(LinearRegexError) {
    var parser = RegexParser(pattern)
    let root = try parser.parse()
    self.pattern = pattern
    program = RegexProgram(
      root,
      sets: parser.sets,
      groupNames: parser.groupNames,
      dotExcludesReturn: dialect == .interoperable
    )
  }

  package var description: String { pattern }

  /// Groups in parentheses that capture, not counting the whole match.
  package var groupCount: Int { program.groupNames.count }

  /// Whether the pattern is found in `text`, or is all of it if `whole`.
  ///
  /// - Throws: `inputTooLarge` or `tooManySteps`.
  package func matches(
    _ text: String,
    whole: Bool = false
  ) throws(LinearRegexError) -> Bool {
    let span = text.utf8Span.span
    return try span.withUnsafeBufferPointer { (bytes) throws(LinearRegexError) -> Bool in
      try search(bytes, whole: whole, capturing: false) != nil
    }
  }

  /// The same over bytes; what is not UTF-8 stands for U+FFFD, byte by byte.
  package func matches(
    _ bytes: [UInt8],
    whole: Bool = false
  ) throws(LinearRegexError) -> Bool {
    try bytes.withUnsafeBufferPointer { (bytes) throws(LinearRegexError) -> Bool in
      try search(bytes, whole: whole, capturing: false) != nil
    }
  }

  /// The leftmost match with its groups.
  ///
  /// - Throws: `inputTooLarge` or `tooManySteps`.
  package func firstMatch(in text: String) throws(LinearRegexError) -> Match? {
    let span = text.utf8Span.span
    return try span.withUnsafeBufferPointer { (bytes) throws(LinearRegexError) -> Match? in
      try firstMatch(in: bytes)
    }
  }

  /// The same over bytes; what is not UTF-8 stands for U+FFFD, byte by byte.
  package func firstMatch(in bytes: [UInt8]) throws(LinearRegexError) -> Match? {
    try bytes.withUnsafeBufferPointer { (bytes) throws(LinearRegexError) -> Match? in
      try firstMatch(in: bytes)
    }
  }

  private func firstMatch(
    in bytes: UnsafeBufferPointer<UInt8>
  ) throws(LinearRegexError) -> Match? {
    guard let slots = try search(bytes, whole: false, capturing: true) else { return nil }
    let captures = stride(from: 0, to: slots.count, by: 2).map { index -> String? in
      guard slots[index] >= 0, slots[index + 1] >= 0 else { return nil }
      let range = slots[index]..<slots[index + 1]
      return String(decoding: UnsafeBufferPointer(rebasing: bytes[range]), as: UTF8.self)
    }
    return Match(
      range: slots[0]..<slots[1],
      captures: captures,
      names: program.groupNames
    )
  }

  private func search(
    _ bytes: UnsafeBufferPointer<UInt8>,
    whole: Bool,
    capturing: Bool
  ) throws(LinearRegexError) -> [Int]? {
    guard bytes.count <= Limit.input else {
      throw LinearRegexError(code: .inputTooLarge(limit: Limit.input), column: 0)
    }
    var machine = RegexMachine(program: program, bytes: bytes, whole: whole, capturing: capturing)
    return try machine.run()
  }

  package static func == (lhs: LinearRegex, rhs: LinearRegex) -> Bool {
    UTF8Order.areEqual(lhs.pattern, rhs.pattern)
      && lhs.program.dotExcludesReturn == rhs.program.dotExcludesReturn
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(pattern)
  }
}

extension LinearRegex {
  package struct Match: Sendable, Hashable {
    /// Offsets in bytes of UTF-8.
    package let range: Range<Int>
    /// The whole match, then the groups in the order of their opening parentheses; nil for a group
    /// that took no part. A group in a repetition holds its last round.
    package let captures: [String?]
    private let names: [String?]

    init(range: Range<Int>, captures: [String?], names: [String?]) {
      self.range = range
      self.captures = captures
      self.names = names
    }

    /// What `(?<name>…)` captured.
    package subscript(name name: String) -> String? {
      names.firstIndex(of: name).flatMap { captures[$0 + 1] }
    }
  }
}

/// Why a pattern is refused, or a search was given up.
package struct LinearRegexError: Error, Hashable, CustomStringConvertible {
  package enum Code: Hashable, Sendable {
    case expected(String)
    /// Syntax that other engines have and this one cannot offer in linear time, or does not.
    case unsupported(String)
    case nothingToRepeat
    case patternTooLong(limit: Int)
    case programTooLarge(limit: Int)
    case repetitionTooLarge(limit: Int)
    case tooManyGroups(limit: Int)
    case tooDeep(limit: Int)
    case duplicateName(String)
    case inputTooLarge(limit: Int)
    case tooManySteps(limit: Int)
  }

  package let code: Code
  /// Unicode scalars from the start of the pattern, counted from 1; 0 when a search was given up.
  package let column: Int

  package var description: String {
    column > 0 ? "pattern at column \(column): \(reason)" : "pattern \(reason)"
  }

  private var reason: String {
    switch code {
    case .expected(let what): "expected \(what)"
    case .unsupported(let what): "\(what) not supported"
    case .nothingToRepeat: "nothing to repeat"
    case .patternTooLong(let limit): "longer than \(limit) characters"
    case .programTooLarge(let limit): "repetitions make it larger than \(limit) steps"
    case .repetitionTooLarge(let limit): "repeats more than \(limit) times"
    case .tooManyGroups(let limit): "more than \(limit) groups"
    case .tooDeep(let limit): "nested deeper than \(limit)"
    case .duplicateName(let name): "a second group is called \(name)"
    case .inputTooLarge(let limit): "is searched in at most \(limit) bytes"
    case .tooManySteps(let limit): "takes more than \(limit) steps on this text"
    }
  }
}
