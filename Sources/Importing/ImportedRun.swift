package import Evidence
import Formats

/// Turns what another tool wrote into the events of a run, one case after the other.
///
/// Nothing of a case is kept but a hash of its id, so that a file of any length is taken.
package struct ImportedRun {
  /// What stands where a run of this tool has the name of its driver.
  package static let driver = "imported"

  private let take: (RunEvent) throws -> Void
  private let file: String
  private let summary: ImportSummary
  private var clock = 0
  private var seen: Set<Int> = []
  /// The worst that a case of each stage came to.
  private var worst: [Stage: Outcome.Word] = [:]

  /// - Parameter take: gets every event in its order; the first is there at once.
  package init(
    header: RunHeader,
    summary: ImportSummary,
    take: @escaping (RunEvent) throws -> Void
  ) throws {
    self.take = take
    self.summary = summary
    file = header.imported?.file ?? ""
    try send(.runStarted(schema: RunEvent.schemaVersion, header: header))
    if !summary.facts.isEmpty { try send(.valuesMade(values: summary.facts)) }
  }

  /// The plan of such a run: nothing is planned that the file does not name.
  package static func plan(
    recipe: String,
    version: String?,
    _ source: ImportedSource
  ) -> Plan {
    var plan = Plan(
      recipe: recipe,
      driver: driver,
      base: nil,
      target: RecipeRevision(version: version ?? "unknown", tree: ""),
      suiteTree: ""
    )
    plan.imported = source
    return plan
  }

  package mutating func add(_ one: ImportedCase) throws {
    let id = self.id(of: one)
    let outcome = self.outcome(of: one)
    worst[one.stage] = Self.worse(worst[one.stage], outcome.word)
    let planned = PlannedCheck(
      id: id,
      kind: one.stage == .functional ? .functional : .overlay,
      stage: one.stage,
      about: about(one),
      place: one.line > 0 ? SourcePlace(file: file, line: one.line, column: one.column) : nil,
      strength: .opaque,
      isHealth: false,
      steps: [],
      ports: []
    )
    try send(.checkLearned(check: planned))
    if one.microseconds != nil || !one.attachments.isEmpty || !one.properties.isEmpty {
      try send(.checkStarted(check: id, fresh: [:]))
    }
    for (index, step) in steps(of: one).enumerated() {
      try send(.stepFinished(check: id, step: step(index + 1)))
    }
    clock += one.microseconds ?? 0
    try send(.checkFinished(check: id, outcome: outcome))
  }

  package func finish() throws {
    for stage in Stage.allCases {
      let reason = Reason.told("the file says nothing of it")
      let own = worst[stage].map { word -> Outcome in
        word == .passed
          ? .passed : Outcome(word, reason: .told("\(stage.rawValue): a case \(word.rawValue)"))
      }
      let outcome = summary.stages[stage] ?? own ?? .notRun(reason: reason)
      try send(.stageFinished(stage: stage, outcome: outcome))
    }
    try send(.runFinished(end: .finished))
  }

  private func send(_ what: RunEvent.What) throws { try take(RunEvent(at: clock, what: what)) }

  // MARK: One case

  /// `imported/<class or suite>::<name>`, with a number behind a name that comes again.
  private mutating func id(of one: ImportedCase) -> CheckID {
    let path = one.classname.isEmpty ? one.suites.joined(separator: " › ") : one.classname
    let stem = Self.part(path.replacing("::", with: "."), or: "no suite")
    let name = Self.part(one.name, or: "no name")
    var id = CheckID(folder: "imported", stem: stem, name: name)
    var number = 1
    while !seen.insert(id.hashValue).inserted {
      number += 1
      id.name = "\(name) (\(number))"
    }
    return id
  }

  /// One line without characters that drive a terminal.
  private static func part(_ text: String, or other: String) -> String {
    let line = TerminalText.stripped(text).split(whereSeparator: \.isNewline)
      .joined(separator: " ").trimmed.cut(to: 300)
    return line.isEmpty ? other : line
  }

  private func about(_ one: ImportedCase) -> String {
    let flaky =
      one.result == .passed && one.earlierFailures > 0
      ? "; flaky: \(one.earlierFailures) earlier attempts failed" : ""
    return Self.part(one.name, or: "no name") + flaky
  }

  private func outcome(of one: ImportedCase) -> Outcome {
    let again = one.earlierFailures > 0 ? " (and \(one.earlierFailures) more attempts)" : ""
    let detail = TerminalText.stripped(one.detail)
    func told(_ other: String) -> Reason { .told((detail.isEmpty ? other : detail) + again) }
    return switch one.result {
    case .passed: .passed
    case .failed: .failed(reason: told("failed, and the file does not say why"))
    case .errored: .broken(reason: told("error, and the file does not say which"))
    case .skipped: .skipped(reason: told("skipped, and the file does not say why"))
    case .unknown: .broken(reason: told("its status is unknown"))
    }
  }

  private func steps(of one: ImportedCase) -> [(Int) -> StepRecord] {
    func step(_ kind: String, _ title: String, _ exchange: Exchange? = nil) -> (Int) -> StepRecord {
      { number in
        StepRecord(
          number: "\(number)",
          kind: kind,
          title: Self.part(title, or: kind),
          place: nil,
          outcome: .passed,
          exchange: exchange
        )
      }
    }
    return one.properties.map { step("property", "\($0.name) = \($0.value)") }
      + one.attachments.map {
        step("attachment", $0, .file(FileExchange(source: "attachment", path: $0)))
      }
  }

  private static func worse(_ old: Outcome.Word?, _ new: Outcome.Word) -> Outcome.Word {
    let order: [Outcome.Word] = [.notRun, .skipped, .passed, .broken, .failed]
    guard let old else { return new }
    return (order.firstIndex(of: old) ?? 0) >= (order.firstIndex(of: new) ?? 0) ? old : new
  }
}
