import Evidence
import Formats
import FoundationEssentials
import Testing

struct RecordBytesTests {
  private static let step = StepRecord(
    number: "2.1",
    kind: "http",
    title: "GET /a/b \"c\" \\ \u{1}\u{7F}\n\t é \u{2028} 🙂",
    place: SourcePlace(file: "functional/x.yml", line: 3, column: 5),
    outcome: .failed(reason: Reason(.noAnswer(detail: "-1"), notes: [.lost(detail: "é/")])),
    microseconds: 12,
    exchange: .http(
      HTTPExchange(
        method: "GET",
        url: "http://127.0.0.1/",
        requestHeaders: [["Accept", "*/*"], []],
        timings: .init(nameLookup: 0, connect: 10, tls: 0, firstByte: 1 << 40, total: 3),
        curl: "curl"
      )
    ),
    assertions: [
      // Without a JSON value in it, which only this package's own encoder can write.
      Assertion(
        .header("a/b"),
        .startsWith(Template(literal: "c \"")),
        actual: .unreadable(.told("\u{1}")),
        holds: false
      )
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
        control: ControlRecord(
          kind: .decoy,
          result: .broken(reason: .told("x")),
          steps: [step, step]
        )
      )
    ),
    RunEvent(at: 5, what: .runFinished(end: .finished)),
  ]

  @Test("The bytes are those of Foundation's encoder", arguments: events)
  func sameBytes(event: RunEvent) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    #expect(
      String(decoding: try JSONTextEncoder().bytes(of: event), as: UTF8.self)
        == String(decoding: try encoder.encode(event), as: UTF8.self)
    )
    encoder.outputFormatting.insert(.prettyPrinted)
    #expect(
      String(decoding: try JSONTextEncoder(.spaced).bytes(of: event), as: UTF8.self)
        == String(decoding: try encoder.encode(event), as: UTF8.self)
    )
  }

  @Test("What it writes is read as the same value", arguments: events)
  func roundTrip(event: RunEvent) throws {
    let bytes = try JSONTextEncoder().bytes(of: event)
    #expect(try JSONTextDecoder().decode(from: bytes) == event)
    #expect(try JSONDecoder().decode(RunEvent.self, from: Data(bytes)) == event)
  }
}
