import Evidence
import Formats
import Testing

@testable import Checks

struct AnswerReaderTests {
  private enum Word { case value, nothing, unreadable }

  private func look(_ subject: Subject, _ answer: Answer) throws -> Found {
    var reader = AnswerReader(answer)
    return try reader.look(at: subject)
  }

  private func word(_ found: Found) -> Word {
    switch found {
    case .value: .value
    case .nothing: .nothing
    case .unreadable: .unreadable
    }
  }

  private func page(_ body: [UInt8], _ type: String?) -> Answer {
    var answer = Answer()
    answer.status = 200
    answer.body = body
    if let type { answer.headers = [("Content-Type", type)] }
    return answer
  }

  private func page(_ body: String, _ type: String? = "text/html") -> Answer {
    page(Array(body.utf8), type)
  }

  // MARK: Markup

  private static let html5 =
    "<!doctype html><title> Shop\n one</title><p>a<br>b<div class='x error'>no"

  @Test(arguments: [
    (html5, "text/html", "//div", "no"),
    (html5, "text/html; charset=utf-8", "string(//title)", " Shop\n one"),
    (html5, nil, "//div[@class='x error']", "no"),
    ("<?xml version='1.0'?><a><B>x</B></a>", "text/html", "//B", "x"),
    ("<a><B>x</B></a>", "application/atom+xml", "//B", "x"),
    ("<a><B>x</B></a>", "text/plain", "//B", "x"),
    ("<a><B>x</B></a>", "text/html", "//b", "x"),
  ])
  func markupIsReadInItsOwnLanguage(body: String, type: String?, xpath: String, text: String)
    throws
  {
    #expect(try look(.xpath(xpath), page(body, type)).value == .string(text))
  }

  @Test(arguments: [
    ("", "text/html"), ("Please log in", "text/html"), (#"{"items": []}"#, "application/json"),
    (#"{"items": []}"#, "text/html"), ("<a><b>x</a>", "text/xml"), ("<a>&x;</a>", "text/xml"),
    ("plain", "text/plain"), ("plain", nil), ("a <b> c", nil),
  ])
  func whatIsNoMarkupSaysNothingOfElements(body: String, type: String?) throws {
    let css = try CSSSelector(".error")
    for subject in [Subject.xpath("//error"), .css(css), .xpath("count(//x)")] {
      #expect(try word(look(subject, page(body, type))) == .unreadable, "\(subject)")
    }
  }

  @Test func namesInANamespaceAreNotAbsent() throws {
    let feed = page(
      "<feed xmlns='http://www.w3.org/2005/Atom'><title>Shop</title></feed>",
      "text/xml"
    )
    for path in ["//title", "count(//title)", "//title = 'Shop'", "string(//title)"] {
      guard case .unreadable(.otherNamespace) = try look(.xpath(path), feed) else {
        Issue.record("\(path)")
        continue
      }
    }
    #expect(try look(.xpath("//*[local-name() = 'title']"), feed).value == "Shop")
    #expect(try look(.css(CSSSelector("title")), feed).value == "Shop")
    #expect(try word(look(.xpath("//entry"), feed)) == .nothing)
    #expect(try word(look(.css(CSSSelector("entry")), feed)) == .nothing)
  }

  @Test func ofWhatIsNoNodeFalseIsNothing() throws {
    for path in ["count(//table)", "//h1 = 'x'", "string(//h1)", "number('x')", "//table"] {
      #expect(try word(look(.xpath(path), page(Self.html5))) == .nothing, "\(path)")
    }
    for path in ["count(//p)", "//title != 'x'", "string(//title)"] {
      #expect(try word(look(.xpath(path), page(Self.html5))) == .value, "\(path)")
    }
  }

  @Test(arguments: [
    ("title", "Shop one"), ("TITLE", "Shop one"), ("div.error", "no"), ("p + div", "no"),
    (".err", nil),
    ("[class~=error]", "no"), ("[class|=x]", nil), ("[class^='x e']", "no"),
    ("[class$=rror]", "no"),
    ("[class*=' e']", "no"), ("body > p", "ab"), ("p br:last-child", ""),
    ("html :not(head) > br", ""),
    ("p ~ div", "no"), ("div:nth-child(2)", "no"), ("div:nth-child(1)", nil),
  ])
  func selectorsSelectWhatBrowsersSelect(selector: String, text: String?) throws {
    let page = page("<title> Shop\n one</title><body><p>a<br>b</p><div class='x error'>no</div>")
    #expect(try look(.css(CSSSelector(selector)), page).value == text.map { .string($0) })
  }

  /// A list that is not there holds nothing, and nobody knows what it would hold.
  @Test func whatIsInNothingIsNotAbsent() throws {
    let list = page("<h1>List</h1><ul class=notes></ul>")
    let login = page("<h1>Log in</h1><form></form>")
    let subjects: [Subject] = [
      .css(try CSSSelector("ul.notes > li")), .css(try CSSSelector("ul.notes li, ul.notes b")),
      .xpath("//ul[@class='notes']/li"), .xpath("//ul//li"), .xpath("(//ul)[1]/@id"),
    ]
    for subject in subjects {
      #expect(try word(look(subject, list)) == .nothing, "\(subject)")
      guard case .unreadable(.noContainer) = try look(subject, login) else {
        Issue.record("\(subject)")
        continue
      }
    }
    for subject in [
      Subject.css(try CSSSelector("li, ul b")), .xpath("//li"), .xpath("//li | //b/i"),
    ] {
      #expect(try word(look(subject, login)) == .nothing, "\(subject)")
    }
  }

  @Test(arguments: [
    ("//a", nil), ("/a", nil), ("a", nil), ("//a/b", "//a"), ("//a//b", "//a"), ("/a/b/@c", "/a/b"),
    ("//a[b/c = 'x/y']", nil), ("//a[@b=\"]\"]/text()", "//a[@b=\"]\"]"), ("count(//a/b)", nil),
    ("//a/b = 'x'", nil), ("//a/following-sibling::b", "//a"),
    ("//*[local-name() = 'a']/b", "//*[local-name() = 'a']"),
  ])
  func theContainerIsThePathBeforeTheLastStep(path: String, container: String?) {
    #expect(XPathContainer.of(path) == container)
  }

  @Test func nodesAreCounted() throws {
    let page = page("<ul><li>a<li>b<li class=c>d</ul>")
    func count(_ selector: String, _ number: Int) throws -> Bool {
      let found = try look(.css(CSSSelector(selector)), page)
      guard
        case .holds = try Predicate.count([.equals(number: number)])
          .verdict(of: found, isText: true, in: Scope())
      else { return false }
      return true
    }
    #expect(try count("li", 3))
    #expect(try count("li.c", 1))
    #expect(try count("li.d", 0))
    #expect(try look(.css(CSSSelector("li")), page).value == ["a", "b", "d"])
    #expect(try look(.css(CSSSelector("li")), page).captured(isList: false) == "a")
  }

  // MARK: Text

  @Test(
    arguments: [
      ([0x63, 0xE9], "text/plain; charset=ISO-8859-1", "cé"),
      ([0x63, 0xE9], #"text/plain; Charset="iso-8859-1""#, "cé"),
      ([0xFF, 0xFE, 0x63, 0, 0xE9, 0], "text/plain; charset=utf-16", "cé"),
      ([0xEF, 0xBB, 0xBF, 0x63], "text/plain; charset=iso-8859-1", "c"),
      ([0x63, 0xE9], "text/html", "cé"), ([0x63], "text/plain; charset=klingon", "c"),
      (Array("<meta charset=koi8-r>".utf8) + [0xC4], "text/html", "<meta charset=koi8-r>д"),
      (
        Array("<meta http-equiv=x content='text/html; charset=ISO-8859-5'>".utf8) + [0xD4],
        "text/html", "<meta http-equiv=x content='text/html; charset=ISO-8859-5'>д"
      ),
      (
        Array("<?xml version='1.0' encoding='ISO-8859-5'?><a>".utf8) + [0xD4], "text/xml",
        "<?xml version='1.0' encoding='ISO-8859-5'?><a>д"
      ),
    ] as [([UInt8], String, String)]
  )
  func aBodyIsReadInItsCharacterSet(bytes: [UInt8], type: String, text: String) throws {
    #expect(try look(.body, page(bytes, type)).value == .string(text))
  }

  @Test func theTreeIsReadInTheSameCharacterSet() throws {
    let declared = Array("<?xml version='1.0' encoding='ISO-8859-5'?><a>".utf8) + [0xD4]
    let xml = page(declared + Array("</a>".utf8), "text/xml")
    #expect(try look(.xpath("/a"), xml).value == "д")
    let html = page(Array("<meta charset=utf-8><p>".utf8) + [0xE9], "text/html; charset=latin1")
    #expect(try look(.css(CSSSelector("p")), html).value == "é")
  }

  @Test(
    arguments: [
      ([0x63, 0xC3], "text/plain; charset=utf-8"), ([0x63, 0xE9], "text/plain; charset=klingon"),
      ([0x63, 0, 0xDC], "text/plain; charset=utf-16le"),
    ] as [([UInt8], String)]
  )
  func whatIsUnderstoodByHalfIsNotCompared(bytes: [UInt8], type: String) throws {
    let subjects: [Subject] = [
      .body, .regex(try Pattern("c")), .jsonpath(try JSONPath("$")), .xpath("//a"),
    ]
    for subject in subjects {
      guard case .unreadable(let why) = try look(subject, page(bytes, type)), why.isUndecoded else {
        Issue.record("\(subject)")
        continue
      }
    }
  }

  /// A file that is no text begins as it begins, and nobody knows what is not in it.
  @Test func ofBytesThatAreNoTextOnlyWhatIsSeenIsKnown() throws {
    let found = try look(.body, page(Array("%PDF-1.4 ".utf8) + [0xFF, 0xFE], "application/pdf"))
    func verdict(_ predicate: Predicate) throws -> String {
      "\(try predicate.verdict(of: found, isText: true, in: Scope()))".prefix(5).lowercased()
    }
    #expect(try verdict(.startsWith(template("%PDF"))) == "holds")
    #expect(try verdict(.not(.contains(tree("secret")))) == "unkno")
  }

  @Test(arguments: [
    (#"{"a": "x"}"#, "application/json"), ("\u{FEFF}{\"a\": \"x\"}", "application/json"),
    (#"{"a": "x", "b": "\ud83d"}"#, "application/json"), (#"{"a": "x"}"#, "text/html"),
  ])
  func jsonIsReadAsAnswersWriteIt(body: String, type: String) throws {
    #expect(try look(.jsonpath(JSONPath("$.a")), page(body, type)).value == "x")
  }

  @Test func jsonMayBeInAnotherCharacterSet() throws {
    let body: [UInt8] =
      [0xFF, 0xFE] + "{\"a\": \"é\"}".utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }
    let answer = page(body, "application/json; charset=utf-16")
    #expect(try look(.jsonpath(JSONPath("$.a")), answer).value == "é")
  }

  @Test func theLastLineEndOfAnOutputIsNobodysText() throws {
    var answer = Answer()
    for (output, text) in [
      ("hi\n", "hi"), ("hi\r\n", "hi"), ("hi\n\n", "hi\n"), ("hi", "hi"), ("\n", ""),
    ] {
      answer.stdout = Array(output.utf8)
      answer.stderr = Array(output.utf8)
      #expect(try look(.stdout, answer).value == .string(text))
      #expect(try look(.stderr, answer).value == .string(text))
    }
  }

  // MARK: Rows, headers, files

  @Test func aColumnThatTheAnswerDoesNotHaveIsNotAbsent() throws {
    var answer = Answer()
    answer.columns = ["id", "title"]
    answer.rows = []
    for subject in [Subject.cell("titel"), .column("titel")] {
      guard case .unreadable(let why) = try look(subject, answer) else {
        Issue.record("\(subject)")
        continue
      }
      #expect(why == .noColumn("titel", names: ["title", "id"]))
    }
    for subject in [Subject.cell("title"), .column("title"), .row] {
      #expect(try word(look(subject, answer)) == .nothing)
    }
    answer.rows = [.object(["id": 1, "title": .null])]
    #expect(try look(.cell("title"), answer).value == .null)
    #expect(try look(.column("id"), answer).value == [1])
  }

  @Test func fieldsOfOneNameAreCounted() throws {
    var answer = Answer()
    answer.headers = [
      ("Set-Cookie", "a=b; Path=/"), ("Vary", "x"), ("set-cookie", "c=d"), ("vary", "y"),
    ]
    guard case .value("a=b; Path=/; c=d", 2?, nil) = try look(.header("set-cookie"), answer) else {
      Issue.record("\(try look(.header("set-cookie"), answer))")
      return
    }
    #expect(try look(.header("vary"), answer).value == "x, y")
    guard case .nothing(_, .noHeader("vray", let names)?) = try look(.header("vray"), answer) else {
      Issue.record("not told")
      return
    }
    #expect(names.first == "vary")
  }

  @Test func aPatternThatFindsNothingFindsNothing() throws {
    for pattern in ["(Dashboard)?", "x*", "b"] {
      let found = try look(.regex(Pattern(pattern)), page("a", "text/plain"))
      #expect(word(found) == .nothing, "\(pattern)")
    }
  }

  @Test func aFileIsAbsentOnlyWhereItsFolderIsThere() throws {
    var answer = Answer()
    #expect(try word(look(.content, answer)) == .nothing)
    #expect(try word(look(.jsonpath(JSONPath("$.a")), answer)) == .nothing)
    answer.missingFolder = "/dta"
    for subject in [Subject.content, .size, .jsonpath(try JSONPath("$.a"))] {
      #expect(try word(look(subject, answer)) == .unreadable)
    }
  }

  @Test func ofAFileThatIsCutNotAllIsSeen() throws {
    var answer = Answer()
    answer.file = (10, Array("end".utf8))
    guard case .value("end", _, .cut(.content)?) = try look(.content, answer) else {
      Issue.record("not cut")
      return
    }
    #expect(try word(look(.regex(Pattern("begin")), answer)) == .unreadable)
    #expect(try word(look(.jsonpath(JSONPath("$.a")), answer)) == .unreadable)
    #expect(try look(.size, answer).value == 10)
  }
}
