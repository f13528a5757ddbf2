import Formats

/// Any text made fit for a Markdown document.
package enum MarkdownText {
  /// What a reader of the escaped text reads: one line without terminal sequences and control
  /// characters, without spaces at its ends; every line end and tab is a space.
  package static func plain(_ text: String) -> String {
    var stripped = TerminalText.stripped(text)
    let needsWork = stripped.withUTF8 { bytes in
      bytes.contains { $0 < 0x20 || $0 == 0xC2 || $0 == 0xE2 }
        || bytes.first == UInt8(ascii: " ") || bytes.last == UInt8(ascii: " ")
        || bytes.first == 0xEF
    }
    guard needsWork else { return stripped }
    var scalars = String.UnicodeScalarView()
    var pairEnds = false
    for scalar in stripped.unicodeScalars {
      switch scalar.value {
      case 0x0D: scalars.append(" ")
      case 0x0A: if !pairEnds { scalars.append(" ") }
      case 0x09, 0x85, 0x2028, 0x2029: scalars.append(" ")
      default: scalars.append(scalar)
      }
      pairEnds = scalar.value == 0x0D
    }
    // A byte order mark at the beginning of a document is read over.
    let start = scalars.firstIndex { $0 != " " && $0 != "\u{FEFF}" } ?? scalars.endIndex
    let end = scalars.lastIndex { $0 != " " }.map { scalars.index(after: $0) } ?? start
    return start < end ? String(scalars[start..<end]) : ""
  }

  /// Markdown that reads as the ``plain(_:)`` text, at the beginning of a line, inside one, in a
  /// heading and in a cell of a pipe table.
  ///
  /// Only what could be a mark gets a backslash: `_` inside a word, `.`, `-`, `(` and `!` stay.
  /// Bare addresses and `@names` stay too, although GitHub makes links of them.
  package static func escaped(_ text: String) -> String {
    var plain = plain(text)
    return plain.withUTF8 { bytes in
      var escaper = MarkdownEscaper(bytes: bytes)
      return String(decoding: escaper.escaped(), as: UTF8.self)
    }
  }

  /// A code span of the ``plain(_:)`` text; empty for empty text, since there is no empty span.
  ///
  /// - Parameter inTable: Whether the span stands in a cell of a pipe table, where `|` needs a
  ///   backslash that would be shown elsewhere. A backslash before a pipe cannot be written in a
  ///   span there; such a text comes back ``escaped(_:)``, without a span.
  package static func codeSpan(_ text: String, inTable: Bool = true) -> String {
    // Bytes, because a pipe with a combining mark is no pipe to `Character`.
    let bytes = Array(plain(text).utf8)
    guard let first = bytes.first, let last = bytes.last else { return "" }
    let backtick = UInt8(ascii: "`")
    let pipe = UInt8(ascii: "|")
    if inTable, zip(bytes, bytes.dropFirst()).contains(where: { $0 == 0x5C && $1 == pipe }) {
      return escaped(text)
    }
    let runs = bytes.split(whereSeparator: { $0 != backtick }).map(\.count)
    let fence = [UInt8](repeating: backtick, count: (runs.max() ?? 0) + 1)
    let pad: [UInt8] = first == backtick || last == backtick ? [UInt8(ascii: " ")] : []
    let content = inTable ? bytes.flatMap { $0 == pipe ? [0x5C, pipe] : [$0] } : bytes
    return String(decoding: fence + pad + content + pad + fence, as: UTF8.self)
  }
}
