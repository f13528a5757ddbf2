import Corpus
import Evidence
import Formats

/// What an assertion of a port demands, held against what an original demands.
///
/// What is not known to follow does not: a claim never grows by what is not understood.
struct PortCondition {
  /// With its values filled in.
  let predicate: Predicate

  /// Nil where it demands nothing of what is there.
  init?(_ assertion: Assertion) {
    if assertion.isNever { return nil }
    self.init(assertion.filled ?? assertion.predicate)
  }

  init?(_ predicate: Predicate) {
    switch predicate {
    case .captured, .isWell: return nil
    default: self.predicate = predicate
    }
  }

  init(equals value: JSONValue) { predicate = .equals(TemplateTree(literal: value)) }

  // MARK: Status

  /// Whether a status satisfies it; nil where it says nothing of numbers.
  func accepts(_ code: Int) -> Bool? {
    switch predicate {
    case .equals(let tree): tree.number.map { Double(code) == $0 }
    case .oneOf(let trees):
      trees.allSatisfy { $0.number != nil } ? trees.contains { $0.number == Double(code) } : nil
    case .not(let inner): PortCondition(inner)?.accepts(code).map { !$0 }
    default: accepts(Double(code))
    }
  }

  private func accepts(_ number: Double) -> Bool? {
    switch predicate {
    case .greater(let tree): tree.number.map { number > $0 }
    case .greaterOrEqual(let tree): tree.number.map { number >= $0 }
    case .less(let tree): tree.number.map { number < $0 }
    case .lessOrEqual(let tree): tree.number.map { number <= $0 }
    default: nil
    }
  }

  // MARK: Everything else

  /// Whether what satisfies this satisfies the original's condition.
  func implies(_ comparison: Comparison, _ original: String) -> Bool {
    if case .not(let inner) = predicate {
      return PortCondition(inner)?.isExcluded(by: comparison, original) ?? false
    }
    let wanted = OriginalOperand(original)
    return switch comparison {
    case .exists: predicate != .exists(false)
    case .isMissing: predicate == .exists(false)
    case .isTrue: isNeverFalse
    case .isFalse: isAlwaysFalse
    case .equal: isEqual(to: wanted)
    case .notEqual: differs(from: wanted)
    case .contains, .startsWith, .endsWith, .matches: hasPart(comparison, wanted)
    case .lacks: wanted.text.map { part in equalText.map { !$0.contains(part) } ?? false } ?? false
    case .doesNotStartWith:
      wanted.text.map { part in equalText.map { !$0.hasPrefix(part) } ?? false } ?? false
    case .doesNotEndWith:
      wanted.text.map { part in equalText.map { !$0.hasSuffix(part) } ?? false } ?? false
    case .doesNotMatch:
      wanted.text.map { part in equalText.map { Self.matches($0, part) == false } ?? false }
        ?? false
    case .less, .lessOrEqual, .greater, .greaterOrEqual: isBound(comparison, wanted)
    case .isOneOf:
      wanted.elements.map { accepted in
        !possible.isEmpty
          && possible.allSatisfy { one in accepted.contains { Self.isSame(one, $0) } }
      } ?? false
    case .isNoneOf:
      wanted.elements.map { refused in
        equalText.map { own in !refused.contains { Self.isSame(own, $0) } } ?? false
      } ?? false
    case .isKind: kind.map { $0.isSame(as: wanted.text ?? "") } ?? false
    case .isNotKind: kind.map { $0.isOther(than: wanted.text) } ?? false
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

  // MARK: Which value

  private var isEqual: Bool { if case .equals = predicate { true } else { false } }

  /// The one value that satisfies it, as a text; nil where there are others.
  private var equalText: String? {
    if case .equals(let tree) = predicate { tree.plain } else { nil }
  }

  /// All values that satisfy it, as texts; none where they are not known.
  private var possible: [String] {
    switch predicate {
    case .equals(let tree): tree.plain.map { [$0] } ?? []
    case .oneOf(let trees): trees.allSatisfy { $0.plain != nil } ? trees.compactMap(\.plain) : []
    default: []
    }
  }

  private func isEqual(to wanted: OriginalOperand) -> Bool {
    switch predicate {
    case .exists(false): ["None", "null"].contains(wanted.text)
    case .isEmpty: wanted.text == ""
    case .equals(let tree): wanted.text.map { Self.isSame(tree.plain, $0) } ?? true
    default: false
    }
  }

  private func differs(from wanted: OriginalOperand) -> Bool {
    guard let wanted = wanted.text else { return isEqual }
    return switch predicate {
    case .equals(let tree): tree.plain.map { !Self.isSame($0, wanted) } ?? false
    case .contains(let tree): tree.plain.map { !$0.isEmpty && !wanted.contains($0) } ?? false
    case .startsWith(let start): start.text.map { !wanted.hasPrefix($0) } ?? false
    case .endsWith(let end): end.text.map { !wanted.hasSuffix($0) } ?? false
    case .greater, .greaterOrEqual, .less, .lessOrEqual:
      Double(wanted).flatMap(accepts) == false
    case .kind(.string): ["None", "null"].contains(wanted)
    case .subset, .count, .kind: ["None", "null", ""].contains(wanted)
    default: false
    }
  }

  private func hasPart(_ comparison: Comparison, _ wanted: OriginalOperand) -> Bool {
    switch (comparison, predicate) {
    case (.contains, .equals), (.contains, .contains), (.contains, .startsWith),
      (.contains, .endsWith), (.contains, .matches):
      guard let part = wanted.text else {
        if case .matches = predicate { return false }
        return true
      }
      return certainText.map { Self.folded($0, part).contains(part) } ?? false
    case (.startsWith, .equals), (.startsWith, .startsWith):
      guard let part = wanted.text else { return true }
      return certainText.map { Self.folded($0, part).hasPrefix(part) } ?? false
    case (.endsWith, .equals), (.endsWith, .endsWith):
      guard let part = wanted.text else { return true }
      return certainText.map { Self.folded($0, part).hasSuffix(part) } ?? false
    case (.matches, .equals(let tree)):
      guard let pattern = wanted.text else { return true }
      return tree.plain.map { Self.matches($0, pattern) == true } ?? false
    case (.matches, .matches(let regex)): return wanted.text == regex.text
    default: return false
    }
  }

  private func isBound(_ comparison: Comparison, _ wanted: OriginalOperand) -> Bool {
    guard let text = wanted.text else { return isEqual }
    guard let bound = Double(text) else { return false }
    func own(_ tree: TemplateTree, _ holds: (Double, Double) -> Bool) -> Bool {
      tree.number.map { holds($0, bound) } ?? false
    }
    return switch (comparison, predicate) {
    case (.less, .equals(let tree)), (.less, .lessOrEqual(let tree)): own(tree, <)
    case (.less, .less(let tree)), (.lessOrEqual, .less(let tree)),
      (.lessOrEqual, .lessOrEqual(let tree)), (.lessOrEqual, .equals(let tree)):
      own(tree, <=)
    case (.greater, .equals(let tree)), (.greater, .greaterOrEqual(let tree)): own(tree, >)
    case (.greater, .greater(let tree)), (.greaterOrEqual, .greater(let tree)),
      (.greaterOrEqual, .greaterOrEqual(let tree)), (.greaterOrEqual, .equals(let tree)):
      own(tree, >=)
    default: false
    }
  }

  /// Of what stands in a `not`: `not: {contains: x}` is the original's `lacks x`.
  private func isExcluded(by comparison: Comparison, _ original: String) -> Bool {
    let wanted = OriginalOperand(original).text
    switch (comparison, predicate) {
    case (.notEqual, .equals(let tree)): return wanted.map { Self.isSame(tree.plain, $0) } ?? true
    case (.doesNotStartWith, .startsWith(let text)), (.doesNotEndWith, .endsWith(let text)):
      return wanted.map { Self.isSame(text.text, $0) } ?? true
    case (.doesNotMatch, .matches(let regex)): return wanted == nil || wanted == regex.text
    // A value with letters of another case would pass.
    case (.lacks, .contains(let tree)):
      return wanted.map { part in tree.plain.map { part.contains($0) } ?? false } ?? true
    case (.notEqual, .isEmpty): return wanted == ""
    case (.exists, .exists(false)), (.exists, .equals), (.exists, .isEmpty), (.exists, .contains):
      return true
    case (.isMissing, .exists(true)): return true
    case (.isNotKind, .kind): return kind.map { $0.isSame(as: wanted ?? "") } ?? false
    // Not being empty does not count as true: numbers and null are neither.
    default: return false
    }
  }

  // MARK: Texts

  /// A text that every value has in it; nil where there is none that is known.
  private var certainText: String? {
    switch predicate {
    case .equals(let tree), .contains(let tree): tree.plain
    case .startsWith(let text), .endsWith(let text): text.text
    case .matches(let regex): Self.literal(regex.text)
    default: nil
    }
  }

  /// Letters of other case count as the same where the original has none in capitals: it may have
  /// made them small itself.
  private static func folded(_ own: String, _ original: String) -> String {
    original == original.lowercased() ? own.lowercased() : own
  }

  /// A pattern in which no sign has a meaning.
  private static func literal(_ pattern: String) -> String? {
    pattern.contains { "^$*+?[](){}|\\.".contains($0) } ? nil : pattern
  }

  /// Whether a pattern is found in a text; nil where it cannot be read.
  private static func matches(_ text: String, _ pattern: String) -> Bool? {
    guard let regex = try? Pattern(pattern) else { return nil }
    return try? regex.matches(text)
  }

  /// Words of JSON in whatever case: Python's `True` and `None`.
  private static func isSame(_ own: String?, _ original: String) -> Bool {
    let word = original.lowercased()
    let known = ["true": "true", "false": "false", "none": "null"]
    return own == original || own != nil && own == known[word]
  }

  // MARK: Truth

  /// Whether every value that satisfies it is empty, zero, false, null, or not there.
  private var isAlwaysFalse: Bool {
    switch predicate {
    case .exists(false), .isEmpty: true
    case .equals(let tree): tree.value.map(\.isFalse) ?? false
    default: false
    }
  }

  /// Whether no value that is empty, zero, false or null satisfies it.
  private var isNeverFalse: Bool {
    switch predicate {
    case .equals(let tree), .subset(let tree): tree.value.map { !$0.isFalse } ?? false
    case .contains(let tree): tree.plain.map { !$0.isEmpty } ?? false
    case .startsWith(let text), .endsWith(let text): text.text.map { !$0.isEmpty } ?? false
    case .matches(let regex): (try? regex.matches("")) == false
    case .greater(let tree): tree.number.map { $0 >= 0 } ?? false
    case .greaterOrEqual(let tree): tree.number.map { $0 > 0 } ?? false
    case .less(let tree): tree.number.map { $0 <= 0 } ?? false
    case .lessOrEqual(let tree): tree.number.map { $0 < 0 } ?? false
    case .oneOf(let trees): trees.allSatisfy { $0.value.map { !$0.isFalse } ?? false }
    case .count(let inner): inner.contains { PortCondition($0)?.isNeverFalse ?? false }
    case .kind(let kind): kind == .date || kind == .uuid
    case .not, .exists, .isEmpty, .hasBytes, .captured, .isWell: false
    }
  }

  // MARK: Kinds

  /// What every value that satisfies it is; nil where that is not known.
  private var kind: PythonKind? {
    switch predicate {
    case .startsWith, .endsWith, .matches: .text
    case .equals(let tree), .subset(let tree): tree.value.flatMap(PythonKind.init(of:))
    case .kind(let kind):
      switch kind {
      case .string, .date, .uuid: .text
      case .integer, .number: .number
      case .boolean: .boolean
      case .list: .list
      case .object: .object
      }
    default: nil
    }
  }
}

/// A type by which Python scripts ask what a value of JSON is.
private enum PythonKind {
  case text, number, boolean, list, object

  private static let words: [String: PythonKind] = [
    "str": .text, "int": .number, "float": .number, "number": .number, "bool": .boolean,
    "list": .list, "dict": .object,
  ]

  init?(of value: JSONValue) {
    switch value {
    case .null: return nil
    case .bool: self = .boolean
    case .int, .number: self = .number
    case .string: self = .text
    case .array: self = .list
    case .object: self = .object
    }
  }

  /// Whether it is among an original's types: `(int, float)`.
  func isSame(as original: String) -> Bool {
    original.split(separator: ",").contains {
      Self.words[String($0.drop { " (".contains($0) }.prefix { $0 != ")" })] == self
    }
  }

  func isOther(than original: String?) -> Bool {
    original.map { Self.words[$0] != nil && !isSame(as: $0) } ?? false
  }
}

extension Template {
  /// What it says; nil where a name in it has no value.
  fileprivate var text: String? {
    guard isLiteral else { return nil }
    return parts.map { if case .text(let text) = $0 { text } else { "" } }.joined()
  }
}

extension TemplateTree {
  /// What it stands for; nil where a name in it has no value.
  var value: JSONValue? {
    switch self {
    case .null: .null
    case .bool(let value): .bool(value)
    case .number(let text): JSONValue(numberText: text)
    case .template(let template): template.text.map(JSONValue.string)
    case .list(let items): names.isEmpty ? .array(items.compactMap(\.value)) : nil
    case .object(let members):
      names.isEmpty
        ? .object(JSONObject(members.compactMap { one in one.value.value.map { (one.key, $0) } }))
        : nil
    }
  }

  /// A text without its quotes, anything else as JSON has it.
  fileprivate var plain: String? { value.map { $0.stringValue ?? $0.description } }

  fileprivate var number: Double? { plain.flatMap { Double($0) } }
}

extension JSONValue {
  /// Empty, zero, false or null.
  fileprivate var isFalse: Bool {
    switch self {
    case .null: true
    case .bool(let value): !value
    case .int(let number): number == 0
    case .number(let text): Double(text) == 0
    case .string(let text): text.isEmpty
    case .array(let elements): elements.isEmpty
    case .object(let object): object.isEmpty
    }
  }
}
