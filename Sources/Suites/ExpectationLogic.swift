import Evidence
import Formats

/// What can be said of expectations before any answer is there: that no answer satisfies them, or
/// that every answer does. Only what is written out is looked at; where values are filled in,
/// nothing is said.
enum ExpectationLogic {
  /// Why an answer cannot be as a step expects; nil where it may.
  static func contradiction(in step: Step) -> (place: SourcePlace, why: String)? {
    var subjects: [Subject: [Expectation]] = [:]
    var order: [Subject] = []
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
      for predicate in expectation.predicates
      where isAlwaysTrue(predicate, expectation.subject)
        || step.counts(expectation.subject) && predicate.allowsAllFromZero
      {
        let told = "\(expectation.subject) \(predicate)"
        return (expectation.place, "every answer satisfies \(told), so that it cannot fail")
      }
      if case .exec(let action) = step.action,
        let program = action.program(answering: expectation)
      {
        let why =
          "\(program) answers with its own words, so that \(expectation.subject) cannot fail"
        return (expectation.place, why)
      }
    }
    return nil
  }

  // MARK: One subject

  private static func contradiction(_ predicates: [Predicate], of subject: Subject)
    -> String?
  {
    let name = "\(subject)"
    func told(_ a: Predicate, _ b: Predicate) -> String {
      "no answer satisfies both \(name) \(a) and \(name) \(b)"
    }
    if let absent = predicates.first(where: \.wantsAbsence) {
      if subject.isAlwaysThere { return "every answer has \(name)" }
      if let other = predicates.first(where: { !$0.wantsAbsence }) { return told(absent, other) }
    }
    for (index, predicate) in predicates.enumerated() {
      for other in predicates[(index + 1)...]
      where predicate.excludes(other)
        && !(subject.isCounted && (predicate.isCount || other.isCount))
      {
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
          ?? "no answer satisfies \(name) \(predicate)"
      }
      range = narrower
    }
    for case .count(let inner) in predicates {
      if let why = contradiction(inner, of: .rows) {
        return why.replacing("rows ", with: "count of \(name) ")
      }
    }
    return nil
  }

  private static func isAlwaysTrue(_ predicate: Predicate, _ subject: Subject) -> Bool {
    switch predicate {
    case .exists(true), .not(.exists(false)): return subject.isAlwaysThere || subject.isWholeAnswer
    case .kind(.string): return subject.isAlwaysText
    case .kind(.integer), .kind(.number): return NumberRange(of: subject) != nil && subject != .rows
    case .count(let inner): return !inner.isEmpty && inner.allSatisfy(\.allowsAllFromZero)
    case .contains(.template(let template)), .startsWith(let template), .endsWith(let template):
      return template.parts.isEmpty
    case .matches(let regex):
      return (["", "a", "0", "\n", " \n{\"<|>'}"] + Self.unusual).allSatisfy {
        (try? regex.matches($0)) ?? false
      }
    case .not(let inner):
      return contradiction([inner], of: subject) != nil
    default:
      guard let limits = predicate.limits(whole: true) else { return false }
      if subject.isCountingPath, predicate.allowsAllFromZero { return true }
      guard let range = NumberRange(of: subject) else { return false }
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
      ($0.place, "without rows, \($0.subject) does not exist")
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
          "no answer satisfies status \(predicate) where \(hops) redirects are followed"
        )
      }
    }
    return nil
  }
}

extension NumberRange {
  /// Of what is always a whole number; nil for all else.
  init?(of subject: Subject) {
    switch subject {
    case .status: self.init(100, 599)
    case .rows, .duration: self.init(0)
    case .exit: self.init(0, 255)
    default: return nil
    }
  }
}

extension Subject {
  /// There is one in every answer that comes.
  fileprivate var isAlwaysThere: Bool {
    switch self {
    case .status, .rows, .exit, .duration, .stdout, .stderr, .body: true
    default: false
    }
  }

  /// Finds something in everything that can be read at all: `$`, `/*`, a pattern that takes any text.
  fileprivate var isWholeAnswer: Bool {
    switch self {
    case .jsonpath(let path): path.text == "$"
    case .xpath(let path): ["/", "/*", "//*", ".", "*", "/html", "//html"].contains(path)
    case .regex(let pattern):
      ([""] + ExpectationLogic.unusual).allSatisfy { (try? pattern.matches($0)) ?? false }
    default: false
    }
  }

  fileprivate var isAlwaysText: Bool {
    switch self {
    case .body, .stdout, .stderr: true
    default: false
    }
  }

  /// A number of nodes, which is never below 0.
  fileprivate var isCountingPath: Bool {
    if case .xpath(let path) = self { path.hasPrefix("count(") } else { false }
  }
}

extension ExecAction {
  /// The program, where what is expected is what it was told to say: `echo ok`. Nil for all others.
  fileprivate func program(answering expectation: Expectation) -> String? {
    guard let program = ownWordsProgram else { return nil }
    let told = argv.dropFirst().map(\.source) + [stdin?.source ?? ""]
    let isSaid = expectation.predicates.contains { predicate in
      switch expectation.subject {
      case .exit:
        predicate.candidates == ["0"] && !told.contains { $0.contains("exit") }
      case .stdout, .stderr:
        predicate.affirmed.contains { text in
          !text.source.isEmpty && told.contains { $0.contains(text.source) }
        }
      default: false
      }
    }
    return isSaid ? program : nil
  }

  /// The program, where what it says and how it ends follows from its own arguments and input alone:
  /// `echo`, `true`, `sh -c 'echo …'`. Nil for all others.
  private var ownWordsProgram: String? {
    guard let first = argv.first, first.isLiteral else { return nil }
    let program = first.source.split(separator: "/").last.map(String.init) ?? first.source
    if ["echo", "printf", "true", ":", "yes"].contains(program) { return program }
    if program == "cat" || program == "tee" {
      return argv.count == 1 && stdin != nil ? program : nil
    }
    guard ["sh", "bash", "dash", "ash", "busybox"].contains(program),
      let flag = argv.firstIndex(where: { $0.source == "-c" }), flag + 1 < argv.count
    else { return nil }
    // Whatever is substituted, piped or read from a file is somebody else's word.
    let script = argv[flag + 1].source
    let commands = script.split { ";\n".contains($0) }.flatMap { $0.split(separator: "&&") }
    let words = commands.map {
      $0.split(whereSeparator: \.isWhitespace).first.map(String.init) ?? ""
    }
    let isOwn =
      !script.contains { "`|<>".contains($0) } && !script.contains("$(")
      && script.split(separator: "$").dropFirst().allSatisfy {
        $0.first.map { $0.isNumber || "@*#".contains($0) } ?? true
      }
    let quiet: Set = ["echo", "printf", "true", ":", "exit", "sleep", ""]
    return isOwn && !words.isEmpty && words.allSatisfy(quiet.contains) ? program : nil
  }
}

extension Subject {
  /// Whether `count` is of fields or elements, and the rest of the text.
  fileprivate var isCounted: Bool {
    switch self {
    case .header, .xpath, .css: true
    default: false
    }
  }
}

extension Predicate {
  fileprivate var isCount: Bool { if case .count = self { true } else { false } }

  fileprivate var wantsAbsence: Bool {
    switch self {
    case .exists(let wanted): !wanted
    case .not(.exists(let wanted)): wanted
    default: false
    }
  }

  /// Holds of every number of things.
  fileprivate var allowsAllFromZero: Bool {
    guard let limits = limits(whole: true) else { return false }
    return limits.lower <= 0 && limits.upper == .infinity
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
  private var form: String { description }

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
    case .kind(.list), .kind(.object), .count: false
    default: true
    }
  }

  private enum ValueKind: CaseIterable { case text, number, boolean, list, object }

  /// The kinds of values that it can hold of; nil where it says nothing of that.
  private var kinds: Set<ValueKind>? {
    switch self {
    case .kind(.integer), .kind(.number): [.number]
    case .kind(.string), .kind(.date), .kind(.uuid), .startsWith, .endsWith, .matches: [.text]
    case .kind(.boolean): [.boolean]
    case .kind(.list): [.list]
    case .kind(.object), .subset: [.object]
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
