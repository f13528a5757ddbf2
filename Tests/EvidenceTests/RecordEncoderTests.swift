import Evidence
import Formats
import FoundationEssentials
import Testing

struct RecordEncoderTests {
  private static let step = StepRecord(
    number: "2.1",
    kind: "http",
    title: "GET /a/b \"c\" \\ \u{1}\u{7F}\n\t é \u{2028} 🙂",
    place: SourcePlace(file: "functional/x.yml", line: 3, column: 5),
    outcome: .failed(reason: "was -1"),
    microseconds: -12,
    exchange: .http(
      HTTPExchange(
        method: "GET",
        url: "http://127.0.0.1/",
        requestHeaders: [["Accept", "*/*"], []],
        timings: .init(nameLookup: 0, connect: 10, tls: 0, firstByte: Int.max, total: Int.min),
        curl: "curl"
      )
    ),
    assertions: [
      AssertionRecord(subject: "a", expected: "b", wanted: "c", actual: nil, holds: false)
    ]
  )

  private static let events: [RunEvent] = [
    RunEvent(at: 1, what: .valuesMade(values: ["b": "1", "a.c": "", "B": "2", "a": "3"])),
    RunEvent(at: 2, what: .valuesMade(values: [:])),
    RunEvent(
      at: 3,
      what: .stepFinished(check: CheckID(folder: "a", stem: "b", name: "c"), step: step)
    ),
    RunEvent(
      at: 4,
      what: .controlFinished(
        check: CheckID(folder: "a", stem: "b", name: "c"),
        control: ControlRecord(kind: .decoy, result: .broken(reason: "x"), steps: [step, step])
      )
    ),
    RunEvent(at: 5, what: .runFinished(end: .finished)),
  ]

  @Test("The bytes are those of Foundation's encoder", arguments: events)
  func sameBytes(event: RunEvent) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    #expect(
      String(decoding: try RecordEncoder().bytes(of: event), as: UTF8.self)
        == String(decoding: try encoder.encode(event), as: UTF8.self)
    )
    encoder.outputFormatting.insert(.prettyPrinted)
    #expect(
      String(decoding: try RecordEncoder(.pretty).bytes(of: event), as: UTF8.self)
        == String(decoding: try encoder.encode(event), as: UTF8.self)
    )
  }

  @Test("What it writes is read as the same value", arguments: events)
  func roundTrip(event: RunEvent) throws {
    let data = Data(try RecordEncoder().bytes(of: event))
    #expect(try JSONDecoder().decode(RunEvent.self, from: data) == event)
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
    func text(_ value: some Encodable) throws -> String {
      String(decoding: try RecordEncoder().bytes(of: value), as: UTF8.self)
    }
    #expect(
      try text(Twice())
        == #"{"a":null,"b":18446744073709551615,"c":"later","d":[-1,true,null,{"x":[1,2]}]}"#
    )
    #expect(try text(Nothing()) == "{}")
    #expect(try text([Int]()) == "[]")
  }

  @Test("A fraction is refused")
  func fractions() {
    #expect(throws: EncodingError.self) { try RecordEncoder().bytes(of: [1.5]) }
    #expect(throws: EncodingError.self) { try RecordEncoder().bytes(of: ["a": Float(1)]) }
  }
}
