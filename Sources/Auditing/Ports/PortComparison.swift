import Corpus
import Evidence
import Formats

/// What the ports of a unit were seen to ask and to assert, and what of the original is not among it.
struct PortComparison {
  struct Difference: Hashable {
    /// What the original asks or asserts and the ports do not.
    var weaker: [PortGap] = []
    /// What cannot be compared.
    var unread: [PortGap] = []
  }

  /// One act of a check that was as expected, with what it was held to.
  private struct Look {
    var exchange: Exchange
    var assertions: [Held]

    func held(to subject: Subject) -> [Held] { assertions.filter { $0.subject == subject } }

    /// Whether it is an answer to such a request.
    func answers(_ target: RequestPattern) -> Bool {
      guard case .http(let http) = exchange, http.status != nil else { return false }
      return target.matches(method: http.method, url: http.url)
    }
  }

  /// What was demanded of a subject, with the assertion that demanded it.
  private struct Held {
    var assertion: Assertion
    var condition: PortCondition

    var subject: Subject { assertion.subject }

    func demanding(_ condition: PortCondition) -> Held {
      Held(assertion: assertion, condition: condition)
    }
  }

  /// What a script of the suite asks and asserts, as far as it is read off it.
  private struct Reading {
    var requests: [CorpusRequest]
    var systems: [CorpusSystem]
    var assertions: [CorpusAssertion]
  }

  private let looks: [Look]
  private let scripts: [Reading]

  /// - Parameters:
  ///   - checks: Those that passed; steps that did not and looks that did not hold show nothing.
  ///   - scripts: what is read off the scripts of each. Where a proxy saw what a script asked, requests
  ///     that it did not see, and what is asserted of them, do not count.
  init(_ checks: [CheckRecord], scripts: [CheckID: [CorpusUnit]]) {
    let looks = Self.looks(of: checks)
    self.looks = looks
    self.scripts = checks.flatMap { check in
      let own = check.isRecorded ? Self.looks(of: [check]) : nil
      func isSeen(_ target: RequestPattern?) -> Bool {
        guard let own else { return true }
        return target.map { target in own.contains { $0.answers(target) } } ?? false
      }
      return (scripts[check.id] ?? []).map { unit in
        Reading(
          requests: unit.requests.filter { isSeen(RequestPattern($0)) },
          systems: unit.systems,
          assertions: unit.assertions.filter { one in
            guard let source = one.source, CorpusSystem(source) == nil else { return true }
            return isSeen(RequestPattern(source))
          }
        )
      }
    }
  }

  private static func looks(of checks: [CheckRecord]) -> [Look] {
    checks.flatMap(\.steps).filter(\.outcome.isPassed).compactMap { step in
      guard let exchange = step.exchange else { return nil }
      let assertions = step.assertions.filter(\.holds).compactMap { assertion in
        PortCondition(assertion).map { Held(assertion: assertion, condition: $0) }
      }
      return Look(exchange: exchange, assertions: assertions)
    }
  }

  /// Requests of the original that nobody was seen to ask, nor is read to.
  func unasked(of unit: CorpusUnit) -> [PortGap] {
    difference(from: unit).weaker.filter { [.neverAsked, .askedWithoutQuery].contains($0.kind) }
  }

  func difference(from unit: CorpusUnit) -> Difference {
    var difference = Difference()
    var known: Set<String> = []
    for request in unit.requests where known.insert(request.description).inserted {
      compare(request, &difference)
    }
    for system in unit.systems where known.insert(system.description).inserted {
      compare(system, &difference)
    }
    for assertion in unit.assertions { compare(assertion, &difference) }
    if unit.fingerprint.isEmpty, unit.unread.isEmpty {
      difference.unread.append(PortGap(.nothingRead, line: unit.lines.lowerBound))
    }
    return difference
  }

  // MARK: What was asked

  private func compare(_ request: CorpusRequest, _ difference: inout Difference) {
    func gap(_ kind: PortGap.Kind) -> PortGap {
      PortGap(kind, line: request.line, source: request.description)
    }
    guard let target = RequestPattern(request) else {
      difference.unread.append(gap(.addressUnknown))
      return
    }
    if !looks(at: target).isEmpty || asksInScript(target) { return }
    let isNear = !looks(at: target.withoutQuery).isEmpty || asksInScript(target.withoutQuery)
    difference.weaker.append(gap(isNear ? .askedWithoutQuery : .neverAsked))
  }

  private func compare(_ system: CorpusSystem, _ difference: inout Difference) {
    let isInScript = scripts.contains {
      $0.systems.contains { $0.kind == system.kind && $0.text == system.text }
    }
    if isInScript { return }
    func gap(_ kind: PortGap.Kind) -> PortGap {
      PortGap(kind, line: system.line, source: system.description)
    }
    guard let target = SystemPattern(system) else {
      difference.unread.append(gap(.systemUnknown))
      return
    }
    if looks(at: target).isEmpty { difference.weaker.append(gap(.neverDone)) }
  }

  private func looks(at target: RequestPattern) -> [Look] {
    looks.filter { $0.answers(target) }
  }

  private func asksInScript(_ target: RequestPattern) -> Bool {
    scripts.contains { script in
      script.requests.contains { target.matches(method: $0.method, url: $0.target) }
    }
  }

  private func looks(at target: SystemPattern) -> [Look] {
    looks.filter { look in
      switch look.exchange {
      case .sql(let sql): sql.rowCount != nil && target.matches(statement: sql.statement)
      case .command(let command): command.ending != nil && target.matches(argv: command.argv)
      case .http, .file: false
      }
    }
  }

  // MARK: What was asserted

  private func compare(_ assertion: CorpusAssertion, _ difference: inout Difference) {
    func gap(_ kind: PortGap.Kind, _ own: [Assertion] = []) -> PortGap {
      PortGap(
        kind,
        line: assertion.line,
        source: assertion.source ?? "",
        wanted: "\(assertion.subject) \(assertion.condition)",
        own: own
      )
    }
    guard let source = assertion.source else {
      difference.unread.append(gap(.assertionUnknown))
      return
    }
    if scripts.contains(where: { asserts($0, assertion) }) { return }
    if case .value = assertion.subject {
      difference.unread.append(gap(.assertionUnknown))
      return
    }
    let asked = looks(atSource: source)
    // What was never asked is told already.
    if asked.isEmpty, !looksReach(source) { return }
    var own: [Held] = []
    for look in asked {
      guard let missing = shortfall(of: look, from: assertion) else { return }
      own += missing
    }
    let asserted = own.map(\.assertion.asserted).uniqued
    if asserted.isEmpty {
      difference.weaker.append(gap(.neverLookedAt))
    } else if case .compare(let comparison, let operand) = assertion.condition,
      // A bound, a list or a pattern that is only known at run time may be anything.
      PortCondition.isUnknowable(comparison, operand)
        || assertion.subject == .status && OriginalOperand(operand).text == nil
    {
      difference.unread.append(gap(.incomparable, asserted))
    } else {
      difference.weaker.append(gap(.becameOther, asserted))
    }
  }

  /// Whether a source that no look reached is reached by a script, which then asserts less.
  private func looksReach(_ source: String) -> Bool {
    guard let target = RequestPattern(source) else { return false }
    return asksInScript(target)
  }

  private func asserts(_ script: Reading, _ assertion: CorpusAssertion) -> Bool {
    script.assertions.contains { own in
      guard own.subject == assertion.subject, let source = own.source,
        let original = assertion.source, Self.isSameSource(original, source)
      else { return false }
      return own.condition == assertion.condition
        || assertion.condition.isWeaker(than: own.condition)
    }
  }

  private static func isSameSource(_ original: String, _ own: String) -> Bool {
    guard CorpusSystem(original) == nil, let own = CorpusRequest(own),
      let target = RequestPattern(original)
    else { return original == own }
    return target.matches(method: own.method, url: own.target)
  }

  private func looks(atSource source: String) -> [Look] {
    if let system = CorpusSystem(source) {
      return SystemPattern(system).map { looks(at: $0) } ?? []
    }
    return RequestPattern(source).map { looks(at: $0) } ?? []
  }

  /// What one look has in the place of an assertion; nil where it has as much.
  private func shortfall(of look: Look, from assertion: CorpusAssertion) -> [Held]? {
    guard case .compare(let comparison, let operand) = assertion.condition else {
      return shortfall(of: look, fromCodes: assertion)
    }
    // Any code might be meant.
    if assertion.subject == .status, OriginalOperand(operand).text == nil {
      return look.held(to: .status)
    }
    let own = look.assertions.flatMap { Self.conditions(for: assertion.subject, $0) }
    if own.contains(where: { $0.condition.implies(comparison, operand) }) { return nil }
    // That there is something is shown by whatever is expected of any part of it.
    let isNotEmpty = comparison == .notEqual && OriginalOperand(operand).text == ""
    if comparison == .exists || comparison == .isTrue || isNotEmpty,
      [.body, .field(""), .output].contains(assertion.subject)
    {
      let isSeen = look.assertions.contains {
        $0.subject.isContent && $0.condition.implies(.isTrue, "")
      }
      if isSeen { return nil }
    }
    // A statement that came back ended well; what a command ended with is asserted.
    if case .sql = look.exchange, assertion.subject == .exit, comparison == .equal, operand == "0" {
      return nil
    }
    return own
  }

  private func shortfall(of look: Look, fromCodes assertion: CorpusAssertion) -> [Held]? {
    guard assertion.subject == .status, case .codes(let codes) = assertion.condition else {
      return []
    }
    let own = look.held(to: .status)
    let isWithin = StatusCodes.known.allSatisfy { code in
      codes.contains(code) || own.contains { $0.condition.accepts(code) == false }
    }
    return isWithin ? nil : own
  }

  /// What a recorded assertion says of an original's subject.
  private static func conditions(for subject: CorpusAssertion.Subject, _ held: Held) -> [Held] {
    switch (subject, held.subject) {
    case (.status, .status), (.body, .body), (.exit, .exit): [held]
    case (.header(let name), .header(let own)):
      name.lowercased() == own.lowercased() ? [held] : []
    case (.address, .header(let own)): own.lowercased() == "location" ? [held] : []
    case (.output, let own): own.isContent ? [held] : []
    case (.field(let path), .jsonpath(let own)):
      conditions(at: path, held, below: JSONFields.path(own.text), isList: !own.isSingular)
    case (.field(let path), .cell(let name)): conditions(at: path, held, below: name)
    case (.field(let path), .row), (.field(let path), .rows):
      conditions(at: path, held, below: "")
    default: []
    }
  }

  /// - Parameter isList: whether it looks at all that its path finds, as one list.
  private static func conditions(
    at path: String,
    _ held: Held,
    below base: String,
    isList: Bool = false
  ) -> [Held] {
    func leaves(_ tree: TemplateTree, below base: String) -> [Held] {
      guard let value = tree.value else { return [] }
      return JSONFields.leaves(of: value, below: base).filter { JSONFields.isSame(path, $0.path) }
        .map { held.demanding(PortCondition(equals: $0.value)) }
    }
    // What an original asks of any element, some element shows.
    if isList {
      return switch held.condition.predicate {
      case .contains(let tree): leaves(tree, below: base)
      case .equals(.list(let items)): items.flatMap { leaves($0, below: base) }
      default: []
      }
    }
    let own = JSONFields.isSame(path, base) ? [held] : []
    return switch held.condition.predicate {
    case .subset(let tree): leaves(tree, below: base) + own
    case .equals(let tree) where tree.isObject: leaves(tree, below: base) + own
    case .contains(let tree): leaves(tree, below: "\(base)[*]") + own
    default: own
    }
  }
}

extension TemplateTree {
  fileprivate var isObject: Bool { if case .object = self { true } else { false } }
}
