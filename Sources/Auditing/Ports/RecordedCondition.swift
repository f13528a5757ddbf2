import Corpus
import Formats

/// What an assertion of a record demands, read from the words that the record keeps.
///
/// Words that are not known demand nothing: a claim never grows by them.
struct RecordedCondition {
  enum Word: String, CaseIterable {
    case equal = "== "
    case greaterOrEqual = ">= "
    case lessOrEqual = "<= "
    case greater = "> "
    case less = "< "
    case contains = "contains "
    case startsWith = "starts with "
    case endsWith = "ends with "
    case matches = "matches "
    case isOneOf = "is one of "
    case count = "count "
    case has = "has "
    case not = "not ("
    case missing = "does not exist"
    case exists = "exists"
    case isKind = "is a"
    case isEmpty = "is empty"
  }

  let word: Word
  /// Texts without their quotes.
  let operand: String
  /// As the suite has it, for messages.
  let written: String
  /// What `not` turns around.
  private let inner: [RecordedCondition]

  init?(_ text: String, written: String) {
    guard let word = Word.allCases.first(where: { text.utf8.starts(with: $0.rawValue.utf8) })
    else { return nil }
    self.word = word
    self.written = written
    let rest = String(text.dropFirst(word.rawValue.count))
    operand = Self.plain(rest)
    inner =
      word == .not
      ? RecordedCondition(String(rest.dropLast()), written: written).map { [$0] } ?? [] : []
  }

  private static func plain(_ text: String) -> String {
    guard text.utf8.first == UInt8(ascii: "\""), let value = try? JSONParser().parse(text),
      let string = value.stringValue
    else { return text }
    return string
  }

  // MARK: Status

  /// Whether a status satisfies it; nil where it says nothing of numbers.
  func accepts(_ code: Int) -> Bool? {
    switch word {
    case .equal: Int(operand).map { code == $0 }
    case .greater: Int(operand).map { code > $0 }
    case .greaterOrEqual: Int(operand).map { code >= $0 }
    case .less: Int(operand).map { code < $0 }
    case .lessOrEqual: Int(operand).map { code <= $0 }
    case .isOneOf: list.contains("\(code)")
    case .not: inner.first?.accepts(code).map { !$0 }
    default: nil
    }
  }

  private var list: [String] {
    operand.split(separator: ",").map { Self.plain(String($0.drop { $0 == " " })) }
  }

  // MARK: Everything else

  /// Whether what satisfies this satisfies the original's condition.
  func implies(_ comparison: Comparison, _ original: String) -> Bool {
    if word == .not, let inner = inner.first {
      return inner.isExcluded(by: comparison, original)
    }
    let wanted = OriginalOperand(original)
    switch comparison {
    case .exists: return word != .missing
    case .isMissing: return word == .missing
    case .isTrue: return isNeverFalse
    case .isFalse: return word == .missing || word == .isEmpty || word == .equal && isFalse
    case .equal:
      if word == .missing || word == .isEmpty { return isNothing(wanted.text) }
      return word == .equal && (wanted.text.map { matches(operand, $0) } ?? true)
    case .notEqual:
      return excludes { own, wanted in
        switch own.word {
        case .equal: !own.matches(own.operand, wanted)
        case .contains: !own.operand.isEmpty && !wanted.contains(own.operand)
        case .startsWith: !wanted.hasPrefix(own.operand)
        case .endsWith: !wanted.hasSuffix(own.operand)
        case .greater, .greaterOrEqual, .less, .lessOrEqual:
          Double(wanted).flatMap { own.accepts($0) } == false
        case .has, .count, .isKind: ["None", "null", ""].contains(wanted)
        default: false
        }
      }(wanted)
    case .contains:
      guard let part = wanted.text else {
        return [.equal, .contains, .startsWith, .endsWith].contains(word)
      }
      return certainText.map { Self.holds($0, part) } ?? false
    case .startsWith:
      return [.equal, .startsWith].contains(word)
        && (wanted.text.map { Self.folded(operand, $0).hasPrefix($0) } ?? true)
    case .endsWith:
      return [.equal, .endsWith].contains(word)
        && (wanted.text.map { Self.folded(operand, $0).hasSuffix($0) } ?? true)
    case .matches:
      guard let pattern = wanted.text else { return word == .equal }
      if word == .matches { return operand == "/\(pattern)/" }
      return word == .equal && Self.matches(operand, pattern) == true
    case .lacks:
      return word == .equal && (wanted.text.map { !operand.contains($0) } ?? false)
    case .doesNotStartWith:
      return word == .equal && (wanted.text.map { !operand.hasPrefix($0) } ?? false)
    case .doesNotEndWith:
      return word == .equal && (wanted.text.map { !operand.hasSuffix($0) } ?? false)
    case .doesNotMatch:
      return word == .equal
        && (wanted.text.flatMap { Self.matches(operand, $0) }.map { !$0 } ?? false)
    case .less, .lessOrEqual, .greater, .greaterOrEqual:
      return implies(number: comparison, wanted.text)
    case .isOneOf:
      guard let text = wanted.text else { return false }
      let accepted = text.split(separator: ",").map { OriginalOperand(String($0)).text ?? "" }
      let own = word == .equal ? [operand] : word == .isOneOf ? list : []
      return !own.isEmpty && own.allSatisfy { one in accepted.contains { matches(one, $0) } }
    case .isNoneOf:
      guard let text = wanted.text else { return false }
      let refused = text.split(separator: ",").map { OriginalOperand(String($0)).text ?? "" }
      return word == .equal && !refused.contains { matches(operand, $0) }
    case .isKind: return kind.map { Self.isSame(kind: $0, wanted.text ?? "") } ?? false
    case .isNotKind:
      guard let kind, let text = wanted.text, Self.kinds[text] != nil else { return false }
      return !Self.isSame(kind: kind, text)
    }
  }

  /// Whether nothing that a port asserts can be held against an operand that is not known.
  static func isUnknowable(_ comparison: Comparison, _ original: String) -> Bool {
    switch comparison {
    case .less, .lessOrEqual, .greater, .greaterOrEqual, .isOneOf, .isNoneOf, .notEqual, .lacks,
      .doesNotStartWith, .doesNotEndWith:
      OriginalOperand(original).text == nil
    // A pattern may say the same in other signs.
    case .matches, .doesNotMatch: true
    default: false
    }
  }

  /// For an operand that may not be there; false where it is not known.
  private func excludes(
    _ test: @escaping (RecordedCondition, String) -> Bool
  ) -> (OriginalOperand) -> Bool {
    { wanted in wanted.text.map { test(self, $0) } ?? (word == .equal) }
  }

  /// A text that every value has in it; nil where there is none that is known.
  private var certainText: String? {
    switch word {
    case .equal, .contains, .startsWith, .endsWith: operand
    case .matches: Self.literal(operand)
    default: nil
    }
  }

  /// Letters of other case count as the same where the original has none in capitals: it may have
  /// made them small itself.
  private static func folded(_ own: String, _ original: String) -> String {
    original == original.lowercased() ? own.lowercased() : own
  }

  private static func holds(_ own: String, _ part: String) -> Bool {
    folded(own, part).contains(part)
  }

  /// The text of `/…/` where no sign in it has a meaning.
  private static func literal(_ pattern: String) -> String? {
    let text = pattern.dropFirst().dropLast()
    return text.contains { "^$*+?[](){}|\\.".contains($0) } ? nil : String(text)
  }

  /// Whether a pattern is found in a text; nil where it cannot be read.
  private static func matches(_ text: String, _ pattern: String) -> Bool? {
    guard let regex = try? Pattern(pattern) else { return nil }
    return try? regex.matches(text)
  }

  /// Empty, zero, false and null.
  private var isFalse: Bool {
    ["", "false", "null", "0", "[]", "{}"].contains(operand)
  }

  private func isNothing(_ text: String?) -> Bool {
    switch text {
    case "None"?, "null"?: word == .missing
    case ""?: word == .isEmpty
    default: false
    }
  }

  /// Whether no value that is empty, zero, false or null satisfies it.
  private var isNeverFalse: Bool {
    switch word {
    case .equal: !isFalse
    case .contains, .startsWith, .endsWith: !operand.isEmpty
    case .matches: Self.literal(operand).map { !$0.isEmpty } ?? (Self.matches("", pattern) == false)
    case .greater: Double(operand).map { $0 >= 0 } ?? false
    case .greaterOrEqual: Double(operand).map { $0 > 0 } ?? false
    case .less: Double(operand).map { $0 <= 0 } ?? false
    case .lessOrEqual: Double(operand).map { $0 < 0 } ?? false
    case .isOneOf: !list.contains { ["", "false", "null", "0"].contains($0) }
    case .has: !["{}", "[]"].contains(operand)
    case .count: ["> 0", ">= 1"].contains(operand) || operand.hasPrefix("== ") && operand != "== 0"
    case .isKind: ["date", "UUID"].contains(operand.split(separator: " ").last ?? "")
    case .not, .missing, .exists, .isEmpty: false
    }
  }

  private var pattern: String { String(operand.dropFirst().dropLast()) }

  /// What JSON calls it.
  private enum Kind { case text, number, boolean, list, object }

  private static let kinds: [String: Kind] = [
    "str": .text, "int": .number, "float": .number, "bool": .boolean, "list": .list,
    "dict": .object, "number": .number,
  ]

  private var kind: Kind? {
    switch word {
    case .count, .has: operand.hasPrefix("{") ? .object : word == .count ? nil : .list
    case .startsWith, .endsWith, .matches: .text
    case .equal:
      if written.hasPrefix("== \"") {
        .text
      } else if operand.hasPrefix("[") {
        .list
      } else if operand.hasPrefix("{") {
        .object
      } else if operand == "true" || operand == "false" {
        .boolean
      } else {
        Double(operand) == nil ? nil : .number
      }
    case .isKind:
      switch operand.split(separator: " ").last {
      case "text"?, "date"?, "UUID"?: .text
      case "integer"?, "number"?: .number
      case "false"?: .boolean
      case "list"?: .list
      case "object"?: .object
      default: nil
      }
    default: nil
    }
  }

  private static func isSame(kind: Kind, _ original: String) -> Bool {
    original.split(separator: ",").contains {
      kinds[String($0.drop { " (".contains($0) }.prefix { $0 != ")" })] == kind
    }
  }

  private func accepts(_ number: Double) -> Bool? {
    Double(operand).flatMap { bound in
      switch word {
      case .greater: number > bound
      case .greaterOrEqual: number >= bound
      case .less: number < bound
      case .lessOrEqual: number <= bound
      default: nil
      }
    }
  }

  /// Of what stands in a `not`: `not (contains "x")` is the original's `lacks x`.
  private func isExcluded(by comparison: Comparison, _ original: String) -> Bool {
    let wanted = OriginalOperand(original).text
    func isSame() -> Bool { wanted.map { matches(operand, $0) } ?? true }
    switch (comparison, word) {
    case (.notEqual, .equal), (.doesNotStartWith, .startsWith), (.doesNotEndWith, .endsWith),
      (.doesNotMatch, .matches):
      return isSame()
    case (.lacks, .contains):
      // A value with letters of another case would pass.
      return wanted.map { $0.contains(operand) } ?? true
    case (.notEqual, .isEmpty): return wanted.map(\.isEmpty) ?? false
    case (.exists, .missing), (.exists, .equal), (.exists, .isEmpty), (.exists, .contains):
      return true
    // Numbers, true and false are neither: nothing is empty but a text, a list and an object.
    case (.isTrue, .isEmpty): return false
    case (.isMissing, .exists): return true
    case (.isNotKind, .isKind): return kind.map { Self.isSame(kind: $0, wanted ?? "") } ?? false
    default: return false
    }
  }

  private func implies(number comparison: Comparison, _ original: String?) -> Bool {
    guard let original else { return word == .equal }
    guard let bound = Double(original), let own = Double(operand) else { return false }
    return switch (comparison, word) {
    case (.less, .equal), (.less, .lessOrEqual): own < bound
    case (.less, .less), (.lessOrEqual, .less), (.lessOrEqual, .lessOrEqual),
      (.lessOrEqual, .equal):
      own <= bound
    case (.greater, .equal), (.greater, .greaterOrEqual): own > bound
    case (.greater, .greater), (.greaterOrEqual, .greater), (.greaterOrEqual, .greaterOrEqual),
      (.greaterOrEqual, .equal):
      own >= bound
    default: false
    }
  }

  /// Header values and words of JSON in whatever case: `text/html`, Python's `True`.
  private func matches(_ own: String, _ original: String) -> Bool {
    let known = ["true", "false", "none"]
    let word = original.lowercased()
    if known.contains(word) { return own == (word == "none" ? "null" : word) || own == original }
    return own == original
  }
}

/// The right side of an original's condition.
struct OriginalOperand {
  /// Nil where it is only known when the script runs.
  let text: String?

  init(_ written: String) {
    var text = String(written.drop { $0 == " " })
    if text.utf8.contains("{…}".utf8) || text.hasSuffix("…\"") || text.hasSuffix("…") {
      self.text = nil
      return
    }
    if text.count >= 2, let first = text.utf8.first, first == text.utf8.last,
      first == UInt8(ascii: "\"") || first == UInt8(ascii: "'")
    {
      text = String(text.dropFirst().dropLast()).replacing("\\\"", with: "\"")
        .replacing("\\\\", with: "\\")
    }
    self.text = text
  }
}
