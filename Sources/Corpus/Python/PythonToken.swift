/// A word of a Python program.
struct PythonToken: Sendable {
  enum Kind: Sendable {
    case name, number, string, sign, newline, indent, dedent, end
    /// Something that cannot be read; the text says why.
    case bad
  }

  var kind: Kind
  /// Of a name, a number or a sign.
  var text: String
  /// From 1.
  var line: Int
  /// Of a string: its contents between the quotes.
  var contents: Range<Int> = 0..<0
  var isRaw = false
  var isFormatted = false
}
