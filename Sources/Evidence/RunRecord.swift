/// A whole run, made from its events and from nothing else.
package struct RunRecord: Codable, Hashable, Sendable {
  package static let schemaVersion = 2

  package var schema: Int
  package var header: RunHeader
  /// All six, in order.
  package var stages: [StageRecord]
  /// One per planned check, in the order of the plan.
  package var checks: [CheckRecord]
  package var findings: [Finding]
  /// Values that differ from run to run, by name; reports that are compared leave them out.
  package var values: [String: String]
  package var end: RunEnd
  package var microseconds: Int

  /// Lines of the events' file that could not be read: a cut last line after a power loss.
  package var unreadableLines: Int
  /// The runs that it was merged from, in the order of their numbers; nil where it is one run.
  package var attempts: [RunAttempt]?

  package init(
    header: RunHeader,
    stages: [StageRecord],
    checks: [CheckRecord],
    findings: [Finding],
    values: [String: String] = [:],
    end: RunEnd,
    microseconds: Int,
    unreadableLines: Int = 0,
    attempts: [RunAttempt]? = nil
  ) {
    schema = Self.schemaVersion
    self.header = header
    self.stages = stages
    self.checks = checks
    self.findings = findings
    self.values = values
    self.end = end
    self.microseconds = microseconds
    self.unreadableLines = unreadableLines
    self.attempts = attempts
  }

  /// Whether the run came to its own end, and all that its events told could be read.
  package var isWhole: Bool { end == .finished && unreadableLines == 0 }

  package subscript(check id: CheckID) -> CheckRecord? { checks.first { $0.id == id } }
  package subscript(stage: Stage) -> StageRecord? { stages.first { $0.stage == stage } }
}
