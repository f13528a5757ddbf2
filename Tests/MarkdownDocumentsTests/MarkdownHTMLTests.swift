import MarkdownDocuments
import SeededGenerators
import Testing

@Suite struct MarkdownHTMLTests {
  private func html(_ text: String) throws -> String {
    try MarkdownDocument(parsing: text).html()
  }

  @Test(
    "Each construct has its HTML",
    arguments: [
      ("# a & b", "<h1>a &amp; b</h1>\n"),
      ("a\nb  \nc", "<p>a\nb<br />\nc</p>\n"),
      ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n"),
      ("3. a\n\n4. b", "<ol start=\"3\">\n<li><p>a</p>\n</li>\n<li><p>b</p>\n</li>\n</ol>\n"),
      ("> a", "<blockquote>\n<p>a</p>\n</blockquote>\n"),
      ("```sh x\n<a>\n```", "<pre><code class=\"language-sh\">&lt;a&gt;\n</code></pre>\n"),
      ("*a* **b** `c<`", "<p><em>a</em> <strong>b</strong> <code>c&lt;</code></p>\n"),
      (
        "[a](http://x/?a=1&b=2 \"t\")",
        "<p><a href=\"http://x/?a=1&amp;b=2\" title=\"t\">a</a></p>\n"
      ),
      ("***", "<hr />\n"),
      (
        "| a | b |\n|:-:|---|\n| `1\\|2` |",
        """
        <table>
        <thead>
        <tr><th align="center">a</th><th>b</th></tr>
        </thead>
        <tbody>
        <tr><td align="center"><code>1|2</code></td><td></td></tr>
        </tbody>
        </table>

        """
      ),
    ]
  )
  func constructs(text: String, expected: String) throws {
    #expect(try html(text) == expected)
  }

  @Test("Headings can be moved down")
  func offset() throws {
    let document = try MarkdownDocument(parsing: "# a\n\n##### b")
    #expect(document.html(headingOffset: 2) == "<h3>a</h3>\n<h6>b</h6>\n")
  }

  @Test(
    "Raw HTML is left out",
    arguments: [
      "<script>alert(1)</script>", "a <img src=x onerror=alert(1)> b", "<!-- c -->", "<div\nx>",
      "| a |\n|---|\n| <script>alert(1)</script> |",
    ]
  )
  func rawHTML(text: String) throws {
    let html = try html(text)
    #expect(html.contains("<!-- raw HTML omitted -->"))
    for tag in ["<script", "<img", "<div", "onerror"] { #expect(!html.contains(tag)) }
  }

  @Test(
    "A link that could run something has no destination",
    arguments: [
      "javascript:alert(1)", "JaVaScRiPt:alert(1)", "vbscript:x", "data:text/html,x",
      "file:///etc/passwd", "java&#10;script:alert(1)", "&#1;javascript:alert(1)",
      "javascript&colon;alert(1)", "java&#27;[/mscript:alert(1)",
      "x:y", ":x",
    ]
  )
  func dangerousLinks(destination: String) throws {
    #expect(try html("[a](<\(destination)>)").contains("<a href=\"\">a</a>"))
    #expect(try html("![a](<\(destination)>)").contains("<a href=\"\">a</a>"))
  }

  @Test(
    "A link that can only be followed keeps its destination",
    arguments: ["http://x", "HTTPS://x", "mailto:a@b", "a/b:c", "#x:y", "?x:y", "../a", ""]
  )
  func harmlessLinks(destination: String) throws {
    #expect(try html("[a](<\(destination)>)") == "<p><a href=\"\(destination)\">a</a></p>\n")
  }

  @Test("An image is a link to it, so that the page loads nothing")
  func images() throws {
    #expect(
      try html("![alt *x*](http://x/i.png)")
        == "<p><a href=\"http://x/i.png\">alt <em>x</em></a></p>\n"
    )
    #expect(try html("[![badge](http://x/i.png)](/ci)") == "<p><a href=\"/ci\">badge</a></p>\n")
  }

  @Test("Control characters and terminal sequences do not come through")
  func controls() throws {
    #expect(try html("a\u{1B}[31mb&#27;[0mc&#x9b;1md") == "<p>abcd</p>\n")
  }

  @Test("Random Markdown makes balanced HTML of known tags", arguments: Seeds.upTo(300))
  func balanced(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let pieces = [
      "*", "**", "`", "[", "](u)", "![", "<b>", "<", "&", "\n", "\n\n", "> ", "- ", "1. ", "| a ",
      "|---|\n", "# ", "x", " ", "\"", "'", "\\", "<script>", "javascript:", "```\n", "    ",
    ]
    let text = (0..<40).map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
    let html = try html(text).replacing("<!-- raw HTML omitted -->", with: "")
    var open: [Substring] = []
    for part in html.split(separator: "<").dropFirst(html.hasPrefix("<") ? 0 : 1) {
      let tag = part.prefix { $0 != ">" }
      if tag.hasSuffix("/") { continue }
      if tag.hasPrefix("/") {
        #expect(open.popLast() == tag.dropFirst(), "\(text)")
      } else {
        open.append(tag.prefix { $0 != " " })
        #expect(Self.tags.contains(String(open.last ?? "")), "\(tag)")
      }
    }
    #expect(open.isEmpty, "\(text)")
  }

  static let tags: Set<String> = [
    "h1", "h2", "p", "em", "strong", "code", "pre", "a", "ul", "ol", "li", "blockquote", "table",
    "thead", "tbody", "tr", "th", "td",
  ]
}
