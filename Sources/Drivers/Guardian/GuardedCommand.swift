/// A program that is run to its end and whose output is wanted.
package struct GuardedCommand: Sendable, Equatable {
  /// The program first: an absolute path, or a name looked up in `environment["PATH"]`.
  package var arguments: [String]
  /// Complete: nothing is inherited. The guardian adds `PARITY_RUN_ID` and `PARITY_UNIT`.
  package var environment: [String: String]
  package var workingDirectory: String
  /// Written to its standard input, which is then closed. At most 64 MiB.
  package var standardInput: [UInt8]
  /// Bytes kept of each of its two outputs; the rest is read, counted and thrown away.
  package var outputLimit: Int
  /// After this long the command and all that it started is killed.
  package var deadline: Duration
  /// Whether processes that it leaves behind live on until the run's end, instead of being killed
  /// as soon as it has ended.
  package var keepsDescendants: Bool
  package var fileModeMask: UInt32

  package init(
    arguments: [String],
    environment: [String: String],
    workingDirectory: String,
    standardInput: [UInt8] = [],
    outputLimit: Int = 8 << 20,
    deadline: Duration = .seconds(60),
    keepsDescendants: Bool = false,
    fileModeMask: UInt32 = 0o077
  ) {
    self.arguments = arguments
    self.environment = environment
    self.workingDirectory = workingDirectory
    self.standardInput = standardInput
    self.outputLimit = outputLimit
    self.deadline = deadline
    self.keepsDescendants = keepsDescendants
    self.fileModeMask = fileModeMask
  }
}

/// How a command ended and what it said. Its output is as the command wrote it: secrets are in it.
package struct CommandResult: Sendable, Equatable {
  package enum End: Sendable, Codable, Equatable {
    case exited(Int32)
    case signalled(Int32)
    /// Killed, with all it had started, at its deadline.
    case timedOut
    /// Killed, with all it had started, because the task that ran it was cancelled.
    case cancelled
  }

  package struct Output: Sendable, Equatable {
    /// The first bytes, up to the limit.
    package var bytes: [UInt8] = []
    /// Bytes that were written beyond the limit.
    package var droppedBytes: Int64 = 0
    package var isTruncated: Bool { droppedBytes > 0 }
    /// The bytes as UTF-8, with what is not UTF-8 replaced.
    package var text: String { String(decoding: bytes, as: UTF8.self) }
  }

  package var end: End
  package var standardOutput: Output
  package var standardError: Output
  package var duration: Duration
  /// Processes that it had left behind and that were killed.
  package var killedDescendants: [GuardedProcess]

  /// Whether it ended by itself with status 0.
  package var isSuccess: Bool { end == .exited(0) }
}
