import Foundation
import SeededGenerators
import Testing
import XMLDocuments

@Suite struct XMLWriterTests {
  @Test("Elements are indented, and text keeps its white space")
  func layout() throws {
    var writer = XMLWriter()
    try writer.start("testsuites")
    try writer.start("testsuite", ["name": "a\"b\n\t<'&>", "id": nil])
    try writer.element("properties")
    try writer.element("system-out", text: " <x> & ]]>\r\n\"y\" ")
    try writer.start("mixed")
    try writer.text("a")
    try writer.element("b")
    try writer.end()
    try writer.end()
    try writer.end()
    let text = String(decoding: try writer.finish(), as: UTF8.self)
    #expect(
      text
        == """
        <?xml version="1.0" encoding="UTF-8"?>

        <testsuites>
          <testsuite name="a&quot;b&#10;&#9;&lt;&#39;&amp;&gt;">
            <properties/>
            <system-out> &lt;x&gt; &amp; ]]&gt;&#13;
        "y" </system-out>
            <mixed>a<b/></mixed>
          </testsuite>
        </testsuites>

        """.replacing("?>\n\n", with: "?>\n")
    )
  }

  @Test("A closure gets the same bytes, in chunks")
  func chunks() throws {
    func write(_ writer: consuming XMLWriter) throws -> [UInt8] {
      try writer.start("r")
      for number in 0..<2000 { try writer.element("e", ["n": "\(number)"], text: "é") }
      try writer.end()
      return try writer.finish()
    }
    let whole = try write(XMLWriter())
    var chunks: [[UInt8]] = []
    let rest = try write(XMLWriter(chunkBytes: 1000) { chunks.append($0) })
    #expect(rest.isEmpty)
    #expect(chunks.count > 20 && chunks.allSatisfy { $0.count < 1100 })
    #expect(Array(chunks.joined()) == whole)
  }

  @Test("The error of the closure comes out")
  func sinkFails() throws {
    var writer = XMLWriter(chunkBytes: 1) { _ in throw CancellationError() }
    #expect(throws: CancellationError.self) { try writer.start("a") }
  }

  @Test(
    "Names that XML does not allow are refused",
    arguments: ["", "1a", "a b", "a:b:c", ":a", "-", "a>"]
  )
  func names(name: String) {
    var writer = XMLWriter()
    #expect(xmlError { try writer.start(name) }?.code == .invalidName)
    #expect(xmlError { try writer.start("ok", [:]) } == nil)
  }

  @Test("A document that is not in balance cannot be finished")
  func balance() {
    var writer = XMLWriter()
    #expect(xmlError { try writer.end() }?.code == .unbalanced)
    #expect(xmlError { try writer.text("x") }?.code == .unbalanced)
    let error = xmlError { () throws -> [UInt8] in
      var open = XMLWriter()
      try open.start("a")
      return try open.finish()
    }
    #expect(error?.description == "XML writer: element 'a' is still open")
  }

  @Test("What is written is read back as the same text, sanitised", arguments: 0..<400)
  func roundTrip(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let value = randomText(using: &random)
    let text = randomText(using: &random)
    var writer = XMLWriter(indentation: seed % 2 == 0 ? 2 : nil)
    try writer.start("r")
    try writer.element("e", ["a": value], text: text)
    try writer.element(
      "t",
      ["a": XMLText.sanitized(value)],
      text: XMLText.escaped(text, as: .content)
    )
    try writer.end()
    let bytes = try writer.finish()
    let events = try XMLReader(.bytes(bytes)).allEvents()
    let element = events.lazy.compactMap { event -> XMLElement? in
      if case .start(let element) = event, element.name == "e" { element } else { nil }
    }.first
    #expect(element?["a"].map { Array($0.utf8) } == Array(XMLText.sanitized(value).utf8))
    var read: String?
    for (index, event) in events.enumerated() {
      guard case .start(let element) = event, element.name == "e" else { continue }
      if case .text(let text, _) = events[index + 1] { read = text }
    }
    #expect(Array((read ?? "").utf8) == Array(XMLText.sanitized(text).utf8))
    // A template has the escaper only, and one for every place.
    let templated = "<e a=\"\(XMLText.escaped(value))\">\(XMLText.escaped(text))</e>"
    var again = try XMLReader(.text(templated)).allEvents()
    again.removeLast()
    if case .start(let element) = again.removeFirst() {
      #expect(Array((element["a"] ?? "").utf8) == Array(XMLText.sanitized(value).utf8))
    }
    if case .text(let text, _) = again.first {
      #expect(Array(text.utf8) == Array((read ?? "").utf8))
    }
  }

  private func randomText(using random: inout SeededGenerator) -> String {
    var scalars = String.UnicodeScalarView()
    for _ in 0..<Int.random(in: 0..<60, using: &random) {
      let range: ClosedRange<UInt32> =
        switch Int.random(in: 0..<6, using: &random) {
        case 0: 0...0x1F
        case 1: 0x7F...0xFF
        case 2: 0xFFF0...0xFFFF
        case 3: 0x1F300...0x1F3FF
        default: 0x20...0x7E
        }
      if let scalar = Unicode.Scalar(UInt32.random(in: range, using: &random)) {
        scalars.append(scalar)
      }
    }
    return String(scalars)
  }
}
