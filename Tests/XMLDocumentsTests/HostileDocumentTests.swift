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
    #expect(xmlError { try XMLDocument(parsing: Array(text.utf8)).evaluate("/") }?.code == .entity)
    #expect(try Fixtures.schema().error(in: text) != nil)
  }

  /// It would take hours.
  @Test(
    "A tag with attributes without end is refused",
    arguments: ["a%=\"x\"", "a% ", "a%='x' ", "a%/", "a%=x\n"]
  )
  func attributes(form: String) throws {
    let many = (0..<300_000).map { form.replacing("%", with: "\($0)") }.joined()
    for (text, isTooLarge) in [
      ("<a \(many)>", true), ("<a>\(many)</a>", false),
      ("<a b=\"\(many.filter { $0 != "\"" })\">", false),
    ] {
      for format in [XMLDocument.Format.xml, .html(encoding: nil)] {
        let error = xmlError {
          _ = try XMLDocument(parsing: Array(text.utf8), as: format).evaluate("/")
        }
        #expect((error?.code == .tooLarge) == isTooLarge, "\(text.prefix(40))")
      }
    }
  }

  @Test("An external subset is neither loaded nor an error")
  func externalSubset() throws {
    for place in [#"SYSTEM "file:///etc/hostname""#, #"PUBLIC "p" "http://127.0.0.1:9/a.dtd""#] {
      let text = "<!DOCTYPE a \(place)><a>x</a>"
      #expect(try XMLDocument(parsing: Array(text.utf8)).evaluate("string(/a)") == .string("x"))
    }
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
        let validator = try XMLValidator(schema)
        validator.feed(bytes)
        try? validator.finish()
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
