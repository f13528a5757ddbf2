/// What a port stands for: a script, or a test function or named check inside one.
package struct CorpusUnit: Hashable, Sendable {
  /// A part of a script that could not be read, which may hide anything.
  package struct Unread: Hashable, Sendable {
    /// From 1; that of the import where a helper cannot be read.
    package let line: Int
    package let reason: String
  }

  /// `<path>`, `<path>::<function>` or `<path>::<Class>::<method>`; stable as long as the script
  /// keeps its name and the function its own.
  package let id: String
  /// Relative to the recipe's `tests` folder.
  package let script: String
  /// `test_login`, `TestLogin::test_wrong`, a bats test's own words; nil for a whole script.
  package let function: String?
  let language: CorpusScript.Language
  /// The first line of its docstring or of the comment before it; empty where there is none.
  package let about: String
  /// From 1, both included.
  package let lines: ClosedRange<Int>
  /// The script's blob id.
  package let hash: String
  package let fingerprint: Fingerprint
  /// In the order of the lines.
  package let unread: [Unread]

  package var requests: [CorpusRequest] { fingerprint.requests }
  package var systems: [CorpusSystem] { fingerprint.systems }
  package var assertions: [CorpusAssertion] { fingerprint.assertions }
}
