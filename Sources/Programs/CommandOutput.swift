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

  /// What went wrong in its own words, for a message: the first line that says so, else the last one. As
  /// long as that is: who writes it down removes secrets, and then cuts.
  package var cause: String { firstError ?? lastLine }

  /// The first line that says that something went wrong, as the programs of databases, tar and restic do;
  /// nil where none does.
  package var firstError: String? {
    stderr.wholeLines(isCut: isCut).split { $0 == 0x0A || $0 == 0x0D }.lazy
      .map { String(decoding: $0, as: UTF8.self) }
      .first { line in
        let words = line.split(separator: " ")
        // MariaDB's and MySQL's: `ERROR 1146 (42S02) at line 3: …`.
        if words.count > 1, words[0] == "ERROR", Int(words[1]) != nil { return true }
        return words.contains { ["error:", "fatal:", "panic:"].contains($0.lowercased()) }
      }
      .map { String($0.drop { $0 == " " }) }
  }

  /// The last line of what it said, for a message. It may be as long as the output: who writes it down
  /// removes secrets, and then cuts.
  package var lastLine: String {
    let text = String(
      decoding: (stderr.isEmpty ? stdout : stderr).wholeLines(isCut: isCut),
      as: UTF8.self
    )
    return text.split(whereSeparator: \.isNewline).last.map(String.init) ?? "no output"
  }
}

extension [UInt8] {
  /// What a program printed, without the line in which it was cut: half of a secret is not known for one.
  package func wholeLines(isCut: Bool) -> ArraySlice<UInt8> {
    isCut ? self[..<(lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0)] : self[...]
  }
}
