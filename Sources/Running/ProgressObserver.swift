package import Evidence

/// Is told what a run is about, for a person who waits; nothing of it is evidence.
package protocol ProgressObserver: Sendable {
  func entering(_ stage: Stage)
  /// The driver does something: `deploy 3.0.0+v2.0.0`.
  func operating(_ what: String)
  func checking(_ id: CheckID)
  /// A check has its outcome; also one that was never begun.
  func checked(_ id: CheckID, _ outcome: Outcome)
  /// Something is awaited, for so long so far, at most for `limit`.
  func awaiting(_ what: String, elapsed: Duration, limit: Duration)
  func left(_ stage: Stage, _ outcome: Outcome, after duration: Duration)
  /// The run will not go on to its end, in a sentence that says why.
  func stopping(_ why: Reason)
}

/// Says nothing.
package struct SilentProgress: ProgressObserver {
  package init() {}
  package func entering(_ stage: Stage) {}
  package func operating(_ what: String) {}
  package func checking(_ id: CheckID) {}
  package func checked(_ id: CheckID, _ outcome: Outcome) {}
  package func awaiting(_ what: String, elapsed: Duration, limit: Duration) {}
  package func left(_ stage: Stage, _ outcome: Outcome, after duration: Duration) {}
  package func stopping(_ why: Reason) {}
}
