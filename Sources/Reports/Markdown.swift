import MarkdownDocuments

/// Text made fit for a Markdown page.
enum Markdown {
  /// Text for one line or one cell of a table, wherever in the line it stands.
  static func text(_ text: String) -> String { MarkdownText.escaped(text) }

  /// A code span; a dash where there is nothing to show.
  static func code(_ text: String, inTable: Bool = true) -> String {
    let span = MarkdownText.codeSpan(text, inTable: inTable)
    return span.isEmpty ? "—" : span
  }
}
