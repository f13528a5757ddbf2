import Foundation
import Testing
import XMLDocuments

@Suite struct XMLReaderTests {
  @Test("Events come in the document's order, with names, attributes, text and lines")
  func events() throws {
    let text = """
      <?xml version="1.0"?>
      <!-- a comment -->
      <root a="1 &amp; 2 &lt;&#38;&#10;" xml:lang='de'>
        x &gt; y<!-- between --><![CDATA[ <&> ]]>
        <empty/>
      </root>
      """
    let events = try XMLReader(.text(text)).allEvents()
    #expect(
      events == [
        .start(
          XMLElement(
            name: "root",
            namespace: nil,
            attributes: [
              XMLAttribute(name: "a", namespace: nil, value: "1 & 2 <&\n"),
              XMLAttribute(
                name: "lang",
                namespace: "http://www.w3.org/XML/1998/namespace",
                value: "de"
              ),
            ],
            line: 3
          )
        ),
        .text("\n  x > y <&> \n  ", line: 5),
        .start(XMLElement(name: "empty", namespace: nil, attributes: [], line: 5)),
        .end(name: "empty", line: 5),
        .text("\n", line: 6),
        .end(name: "root", line: 6),
      ]
    )
  }

  @Test("An ampersand written as text of a reference stays what it was")
  func doubleEscaping() throws {
    let reader = try XMLReader(.text(#"<a b="&amp;#38;&amp;amp;&#x26;lt;">&amp;#38;</a>"#))
    guard case .start(let element) = try reader.next() else {
      Issue.record("no start")
      return
    }
    #expect(element["b"] == "&#38;&amp;&lt;")
    #expect(try reader.next() == .text("&#38;", line: 1))
  }

  @Test("Namespaces are resolved and prefixes left out")
  func namespaces() throws {
    let text = #"<p:a xmlns:p="urn:p" xmlns="urn:d" p:x="1" x="2"><b/></p:a>"#
    let starts = try XMLReader(.text(text)).allEvents().compactMap { event -> XMLElement? in
      if case .start(let element) = event { element } else { nil }
    }
    #expect(starts.map(\.name) == ["a", "b"])
    #expect(starts.map(\.namespace) == ["urn:p", "urn:d"])
    #expect(starts.first?["x"] == "2")
  }

  @Test(
    "What is not well-formed is an error with a place",
    arguments: [
      ("", nil), ("<a>\n<b></a>", 2), ("<a>", 1), ("<a></a><b/>", 1), ("<a b='1' b='2'/>", 1),
      ("<a>\u{1B}</a>", 1), ("<a>&#27;</a>", 1), ("<a>\n\n&lt</a>", 3), ("no document", 1),
      ("<a>&#xFFFE;</a>", 1), ("<a b='<'/>", 1),
    ] as [(String, Int?)]
  )
  func illFormed(text: String, line: Int?) throws {
    let error = xmlError { try XMLReader(.text(text, name: "t.xml")).allEvents() }
    #expect(error?.code == .notWellFormed)
    #expect(error?.description.hasPrefix("t.xml:") == true)
    if let line { #expect(error?.line == line) }
  }

  @Test("What comes before an error is given first, and the error stays")
  func eventsBeforeError() throws {
    let reader = try XMLReader(.text("<a><b/></c>"))
    var names: [String] = []
    let error = xmlError {
      while let event = try reader.next() {
        if case .start(let element) = event { names.append(element.name) }
      }
    }
    #expect(names == ["a", "b"])
    #expect(error?.code == .notWellFormed)
    #expect(xmlError { try reader.next() } == error)
  }

  @Test(
    "A document is read in whatever encoding it says",
    arguments: [
      (String.Encoding.utf8, "UTF-8"), (.isoLatin1, "ISO-8859-1"), (.utf16, "UTF-16"),
    ]
  )
  func encodings(encoding: String.Encoding, name: String) throws {
    let words = String(repeating: "grüße ", count: 20_000)
    let text = "<?xml version=\"1.0\" encoding=\"\(name)\"?><a>\(words)</a>"
    let bytes = [UInt8](try #require(text.data(using: encoding)))
    let events = try XMLReader(.bytes(bytes)).allEvents()
    #expect(events.dropFirst().first == .text(words, line: 1))
  }

  @Test("A file gives the same events as its bytes, and other things than files are refused")
  func files() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "a.xml")
    let cases = (0..<5000).map { "<c n=\"\($0)\">é\($0)</c>" }.joined()
    let text = "<r>\(cases)</r>"
    try Data(text.utf8).write(to: file)
    let events = try XMLReader(.file(file.path())).allEvents()
    #expect(events.count == 15_002)
    #expect(events == (try XMLReader(.text(text)).allEvents()))
    #expect(xmlError { try XMLReader(.file(folder.path())) }?.message == "not a regular file")
    let absent = xmlError { try XMLReader(.file("/nowhere/a.xml")) }
    #expect(absent?.code == .unreadable(errno: ENOENT))
    #expect(absent?.description == "/nowhere/a.xml: No such file or directory")
  }
}
