/// A whole run, made from its events and from nothing else.
package struct RunRecord: Codable, Hashable, Sendable {
  package static let schemaVersion = 2

  package var schema = Self.schemaVersion
  package var header: RunHeader
  /// All six, in order.
  package var stages: [StageRecord]
  /// One per planned check, in the order of the plan.
  package var checks: [CheckRecord]
  package var findings: [Finding]
  /// Values that differ from run to run, by name; reports that are compared leave them out.
  package var values: [String: String] = [:]
  package var end: RunEnd
  package var microseconds: Int

  /// Lines of the events' file that could not be read: a cut last line after a power loss.
  package var unreadableLines = 0
  /// The runs that it was merged from, in the order of their numbers; nil where it is one run.
  package var attempts: [RunAttempt]?

  /// Whether the run came to its own end, and all that its events told could be read.
  package var isWhole: Bool { end == .finished && unreadableLines == 0 }

  /// Whether the driver, not the recipe, failed at something that it had to do.
  package var hasBrokenOperation: Bool {
    stages.contains { $0.operations.contains { $0.outcome.word == .broken } }
  }

  package subscript(check id: CheckID) -> CheckRecord? { checks.first { $0.id == id } }
  package subscript(stage: Stage) -> StageRecord? { stages.first { $0.stage == stage } }
}

extension RunRecord {
  /// The record of a recipe that nothing tells of: none of its checks has run.
  package init(unrun header: RunHeader, because reason: Reason) {
    let outcome = Outcome.notRun(reason: reason)
    self.init(
      header: header,
      stages: Stage.allCases.map { StageRecord(stage: $0, outcome: outcome) },
      checks: header.planned.map { CheckRecord(of: $0, outcome) },
      findings: [],
      end: .died,
      microseconds: 0,
      attempts: []
    )
  }
}
