import Files

/// A script of the corpus that a suite is held to. Nothing of it is run.
package struct CorpusScript: Hashable, Sendable {
  /// What a script is written in, as far as its name or its first line says.
  package enum Language: String, CaseIterable, Sendable {
    case python, shell, bats, javaScript, typeScript, ruby, perl
    /// Any other, and programs whose first line is not known.
    case other
  }

  /// Relative to the recipe's `tests` folder; bytes that are not UTF-8 as `DiskPath.shown` says.
  package let path: String
  package let language: Language
  /// Its contents, the ones that were hashed.
  package let bytes: [UInt8]
  /// Git's blob id (SHA-1 format), which pins a port to what the script was.
  package let hash: String

  package init(path: String, language: Language, bytes: [UInt8], hash: String) {
    self.path = path
    self.language = language
    self.bytes = bytes
    self.hash = hash
  }
}
