/// A block of a Markdown document.
package struct MarkdownBlock: Equatable, Sendable {
  package var kind: Kind
  /// The lines that the block takes, from 1. Where libcmark has no end, one line.
  package var lines: ClosedRange<Int>

  package indirect enum Kind: Equatable, Sendable {
    /// Level 1 to 6.
    case heading(level: Int, [MarkdownInline])
    case paragraph([MarkdownInline])
    case quote([MarkdownBlock])
    case list(MarkdownList)
    /// The first word of the info string, and the text with its last newline.
    case code(language: String?, String)
    /// Raw HTML as it stands.
    case html(String)
    case table(MarkdownTable)
    case thematicBreak
  }
}

package struct MarkdownList: Equatable, Sendable {
  /// The first number; `nil` for a list with bullets.
  package var start: Int?
  /// Whether no blank lines stand between the items.
  package var isTight: Bool
  package var items: [Item]

  package struct Item: Equatable, Sendable {
    package var blocks: [MarkdownBlock]
    package var lines: ClosedRange<Int>
  }
}

/// A pipe table, as GitHub Flavored Markdown has them.
package struct MarkdownTable: Equatable, Sendable {
  package enum Alignment: Equatable, Sendable {
    case left
    case center
    case right
  }

  package var header: Row
  /// One for each cell of the header; `nil` where the delimiter row says nothing.
  package var alignments: [Alignment?]
  package var rows: [Row]

  package struct Row: Equatable, Sendable {
    /// As many as are written, which may be fewer or more than in the header.
    package var cells: [Cell]
    /// Counted from 1.
    package var line: Int
  }

  package struct Cell: Equatable, Sendable {
    /// The Markdown between the pipes, trimmed, with `\|` made into `|`.
    package var source: String
    package var content: [MarkdownInline]

    package var plainText: String { content.plainText }
  }
}
