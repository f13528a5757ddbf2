package import Programs

/// A long-running program of a run, kept in the foreground.
///
/// Its standard input is `/dev/null`; its output goes to capped logs (`LogLimits`). It leads a
/// session of its own and holds no descriptor but 0, 1 and 2. A service whose first process leaves
/// others behind is not one: start it with the option that keeps it in the foreground.
package struct GuardedService: Sendable, Codable, Equatable {
  /// Letters, digits, `-`, `_` and `.`; also the stem of its logs' file names.
  package var name: String
  /// Without input and deadline. Its program is an absolute path, or a name that is looked up in the
  /// `PATH` of its environment. The guardian adds `PARITY_RUN_ID` and `PARITY_UNIT`.
  var command: Command
  var stop: StopStep

  package init(name: String, command: Command, stop: StopStep) {
    self.name = name
    self.command = command
    self.stop = stop
  }
}

/// How a service is told to stop; what outlives it is killed.
package struct StopStep: Sendable, Codable, Equatable {
  /// Sent to the service's first process, which is to stop the others itself.
  var signal: Int32
  /// How long the service may take before it is killed.
  var grace: Duration

  package init(signal: Int32, grace: Duration) {
    self.signal = signal
    self.grace = grace
  }
}

/// What the guardian says of a service it has started.
package struct StartedService: Sendable, Equatable {
  package var name: String
  package var processID: Int32
  /// Absolute paths of its logs. They are in order while at most `LogLimits.head` bytes were
  /// written; after that their end is as old as the last `flushLogs`, until the service has gone.
  package var standardOutputLog: String
  package var standardErrorLog: String
}

/// The end of a service's first process.
package struct ServiceExit: Sendable, Codable, Equatable {
  var service: String
  package var processID: Int32
  package var ending: CommandOutput.Ending
  /// Whether it was being stopped. An exit that nobody asked for is a finding of the run.
  package var requested: Bool
}

package enum ServiceState: Sendable, Equatable {
  case running(processID: Int32)
  case exited(ServiceExit)
}
