import Formats

extension MarkdownDocument {
  /// HTML to embed in a page of ours, safe whoever wrote the document.
  ///
  /// Written here and not by libcmark, which has no tables and would let a page load images. Raw
  /// HTML becomes a comment that says so. A link keeps its destination only if that is relative or
  /// has the scheme `http`, `https` or `mailto`. An image becomes a link to it, so that the page
  /// needs no network. No control characters.
  ///
  /// - Parameter headingOffset: Added to the level of each heading, which stays within 1 to 6.
  package func html(headingOffset: Int = 0) -> String {
    var writer = HTMLWriter(headingOffset: headingOffset)
    writer.write(blocks, isTight: false)
    return writer.output
  }
}

private struct HTMLWriter {
  private let headingOffset: Int
  private(set) var output = ""
  private var isInLink = false

  init(headingOffset: Int) { self.headingOffset = headingOffset }

  mutating func write(_ blocks: [MarkdownBlock], isTight: Bool) {
    for block in blocks { write(block, isTight: isTight) }
  }

  private mutating func write(_ block: MarkdownBlock, isTight: Bool) {
    switch block.kind {
    case .heading(let level, let content):
      let level = min(6, max(1, level + headingOffset))
      output += "<h\(level)>"
      write(content)
      output += "</h\(level)>\n"
    case .paragraph(let content):
      if !isTight { output += "<p>" }
      write(content)
      output += isTight ? "\n" : "</p>\n"
    case .quote(let blocks):
      output += "<blockquote>\n"
      write(blocks, isTight: false)
      output += "</blockquote>\n"
    case .list(let list): write(list)
    case .code(let language, let text):
      let attribute = language.map { " class=\"language-\(Self.escaped($0))\"" } ?? ""
      output += "<pre><code\(attribute)>\(Self.escaped(text))</code></pre>\n"
    case .html: output += "<!-- raw HTML omitted -->\n"
    case .table(let table): write(table)
    case .thematicBreak: output += "<hr />\n"
    }
  }

  private mutating func write(_ list: MarkdownList) {
    let start = list.start.flatMap { $0 == 1 ? nil : " start=\"\($0)\"" } ?? ""
    let tag = list.start == nil ? "ul" : "ol"
    output += "<\(tag)\(start)>\n"
    for item in list.items {
      output += "<li>"
      write(item.blocks, isTight: list.isTight)
      if output.hasSuffix("\n"), list.isTight { output.removeLast() }
      output += "</li>\n"
    }
    output += "</\(tag)>\n"
  }

  private mutating func write(_ table: MarkdownTable) {
    output += "<table>\n<thead>\n"
    write(table.header, tag: "th", of: table)
    output += "</thead>\n"
    if !table.rows.isEmpty {
      output += "<tbody>\n"
      for row in table.rows { write(row, tag: "td", of: table) }
      output += "</tbody>\n"
    }
    output += "</table>\n"
  }

  private mutating func write(_ row: MarkdownTable.Row, tag: String, of table: MarkdownTable) {
    output += "<tr>"
    for index in 0..<max(row.cells.count, table.alignments.count) {
      let alignment = index < table.alignments.count ? table.alignments[index] : nil
      output += "<\(tag)\(alignment.map { " align=\"\($0)\"" } ?? "")>"
      if index < row.cells.count { write(row.cells[index].content) }
      output += "</\(tag)>"
    }
    output += "</tr>\n"
  }

  private mutating func write(_ inlines: [MarkdownInline]) {
    for inline in inlines {
      switch inline {
      case .text(let text): output += Self.escaped(text)
      case .code(let text): output += "<code>\(Self.escaped(text))</code>"
      case .softBreak: output += "\n"
      case .lineBreak: output += "<br />\n"
      case .html: output += "<!-- raw HTML omitted -->"
      case .emphasis(let content): write(content, in: "em")
      case .strong(let content): write(content, in: "strong")
      case .link(let link): write(link)
      // A link holds no other link.
      case .image(let link): if isInLink { write(link.content) } else { write(link) }
      }
    }
  }

  private mutating func write(_ content: [MarkdownInline], in tag: String) {
    output += "<\(tag)>"
    write(content)
    output += "</\(tag)>"
  }

  private mutating func write(_ link: MarkdownLink) {
    // Stripped before the check, or what is stripped afterwards could make another scheme.
    let plain = TerminalText.stripped(link.destination)
    let destination = Self.isSafe(plain) ? Self.escaped(plain) : ""
    let title = link.title.isEmpty ? "" : " title=\"\(Self.escaped(link.title))\""
    output += "<a href=\"\(destination)\"\(title)>"
    isInLink = true
    write(link.content)
    isInLink = false
    output += "</a>"
  }

  /// Whether a browser can only follow the destination, never run it.
  private static func isSafe(_ destination: String) -> Bool {
    let scheme = destination.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    guard let colon = scheme.utf8.firstIndex(of: UInt8(ascii: ":")) else { return true }
    return ["http", "https", "mailto"].contains(scheme[..<colon].lowercased())
  }

  private static func escaped(_ text: String) -> String {
    var output = ""
    output.reserveCapacity(text.utf8.count)
    for scalar in TerminalText.stripped(text).unicodeScalars {
      switch scalar {
      case "&": output += "&amp;"
      case "<": output += "&lt;"
      case ">": output += "&gt;"
      case "\"": output += "&quot;"
      case "'": output += "&#39;"
      default: output.unicodeScalars.append(scalar)
      }
    }
    return output
  }
}
