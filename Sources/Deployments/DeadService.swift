/// A service that does not run any more, or not at this moment.
package struct DeadService: Sendable, Hashable, CustomStringConvertible {
  package var service: String
  /// `exit 1`, `signal 11`.
  package var ending: String
  /// The last lines of its log, redacted.
  package var lastWords: String

  package init(service: String, ending: String, lastWords: String) {
    self.service = service
    self.ending = ending
    self.lastWords = lastWords
  }

  /// `db is dead (killed by signal 9); last log lines: …`.
  package var description: String { "\(service) is \(state)" }

  /// The same without the service's name.
  package var state: String {
    let how = ending.hasPrefix("signal ") ? "killed by \(ending)" : ending
    return "dead (\(how))" + (lastWords.isEmpty ? "" : "; last log lines: \(lastWords)")
  }
}

/// What runs, as the running things themselves say.
package struct RunningVersion: Sendable, Hashable {
  /// The recipe version that the processes or tasks carry.
  package var version: String
  /// Further proof by name: `app reports` → `2.0.0`.
  package var facts: [String: String]
  /// What contradicts the version: `app reports 1.0.0, 2.0.0 belongs to 3.0.1+v2.0.0`.
  package var contradictions: [String]

  /// What is not known although an upgrade would have changed it: `db stays as it is`.
  package var doubts: [String]

  package init(
    version: String,
    facts: [String: String],
    contradictions: [String],
    doubts: [String] = []
  ) {
    self.version = version
    self.facts = facts
    self.contradictions = contradictions
    self.doubts = doubts
  }
}
