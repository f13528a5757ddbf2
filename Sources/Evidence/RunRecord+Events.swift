extension RunRecord {
  /// The events that this record would be made from again; the end is told only where the run came
  /// to one.
  package var events: [RunEvent] {
    var result = [
      RunEvent(at: 0, what: .runStarted(schema: RunEvent.schemaVersion, header: header))
    ]
    if let attempts { result.append(RunEvent(at: 0, what: .attemptsMerged(attempts: attempts))) }
    if !values.isEmpty { result.append(RunEvent(at: 0, what: .valuesMade(values: values))) }
    for finding in findings { result.append(RunEvent(at: 0, what: .findingMade(finding: finding))) }
    for stage in stages {
      result += Self.events(of: stage, checks.filter { $0.stage == stage.stage })
    }
    result.append(RunEvent(at: microseconds, what: .runFinished(end: end)))
    return result
  }

  private static func events(of stage: StageRecord, _ checks: [CheckRecord]) -> [RunEvent] {
    var result: [RunEvent] = []
    if let start = stage.startedAt {
      result.append(RunEvent(at: start, what: .stageStarted(stage: stage.stage)))
    }
    let at = stage.startedAt ?? 0
    for operation in stage.operations {
      result.append(
        RunEvent(at: at, what: .operationFinished(stage: stage.stage, operation: operation))
      )
    }
    if let readiness = stage.readiness {
      result.append(
        RunEvent(at: at, what: .readinessFinished(stage: stage.stage, readiness: readiness))
      )
    }
    for check in checks { result += events(of: check) }
    result.append(
      RunEvent(
        at: at + stage.microseconds,
        what: .stageFinished(stage: stage.stage, outcome: stage.outcome)
      )
    )
    return result
  }

  private static func events(of check: CheckRecord) -> [RunEvent] {
    var result: [RunEvent] = []
    let at = check.startedAt ?? 0
    if check.startedAt != nil {
      result.append(RunEvent(at: at, what: .checkStarted(check: check.id, fresh: check.fresh)))
    }
    for step in check.steps {
      result.append(RunEvent(at: at, what: .stepFinished(check: check.id, step: step)))
    }
    if let control = check.control {
      result.append(RunEvent(at: at, what: .controlFinished(check: check.id, control: control)))
    }
    result.append(
      RunEvent(
        at: at + check.microseconds,
        what: .checkFinished(check: check.id, outcome: check.outcome)
      )
    )
    return result
  }
}
