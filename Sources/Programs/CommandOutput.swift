/// How a command ended and what it said. Its output is as the command wrote it: secrets are in it.
package struct CommandOutput: Sendable, Hashable, Codable {
  package enum Ending: Sendable, Hashable, Codable, CustomStringConvertible {
    case exited(Int32)
    case signalled(Int32)
    /// Killed at its deadline.
    case timedOut

    package var description: String {
      switch self {
      case .exited(let code): "exit \(code)"
      case .signalled(let signal): "signal \(signal)"
      case .timedOut: "timed out"
      }
    }
  }

  package var ending: Ending
  /// The first bytes, up to the command's limit.
  package var stdout: [UInt8]
  package var stderr: [UInt8]
  /// True where a stream was longer than the limit.
  package var isCut: Bool
  package var duration: Duration

  package init(
    ending: Ending,
    stdout: [UInt8] = [],
    stderr: [UInt8] = [],
    isCut: Bool = false,
    duration: Duration = .zero
  ) {
    self.ending = ending
    self.stdout = stdout
    self.stderr = stderr
    self.isCut = isCut
    self.duration = duration
  }

  package var succeeded: Bool { ending == .exited(0) }

  /// The standard output as UTF-8, with what is not UTF-8 replaced.
  package var text: String { String(decoding: stdout, as: UTF8.self) }

  /// The last line of what it said, for a message. It may be as long as the output: who writes it down
  /// removes secrets, and then cuts.
  package var lastLine: String {
    let text = String(decoding: stderr.isEmpty ? stdout : stderr, as: UTF8.self)
    return text.split(whereSeparator: \.isNewline).last.map(String.init) ?? "no output"
  }
}
