import Evidence

/// Progress without secrets: reasons and titles hold what an app answered.
struct RedactedProgress: ProgressObserver {
  let observer: any ProgressObserver
  /// Knows the run's secrets, also those that were captured meanwhile.
  let log: EventLog

  func entering(_ stage: Stage) { observer.entering(stage) }

  func operating(_ what: String) { observer.operating(log.redacted(what)) }

  func checking(_ id: CheckID) { observer.checking(id) }

  func checked(_ id: CheckID, _ outcome: Outcome) {
    observer.checked(id, outcome.mapReason { $0.mapTexts(log.redacted) })
  }

  func awaiting(_ what: String, elapsed: Duration, limit: Duration) {
    observer.awaiting(log.redacted(what), elapsed: elapsed, limit: limit)
  }

  func left(_ stage: Stage, _ outcome: Outcome, after duration: Duration) {
    observer.left(stage, outcome.mapReason { $0.mapTexts(log.redacted) }, after: duration)
  }

  func stopping(_ why: Reason) { observer.stopping(why.mapTexts(log.redacted)) }
}
