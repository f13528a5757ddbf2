import SeededGenerators
import Testing

@testable import Formats

struct JSONParserTests {
  @Test(
    "What RFC 8259 allows is read",
    arguments: [
      ("null", .null), (" true ", .bool(true)), ("\t\r\n false", .bool(false)),
      ("0", .int(0)), ("-1", .int(-1)), ("9223372036854775807", .int(.max)),
      ("-9223372036854775808", .int(.min)),
      ("9223372036854775808", .number("9223372036854775808")),
      ("-9223372036854775809", .number("-9223372036854775809")),
      ("123456789012345678901234567890", .number("123456789012345678901234567890")),
      ("-0", .number("-0")), ("1.0", .number("1.0")), ("1e0", .number("1e0")),
      ("1E+400", .number("1E+400")), ("-0.5e-7", .number("-0.5e-7")), ("0e1", .number("0e1")),
      (#""""#, .string("")), (#""a""#, .string("a")), (#""/""#, .string("/")),
      (#""\"\\\/\b\f\n\r\t""#, .string("\"\\/\u{8}\u{C}\n\r\t")),
      (#""\u0041\u00e9\u20AC""#, .string("Aé€")), (#""\ud83d\ude00""#, .string("😀")),
      (#""\u0000""#, .string("\0")), (#""é😀""#, .string("é😀")), ("\"\u{7F}\"", .string("\u{7F}")),
      ("[]", .array([])), ("[ ]", .array([])), ("{ }", .object(JSONObject())),
      ("[1,[2,[]]]", [1, [2, []]]), (#"{"a":1,"b":{"c":[null]}}"#, ["a": 1, "b": ["c": [.null]]]),
      (#"{"":1}"#, ["": 1]), (#"[ 1 , "x" ]"#, [1, "x"]),
    ] as [(String, JSONValue)]
  )
  func accepted(text: String, expected: JSONValue) throws {
    #expect(try JSONParser().parse(text) == expected)
  }

  @Test(
    "What RFC 8259 does not allow is refused at the byte where it stands",
    arguments: [
      ("", .unexpectedEnd, 0), ("  ", .unexpectedEnd, 2), ("[", .unexpectedEnd, 1),
      ("[1", .unexpectedEnd, 2), (#"{"a""#, .unexpectedEnd, 4), (#"{"a":"#, .unexpectedEnd, 5),
      (#""a"#, .unexpectedEnd, 2), (#""a\"#, .unexpectedEnd, 3), (#""\u00"#, .unexpectedEnd, 5),
      ("tru", .unexpectedEnd, 3), ("-", .unexpectedEnd, 1), ("1.", .unexpectedEnd, 2),
      ("1e", .unexpectedEnd, 2), ("1e+", .unexpectedEnd, 3),
      ("[1,]", .unexpected(expected: "a value"), 3), ("[,1]", .unexpected(expected: "a value"), 1),
      (#"{"a":1,}"#, .unexpected(expected: "a key in quotes"), 7),
      ("{a:1}", .unexpected(expected: "a key in quotes"), 1),
      (#"{"a" 1}"#, .unexpected(expected: "a colon"), 5),
      ("[1 2]", .unexpected(expected: "a comma or ]"), 3),
      (#"{"a":1 "b":2}"#, .unexpected(expected: "a comma or }"), 7),
      ("nul1", .unexpected(expected: "null"), 3), ("True", .unexpected(expected: "a value"), 0),
      ("NaN", .unexpected(expected: "a value"), 0), ("+1", .unexpected(expected: "a value"), 0),
      (".5", .unexpected(expected: "a value"), 0), ("'a'", .unexpected(expected: "a value"), 0),
      ("// x\n1", .unexpected(expected: "a value"), 0), ("01", .invalidNumber, 0),
      ("-01", .invalidNumber, 1), ("1.x", .invalidNumber, 2), ("1ex", .invalidNumber, 2),
      ("-x", .invalidNumber, 1), ("1 2", .trailingText, 2), ("null,", .trailingText, 4),
      ("0x10", .trailingText, 1), ("\"a\nb\"", .controlCharacter, 2),
      ("\"\\na\tb\"", .controlCharacter, 4), (#""\x41""#, .invalidEscape, 1),
      (#""\u00g0""#, .invalidEscape, 5), (#""\ud83d""#, .loneSurrogate, 1),
      (#""a\ude00""#, .loneSurrogate, 2), (#""\ud83d\u0041""#, .loneSurrogate, 1),
      (#""\ud83dx""#, .loneSurrogate, 1), ("\u{FEFF}1", .byteOrderMark, 0),
    ] as [(String, JSONParsingError.Code, Int)]
  )
  func refused(text: String, code: JSONParsingError.Code, offset: Int) {
    let error = #expect(throws: JSONParsingError.self) { try JSONParser().parse(text) }
    #expect(error?.code == code)
    #expect(error?.offset == offset)
  }

  @Test(
    "Of an application's answers half of a pair is U+FFFD, and a byte order mark is passed over",
    arguments: [
      (#""a\ud83d""#, "a\u{FFFD}"), (#""\ude00a""#, "\u{FFFD}a"), (#""\ud83d\u0041""#, "\u{FFFD}A"),
      (#""\ud83d\ud83d\ude00""#, "\u{FFFD}😀"), (#""\ud83d\n""#, "\u{FFFD}\n"),
      (#""\ud83d\ude00""#, "😀"), ("\u{FEFF}\"a\"", "a"),
    ]
  )
  func lenient(text: String, value: String) throws {
    #expect(try JSONParser(isLenient: true).parse(text) == .string(value))
  }

  @Test(
    "Bytes that are not UTF-8 are refused at the first of them",
    arguments: [
      ([0x22, 0x61, 0xFF, 0x22], 2), ([0x22, 0xC0, 0x80, 0x22], 1),
      ([0x22, 0xED, 0xA0, 0x80, 0x22], 1), ([0x22, 0xC3, 0x22], 1),
      ([0x22, 0xC3, 0xA9, 0xF5, 0x22], 3), ([0x22, 0x5C, 0x6E, 0x80, 0x22], 3),
    ] as [([UInt8], Int)]
  )
  func invalidUTF8(bytes: [UInt8], offset: Int) {
    let error = #expect(throws: JSONParsingError.self) { try JSONParser().parse(bytes) }
    #expect(error?.code == .invalidUTF8)
    #expect(error?.offset == offset)
  }

  @Test("An error names line and column, counted in characters from one")
  func position() {
    let error = #expect(throws: JSONParsingError.self) {
      try JSONParser().parse("{\n  \"é\": tru\n}")
    }
    #expect(error?.description == "JSON at line 2, column 11: expected true")
  }

  @Test("Nesting is allowed up to the limit and refused beyond it")
  func depth() throws {
    func nested(_ depth: Int) -> String {
      String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    }
    _ = try JSONParser().parse(nested(512))
    let error = #expect(throws: JSONParsingError.self) { try JSONParser().parse(nested(513)) }
    #expect(error?.code == .tooDeep(limit: 512))
    #expect(throws: JSONParsingError.self) {
      try JSONParser(depthLimit: 1).parse(#"{"a":{}}"#)
    }
    _ = try JSONParser(depthLimit: 1).parse("[1]")
  }

  @Test("A text over the size limit is refused")
  func size() throws {
    _ = try JSONParser(sizeLimit: 4).parse("null")
    let error = #expect(throws: JSONParsingError.self) {
      try JSONParser(sizeLimit: 4).parse("null ")
    }
    #expect(error?.code == .tooLarge(limit: 4))
  }

  @Test("Of equal keys the last one counts unless they are refused")
  func duplicates() throws {
    let text = #"{"b":1,"a":2,"b":3}"#
    #expect(try JSONParser().parse(text) == ["a": 2, "b": 3])
    let error = #expect(throws: JSONParsingError.self) {
      try JSONParser(duplicateKeys: .refused).parse("[" + text + "]")
    }
    #expect(error?.code == .duplicateKey("b"))
    #expect(error?.offset == 1)
    // The same letter composed and decomposed: two keys.
    let value = try JSONParser(duplicateKeys: .refused).parse("{\"\u{E9}\":1,\"e\u{301}\":2}")
    #expect(value["\u{E9}"] == 1)
    #expect(value["e\u{301}"] == 2)
  }

  @Test("Many unsorted keys are found, and of equal ones the last")
  func manyKeys() throws {
    var generator = SeededGenerator(seed: 7)
    var expected: [Int: Int] = [:]
    var members: [String] = []
    for index in 0..<500 {
      let key = generator.below(300)
      expected[key] = index
      members.append("\"k\(key)\":\(index)")
    }
    let value = try JSONParser().parse("{" + members.joined(separator: ",") + "}")
    for (key, index) in expected { #expect(value["k\(key)"] == .int(Int64(index))) }
    #expect(value.objectValue?.count == expected.count)
    let keys = value.objectValue?.keys ?? []
    #expect(keys == keys.sorted(by: UTF8Order.precedes))
  }

  @Test("Random values come back as they were written", arguments: Seeds.upTo(200))
  func roundTrip(seed: Int) throws {
    var generator = SeededGenerator(seed: UInt64(seed))
    let value = JSONValue.random(depth: 5, using: &generator)
    for style in [JSONWriter.Style.compact, .pretty] {
      let bytes = JSONWriter(style).bytes(of: value)
      let read = try JSONParser(duplicateKeys: .refused).parse(bytes)
      #expect(read == value)
      #expect(read.hashValue == value.hashValue)
      #expect(JSONWriter(style).bytes(of: read) == bytes)
    }
  }

  @Test("Damaged text is refused, or read as what can be written again", arguments: Seeds.upTo(300))
  func damaged(seed: Int) throws {
    var generator = SeededGenerator(seed: UInt64(seed))
    var bytes = JSONWriter(.pretty).bytes(of: JSONValue.random(depth: 4, using: &generator))
    for _ in 0...generator.below(3) where !bytes.isEmpty {
      let place = generator.below(bytes.count)
      switch generator.below(3) {
      case 0: bytes.remove(at: place)
      case 1: bytes[place] = UInt8.random(in: 0...255, using: &generator)
      default: bytes.insert(generator.pick(Array("{}[]\",:\\u0-e.".utf8)), at: place)
      }
    }
    do {
      let value = try JSONParser().parse(bytes)
      #expect(try JSONParser().parse(JSONWriter().bytes(of: value)) == value)
    } catch {
      #expect((0...bytes.count).contains(error.offset))
    }
  }
}

extension JSONValue {
  static func random(depth: Int, using generator: inout SeededGenerator) -> JSONValue {
    switch generator.below(depth > 0 ? 8 : 6) {
    case 0: return .null
    case 1: return .bool(generator.below(2) == 0)
    case 2: return .int(Int64.random(in: .min ... .max, using: &generator))
    case 3: return .int(Int64(generator.below(10)))
    case 4:
      return .number(generator.pick(["-0", "1.0", "2.50e-3", "1E400", "99999999999999999999"]))
    case 5: return .string(randomText(using: &generator))
    case 6:
      return .array(
        (0..<generator.below(5)).map { _ in random(depth: depth - 1, using: &generator) }
      )
    default:
      return .object(
        JSONObject(
          (0..<generator.below(5)).map { _ in
            (randomText(using: &generator), random(depth: depth - 1, using: &generator))
          }
        )
      )
    }
  }

  static func randomText(using generator: inout SeededGenerator) -> String {
    let pieces = ["a", "key", "\"", "\\", "/", "\n", "\u{1}", "é", "e\u{301}", "😀", "\u{2028}"]
    return (0..<generator.below(6)).map { _ in generator.pick(pieces) }.joined()
  }
}
