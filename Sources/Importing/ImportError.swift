package import Formats
package import XMLDocuments

/// Why a file cannot be imported.
package struct ImportError: Error, Hashable, Sendable {
  package enum Code: Hashable, Sendable {
    /// XML or JSON that breaks the rules of its language, or is refused.
    case illFormed
    /// Well-formed, and something else than results; the root's name or the kind of file.
    case foreign(String)
    /// More than is read.
    case tooLarge
    /// It changed while it was read.
    case changed
  }

  package var code: Code
  /// One line, without the file's name.
  package var message: String
  /// From 1; 0 where the file as a whole is meant.
  package var line: Int
  package var column: Int

  package init(_ code: Code, _ message: String, line: Int = 0, column: Int = 1) {
    self.code = code
    self.message = message
    self.line = line
    self.column = column
  }

  package init(_ error: XMLError) {
    self.init(
      error.code == .tooLarge ? .tooLarge : .illFormed,
      "not well-formed XML: \(error.message)",
      line: error.line ?? 0,
      column: max(1, error.column ?? 1)
    )
    if error.code == .entity || error.code == .tooLarge { message = error.message }
  }

  package init(_ error: JSONParsingError) {
    let text = error.description
    let reason = text.firstRange(of: ": ").map { String(text[$0.upperBound...]) } ?? text
    self.init(.illFormed, "not JSON: \(reason)", line: error.line, column: error.column)
  }
}
