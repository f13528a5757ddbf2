import FoundationEssentials
import SeededGenerators
import Testing

@testable import Formats

struct JSONTextCodingTests {
  // MARK: Encoding

  private static func text(_ value: some Encodable) throws -> String {
    String(decoding: try JSONTextEncoder().bytes(of: value), as: UTF8.self)
  }

  @Test("Integers of every width, containers asked for twice, and nothing at all")
  func otherShapes() throws {
    struct Twice: Encodable {
      enum Key: String, CodingKey { case a, b, c, d }
      enum Inner: String, CodingKey { case x }
      func encode(to encoder: any Encoder) throws {
        var first = encoder.container(keyedBy: Key.self)
        try first.encode(UInt64.max, forKey: .b)
        var second = encoder.container(keyedBy: Key.self)
        try second.encodeNil(forKey: .a)
        var list = second.nestedUnkeyedContainer(forKey: .d)
        try list.encode(Int8(-1))
        try list.encode(true)
        try list.encodeNil()
        var inner = list.nestedContainer(keyedBy: Inner.self)
        try inner.encode([UInt8(1), 2], forKey: .x)
        try "later".encode(to: second.superEncoder(forKey: .c))
      }
    }
    struct Nothing: Encodable { func encode(to encoder: any Encoder) {} }
    #expect(
      try Self.text(Twice())
        == #"{"a":null,"b":18446744073709551615,"c":"later","d":[-1,true,null,{"x":[1,2]}]}"#
    )
    #expect(try Self.text(Nothing()) == "{}")
    #expect(try Self.text([Int]()) == "[]")
    #expect(try Self.text([[Int]?.none, [1]]) == "[null,[1]]")
    #expect(try Self.text(["b": [Data([0, 255])], "a": []]) == #"{"a":[],"b":["AP8="]}"#)
  }

  @Test func `What is encoded into a value that was complete is refused`() {
    struct Late: Encodable {
      enum Key: String, CodingKey { case a, b, c }
      func encode(to encoder: any Encoder) throws {
        var outer = encoder.container(keyedBy: Key.self)
        var inner = outer.nestedContainer(keyedBy: Key.self, forKey: .a)
        try outer.encode(1, forKey: .b)
        try inner.encode(2, forKey: .c)
      }
    }
    struct Both: Encodable {
      func encode(to encoder: any Encoder) throws {
        var value = encoder.singleValueContainer()
        try value.encode(1)
        try value.encode(2)
      }
    }
    #expect(throws: EncodingError.self) { try Self.text(Late()) }
    #expect(throws: EncodingError.self) { try Self.text(Both()) }
  }

  @Test func `A fraction is refused, and exact as a value`() throws {
    #expect(throws: EncodingError.self) { try Self.text([1.5]) }
    #expect(throws: EncodingError.self) { try Self.text(["a": Float(1)]) }
    #expect(try Self.text([JSONValue.number("1.50"), .number("1e400")]) == "[1.50,1e400]")
  }

  // MARK: Both ways

  private struct Holder: Codable, Equatable {
    struct Part: Codable, Equatable {
      var key: String
      var number: Int64?
      var value: JSONValue
    }
    enum Word: String, Codable { case one, two }
    enum Choice: Codable, Equatable {
      case none
      case some(part: Part, bytes: Data)
    }
    var z: [Part]
    var a: [String: JSONValue]
    var choice: Choice
    var word: Word
    var optional: JSONValue?
    var unsigned: UInt64
    var duration: Duration
  }

  @Test("What is written is read as the same value, in every style", arguments: Seeds.upTo(300))
  func roundTrip(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    func part() -> Holder.Part {
      Holder.Part(
        key: JSONValue.randomText(using: &random),
        number: random.below(2) == 0 ? nil : Int64.random(in: .min ... .max, using: &random),
        value: JSONValue.random(depth: 3, using: &random)
      )
    }
    let holder = Holder(
      z: (0..<random.below(4)).map { _ in part() },
      a: Dictionary(
        (0..<random.below(20)).map { _ in
          (JSONValue.randomText(using: &random), JSONValue.random(depth: 2, using: &random))
        },
        uniquingKeysWith: { $1 }
      ),
      choice: random.below(2) == 0
        ? .none : .some(part: part(), bytes: Data(0..<UInt8(random.below(9)))),
      word: .two,
      // Absent and null are the same here.
      optional: random.below(2) == 0 ? nil : [JSONValue.random(depth: 1, using: &random)],
      unsigned: UInt64.random(in: 0 ... .max, using: &random),
      duration: .nanoseconds(Int64.random(in: 0 ... .max, using: &random))
    )
    for style in [JSONWriter.Style.compact, .pretty, .spaced] {
      let bytes = try JSONTextEncoder(style).bytes(of: holder)
      #expect(try JSONTextDecoder().decode(from: bytes) == holder)
      let value = try JSONParser(duplicateKeys: .refused).parse(bytes)
      #expect(JSONWriter(style).bytes(of: value) == bytes, "keys are sorted")
      #expect(try JSONTextEncoder(style).bytes(of: value) == bytes)
    }
  }

  @Test("Damaged texts end with an error at a place in them", arguments: Seeds.upTo(300))
  func damaged(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let value = JSONValue.random(depth: 4, using: &random)
    var bytes = JSONWriter(seed % 2 == 0 ? .pretty : .compact).bytes(of: value)
    for _ in 0...random.below(3) {
      let place = random.below(bytes.count)
      switch random.below(3) {
      case 0: bytes[place] = UInt8(random.below(256))
      case 1: bytes.insert(UInt8(random.below(256)), at: place)
      default: bytes.removeSubrange(place...)
      }
      if bytes.isEmpty { bytes = [0] }
    }
    do {
      _ = try JSONTextDecoder().decode([String: [Holder.Part]].self, from: bytes)
    } catch {
      #expect((0...bytes.count).contains(error.offset))
    }
  }

  // MARK: Decoding

  @Test(
    "An error tells where",
    arguments: [
      (#"{"a":{"c":[1, 2, "x"]}}"#, "a.c[2]", 17), (#"{"a":{"b":[1]},"a":1}"#, "", 0),
      (#"{"a":{"c":[1,2.0]}}"#, "a.c[1]", 13), (#"{"a": {"c":{}}}"#, "a.c", 11),
      (#"{"a":{"c":[99999999999999999999]}}"#, "a.c[0]", 11),
      (#"{"a":{}, "b\u0062":[null]}"#, "bb[0]", 20),
      (#" [1]"#, "", 1), (#"{"a":{"\n":[true]}}"#, "a.\n[0]", 12),
    ] as [(String, String, Int)]
  )
  func places(text: String, path: String, offset: Int) throws {
    let error = try #require(throws: JSONParsingError.self) {
      if path.hasPrefix("b") {
        struct Outer: Decodable {
          var bb: [Int]
        }
        _ = try JSONTextDecoder().decode(Outer.self, from: Array(text.utf8))
      } else {
        _ = try JSONTextDecoder().decode([String: [String: [Int]]].self, from: Array(text.utf8))
      }
    }
    if case .undecodable(let found, _) = error.code {
      #expect(found == path)
    } else {
      #expect(error.code == .duplicateKey("a"))
    }
    #expect(error.offset == offset)
  }

  @Test func `A missing key is told with the object that lacks it, also within an enumeration`()
    throws
  {
    let other = try #require(throws: JSONParsingError.self) {
      try JSONTextDecoder().decode(
        Holder.Choice.self,
        from: Array(#"{"some": {"bytes":""}}"#.utf8)
      )
    }
    #expect(
      other.code == .undecodable(path: "some", reason: #"the key "part" is missing"#)
    )
    #expect(other.offset == 9)
  }

  @Test
  func `A key that comes twice is refused in files of our own, and the last of an app's counts`()
    throws
  {
    let bytes = Array(#"{"a":1,"b":2,"a":3}"#.utf8)
    #expect(throws: JSONParsingError.self) {
      try JSONTextDecoder().decode([String: Int].self, from: bytes)
    }
    let lenient = JSONTextDecoder(parser: JSONParser())
    #expect(try lenient.decode(from: bytes) == ["a": 3, "b": 2])
    let error = try #require(throws: JSONParsingError.self) {
      try lenient.decode([String: Int].self, from: Array(#"{"a":1,"a":"x"}"#.utf8))
    }
    #expect(error.offset == 11)
  }

  @Test(
    "Deep nesting ends with an error, whatever is read of it",
    arguments: ["[", #"{"a":"#, #"{"what":["#]
  )
  func depth(opening: String) throws {
    let bytes = Array(String(repeating: opening, count: 1_200_000 / opening.utf8.count).utf8)
    struct Small: Decodable { var what: Int? }
    let limit = JSONParser().depthLimit
    for read in [
      { _ = try JSONParser().parse(bytes) },
      { _ = try JSONTextDecoder().decode(Small.self, from: bytes) },
      { _ = try JSONTextDecoder().decode(JSONValue.self, from: bytes) },
    ] {
      let error = try #require(throws: JSONParsingError.self) { try read() }
      #expect(error.code == .tooDeep(limit: limit))
    }
  }
}
