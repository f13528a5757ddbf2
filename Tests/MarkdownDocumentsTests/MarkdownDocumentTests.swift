import Testing

@testable import MarkdownDocuments

@Suite struct MarkdownDocumentTests {
  @Test("Blocks come in order, with their lines")
  func blocks() throws {
    let text = """
      # Parity of `x` and *y*

      First line
      second line.

      - one
      - two
        1. inner

      > quoted

      ```yaml more
      a: 1
      ```

      ---
      <div>raw</div>
      """
    let blocks = try MarkdownDocument(parsing: text).blocks
    #expect(blocks.map(\.lines.lowerBound) == [1, 3, 6, 10, 12, 16, 17])
    #expect(
      blocks.first?.kind
        == .heading(
          level: 1,
          [.text("Parity of "), .code("x"), .text(" and "), .emphasis([.text("y")])]
        )
    )
    #expect(blocks[1].lines == 3...4)
    #expect(blocks[1].kind == .paragraph([.text("First line"), .softBreak, .text("second line.")]))
    guard case .list(let list) = blocks[2].kind, case .quote(let quoted) = blocks[3].kind else {
      Issue.record("no list or quote")
      return
    }
    #expect(list.start == nil && list.isTight && list.items.count == 2)
    #expect(list.items[1].lines.lowerBound == 7)
    #expect(list.items[1].blocks.last?.lines.lowerBound == 8)
    #expect(quoted.first?.kind == .paragraph([.text("quoted")]))
    #expect(blocks[4].kind == .code(language: "yaml", "a: 1\n"))
    #expect(blocks[5].kind == .thematicBreak)
    #expect(blocks[6].kind == .html("<div>raw</div>\n"))
  }

  @Test("Plain text is what a reader reads")
  func plainText() throws {
    let text = "a **b *c*** `d` [e](u \"t\") ![f](i) <b>g</b> \\* &amp;  \nh"
    guard case .paragraph(let content) = try MarkdownDocument(parsing: text).blocks.first?.kind
    else {
      Issue.record("no paragraph")
      return
    }
    #expect(content.plainText == "a b c d e f g * & h")
    #expect(
      content.contains(.link(MarkdownLink(destination: "u", title: "t", content: [.text("e")])))
    )
  }

  @Test("Empty text has no blocks", arguments: ["", "\n\n", "[a]: /b"])
  func empty(text: String) throws {
    #expect(try MarkdownDocument(parsing: text).blocks.isEmpty)
  }

  @Test("A text that is too large or too deep is refused")
  func limits() throws {
    func refused(_ text: String, _ limits: MarkdownDocument.Limits) -> MarkdownError? {
      do {
        _ = try MarkdownDocument(parsing: text, limits: limits)
        return nil
      } catch {
        return error
      }
    }
    let large = String(repeating: "x", count: 101)
    let error = refused(large, .init(bytes: 100))
    #expect(error?.code == .tooLarge(limit: 100))
    #expect(error.map { "\($0)" } == "Markdown document: more than 100 bytes")
    #expect(refused(large, .init(bytes: 101)) == nil)
    for text in [
      "\n" + String(repeating: ">", count: 200), String(repeating: "- ", count: 200) + "x",
      String(repeating: "*a **b ", count: 200) + String(repeating: "c** d*", count: 200),
      "| \(String(repeating: "[", count: 200))x\(String(repeating: "](u)", count: 200)) |\n|---|",
      "| \(String(repeating: "![", count: 200))x\(String(repeating: "](u)", count: 200)) |\n|---|",
    ].dropLast(2) {
      #expect(refused(text, .init())?.code == .tooDeep(limit: 100))
    }
    #expect(refused("\n" + String(repeating: ">", count: 200), .init())?.line == 2)
    #expect(refused("> > > x", .init(depth: 4)) != nil)
    #expect(refused("> > > x", .init(depth: 5)) == nil)
  }

  @Test(
    "The largest text allowed is read in bearable time, whatever it repeats",
    .timeLimit(.minutes(3)),
    arguments: [
      ">", "- ", "![l", "[a](", "*a_", "`", "<", "&", "[", "]", "|", "| a |\n|--|\n", "**x", "_a ",
      "<!--", "\\", "![[]()", "[a]: b\n", "``a`", "`|", "<?", "1. ", "~~~\n", "a*_",
    ]
  )
  func hostile(piece: String) {
    let text = String(repeating: piece, count: (256 << 10) / piece.utf8.count)
    _ = try? MarkdownDocument(parsing: text).html()
  }
}
