import MarkdownDocuments
import Testing

@Suite struct MarkdownTableTests {
  private func tables(_ text: String) throws -> [MarkdownTable] {
    func tables(in blocks: [MarkdownBlock]) -> [MarkdownTable] {
      blocks.flatMap { block -> [MarkdownTable] in
        switch block.kind {
        case .table(let table): [table]
        case .quote(let blocks): tables(in: blocks)
        case .list(let list): list.items.flatMap { tables(in: $0.blocks) }
        default: []
        }
      }
    }
    return tables(in: try MarkdownDocument(parsing: text).blocks)
  }

  private func cells(_ row: String) throws -> [String]? {
    try tables("| a | b |\n|---|---|\n\(row)").first?.rows.first?.cells.map(\.source)
  }

  @Test("A table has its header, alignments, rows and lines")
  func table() throws {
    let text = """
      # Parity

      | original | check | status |
      |:---|:---:|---:|
      | `health.py` | **ok** | ported |
      | a |
      | 1 | 2 | 3 | 4 |

      after
      """
    let document = try MarkdownDocument(parsing: text)
    #expect(document.blocks.map(\.lines) == [1...1, 3...7, 9...9])
    let table = try #require(try tables(text).first)
    #expect(table.header.cells.map(\.plainText) == ["original", "check", "status"])
    #expect(table.header.line == 3)
    #expect(table.alignments == [.left, .center, .right])
    #expect(table.rows.map(\.line) == [5, 6, 7])
    #expect(table.rows.map(\.cells.count) == [3, 1, 4])
    #expect(table.rows[0].cells[0].content == [.code("health.py")])
    #expect(table.rows[0].cells[1].content == [.strong([.text("ok")])])
  }

  @Test(
    "A row is divided at pipes that are not escaped and not in code",
    arguments: [
      ("| x | y |", ["x", "y"]),
      ("|x|y", ["x", "y"]),
      (#"| x \| y | z |"#, ["x | y", "z"]),
      ("| `x | y` | z |", ["`x | y`", "z"]),
      (#"| `x \| y` | z |"#, ["`x | y`", "z"]),
      ("| ``x ` | y`` | z |", ["``x ` | y``", "z"]),
      (#"| \` x | y \` |"#, [#"\` x"#, #"y \`"#]),
      ("| it`s | that`s |", ["it`s", "that`s"]),
      ("| a` | b |", ["a`", "b"]),
      ("| `a | b` |", ["`a", "b`"]),
      (#"| x \\| y |"#, [#"x \\"#, "y"]),
      ("|  | |", ["", ""]),
      ("| x | y | z |", ["x", "y", "z"]),
      ("| é日 | 🙂 |", ["é日", "🙂"]),
      ("x", ["x"]),
    ]
  )
  func rows(row: String, expected: [String]) throws {
    #expect(try cells(row) == expected)
  }

  @Test("Cells hold inlines only, whatever they begin with")
  func inlineOnly() throws {
    for cell in ["# x", "- x", "1. x", "> x", "[a]: b", "    x", "<div>", "***", "+", "=", "```"] {
      let content = try tables("| a | b |\n|---|---|\n| \(cell) | z |").first?.rows.first?.cells
      let trimmed = String(cell.drop { $0 == " " })
      #expect(content?.first?.source == trimmed)
      let expected = cell == "<div>" ? "" : trimmed
      #expect(content?.first?.plainText == expected, "\(cell)")
    }
  }

  @Test(
    "What is no table stays a paragraph",
    arguments: [
      "| a | b |", "| a | b |\n| c | d |", "| a | b |\n|---|", "| a |\n|-x-|", "a\n|---|",
      "| a |\n| |", "| a |\n|:|",
    ]
  )
  func paragraphs(text: String) throws {
    #expect(try tables(text).isEmpty)
    guard case .paragraph = try MarkdownDocument(parsing: text).blocks.first?.kind else {
      Issue.record("no paragraph")
      return
    }
  }

  @Test("Text directly above a table is a paragraph of its own")
  func textAbove() throws {
    let blocks = try MarkdownDocument(parsing: "x\nintro *y*:\n| a |\n|---|\n| 1 |").blocks
    #expect(blocks.map(\.lines) == [1...2, 3...5])
    #expect(
      blocks.first?.kind
        == .paragraph([
          .text("x"), .softBreak, .text("intro "), .emphasis([.text("y")]), .text(":"),
        ])
    )
    let defined = try MarkdownDocument(parsing: "[r]: /u\n| a |\n|---|").blocks
    #expect(defined.map(\.lines) == [2...3])
  }

  @Test("Tables in quotes and lists are found, with any line ends")
  func nested() throws {
    for end in ["\n", "\r\n", "\r"] {
      let quoted = ["> | a | b |", "> |---|---|", "> | 1 | 2 |"].joined(separator: end)
      let listed = ["- | a | b |", "  |---|---|", "  | 1 | 2 |"].joined(separator: end)
      for text in [quoted, listed, quoted.replacing("> ", with: "")] {
        let table = try #require(try tables("# x\(end)\(end)" + text).first)
        #expect(table.rows.map { $0.cells.map(\.plainText) } == [["1", "2"]])
        #expect(table.rows.map(\.line) == [5])
      }
    }
  }
}
