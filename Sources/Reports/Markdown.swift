import Evidence
import Formats
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

  /// - Parameters:
  ///   - markup: what is shown, already Markdown.
  ///   - file: a path below the page's folder; everything else than letters, digits and `._-/` is
  ///     percent-encoded.
  static func link(_ markup: String, to file: String) -> String {
    "[\(markup)](\(PercentEncoding().text(of: file, keeping: "/")))"
  }

  /// A place of the suite, as a link to its file.
  static func link(to place: SourcePlace) -> String {
    link(code("\(place)", inTable: false), to: place.file)
  }

  /// `✓`, `◇`, else the sign with its word: `✗ refuted`.
  static func sign(_ verdict: Verdict) -> String {
    verdict.isProven ? verdict.word.sign : signAndWord(verdict)
  }

  static func signAndWord(_ verdict: Verdict) -> String {
    "\(verdict.word.sign) \(verdict.word.shown)"
  }
}
