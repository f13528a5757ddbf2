/// A part of a line of Markdown.
package indirect enum MarkdownInline: Equatable, Sendable {
  case text(String)
  case code(String)
  /// A line's end that is only white space.
  case softBreak
  /// A line's end that is meant.
  case lineBreak
  /// A raw tag or comment as it stands.
  case html(String)
  case emphasis([MarkdownInline])
  case strong([MarkdownInline])
  case link(MarkdownLink)
  case image(MarkdownLink)
}

/// A link, or an image with its description as content.
package struct MarkdownLink: Equatable, Sendable {
  /// As written, entities and escapes resolved; not checked.
  var destination: String
  package var title = ""
  package var content: [MarkdownInline]
}

extension Sequence where Element == MarkdownInline {
  /// What a reader reads: no marks, no tags, breaks as spaces.
  package var plainText: String {
    var text = ""
    for inline in self {
      switch inline {
      case .text(let literal), .code(let literal): text += literal
      case .softBreak, .lineBreak: text += " "
      case .html: break
      case .emphasis(let content), .strong(let content): text += content.plainText
      case .link(let link), .image(let link): text += link.content.plainText
      }
    }
    return text
  }
}
