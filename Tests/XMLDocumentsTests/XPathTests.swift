import Testing
import XMLDocuments

@Suite struct XPathTests {
  static let feed = """
    <feed xmlns:m="urn:m" count="2"><title>T &amp; U</title>
    <entry m:kind="a"><id>1</id></entry><entry><id>2</id></entry></feed>
    """

  private func evaluate(_ expression: String) throws -> XPathValue {
    try XMLDocument(parsing: Array(Self.feed.utf8)).evaluate(expression)
  }

  @Test(
    "An expression gives a value of its kind",
    arguments: [
      ("/feed/entry/id", .nodes(["1", "2"])), ("//id[2]", .nodes([])),
      ("//entry/@*[name() = 'm:kind']", .nodes(["a"])), ("/feed/@count", .nodes(["2"])),
      ("count(//entry)", .number(2)), ("string(/feed/title)", .string("T & U")),
      ("//id = '2'", .bool(true)), ("id/ancestor::*", .nodes([])),
      ("//id | //title", .nodes(["T & U", "1", "2"])),
    ] as [(String, XPathValue)]
  )
  func values(expression: String, value: XPathValue) throws {
    #expect(try evaluate(expression) == value)
  }

  @Test(
    "An expression that does not compile is an error with a column",
    arguments: [("//entry[", 9), ("1 +", 4), ("//a/b c", 7), ("", 1), ("$", 2)]
  )
  func invalid(expression: String, column: Int) {
    let error = xmlError { try evaluate(expression) }
    #expect(error?.code == .invalidExpression)
    #expect(error?.column == column)
    #expect(error?.description.hasPrefix("XPath expression: column \(column): ") == true)
  }

  @Test(
    "What cannot be evaluated is an error, not a value",
    arguments: ["nosuch()", "//y:a", "$v", "count('x')", "document('/etc/hostname')"]
  )
  func unevaluable(expression: String) {
    let code = xmlError { try evaluate(expression) }?.code
    #expect(code == .evaluation || code == .invalidExpression)
  }

  @Test("Too much work, too long an expression and too large a result are refused")
  func limits() throws {
    let many = "<r>" + String(repeating: "<a><b/></a>", count: 2000) + "</r>"
    let document = try XMLDocument(parsing: Array(many.utf8))
    let slow = "count(//*[count(//*[. = //b]) > count(//*)])"
    #expect(xmlError { try document.evaluate(slow) }?.code == .evaluation)
    let long = String(repeating: "1+", count: 3000) + "1"
    #expect(xmlError { try document.evaluate(long) }?.code == .invalidExpression)
    let nested = String(repeating: "(", count: 2000) + "1" + String(repeating: ")", count: 2000)
    #expect(xmlError { try document.evaluate(nested) }?.code == .invalidExpression)
    let depth = 20
    let text = String(repeating: "x", count: 1_000_000)
    let repeated =
      String(repeating: "<a>", count: depth) + text + String(repeating: "</a>", count: depth)
    let tree = try XMLDocument(parsing: Array(repeated.utf8))
    #expect(xmlError { try tree.evaluate("//*") }?.code == .tooLarge)
    #expect(try tree.evaluate("string-length(//*)") == .number(1_000_000))
    let spaces = "<r/>" + String(repeating: " ", count: 16 << 20)
    #expect(
      xmlError { try XMLDocument(parsing: Array(spaces.utf8)).evaluate("/") }?.code == .tooLarge
    )
  }

  @Test("HTML is repaired and read in its encoding")
  func html() throws {
    let page =
      "<!DOCTYPE html><title>Grüße</title><p>a<p class=x>b &nbsp;&copy;<br><script>1<2</script>"
    let document = try XMLDocument(parsing: Array(page.utf8), as: .html())
    #expect(try document.evaluate("string(//title)") == .string("Grüße"))
    #expect(try document.evaluate("//p") == .nodes(["a", "b \u{A0}©1<2"]))
    #expect(try document.evaluate("count(//p[@class='x'])") == .number(1))
    let latin: [UInt8] = Array("<title>Gr".utf8) + [0xFC] + Array("n</title>".utf8)
    for format in [XMLDocument.Format.html(), .html(encoding: "ISO-8859-1")] {
      let document = try XMLDocument(parsing: latin, as: format)
      #expect(try document.evaluate("string(//title)") == .string("Grün"))
    }
  }

  @Test("What stands in a template is no part of the page")
  func templates() throws {
    let page =
      "<title>t</title><template id=a><b>x</b><template><b>y</b></template></template><b>z</b>"
      + "<div><template shadowrootmode=open><i>s</i></template></div>"
    let document = try XMLDocument(parsing: Array(page.utf8), as: .html())
    #expect(try document.evaluate("//b") == .nodes(["z"]))
    #expect(try document.evaluate("count(//template[@id='a'])") == .number(1))
    #expect(try document.evaluate("//i") == .nodes(["s"]))
  }

  @Test("A document in memory that is not well-formed or too deep is refused")
  func illFormed() {
    #expect(xmlError { try XMLDocument(parsing: []).evaluate("/") }?.code == .notWellFormed)
    let error = xmlError {
      try XMLDocument(parsing: Array("<a>\n<b></a>".utf8), name: "f").evaluate("/")
    }
    #expect(error?.line == 2)
    #expect(error?.description.hasPrefix("f:2:") == true)
    let deep = String(repeating: "<a>", count: 3000) + String(repeating: "</a>", count: 3000)
    #expect(xmlError { try XMLDocument(parsing: Array(deep.utf8)).evaluate("/") } != nil)
    _ = xmlError { try XMLDocument(parsing: Array(deep.utf8), as: .html()).evaluate("//a") }
  }
}
