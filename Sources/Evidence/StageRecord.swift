/// One stage of a run: its operation, its gate, its end.
package struct StageRecord: Codable, Hashable, Sendable {
  package var stage: Stage
  package var outcome: Outcome
  /// Microseconds from the run's start; nil where the stage did not start.
  package var startedAt: Int?
  package var microseconds = 0
  package var operations: [OperationRecord] = []
  package var readiness: ReadinessRecord?
}

/// One thing that the driver did: a deploy, a hook, a snapshot, the removal of a volume.
package struct OperationRecord: Codable, Hashable, Sendable {
  /// `deploy`, `upgrade`, `hook db backup.pre-hook`, `snapshot`, `restore`, `undeploy` …
  package var name: String
  package var outcome: Outcome
  package var microseconds: Int
  /// What was run, where it was a command.
  package var command: CommandExchange?
  /// The fact that names files which a service has written beside its volumes.
  package static let filesBeside = "files beside volumes"
  /// The fact that names the file with all that the command printed, from the run's folder.
  package static let log = "log"
  /// The fact that names the recipe beside this one that it was about.
  package static let dependency = "dependency"
  /// The fact that has the first error that a hook printed, however it ended.
  package static let printedError = "printed error"
  /// The fact that names tables of a database which a dump in one transaction does not hold still.
  package static let tablesOutside = "tables outside transactions"

  /// Facts about the result, by name: a snapshot's id, the version that runs.
  package var facts: [String: String]
  /// Where the driver did something else than the recipe says, and why.
  package var difference: String?

  package init(
    name: String,
    outcome: Outcome,
    microseconds: Int = 0,
    command: CommandExchange? = nil,
    facts: [String: String] = [:],
    difference: String? = nil
  ) {
    self.name = name
    self.outcome = outcome
    self.microseconds = microseconds
    self.command = command
    self.facts = facts
    self.difference = difference
  }
}

/// How an app became ready: what it answered, in runs of equal answers.
package struct ReadinessRecord: Codable, Hashable, Sendable {
  package struct Span: Codable, Hashable, Sendable {
    /// A status code, `000` where nothing answered, or a word of the gate.
    package var state: String
    package var count: Int
    /// Microseconds from the gate's start to the first and the last answer of the span.
    package var from: Int
    package var to: Int

    package init(state: String, count: Int, from: Int, to: Int) {
      self.state = state
      self.count = count
      self.from = from
      self.to = to
    }
  }

  /// What the gate's own control came to: whether a path beside the gate's, where nothing is, would
  /// have been ready too.
  package enum Decoy: String, Codable, CaseIterable, Sendable {
    /// It was not as the gate asks.
    case refused
    /// It was, with another answer.
    case accepted
    /// It was, with the same page.
    case same
  }

  /// What was asked, as a person reads it: `GET /api/health`.
  package var gate: String
  package var spans: [Span]
  package var ready: Bool
  /// To the first of the good answers that it stayed with, or to the end of the wait.
  package var microseconds: Int
  /// The limit, in microseconds.
  package var within: Int
  /// Nil where it was not tried.
  package var decoy: Decoy?

  package init(gate: String, spans: [Span], ready: Bool, microseconds: Int, within: Int) {
    self.gate = gate
    self.spans = spans
    self.ready = ready
    self.microseconds = microseconds
    self.within = within
  }

  /// The time line in short: `000 → 500 → 200`.
  package var line: String { spans.map(\.state).joined(separator: " → ") }
}
