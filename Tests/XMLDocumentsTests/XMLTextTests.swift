import SeededGenerators
import Testing
import XMLDocuments

@Suite struct XMLTextTests {
  @Test("Forbidden characters and terminal sequences go, everything else stays")
  func sanitizing() {
    #expect(
      XMLText.sanitized("a\u{1B}[31mb\u{0}\u{FFFE}c\u{FFFF}\u{FFFD}\t\r\n") == "abc\u{FFFD}\t\r\n"
    )
    #expect(XMLText.sanitized("\u{FFFE}\u{1B}[1m\u{FFFF}") == "")
    #expect(XMLText.sanitized("\u{1FFFE}ＡＺ") == "\u{1FFFE}ＡＺ")
  }

  @Test("Only a place between tags keeps quotes and line ends")
  func escaping() {
    #expect(
      XMLText.escaped("<a href='\"'>&\n\t\r")
        == "&lt;a href=&#39;&quot;&#39;&gt;&amp;&#10;&#9;&#13;"
    )
    #expect(XMLText.escaped("<'\">&\n\t\r", as: .content) == "&lt;'\"&gt;&amp;\n\t&#13;")
    #expect(XMLText.escaped("plain") == "plain")
  }

  @Test(
    "A cut leaves whole characters and says how much is missing",
    arguments: [
      ("short", 5, "short"),
      (String(repeating: "x", count: 100), 30, "xxxxxxxxxxx… [89 bytes cut]"),
      (String(repeating: "é", count: 50), 30, "ééééé… [90 bytes cut]"),
      (String(repeating: "x", count: 100), 0, "… [100 bytes cut]"),
      (String(repeating: "x", count: 100), 3, "… [100 bytes cut]"),
    ]
  )
  func cutting(text: String, bytes: Int, expected: String) {
    #expect(XMLText.cut(text, to: bytes) == expected)
  }

  @Test("A cut does not part a letter from its accent, nor a family, nor CR from LF")
  func graphemes() {
    for unit in ["e\u{301}\u{302}", "👩\u{200D}👩\u{200D}👧", "\r\n", "❤\u{FE0F}", "👍🏽"] {
      let text = String(repeating: unit, count: 40)
      for bytes in 20..<120 {
        let head = XMLText.cut(text, to: bytes).prefix { $0 != "…" }
        #expect(head.utf8.count % unit.utf8.count == 0)
      }
    }
  }

  @Test("A cut is never longer than asked for, and adds up", arguments: Seeds.upTo(200))
  func lengths(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let letters = ["a", "é", "日", "🙂", "\u{1B}[0m", "e\u{301}", "\u{0}"]
    let text = (0..<200).map { _ in letters.randomElement(using: &random) ?? "" }.joined()
    let clean = XMLText.sanitized(text)
    let bytes = Int.random(in: 24..<400, using: &random)
    let cut = XMLText.cut(text, to: bytes)
    #expect(cut.utf8.count <= bytes)
    #expect(XMLText.sanitized(cut) == cut)
    if let marker = cut.firstRange(of: "… [") {
      let head = cut[..<marker.lowerBound]
      #expect(clean.hasPrefix(head))
      #expect(cut[marker.upperBound...] == "\(clean.utf8.count - head.utf8.count) bytes cut]")
    } else {
      #expect(cut == clean)
    }
  }

  @Test("Sanitising comes before cutting, so no sequence is left in half")
  func order() {
    let text = String(repeating: "\u{1B}[31mx\u{1B}[0m", count: 50)
    #expect(XMLText.cut(text, to: 50) == String(repeating: "x", count: 50))
  }

  @Test("What is escaped is read back as the same text, sanitised", arguments: Seeds.upTo(400))
  func roundTrip(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let value = randomText(using: &random)
    let text = randomText(using: &random)
    for place in [XMLText.Place.content, .attribute] {
      let content = XMLText.escaped(text, as: place)
      let document = "<e a=\"\(XMLText.escaped(value))\">\(content)</e>"
      let read = try XMLDocument(parsing: Array(document.utf8))
      #expect(try read.evaluate("string(/e/@a)") == .string(XMLText.sanitized(value)))
      #expect(try read.evaluate("string(/e)") == .string(XMLText.sanitized(text)))
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
