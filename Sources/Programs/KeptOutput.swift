import Subprocess
import Synchronization

/// What is kept of a program's two outputs while they are read.
final class KeptOutput: Sendable {
  /// Thrown where a reader wants no more.
  struct Enough: Error {}

  private struct State {
    var stdout: [UInt8] = []
    var stderr: [UInt8] = []
    var isCut = false
  }

  private let limit: Int
  private let state = Mutex(State())

  init(limit: Int) { self.limit = max(0, limit) }

  func output(_ ending: CommandOutput.Ending, _ duration: Duration) -> CommandOutput {
    state.withLock {
      CommandOutput(
        ending: ending,
        stdout: $0.stdout,
        stderr: $0.stderr,
        isCut: $0.isCut,
        duration: duration
      )
    }
  }

  /// Writes the input and reads both outputs, all at once.
  func exchange(
    _ stdin: [UInt8],
    _ writer: StandardInputWriter?,
    _ stdout: SubprocessOutputSequence?,
    _ stderr: SubprocessOutputSequence,
    _ output: Program.Output
  ) async throws {
    async let written: Void = write(stdin, to: writer)
    async let complaints: Void = read(stderr, .kept, isError: true)
    if let stdout { try await read(stdout, output, isError: false) }
    try await complaints
    await written
  }

  /// Whoever does not read all of it need not.
  private func write(_ bytes: [UInt8], to writer: StandardInputWriter?) async {
    if !bytes.isEmpty { _ = try? await writer?.write(bytes) }
    try? await writer?.finish()
  }

  private func read(
    _ sequence: SubprocessOutputSequence,
    _ output: Program.Output,
    isError: Bool
  ) async throws {
    for try await buffer in sequence {
      let bytes = buffer.withUnsafeBytes { Array($0) }
      if case .each(let take) = output {
        guard take(bytes) else { throw Enough() }
        continue
      }
      state.withLock { state in
        let room = limit - (isError ? state.stderr : state.stdout).count
        if bytes.count > room { state.isCut = true }
        if isError {
          state.stderr += bytes.prefix(max(room, 0))
        } else {
          state.stdout += bytes.prefix(max(room, 0))
        }
      }
    }
  }
}
