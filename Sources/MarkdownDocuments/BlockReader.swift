internal import CLibcmark

/// Makes values of libcmark's tree.
struct BlockReader {
  private let source: SourceLines
  private let limits: MarkdownDocument.Limits
  private var depth = 0
  private var quotes = 0

  init(source: SourceLines, limits: MarkdownDocument.Limits) {
    self.source = source
    self.limits = limits
  }

  mutating func blocks(of text: String) throws(MarkdownError) -> [MarkdownBlock] {
    let tree = try CommonMarkTree(parsing: text)
    var reader = self
    return try tree.withRoot { root throws(MarkdownError) in try reader.blocks(in: root) }
  }

  private mutating func blocks(in node: CommonMarkNode) throws(MarkdownError) -> [MarkdownBlock] {
    try enter(node)
    defer { depth -= 1 }
    var blocks: [MarkdownBlock] = []
    for child in node.children {
      if child.type == CMARK_NODE_PARAGRAPH {
        blocks += try paragraph(child)
      } else if let kind = try kind(of: child) {
        blocks.append(MarkdownBlock(kind: kind, lines: child.lines))
      }
    }
    return blocks
  }

  private mutating func kind(
    of node: CommonMarkNode
  ) throws(MarkdownError) -> MarkdownBlock.Kind? {
    switch node.type {
    case CMARK_NODE_HEADING: return .heading(level: node.headingLevel, try inlines(in: node))
    case CMARK_NODE_BLOCK_QUOTE:
      quotes += 1
      defer { quotes -= 1 }
      return .quote(try blocks(in: node))
    case CMARK_NODE_LIST: return .list(try list(node))
    case CMARK_NODE_CODE_BLOCK:
      let language = node.info.split(separator: " ").first.map(String.init)
      return .code(language: language, node.literal)
    case CMARK_NODE_HTML_BLOCK: return .html(node.literal)
    case CMARK_NODE_THEMATIC_BREAK: return .thematicBreak
    default: return nil
    }
  }

  private mutating func list(_ node: CommonMarkNode) throws(MarkdownError) -> MarkdownList {
    var items: [MarkdownList.Item] = []
    for item in node.children {
      items.append(MarkdownList.Item(blocks: try blocks(in: item), lines: item.lines))
    }
    return MarkdownList(start: node.listStart, isTight: node.isTight, items: items)
  }

  /// A paragraph, or what stands above a table in it, and the table.
  private mutating func paragraph(_ node: CommonMarkNode) throws(MarkdownError) -> [MarkdownBlock] {
    let lines = source.lines(node.lines, column: node.startColumn, inQuote: quotes > 0)
    guard let table = TableSource(lines, firstLine: node.lines.lowerBound) else {
      return [MarkdownBlock(kind: .paragraph(try inlines(in: node)), lines: node.lines)]
    }
    var blocks: [MarkdownBlock] = []
    if !table.above.isEmpty {
      // Definitions of references alone leave no paragraph.
      let tree = try CommonMarkTree(parsing: table.above.joined(separator: "\n"))
      var reader = self
      let content = try tree.withRoot { root throws(MarkdownError) in
        var content: [MarkdownInline] = []
        for child in root.children { content += try reader.inlines(in: child) }
        return content
      }
      let first = node.lines.lowerBound
      if !content.isEmpty {
        let span = first...(first + table.above.count - 1)
        blocks.append(MarkdownBlock(kind: .paragraph(content), lines: span))
      }
    }
    let value = MarkdownTable(
      header: try row(table.header),
      alignments: table.alignments,
      rows: try table.rows.map { source throws(MarkdownError) in try row(source) }
    )
    let span = table.header.line...max(table.header.line, node.lines.upperBound)
    blocks.append(MarkdownBlock(kind: .table(value), lines: span))
    return blocks
  }

  private func row(_ source: TableSource.Row) throws(MarkdownError) -> MarkdownTable.Row {
    var cells: [MarkdownTable.Cell] = []
    for cell in source.cells {
      cells.append(MarkdownTable.Cell(source: cell, content: try content(of: cell, source.line)))
    }
    return MarkdownTable.Row(cells: cells, line: source.line)
  }

  /// The inlines of a cell, which never begins a block of its own.
  private func content(of cell: String, _ line: Int) throws(MarkdownError) -> [MarkdownInline] {
    if cell.isEmpty { return [] }
    // Behind a pipe and a space nothing is a list, a heading or a definition, and marks stand as
    // they would at the beginning of a line.
    let lead = "| "
    let tree = try CommonMarkTree(parsing: lead + cell)
    var reader = self
    return try tree.withRoot { root throws(MarkdownError) in
      var content: [MarkdownInline] = []
      for child in root.children { content += try reader.inlines(in: child, line: line) }
      guard case .text(let text) = content.first else { return content }
      let rest = String(Substring(text.utf8.dropFirst(lead.utf8.count)))
      content[0] = .text(rest)
      return rest.isEmpty ? Array(content.dropFirst()) : content
    }
  }

  private mutating func inlines(
    in node: CommonMarkNode,
    line: Int? = nil
  ) throws(MarkdownError) -> [MarkdownInline] {
    try enter(node, line: line)
    defer { depth -= 1 }
    var inlines: [MarkdownInline] = []
    for child in node.children {
      if let inline = try inline(child, line) { inlines.append(inline) }
    }
    return inlines
  }

  private mutating func inline(
    _ node: CommonMarkNode,
    _ line: Int?
  ) throws(MarkdownError) -> MarkdownInline? {
    switch node.type {
    case CMARK_NODE_TEXT: return .text(node.literal)
    case CMARK_NODE_CODE: return .code(node.literal)
    case CMARK_NODE_SOFTBREAK: return .softBreak
    case CMARK_NODE_LINEBREAK: return .lineBreak
    case CMARK_NODE_HTML_INLINE: return .html(node.literal)
    case CMARK_NODE_EMPH: return .emphasis(try inlines(in: node, line: line))
    case CMARK_NODE_STRONG: return .strong(try inlines(in: node, line: line))
    case CMARK_NODE_LINK: return .link(try link(node, line))
    case CMARK_NODE_IMAGE: return .image(try link(node, line))
    default: return nil
    }
  }

  private mutating func link(
    _ node: CommonMarkNode,
    _ line: Int?
  ) throws(MarkdownError) -> MarkdownLink {
    MarkdownLink(
      destination: node.destination,
      title: node.title,
      content: try inlines(in: node, line: line)
    )
  }

  private mutating func enter(_ node: CommonMarkNode, line: Int? = nil) throws(MarkdownError) {
    guard depth < limits.depth else {
      throw MarkdownError(.tooDeep(limit: limits.depth), line: line ?? node.lines.lowerBound)
    }
    depth += 1
  }
}
