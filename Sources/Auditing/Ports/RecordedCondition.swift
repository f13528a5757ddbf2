import Corpus
import Evidence

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
    case .exists: return word != .missing && word != .isEmpty
    case .isMissing: return word == .missing
    case .equal:
      return word == .equal && (wanted.text.map { matches(operand, $0) } ?? true)
    case .notEqual:
      return says { !matches($0, $1) || $1.isEmpty && !$0.isEmpty }(wanted)
    case .contains:
      return says { $0.lowercased().contains($1.lowercased()) }(wanted) && word != .isOneOf
    case .startsWith:
      return [.equal, .startsWith].contains(word)
        && (wanted.text.map { operand.lowercased().hasPrefix($0.lowercased()) } ?? true)
    case .endsWith:
      return [.equal, .endsWith].contains(word)
        && (wanted.text.map { operand.lowercased().hasSuffix($0.lowercased()) } ?? true)
    case .matches:
      return word == .equal || word == .matches
    case .lacks:
      return word == .equal
        && (wanted.text.map { !operand.lowercased().contains($0.lowercased()) } ?? false)
    case .doesNotStartWith, .doesNotEndWith, .doesNotMatch: return word == .equal
    case .less, .lessOrEqual, .greater, .greaterOrEqual:
      return implies(number: comparison, wanted.text)
    case .isOneOf:
      guard let text = wanted.text else { return word == .equal || word == .isOneOf }
      let accepted = text.split(separator: ",").map { OriginalOperand(String($0)).text ?? "" }
      let own = word == .equal ? [operand] : word == .isOneOf ? list : []
      return !own.isEmpty && own.allSatisfy { one in accepted.contains { matches(one, $0) } }
    case .isNoneOf:
      guard let text = wanted.text else { return word == .equal }
      let refused = text.split(separator: ",").map { OriginalOperand(String($0)).text ?? "" }
      return word == .equal && !refused.contains { matches(operand, $0) }
    case .isKind, .isNotKind: return [.equal, .isKind, .has, .count].contains(word)
    }
  }

  /// For conditions that a text of which a part is known can satisfy.
  private func says(_ test: @escaping (String, String) -> Bool) -> (OriginalOperand) -> Bool {
    { wanted in
      guard [.equal, .contains, .startsWith, .endsWith, .matches].contains(word) else {
        return false
      }
      return wanted.text.map { test(operand, $0) } ?? true
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
      return wanted.map { $0.lowercased().contains(operand.lowercased()) } ?? true
    case (.notEqual, .isEmpty): return wanted.map(\.isEmpty) ?? false
    case (.exists, .isEmpty), (.exists, .missing): return true
    case (.isNotKind, .isKind): return true
    default: return false
    }
  }

  private func implies(number comparison: Comparison, _ original: String?) -> Bool {
    guard let original else {
      return [.equal, .greater, .greaterOrEqual, .less, .lessOrEqual].contains(word)
    }
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
