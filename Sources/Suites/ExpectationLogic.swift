import Evidence
import Formats

/// What can be said of expectations before any answer is there: that no answer satisfies them, or
/// that every answer does. Only what is written out is looked at; where values are filled in,
/// nothing is said.
enum ExpectationLogic {
  /// Why an answer cannot be as a step expects; nil where it may.
  static func contradiction(in step: Step) -> (place: SourcePlace, why: String)? {
    var subjects: [Expectation.Subject: [Expectation]] = [:]
    var order: [Expectation.Subject] = []
    for expectation in step.expect {
      if subjects[expectation.subject] == nil { order.append(expectation.subject) }
      subjects[expectation.subject, default: []].append(expectation)
    }
    for subject in order {
      let expectations = subjects[subject] ?? []
      if let why = contradiction(expectations.flatMap(\.predicates), of: subject) {
        return (expectations[expectations.count - 1].place, why)
      }
    }
    return contradictionWithRows(step) ?? contradictionWithRedirects(step)
  }

  /// An expectation that holds of every answer; nil where each can fail.
  static func tautology(in step: Step) -> (place: SourcePlace, why: String)? {
    for expectation in step.expect {
      let name = "\(FailureSentences.name(of: expectation.subject))"
      for predicate in expectation.predicates where isAlwaysTrue(predicate, expectation.subject) {
        let says = FailureSentences.affirmative(predicate)
        return (expectation.place, "\(name) \(says) in every answer, so that this could not fail")
      }
    }
    return nil
  }

  // MARK: One subject

  private static func contradiction(_ predicates: [Predicate], of subject: Expectation.Subject)
    -> String?
  {
    let name = FailureSentences.name(of: subject)
    func told(_ a: Predicate, _ b: Predicate) -> String {
      "\(name) never both \(FailureSentences.affirmative(a)) and "
        + FailureSentences.affirmative(b)
    }
    if let absent = predicates.first(where: \.wantsAbsence) {
      if subject.isAlwaysThere { return "\(name) is there in every answer" }
      if let other = predicates.first(where: { !$0.wantsAbsence }) { return told(absent, other) }
    }
    for (index, predicate) in predicates.enumerated() {
      for other in predicates[(index + 1)...] where predicate.excludes(other) {
        return told(predicate, other)
      }
    }
    var range = NumberRange(of: subject)
    let isWhole = range != nil
    for (index, predicate) in predicates.enumerated() {
      guard let limits = predicate.limits(whole: isWhole) else { continue }
      let narrower = range.map { $0.intersection(limits) } ?? limits
      if narrower.isEmpty {
        let earlier = predicates[..<index].last { $0.limits(whole: isWhole) != nil }
        return earlier.map { told($0, predicate) }
          ?? "\(name) never \(FailureSentences.affirmative(predicate))"
      }
      range = narrower
    }
    for case .count(let inner) in predicates {
      if let why = contradiction(inner, of: .rows) {
        return why.replacing("the number of rows", with: "the count of \(name)")
      }
    }
    return nil
  }

  private static func isAlwaysTrue(_ predicate: Predicate, _ subject: Expectation.Subject) -> Bool {
    switch predicate {
    case .exists(true): return subject.isAlwaysThere
    case .contains(.template(let template)), .startsWith(let template), .endsWith(let template):
      return template.parts.isEmpty
    case .matches(let regex):
      return (["", "a", "0", "\n", " \n{\"<|>'}"] + Self.unusual).allSatisfy {
        (try? regex.matches($0)) ?? false
      }
    case .not(let inner):
      return contradiction([inner], of: subject) != nil
    default:
      guard let range = NumberRange(of: subject), let limits = predicate.limits(whole: true) else {
        return false
      }
      return limits.lower <= range.lower && limits.upper >= range.upper
    }
  }

  /// What a pattern may well want to keep out: controls, letters of others, much.
  static let unusual = [
    String((0x20...0x7e as ClosedRange<UInt8>).map { Character(UnicodeScalar($0)) }),
    "\u{0}\u{1B}\u{7F}\r\n\t", "é—日\u{FFFD}\u{1F600}", String(repeating: "a\n", count: 2_500),
  ]

  // MARK: Several subjects

  /// `rows: 0` beside something that is expected of a row.
  private static func contradictionWithRows(_ step: Step) -> (place: SourcePlace, why: String)? {
    let wantsNone = step.expect.contains { expectation in
      expectation.subject == .rows
        && expectation.predicates.contains { predicate in
          if case .isEmpty = predicate { return true }
          return predicate.limits(whole: true).map { $0.upper < 1 } ?? false
        }
    }
    guard wantsNone else { return nil }
    let row = step.expect.first { expectation in
      switch expectation.subject {
      case .row, .cell: !expectation.predicates.contains(where: \.wantsAbsence)
      default: false
      }
    }
    return row.map {
      ($0.place, "where there are no rows, \(FailureSentences.name(of: $0.subject)) is nothing")
    }
  }

  /// A redirect that is followed is never the answer.
  private static func contradictionWithRedirects(_ step: Step)
    -> (place: SourcePlace, why: String)?
  {
    guard case .http(let action) = step.action, case .atMost(let hops) = action.redirects, hops > 0
    else { return nil }
    let followed: Set = [301, 302, 303, 307, 308]
    for expectation in step.expect where expectation.subject == .status {
      for predicate in expectation.predicates {
        guard let codes = predicate.candidates?.compactMap({ Int($0) }), !codes.isEmpty,
          codes.allSatisfy(followed.contains)
        else { continue }
        return (
          expectation.place,
          "status never \(FailureSentences.affirmative(predicate)) where \(hops) redirects are followed"
        )
      }
    }
    return nil
  }
}

/// What a number may be, its ends included.
struct NumberRange {
  var lower = -Double.infinity
  var upper = Double.infinity

  init(_ lower: Double = -.infinity, _ upper: Double = .infinity) {
    self.lower = lower
    self.upper = upper
  }

  /// Of what is always a whole number; nil for all else.
  init?(of subject: Expectation.Subject) {
    switch subject {
    case .status: self.init(100, 599)
    case .rows, .duration: self.init(0)
    case .exit: self.init(0, 255)
    default: return nil
    }
  }

  var isEmpty: Bool { lower > upper }

  func intersection(_ other: NumberRange) -> NumberRange {
    NumberRange(max(lower, other.lower), min(upper, other.upper))
  }
}

extension Expectation.Subject {
  /// There is one in every answer that comes.
  fileprivate var isAlwaysThere: Bool {
    switch self {
    case .status, .rows, .exit, .duration, .stdout, .stderr: true
    default: false
    }
  }
}

extension Predicate {
  fileprivate var wantsAbsence: Bool {
    switch self {
    case .exists(let wanted): !wanted
    case .not(.exists(let wanted)): wanted
    default: false
    }
  }

  /// The values that it allows, where they are few and written out; texts and numbers alike.
  var candidates: [String]? {
    switch self {
    case .equals(let tree): tree.written.map { [$0] }
    case .oneOf(let trees):
      trees.allSatisfy { $0.written != nil } ? trees.compactMap(\.written) : nil
    default: nil
    }
  }

  /// What it asks of a number, where it does; the ends of `>` and `<` are moved for whole numbers.
  func limits(whole: Bool) -> NumberRange? {
    func number(_ tree: TemplateTree) -> Double? {
      if case .number(let text) = tree { Double(text) } else { nil }
    }
    switch self {
    case .equals(let tree): return number(tree).map { NumberRange($0, $0) }
    case .oneOf(let trees):
      let numbers = trees.compactMap(number)
      guard numbers.count == trees.count, let least = numbers.min(), let most = numbers.max() else {
        return nil
      }
      return NumberRange(least, most)
    case .greater(let tree):
      return number(tree).map { NumberRange(whole ? $0.rounded(.down) + 1 : $0.nextUp) }
    case .greaterOrEqual(let tree): return number(tree).map { NumberRange($0) }
    case .less(let tree):
      return number(tree).map {
        NumberRange(-.infinity, whole ? $0.rounded(.up) - 1 : $0.nextDown)
      }
    case .lessOrEqual(let tree): return number(tree).map { NumberRange(-.infinity, $0) }
    case .not(.less(let tree)): return number(tree).map { NumberRange($0) }
    case .not(.greater(let tree)): return number(tree).map { NumberRange(-.infinity, $0) }
    default: return nil
    }
  }

  /// Whether no value satisfies both.
  fileprivate func excludes(_ other: Predicate) -> Bool {
    if case .not(let inner) = other { return inner.form == form }
    if case .not(let inner) = self { return inner.form == other.form }
    if let own = candidates {
      if let others = other.candidates {
        return Set(own.map(Self.plain)).isDisjoint(with: others.map(Self.plain))
      }
      return own.allSatisfy { !other.mayHold(ofText: $0) }
    }
    if other.candidates != nil { return other.excludes(self) }
    if let own = kinds, let others = other.kinds { return own.isDisjoint(with: others) }
    return false
  }

  /// Numbers by their value: `1.0` is `1`.
  private static func plain(_ text: String) -> String { Double(text).map { "\($0)" } ?? text }

  /// The same for predicates that say the same.
  private var form: String { FailureSentences.affirmative(self) }

  /// False only where it certainly does not.
  private func mayHold(ofText text: String) -> Bool {
    switch self {
    case .contains(.template(let part)) where part.isLiteral:
      text.utf8.firstRange(of: part.source.utf8) != nil
    case .startsWith(let part) where part.isLiteral: text.utf8.starts(with: part.source.utf8)
    case .endsWith(let part) where part.isLiteral:
      text.utf8.reversed().starts(with: part.source.utf8.reversed())
    case .matches(let regex): (try? regex.matches(text)) ?? true
    case .isEmpty: text.isEmpty
    case .isList, .isObject, .count: false
    default: true
    }
  }

  private enum Kind: CaseIterable { case text, number, boolean, list, object }

  /// The kinds of values that it can hold of; nil where it says nothing of that.
  private var kinds: Set<Kind>? {
    switch self {
    case .isInteger, .isNumber: [.number]
    case .isString, .isDate, .isUUID, .startsWith, .endsWith, .matches: [.text]
    case .isBoolean: [.boolean]
    case .isList: [.list]
    case .isObject, .subset: [.object]
    case .count: [.list, .object]
    case .contains: [.text, .list]
    case .isEmpty: [.text, .list, .object]
    default: nil
    }
  }
}

extension TemplateTree {
  /// A single value that is written out.
  fileprivate var written: String? {
    switch self {
    case .bool(let value): String(value)
    case .number(let text): text
    case .template(let template): template.isLiteral ? template.source : nil
    case .null, .list, .object: nil
    }
  }
}
