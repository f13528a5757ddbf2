import Formats
import MarkdownDocuments
import XMLDocuments

/// The suite's own prose as HTML that can do nothing.
enum HTMLNotes {
  /// Headings begin below the report's own; prose too large or too deep to parse is shown as it is.
  static func html(_ markdown: String) -> String {
    do {
      return try MarkdownDocument(parsing: TerminalText.stripped(markdown)).html(headingOffset: 2)
    } catch {
      return "<pre>\(XMLText.escaped(markdown, as: .content))</pre>"
    }
  }
}
