import MarkdownDocuments
import SeededGenerators
import Testing

@Suite struct MarkdownTextTests {
  @Test(
    "Ordinary prose stays readable",
    arguments: [
      "The ci_marker survived 3 upgrades (v1.2 - v1.3)!", "tests/health_check.py: 200, not 5xx.",
      "a-b + c = d; e > f, 50% & more", "C# and issue #12", "-5 degrees", "+1", "1.5 seconds",
      "https://example.org/a_b?c=d&e", "naïve 日本 🙂", "--flag",
    ]
  )
  func readable(text: String) {
    let expected = text.replacing("&e", with: "\\&e")
    #expect(MarkdownText.escaped(text) == expected)
  }

  @Test(
    "What could be a mark gets a backslash",
    arguments: [
      ("a|b", "a\\|b"), ("`x`", "\\`x\\`"), ("<b>", "\\<b>"), ("*x*", "\\*x\\*"),
      ("_x_", "\\_x\\_"), ("__init__", "\\_\\_init\\_\\_"), ("a__b", "a__b"),
      ("[x](y)", "\\[x\\](y)"),
      ("a\\b", "a\\\\b"), ("# x", "\\# x"), ("x #", "x \\#"), ("> x", "\\> x"), ("- x", "\\- x"),
      ("---", "\\---"), ("===", "\\==="), ("1. x", "1\\. x"), ("2)", "2\\)"),
      ("~~x~~", "\\~\\~x\\~\\~"),
      ("&amp;", "\\&amp;"), ("&#38;", "\\&#38;"), ("a\r\nb\tc\nd", "a b c d"), ("  x  ", "x"),
      ("\u{1B}[31mx\u{0}", "x"), ("", ""), ("\\", "\\\\"), ("_", "\\_"), ("a\u{2028}b", "a b"),
    ]
  )
  func marks(text: String, expected: String) {
    #expect(MarkdownText.escaped(text) == expected)
  }

  @Test(
    "A code span has a fence that its text does not have",
    arguments: [
      ("x", true, "`x`"), ("a`b", true, "``a`b``"), ("`a`", true, "`` `a` ``"), ("", true, ""),
      ("a|b", true, "`a\\|b`"), ("a|b", false, "`a|b`"), ("a\nb", true, "`a b`"),
      ("a\\|b", true, "a\\\\\\|b"), ("a\\|b", false, "`a\\|b`"), ("a\\", true, "`a\\`"),
      ("a|\u{301}b", true, "`a\\|\u{301}b`"),
    ]
  )
  func codeSpans(text: String, inTable: Bool, expected: String) {
    #expect(MarkdownText.codeSpan(text, inTable: inTable) == expected)
  }

  @Test(
    "Escaped text is read as the same plain text wherever it stands",
    arguments: Seeds.upTo(1500)
  )
  func roundTrip(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let text = randomText(using: &random)
    let plain = MarkdownText.plain(text)
    let escaped = MarkdownText.escaped(text)
    let code = MarkdownText.codeSpan(text, inTable: false)
    func check(_ source: String, _ read: (MarkdownBlock.Kind) -> [MarkdownInline]?) throws {
      let blocks = try MarkdownDocument(parsing: source).blocks
      let content = blocks.last.flatMap { read($0.kind) }
      #expect(Array((content ?? []).plainText.utf8) == Array(plain.utf8), "\(source)")
      let marks = (content ?? []).filter { !$0.isPlain }
      #expect(marks.isEmpty, "\(source)")
    }
    if !plain.isEmpty {
      try check(escaped) { if case .paragraph(let content) = $0 { content } else { nil } }
      try check(code) { if case .paragraph(let content) = $0 { content } else { nil } }
      try check("before\n" + escaped) {
        guard case .paragraph(let content) = $0 else { return nil }
        return Array(content.dropFirst(2))
      }
    }
    try check("## " + escaped) { if case .heading(_, let content) = $0 { content } else { nil } }
    let cells = [escaped, MarkdownText.codeSpan(text)]
    for cell in cells {
      try check("| a | b |\n|---|---|\n| \(cell) | z |") {
        guard case .table(let table) = $0, table.rows.first?.cells.count == 2 else { return nil }
        return table.rows.first?.cells.first?.content
      }
    }
  }

  private func randomText(using random: inout SeededGenerator) -> String {
    let pieces = [
      "|", "`", "``", "<", ">", "*", "**", "_", "__", "[", "]", "(", ")", "!", "\\", "#", "-", "+",
      "=", "~", "&", "&amp;", "&#1;", "1", ".", ":", " ", "  ", "\n", "\r\n", "\t", "a", "b c", "é",
      "\u{301}", "🙂", "\u{1B}[1m", "\u{0}", "\u{A0}", "<b>", "http://x", "[a]: b", "\"", "\u{FEFF}",
    ]
    return (0..<Int.random(in: 0..<14, using: &random)).map { _ in
      pieces.randomElement(using: &random) ?? ""
    }.joined()
  }
}

extension MarkdownInline {
  /// Neither a mark, a tag nor a break.
  fileprivate var isPlain: Bool {
    switch self {
    case .text, .code: true
    default: false
    }
  }
}
