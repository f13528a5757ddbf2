import Foundation
import SeededGenerators
import Testing
import XMLDocuments

@Suite struct HostileDocumentTests {
  static let bomb = """
    <!DOCTYPE a [<!ENTITY x0 "lol">
    \((1..<30).map { "<!ENTITY x\($0) \"&x\($0 - 1);&x\($0 - 1);\">" }.joined(separator: "\n"))]>
    """

  @Test(
    "A document that declares an entity, or refers to one, is refused before it is used",
    arguments: [
      #"<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]><a>&x;</a>"#,
      #"<!DOCTYPE a [<!ENTITY x SYSTEM "http://127.0.0.1:9/">]><a>&x;</a>"#,
      #"<!DOCTYPE a [<!ENTITY % p SYSTEM "file:///etc/hostname"> %p;]><a/>"#,
      #"<!DOCTYPE a [<!ENTITY % p "<!ELEMENT a ANY>"> %p; %p;]><a/>"#,
      #"<!DOCTYPE a [<!NOTATION n SYSTEM "n"><!ENTITY x SYSTEM "x" NDATA n>]><a/>"#,
      #"<!DOCTYPE a [<!ENTITY x "harmless">]><a/>"#,
      bomb + "<a>&x29;</a>",
      bomb + "<a b='&x29;'/>",
      "<a>&nbsp;</a>",
      "<a b='&nbsp;'/>",
      #"<!DOCTYPE a SYSTEM "a.dtd"><a>lost: &x;</a>"#,
      #"<!DOCTYPE a SYSTEM "a.dtd"><a b="&x;"/>"#,
    ]
  )
  func entities(text: String) throws {
    #expect(xmlError { try XMLReader(.text(text)).allEvents() }?.code == .entity)
    #expect(xmlError { try XMLDocument(parsing: Array(text.utf8)).evaluate("/") }?.code == .entity)
    let schema = try Fixtures.schema()
    let violations = try? schema.validate(.text(text))
    #expect(violations?.isEmpty != true)
  }

  @Test("An external subset is neither loaded nor an error")
  func externalSubset() throws {
    let text = #"<!DOCTYPE a SYSTEM "file:///etc/hostname"><a>x</a>"#
    #expect(try XMLReader(.text(text)).allEvents().count == 3)
    let published = #"<!DOCTYPE a PUBLIC "p" "http://127.0.0.1:9/a.dtd"><a/>"#
    #expect(try XMLReader(.text(published)).allEvents().count == 2)
  }

  @Test("Attribute defaults of a document type are not applied")
  func defaults() throws {
    let text = #"<!DOCTYPE a [<!ATTLIST a b CDATA "big" c CDATA #IMPLIED>]><a c="1"/>"#
    guard case .start(let element) = try XMLReader(.text(text)).next() else {
      Issue.record("no start")
      return
    }
    #expect(element.attributes.map(\.name) == ["c"])
  }

  @Test("Nesting is read up to the limit and refused beyond it")
  func nesting() throws {
    func nested(_ depth: Int) -> XMLSource {
      .text(
        String(repeating: "<a>", count: depth) + String(repeating: "</a>", count: depth)
      )
    }
    #expect(try XMLReader(nested(256)).allEvents().count == 512)
    for depth in [257, 100_000] {
      #expect(xmlError { try XMLReader(nested(depth)).allEvents() }?.code == .tooLarge(.depth))
    }
    let limits = XMLLimits(depth: 5000)
    #expect(try XMLReader(nested(5000), limits: limits).allEvents().count == 10_000)
  }

  @Test(
    "A text of 20 MB is read whole, in one piece, as text and as CDATA",
    arguments: [false, true]
  )
  func bigText(asCDATA: Bool) throws {
    let line = "0123456789 abcdefghi äöü & <tag>\n"
    let text = String(repeating: line, count: 20_000_000 / line.utf8.count + 1)
    let body = asCDATA ? "<![CDATA[\(text)]]>" : XMLText.escaped(text, as: .content)
    let reader = try XMLReader(.text("<a>\(body)</a>"))
    _ = try reader.next()
    guard case .text(let read, _) = try reader.next() else {
      Issue.record("no text")
      return
    }
    #expect(read == text)
    let violations = try Fixtures.schema().validate(
      .text(JUnitSample(systemOut: body).text)
    )
    #expect(violations.isEmpty)
  }

  @Test("Each limit refuses what is beyond it, by name")
  func limits() {
    let long = String(repeating: "x", count: 200_000)
    func refused(_ text: String, _ limits: XMLLimits) -> XMLError.Code? {
      xmlError { try XMLReader(.text(text), limits: limits).allEvents() }?.code
    }
    let text = "<a>\(long)</a>"
    #expect(refused(text, XMLLimits(textBytes: 199_999)) == .tooLarge(.textBytes))
    #expect(refused(text, XMLLimits(textBytes: 200_000)) == nil)
    #expect(refused(text, XMLLimits(documentBytes: 200_006)) == .tooLarge(.documentBytes))
    #expect(refused(text, XMLLimits(documentBytes: 200_007)) == nil)
    let tag = "<a b='\(long)'/>"
    #expect(refused(tag, XMLLimits(tagBytes: 100_000)) == .tooLarge(.tagBytes))
    #expect(refused(tag, XMLLimits(tagBytes: 200_100)) == nil)
    #expect(refused("<a><!--\(long)--></a>", XMLLimits(tagBytes: 100_000)) == .tooLarge(.tagBytes))
    #expect(
      refused("<!DOCTYPE a [<!--\(long)-->]><a/>", XMLLimits(tagBytes: 100_000))
        == .tooLarge(.tagBytes)
    )
  }

  @Test("A tag full of attributes takes no longer than a moment", .timeLimit(.minutes(3)))
  func manyAttributes() {
    let attributes = (0..<90_000).map { "a\($0)=''" }.joined(separator: " ")
    let code = xmlError { try XMLReader(.text("<a \(attributes)/>")).allEvents() }?.code
    #expect(code == nil || code == .tooLarge(.tagBytes))
  }

  @Test("Bytes at random are read or refused, and nothing is printed")
  func garbage() async {
    let result = await #expect(
      processExitsWith: .success,
      observing: [\.standardErrorContent, \.standardOutputContent]
    ) {
      let schema = try Fixtures.schema()
      for seed in UInt64(0)..<300 {
        let bytes = HostileDocumentTests.randomBytes(seed)
        let reader = try XMLReader(.bytes(bytes), validatingWith: schema)
        while ((try? reader.next()) ?? nil) != nil { continue }
        _ = try? XMLDocument(parsing: bytes).evaluate("//*")
        _ = try? XMLDocument(parsing: bytes, as: .html()).evaluate("//*")
        _ = try? XMLSchema(bytes)
        let expression = "/x\u{FFFE}" + String(decoding: bytes.prefix(30), as: UTF8.self)
        _ = try? XMLDocument(parsing: Array("<a/>".utf8)).evaluate(expression)
      }
    }
    let printed = (result?.standardErrorContent ?? []) + (result?.standardOutputContent ?? [])
    #expect(String(decoding: printed, as: UTF8.self) == "")
  }

  private static func randomBytes(_ seed: UInt64) -> [UInt8] {
    var random = SeededGenerator(seed: seed)
    let pieces = [
      "<a>", "</a>", "<!DOCTYPE a [", "]>", "<!ENTITY x 'y'>", "&x;", "&#1;", "<![CDATA[", "]]>",
      "<!--", "-->", "<?p ", "?>", "text", "\u{FFFE}", "<a b='", "'", ">", "<", "&", "xmlns:p='u'",
      "<p:x/>", "<testsuites>", "<testsuite name='x'>", "</testsuite>", "<!ATTLIST a b CDATA 'c'>",
    ]
    var bytes: [UInt8] = Array("<a>".utf8)
    for _ in 0..<Int.random(in: 0..<40, using: &random) {
      bytes += Array((pieces.randomElement(using: &random) ?? "").utf8)
      if Int.random(in: 0..<10, using: &random) == 0 {
        bytes.append(UInt8.random(in: 0...255, using: &random))
      }
    }
    return bytes
  }
}
