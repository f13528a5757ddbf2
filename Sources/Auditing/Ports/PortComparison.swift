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
      let name = "\(request.method) \(request.path)"
      guard known.insert(name).inserted else { continue }
      guard let pattern = PathPattern(request.path) else {
        difference.unread.append(
          "line \(request.line): the address of `\(name)` is only known when it runs"
        )
        continue
      }
      let isAsked =
        !looks(at: request.method, pattern).isEmpty || asksInScript(request.method, pattern)
      if !isAsked { difference.weaker.append("`\(name)` is never asked") }
    }
    for system in unit.systems where known.insert(system.description).inserted {
      if looks(at: system).isEmpty,
        !scripts.contains(where: {
          $0.systems.contains { $0.kind == system.kind && $0.text == system.text }
        })
      {
        difference.weaker.append("`\(system)` is never done")
      }
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

  private func looks(at method: String, _ pattern: PathPattern) -> [Look] {
    looks.filter { look in
      guard case .http(let http) = look.exchange, http.status != nil else { return false }
      return Self.isSame(method, http.method) && pattern.matches(PathPattern.path(of: http.url))
    }
  }

  private func asksInScript(_ method: String, _ pattern: PathPattern) -> Bool {
    scripts.contains { script in
      script.requests.contains { Self.isSame(method, $0.method) && pattern.matches($0.path) }
    }
  }

  private static func isSame(_ original: String, _ own: String) -> Bool {
    original.utf8.contains("{…}".utf8) || original.uppercased() == own.uppercased()
  }

  private func looks(at system: CorpusSystem) -> [Look] {
    looks.filter { look in
      switch (system.kind, look.exchange) {
      case (.sql, .sql(let sql)):
        guard sql.rowCount != nil else { return false }
        let asked = Self.tables(in: sql.statement)
        return Self.tables(in: system.text).isSubset(of: asked)
      case (.exec, .command(let command)), (.command, .command(let command)):
        return command.ending != nil && Self.names(command.argv, program: system.text)
      case (.abra, _), (_, .http), (_, .file), (.sql, .command), (.exec, .sql), (.command, .sql):
        return false
      }
    }
  }

  /// Names behind the words of SQL that a table follows, in small letters, without schema and quotes.
  private static func tables(in statement: String) -> Set<String> {
    let words = statement.lowercased().split { " \t\n\r(),;".contains($0) }
    var found: Set<String> = []
    for (word, next) in zip(words, words.dropFirst())
    where ["from", "into", "update", "join", "table"].contains(word) {
      let name = next.split(separator: ".").last ?? next
      let plain = name.filter { !"\"'`".contains($0) }
      if !plain.contains("{"), !plain.isEmpty { found.insert(String(plain)) }
    }
    return found
  }

  /// Whether the program that the original runs is among the words of a command.
  private static func names(_ argv: [String], program text: String) -> Bool {
    let words = text.split(separator: " ").filter { !$0.contains("{…}") && !$0.hasPrefix("-") }
    guard let program = words.first?.split(separator: "/").last else { return false }
    return argv.contains { argument in
      argument.split { " \t\n;|&()".contains($0) }.contains {
        $0.split(separator: "/").last == program
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
    if case .value = assertion.subject {
      if scripts.contains(where: { asserts($0, assertion) }) { return }
      difference.unread.append(
        "line \(assertion.line): `\(assertion.subject) \(condition)` of `\(source)` cannot be held "
          + "against a run"
      )
      return
    }
    let asked = looks(atSource: source)
    if scripts.contains(where: { asserts($0, assertion) }) { return }
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
    let topic = "`\(source)` \(assertion.subject)"
    difference.weaker.append(
      own.isEmpty
        ? "\(topic) is never looked at (\(condition))"
        : "\(topic) \(condition) became \(own.first ?? "")"
    )
  }

  /// Whether a source that no look reached is reached by a script, which then asserts less.
  private func looksReach(_ source: String) -> Bool {
    guard let (method, path) = Self.request(source), let pattern = PathPattern(path) else {
      return false
    }
    return asksInScript(method, pattern)
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
    guard let (method, path) = request(original), let (ownMethod, ownPath) = request(own) else {
      return original == own
    }
    return isSame(method, ownMethod) && (PathPattern(path)?.matches(ownPath) ?? false)
  }

  /// `GET /api/health?x` in its parts; nil for the name of a system.
  private static func request(_ source: String) -> (method: String, path: String)? {
    guard let space = source.firstIndex(of: " ") else { return nil }
    let method = String(source[..<space])
    if CorpusSystem.Kind(rawValue: method) != nil { return nil }
    return (method, String(source[source.index(after: space)...].prefix { $0 != "?" }))
  }

  private func looks(atSource source: String) -> [Look] {
    if let (method, path) = Self.request(source) {
      guard let pattern = PathPattern(path) else { return [] }
      return looks(at: method, pattern)
    }
    guard let system = CorpusSystem(source) else { return [] }
    return looks(at: system)
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
    let own = look.assertions.flatMap {
      conditions(for: assertion.subject, $0.subject, $0.condition)
    }
    if own.contains(where: { $0.implies(comparison, operand) }) { return nil }
    // That there is something is shown by whatever is expected of any part of it.
    if comparison == .exists || (comparison == .notEqual && OriginalOperand(operand).text == "") {
      let isContent = look.assertions.contains {
        Self.isContent($0.subject) && $0.condition.implies(.exists, "")
      }
      if isContent, [.body, .field(""), .output].contains(assertion.subject) { return nil }
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
    case .exit: return own == "exit" || Self.isContent(own) ? [condition] : []
    case .value: return []
    case .field(let path):
      guard own.hasPrefix("$") || own.hasPrefix("row") else { return [] }
      let base = own.hasPrefix("$") ? JSONFields.path(own) : String(own.dropFirst(4))
      if condition.word == .has || (condition.word == .equal && condition.operand.hasPrefix("{")) {
        return JSONFields.leaves(of: condition.operand, below: base)
          .filter { JSONFields.isSame(path, $0.path) }
          .compactMap { RecordedCondition("== \($0.value)", written: "== \($0.value)") }
      }
      return JSONFields.isSame(path, base) ? [condition] : []
    }
  }
}
