package import Evidence
import Formats

/// A script of the suite's folder that is a check, or one test of such a script.
package struct SuiteScript: Sendable, Hashable {
  package enum Runner: String, Sendable, CaseIterable {
    case executable, shell, bats, pytest, unittest

    /// Whether it tells one result a test.
    package var hasTests: Bool { self == .bats || self == .pytest || self == .unittest }
  }

  /// Below the suite's folder.
  package var path: String
  package var hash: String
  package var runner: Runner
  /// Program and arguments of its first line `#!`; empty where it has none.
  package var interpreter: [String] = []
  /// The test of the file that the check is; nil for all of it.
  package var test: String?

  package var source: ScriptSource { ScriptSource(path: path, hash: hash) }

  /// `functional/test_x.py::test_y`.
  package var name: String { test.map { "\(path)::\($0)" } ?? path }

  /// As in coverage. A file longer than what is read of it is known by its start.
  static func hash(_ bytes: [UInt8]) -> String {
    String(Digest.sha256.text(of: bytes).prefix(16))
  }

  /// What the kernel would run it with: the first line's program, and the rest of the line as one
  /// argument, as in `execve(2)`; for `env -S` as many as there are words.
  static func interpreter(of bytes: [UInt8]) -> [String] {
    guard bytes.starts(with: Array("#!".utf8)) else { return [] }
    let line = String(decoding: bytes.dropFirst(2).prefix(255).prefix { $0 != 0x0A }, as: UTF8.self)
    let words = line.split(whereSeparator: \.isWhitespace).map(String.init)
    guard let program = words.first else { return [] }
    let isSplit = words.count > 1 && ["-S", "--split-string"].contains(words[1])
    if isSplit { return words }
    return words.count > 1 ? [program, words.dropFirst().joined(separator: " ")] : [program]
  }

  /// Tests of unittest alone need no pytest: methods of its classes and nothing else.
  static func isUnittest(_ bytes: [UInt8], _ tests: [DeclaredTest]) -> Bool {
    let text = String(decoding: bytes, as: UTF8.self)
    return text.contains("TestCase") && text.contains("unittest") && !text.contains("pytest")
      && !tests.isEmpty && tests.allSatisfy { $0.name.contains(".") }
  }
}

/// How scripts of the suite are run.
package struct ScriptSettings: Sendable {
  /// The interpreter of Python files without a first line of their own; nil for `python3`.
  package var python: String?
  /// Added to the environment of every script.
  package var environment: [(name: String, value: Template)] = []
  /// Whether a proxy before the app sees what they ask.
  package var record = false

  package init() {}
}
