import Evidence
import Formats
import MarkdownDocuments
import Mustache
import XMLDocuments

/// A folder of templates, and with it the way in which their values are escaped.
package enum TemplateFormat: String, CaseIterable, Sendable {
  /// `PARITY.md`, in Markdown.
  case page
  /// JUnit XML.
  case junit
  /// `coverage.html` and `index.html`.
  case html
  /// Files of one's own: none is built in.
  case text

  /// The pragma that stands before every template of the folder. Partials and inherited blocks fall
  /// back to HTML without one of their own.
  var pragma: String { "{{% CONTENT_TYPE: \(contentTypeName)}}\n" }

  private var contentTypeName: String {
    switch self {
    case .page: "PARITY-MARKDOWN"
    case .junit: "PARITY-XML"
    case .html: "PARITY-HTML"
    case .text: "PARITY-TEXT"
    }
  }

  /// Makes the content types known to the library, once; it keeps them in one place for the process.
  static let registered: Void = {
    MustacheContentTypes.register(MarkdownContent(), named: TemplateFormat.page.contentTypeName)
    MustacheContentTypes.register(XMLContent(), named: TemplateFormat.junit.contentTypeName)
    MustacheContentTypes.register(XMLContent(), named: TemplateFormat.html.contentTypeName)
    MustacheContentTypes.register(PlainContent(), named: TemplateFormat.text.contentTypeName)
  }()
}

private struct MarkdownContent: MustacheContentType {
  func escapeText(_ text: String) -> String { Markdown.text(text) }
}

/// What is right in an XML attribute is right anywhere in XML and in HTML, scripts and styles
/// excepted.
private struct XMLContent: MustacheContentType {
  func escapeText(_ text: String) -> String { XMLText.escaped(text, as: .attribute) }
}

private struct PlainContent: MustacheContentType {
  func escapeText(_ text: String) -> String { TerminalText.stripped(ReportText.line(text)) }
}
