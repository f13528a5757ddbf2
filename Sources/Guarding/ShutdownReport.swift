internal import Programs

/// What it took to stop one service.
package struct ServiceStop: Sendable, Codable, Equatable {
  var service: String
  /// How its first process ended; nil if it never did.
  var ending: CommandOutput.Ending?
  /// Whether it had to be killed.
  package var forced: Bool
  /// Processes that had to be killed.
  var killed: [GuardedProcess]
}

/// What is left of a run's processes and folders.
package struct ShutdownReport: Sendable, Codable, Equatable {
  /// In the order in which they were stopped: the last one started first.
  var stopped: [ServiceStop] = []
  /// Processes that no service's stop had ended, and that had to be killed.
  var killed: [GuardedProcess] = []
  /// Processes that were still alive after that.
  var leftovers: [GuardedProcess] = []
  /// Paths that could not be removed.
  var remainingPaths: [String] = []
  /// Whether the guardian was gone before it was asked, so that the processes were found by other
  /// means (`Janitor`).
  var guardianDied = false

  /// Whether nothing is left.
  var isClean: Bool { leftovers.isEmpty && remainingPaths.isEmpty }

  /// Adds how the run's control group ended, which was later than all else.
  mutating func add(_ ended: (killed: [GuardedProcess], remainingPaths: [String])?) {
    guard let ended else { return }
    killed += ended.killed.filter { !killed.contains($0) }
    remainingPaths += ended.remainingPaths
    leftovers.removeAll { !$0.identity.isAlive }
  }
}
