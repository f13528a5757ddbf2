/// A parsed Markdown document: CommonMark 0.30 with pipe tables.
package struct MarkdownDocument: Equatable, Sendable {
  package var blocks: [MarkdownBlock]

  /// What a document may cost whoever reads it.
  package struct Limits: Equatable, Sendable {
    /// UTF-8 bytes; 256 KiB unless said otherwise. libcmark 0.30.2 takes time that grows with the
    /// square of the size for some texts that nobody writes (CVE-2023-22483 to 22486).
    package var bytes: Int
    /// Blocks and inlines inside one another; 100 unless said otherwise.
    var depth: Int

    package init(bytes: Int = 256 << 10, depth: Int = 100) {
      self.bytes = bytes
      self.depth = depth
    }
  }

  /// Parses the text; throws only ``MarkdownError``'s limits.
  ///
  /// A pipe table is a run of lines in a paragraph: a header with a delimiter row of as many cells
  /// below it, and all lines that follow. In cells and in lines of the same paragraph above a
  /// table, reference links are not resolved.
  package init(
    parsing text: String,
    limits: Limits = Limits()
  ) throws(MarkdownError) {
    guard text.utf8.count <= limits.bytes else {
      throw MarkdownError(.tooLarge(limit: limits.bytes))
    }
    var reader = BlockReader(source: SourceLines(text), limits: limits)
    blocks = try reader.blocks(of: text)
  }
}
