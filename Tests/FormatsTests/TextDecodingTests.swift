import Formats
import Testing

struct TextDecodingTests {
  @Test(
    arguments: [
      ("utf-8", [0x63, 0xC3, 0xA9], "cé"), ("ISO-8859-1", [0x63, 0xE9], "cé"),
      // What browsers read there, and what they cannot.
      ("iso-8859-1", [0x93, 0x61, 0x94], "“a”"), ("latin1", [0x81], "\u{81}"),
      ("windows-1251", [0xE4, 0xE0], "да"), ("Shift_JIS", [0x93, 0xFA], "日"),
      ("UTF-16LE", [0x3D, 0xD8, 0x00, 0xDE], "😀"), ("UTF-16BE", [0, 0x61, 0, 0], "a\0"),
      ("utf-8", [], ""),
    ] as [(String, [UInt8], String)]
  )
  func bytesBecomeText(charset: String, bytes: [UInt8], text: String) throws {
    #expect(try TextDecoding.text(of: bytes, in: charset) == text)
  }

  @Test func aLongTextIsDecodedWhole() throws {
    let bytes = [UInt8](repeating: 0xA4, count: 100_000)
    let text = try TextDecoding.text(of: bytes, in: "ISO-8859-15")
    #expect(text == String(repeating: "€", count: 100_000))
  }

  @Test(
    arguments: [
      ("utf-8", [0x61, 0xC3, 0x28], 1), ("UTF-16LE", [0x61, 0, 0x00, 0xDC], 2),
      ("UTF-16LE", [0x61, 0, 0x62], 2), ("us-ascii", [0x61, 0x62, 0xE9], 2),
    ] as [(String, [UInt8], Int)]
  )
  func halfOfATextIsNone(charset: String, bytes: [UInt8], offset: Int) {
    #expect(throws: TextDecoding.Problem.invalid(charset: charset, offset: offset)) {
      try TextDecoding.text(of: bytes, in: charset)
    }
  }

  @Test(arguments: ["utf8//IGNORE", "klingon", "", "../../x", "utf-8 "])
  func aCharsetThatIsNoneIsNamed(charset: String) {
    #expect(!TextDecoding.knows(charset))
    #expect(throws: TextDecoding.Problem.unknownCharset(charset)) {
      try TextDecoding.text(of: [0xE9], in: charset)
    }
  }

  @Test(
    arguments: [
      ([0xEF, 0xBB, 0xBF, 0x61], "UTF-8"), ([0xFF, 0xFE, 0x61, 0], "UTF-16LE"),
      ([0xFE, 0xFF, 0, 0x61], "UTF-16BE"), ([0xFF, 0xFE, 0, 0], "UTF-32LE"), ([0x61], nil),
      ([], nil),
    ] as [([UInt8], String?)]
  )
  func aByteOrderMarkNamesItsCharset(bytes: [UInt8], charset: String?) {
    #expect(TextDecoding.byteOrderMark(of: bytes)?.charset == charset)
  }
}
