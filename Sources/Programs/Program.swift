import Glibc
import Subprocess
import Synchronization

#if canImport(System)
  import System
#else
  import SystemPackage
#endif

/// A program of this machine, by its full path, that runs as this process's own user.
///
/// It leads a session of its own, so that it and all that it started can be killed together; it has
/// no descriptor but 0, 1 and 2, and nothing of the environment but what its command says.
package struct Program: Sendable, Hashable {
  /// Absolute.
  package let path: String

  /// - Parameter path: absolute.
  package init(path: String) { self.path = path }

  /// Looks a program up, once: whoever runs it often keeps it.
  ///
  /// - Parameter path: as `PATH` has it; this process's own by default. Relative folders are left
  ///   out, because they would mean another program in another folder.
  /// - Returns: nil where no folder has a file of that name that this user may execute.
  package static func find(_ name: String, path: String? = nil) -> Program? {
    let folders =
      path ?? getenv("PATH").map { String(cString: $0) } ?? "/usr/local/bin:/usr/bin:/bin"
    for folder in folders.split(separator: ":") where folder.hasPrefix("/") {
      let candidate = "\(folder)/\(name)"
      var status = stat()
      if stat(candidate, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
        access(candidate, X_OK) == 0
      {
        return Program(path: candidate)
      }
    }
    return nil
  }

  /// Where a program reads from.
  package enum Input: Sendable {
    /// The command's own bytes.
    case command
    /// An open descriptor, which stays the caller's.
    case descriptor(Int32)
  }

  /// Where a program's standard output goes.
  package enum Output: Sendable {
    /// Into the result.
    case kept
    /// To an open descriptor, which stays the caller's.
    case descriptor(Int32)
    /// To a function, piece by piece; once it says false, the program is killed.
    case each(@Sendable ([UInt8]) -> Bool)
  }

  /// Runs it to its end. At the command's deadline, and where the task is cancelled, it is killed
  /// with its process group.
  ///
  /// - Parameter command: what stands first in `argv` is what the program sees as its own name;
  ///   `user` and `keepsDescendants` mean nothing here.
  package func run(
    _ command: Command,
    input: Input = .command,
    output: Output = .kept
  ) async throws(ProgramError) -> CommandOutput {
    Self.ignoreBrokenPipes
    let start = ContinuousClock.now
    let kept = KeptOutput(limit: command.outputLimit)
    let isLate = Atomic(false)
    let status: Result<TerminationStatus, any Error> = await withTaskGroup(
      of: Result<TerminationStatus, any Error>?.self
    ) { group in
      group.addTask { await spawn(command, input, output, kept) }
      group.addTask {
        // Longer than any run lasts, and short enough for the clock.
        try? await Task.sleep(for: min(command.deadline, .seconds(1 << 30)))
        return nil
      }
      let first = await group.next() ?? nil
      if let first {
        group.cancelAll()
        return first
      }
      if !Task.isCancelled { isLate.store(true, ordering: .relaxed) }
      group.cancelAll()
      return (await group.next() ?? nil) ?? .failure(CancellationError())
    }
    let hasEnded = if case .success(.exited) = status { true } else { false }
    // On a busy machine the word of a program that ended in time may come after the deadline's.
    if isLate.load(ordering: .relaxed), !hasEnded {
      return kept.output(.timedOut, ContinuousClock.now - start)
    }
    if Task.isCancelled { throw ProgramError(.cancelled, command.name) }
    let duration = ContinuousClock.now - start
    switch status {
    case .success(.exited(let code)): return kept.output(.exited(code), duration)
    case .success(.signaled(let signal)): return kept.output(.signalled(signal), duration)
    case .failure(is KeptOutput.Enough): return kept.output(.signalled(SIGKILL), duration)
    case .failure(let error): throw ProgramError(.notStarted, command.name, "\(error)")
    }
  }

  /// A program that reads no more must not end this process.
  private static let ignoreBrokenPipes: Void = { _ = signal(SIGPIPE, SIG_IGN) }()

  // MARK: Starting it

  private func spawn(
    _ command: Command,
    _ input: Input,
    _ output: Output,
    _ kept: KeptOutput
  ) async -> Result<TerminationStatus, any Error> {
    var options = PlatformOptions()
    options.createSession = true
    options.teardownSequence = [
      .send(signal: .kill, toProcessGroup: true, allowedDurationToNextStep: .zero)
    ]
    var environment: [Environment.Key: String] = [:]
    for (name, value) in command.environment { environment[.init(stringLiteral: name)] = value }
    let configuration = Configuration(
      executable: .path(FilePath(path)),
      arguments: Arguments(
        executablePathOverride: command.argv.first ?? path,
        remainingValues: Array(command.argv.dropFirst())
      ),
      environment: .custom(environment),
      workingDirectory: command.folder.map { FilePath($0) },
      platformOptions: options
    )
    do {
      return .success(try await perform(configuration, command.stdin, input, output, kept))
    } catch {
      return .failure(error)
    }
  }

  /// One call for each kind of its streams, which are types of the library's.
  private func perform(
    _ configuration: Configuration,
    _ stdin: [UInt8],
    _ input: Input,
    _ output: Output,
    _ kept: KeptOutput
  ) async throws -> TerminationStatus {
    switch (input, output) {
    case (.command, .descriptor(let target)):
      try await Subprocess.run(
        configuration,
        input: .inputWriter,
        output: .fileDescriptor(.init(rawValue: target), closeAfterSpawningProcess: false),
        error: .sequence
      ) { try await kept.exchange(stdin, $0.standardInputWriter, nil, $0.standardError, output) }
      .terminationStatus
    case (.command, .kept), (.command, .each):
      try await Subprocess.run(
        configuration,
        input: .inputWriter,
        output: .sequence,
        error: .sequence
      ) {
        let (writer, text) = ($0.standardInputWriter, $0.standardOutput)
        try await kept.exchange(stdin, writer, text, $0.standardError, output)
      }
      .terminationStatus
    case (.descriptor(let source), .descriptor(let target)):
      try await Subprocess.run(
        configuration,
        input: .fileDescriptor(.init(rawValue: source), closeAfterSpawningProcess: false),
        output: .fileDescriptor(.init(rawValue: target), closeAfterSpawningProcess: false),
        error: .sequence
      ) { try await kept.exchange([], nil, nil, $0.standardError, output) }
      .terminationStatus
    case (.descriptor(let source), .kept), (.descriptor(let source), .each):
      try await Subprocess.run(
        configuration,
        input: .fileDescriptor(.init(rawValue: source), closeAfterSpawningProcess: false),
        output: .sequence,
        error: .sequence
      ) { try await kept.exchange([], nil, $0.standardOutput, $0.standardError, output) }
      .terminationStatus
    }
  }
}
