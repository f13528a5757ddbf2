/// One thing that happened in a run: a line of `events.ndjson`.
package struct RunEvent: Codable, Hashable, Sendable {
  /// The version of the lines' form; a reader refuses any other one.
  package static let schemaVersion = 2

  /// Microseconds from the run's start, by a monotonic clock.
  package var at: Int
  package var what: What

  package enum What: Codable, Hashable, Sendable {
    /// The first line of every file.
    case runStarted(schema: Int, header: RunHeader)
    /// Values that differ from run to run, by name: `base_url`, `port db 5432`, `folder`.
    case valuesMade(values: [String: String])
    case stageStarted(stage: Stage)
    case operationFinished(stage: Stage, operation: OperationRecord)
    case readinessFinished(stage: Stage, readiness: ReadinessRecord)
    /// What a script turned out to do: it takes the place of what was planned for the check, or is
    /// added, since no plan knew of the test.
    case checkLearned(check: PlannedCheck)
    case checkStarted(check: CheckID, fresh: [String: String])
    case stepFinished(check: CheckID, step: StepRecord)
    case controlFinished(check: CheckID, control: ControlRecord)
    case checkFinished(check: CheckID, outcome: Outcome)
    case stageFinished(stage: Stage, outcome: Outcome)
    case findingMade(finding: Finding)
    /// The runs that this one was merged from.
    case attemptsMerged(attempts: [RunAttempt])
    /// The last line of a run that came to its own end.
    case runFinished(end: RunEnd)
  }

  package init(at: Int, what: What) {
    self.at = at
    self.what = what
  }
}

/// How a run ended.
package enum RunEnd: String, Codable, CaseIterable, Sendable {
  case finished
  /// By a person or a signal.
  case interrupted
  case deadlineReached
  /// As many checks went wrong as were allowed to: what came after them was left out.
  case failuresReached
  /// No last line: killed, or the machine went away; or the run gave up, because its events could
  /// not be kept or its driver had lost what it put up.
  case died

  /// What a person reads behind "the run".
  package var shown: String {
    switch self {
    case .finished: "finished"
    case .interrupted: "was interrupted"
    case .deadlineReached: "reached its deadline"
    case .failuresReached: "was stopped by its failures"
    case .died: "died"
    }
  }
}
