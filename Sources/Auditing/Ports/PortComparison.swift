import Corpus
import Evidence

/// What the ports of a unit were seen to ask and to assert, and what of the original is not among it.
struct PortComparison {
  struct Difference: Hashable {
    /// What the original asks or asserts and the ports do not.
    var weaker: [String] = []
    /// What cannot be compared, each with its line.
    var unread: [String] = []
  }

  /// One act of a check that was as expected, with what it was held to.
  private struct Look {
    var exchange: Exchange
    var assertions: [(subject: String, condition: RecordedCondition)]
  }

  private let looks: [Look]
  /// What scripts of the suite ask, read off them: they leave no exchanges.
  private let scripts: [CorpusUnit]

  /// - Parameter checks: Those that passed; steps that did not and looks that did not hold show
  ///   nothing.
  init(_ checks: [CheckRecord], scripts: [CorpusUnit]) {
    looks = checks.flatMap(\.steps).filter(\.outcome.isPassed).compactMap { step in
      guard let exchange = step.exchange else { return nil }
      let assertions = step.assertions.filter(\.holds).compactMap { assertion in
        RecordedCondition(assertion.wanted, written: assertion.expected).map {
          (assertion.subject, $0)
        }
      }
      return Look(exchange: exchange, assertions: assertions)
    }
    self.scripts = scripts
  }

  func difference(from unit: CorpusUnit) -> Difference {
    var difference = Difference()
    var known: Set<String> = []
    for request in unit.requests {
      let name = request.description
      guard known.insert(name).inserted else { continue }
      guard let target = RequestPattern(request) else {
        difference.unread.append(
          "line \(request.line): the address of `\(name)` is only known when it runs"
        )
        continue
      }
      if !looks(at: target).isEmpty || asksInScript(target) { continue }
      let isNear = !looks(at: target.withoutQuery).isEmpty || asksInScript(target.withoutQuery)
      difference.weaker.append(
        isNear ? "`\(name)` is only asked without all of its query" : "`\(name)` is never asked"
      )
    }
    for system in unit.systems where known.insert(system.description).inserted {
      let isInScript = scripts.contains {
        $0.systems.contains { $0.kind == system.kind && $0.text == system.text }
      }
      if isInScript { continue }
      guard let target = SystemPattern(system) else {
        difference.unread.append(
          "line \(system.line): nothing of `\(system)` can be held against a run"
        )
        continue
      }
      if looks(at: target).isEmpty { difference.weaker.append("`\(system)` is never done") }
    }
    for assertion in unit.assertions { compare(assertion, &difference) }
    if unit.fingerprint.isEmpty, unit.unread.isEmpty {
      difference.unread.append(
        "line \(unit.lines.lowerBound): nothing that it asks or asserts can be read off"
      )
    }
    return difference
  }

  // MARK: What was asked

  private func looks(at target: RequestPattern) -> [Look] {
    looks.filter { look in
      guard case .http(let http) = look.exchange, http.status != nil else { return false }
      return target.matches(method: http.method, url: http.url)
    }
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
    let condition = assertion.condition
    guard let source = assertion.source else {
      difference.unread.append(
        "line \(assertion.line): `\(assertion.subject) \(condition)` cannot be held against a run"
      )
      return
    }
    if scripts.contains(where: { asserts($0, assertion) }) { return }
    if case .value = assertion.subject {
      difference.unread.append(
        "line \(assertion.line): `\(assertion.subject) \(condition)` of `\(source)` cannot be held "
          + "against a run"
      )
      return
    }
    let asked = looks(atSource: source)
    // What was never asked is told already.
    guard !asked.isEmpty else {
      if !looksReach(source) { return }
      difference.weaker.append("`\(source)` \(assertion.subject) is never looked at (\(condition))")
      return
    }
    var own: [String] = []
    for look in asked {
      if let missing = shortfall(of: look, from: assertion) { own += missing } else { return }
    }
    // A bound, a list or a pattern that is only known at run time may be anything.
    if case .compare(let comparison, let operand) = condition, !own.isEmpty,
      RecordedCondition.isUnknowable(comparison, operand)
        || assertion.subject == .status && OriginalOperand(operand).text == nil
    {
      difference.unread.append(
        "line \(assertion.line): `\(assertion.subject) \(condition)` of `\(source)` cannot be "
          + "held against \(own.first ?? "")"
      )
      return
    }
    let topic = "`\(source)` \(assertion.subject)"
    difference.weaker.append(
      own.isEmpty
        ? "\(topic) is never looked at (\(condition))"
        : "\(topic) \(condition) became \(own.first ?? "")"
    )
  }

  /// Whether a source that no look reached is reached by a script, which then asserts less.
  private func looksReach(_ source: String) -> Bool {
    guard let target = RequestPattern(source) else { return false }
    return asksInScript(target)
  }

  private func asserts(_ script: CorpusUnit, _ assertion: CorpusAssertion) -> Bool {
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
  private func shortfall(of look: Look, from assertion: CorpusAssertion) -> [String]? {
    if assertion.subject == .status, case .codes(let codes) = assertion.condition {
      let own = look.assertions.filter { $0.subject == "status" }.map(\.condition)
      let isWithin = StatusCodes.known.allSatisfy { code in
        codes.contains(code) || own.contains { $0.accepts(code) == false }
      }
      return isWithin ? nil : own.map(\.written)
    }
    guard case .compare(let comparison, let operand) = assertion.condition else { return [] }
    // Any code might be meant.
    if assertion.subject == .status, OriginalOperand(operand).text == nil {
      return look.assertions.filter { $0.subject == "status" }.map(\.condition.written)
    }
    let own = look.assertions.flatMap {
      conditions(for: assertion.subject, $0.subject, $0.condition)
    }
    if own.contains(where: { $0.implies(comparison, operand) }) { return nil }
    // That there is something is shown by whatever is expected of any part of it.
    let isNotEmpty = comparison == .notEqual && OriginalOperand(operand).text == ""
    if comparison == .exists || comparison == .isTrue || isNotEmpty {
      let isContent = look.assertions.contains {
        Self.isContent($0.subject) && $0.condition.implies(.isTrue, "")
      }
      if isContent, [.body, .field(""), .output].contains(assertion.subject) { return nil }
    }
    // A command or a statement that came back as the step wanted ended well.
    if assertion.subject == .exit, comparison == .equal, operand == "0" {
      switch look.exchange {
      case .sql: return nil
      case .command(let command):
        if command.ending == "exit 0" { return nil }
      case .http, .file: break
      }
    }
    return own.map(\.written)
  }

  private static func isContent(_ subject: String) -> Bool {
    subject == "body" || subject == "stdout" || subject == "content" || subject.hasPrefix("$")
      || subject.hasPrefix("row") || subject.hasPrefix("column ") || subject.hasPrefix("xpath ")
      || subject.hasPrefix("regex ")
  }

  /// What a recorded assertion says of an original's subject.
  private func conditions(
    for subject: CorpusAssertion.Subject,
    _ own: String,
    _ condition: RecordedCondition
  ) -> [RecordedCondition] {
    switch subject {
    case .status: return own == "status" ? [condition] : []
    case .header(let name):
      return own.lowercased() == "header \(name.lowercased())" ? [condition] : []
    case .address: return own.lowercased() == "header location" ? [condition] : []
    case .body: return own == "body" ? [condition] : []
    case .output:
      return Self.isContent(own) ? [condition] : []
    case .exit: return own == "exit" ? [condition] : []
    case .value: return []
    case .field(let path):
      guard own.hasPrefix("$") || own.hasPrefix("row") else { return [] }
      let base = own.hasPrefix("$") ? JSONFields.path(own) : String(own.dropFirst(4))
      if condition.word == .has || (condition.word == .equal && condition.operand.hasPrefix("{")) {
        let leaves = JSONFields.leaves(of: condition.operand, below: base)
          .filter { JSONFields.isSame(path, $0.path) }
          .compactMap { RecordedCondition("== \($0.value)", written: "== \($0.value)") }
        return leaves + (JSONFields.isSame(path, base) ? [condition] : [])
      }
      return JSONFields.isSame(path, base) ? [condition] : []
    }
  }
}
