import Glibc

/// A long-running program of a run, kept in the foreground.
///
/// Its standard input is `/dev/null`; its output goes to capped logs (`LogLimits`). It leads a
/// session of its own and holds no descriptor but 0, 1 and 2. A service whose first process leaves
/// others behind is not one: start it with the option that keeps it in the foreground.
package struct GuardedService: Sendable, Codable, Equatable {
  /// Letters, digits, `-`, `_` and `.`; also the stem of its logs' file names.
  package var name: String
  /// The program first: an absolute path, or a name looked up in `environment["PATH"]`.
  package var arguments: [String]
  /// Complete: nothing is inherited. The guardian adds `PARITY_RUN_ID` and `PARITY_UNIT`.
  package var environment: [String: String]
  package var workingDirectory: String
  package var fileModeMask: UInt32
  /// What `stop` and `shutDown` do, in order, before they kill.
  package var stopSteps: [StopStep]

  package init(
    name: String,
    arguments: [String],
    environment: [String: String],
    workingDirectory: String,
    fileModeMask: UInt32 = 0o077,
    stopSteps: [StopStep] = [.terminate()]
  ) {
    self.name = name
    self.arguments = arguments
    self.environment = environment
    self.workingDirectory = workingDirectory
    self.fileModeMask = fileModeMask
    self.stopSteps = stopSteps
  }
}

/// One attempt at stopping a service; whatever outlives the last one is killed.
package struct StopStep: Sendable, Codable, Equatable {
  package enum Target: String, Sendable, Codable {
    /// The service's first process, which is to stop the others itself.
    case leader
    /// Every process of its process group.
    case group
  }

  package var signal: Int32
  package var target: Target
  /// How long the service may take before the next step.
  package var grace: Duration

  package init(signal: Int32, target: Target = .leader, grace: Duration = .seconds(10)) {
    self.signal = signal
    self.target = target
    self.grace = grace
  }

  /// SIGTERM to the first process.
  package static func terminate(grace: Duration = .seconds(10)) -> StopStep {
    StopStep(signal: SIGTERM, grace: grace)
  }

  /// SIGINT to the first process: PostgreSQL's fast shutdown.
  package static func interrupt(grace: Duration = .seconds(10)) -> StopStep {
    StopStep(signal: SIGINT, grace: grace)
  }
}

/// What the guardian says of a service it has started.
package struct StartedService: Sendable, Codable, Equatable {
  package var name: String
  package var processID: Int32
  /// Absolute paths of its logs. They are in order while at most `LogLimits.head` bytes were
  /// written; after that their end is as old as the last `flushLogs`, until the service has gone.
  package var standardOutputLog: String
  package var standardErrorLog: String
}

/// How a process ended.
package enum ProcessEnd: Sendable, Codable, Equatable, CustomStringConvertible {
  case exited(Int32)
  case signalled(Int32)

  package var description: String {
    switch self {
    case .exited(let status): "exit status \(status)"
    case .signalled(let signal): "signal \(signal)"
    }
  }
}

/// The end of a service's first process.
package struct ServiceExit: Sendable, Codable, Equatable {
  package var service: String
  package var processID: Int32
  package var end: ProcessEnd
  /// Milliseconds since 1970.
  package var time: Int64
  /// Whether it was being stopped. An exit that nobody asked for is a finding of the run.
  package var requested: Bool
}

package enum ServiceState: Sendable, Equatable {
  case running(processID: Int32)
  case exited(ServiceExit)
}
