import Evidence
import Formats
import SeededGenerators
import Testing

@testable import Auditing

/// What differs between two equal runs is in no coverage, and all else is as it was.
@Suite struct PlaceholderTests {
  /// One run that failed and broke in many ways; everything that a seed decides may differ
  /// between two equal runs.
  static func coverage(seed: UInt64) throws -> String {
    var numbers = SeededGenerator(seed: seed)
    let port = Int.random(in: 1024...65535, using: &numbers)
    let second = Int.random(in: 1024...65535, using: &numbers)
    let base = "http://127.0.0.1:\(port)"
    let folder = "/tmp/parity-\(numbers.word(8))"
    let unique = numbers.word(12)
    let marker = "ci" + numbers.word(12)
    let snapshot = numbers.word(64, "0123456789abcdef")
    func time(_ numbers: inout SeededGenerator) -> Int {
      Int.random(in: 0...9_999_999, using: &numbers)
    }

    var sample = Sample()
    sample.addStore("uploads")
    sample.record.header.id = "2026\(numbers.word(4, "0123456789"))T101010Z-\(numbers.word(4))"
    sample.record.header.startedAt = "2026-01-01T10:10:\(10 + numbers.next() % 50).000Z"
    sample.record.header.host = numbers.word(9)
    sample.record.microseconds = time(&numbers)
    sample.record.values = [
      "base_url": base, "port.app.80": "\(port)", "port.db.5432": "\(second)", "run_folder": folder,
    ]
    let run = sample.record.header.id
    for index in sample.record.checks.indices {
      sample.record.checks[index].microseconds = time(&numbers)
      sample.record.checks[index].startedAt = time(&numbers)
    }
    let died = Reason.Note.died(service: "app", ending: "exit 1", log: "at \(numbers.word(9)): no")
    let violated = [
      Assertion(
        .body,
        .contains("{{unique}}"),
        filled: .contains(TemplateTree(literal: .string(unique))),
        actual: .value(["\(unique)": .int(Int64(second)), "url": .string("\(base)/\(unique)")]),
        holds: false,
        place: Sample.place
      ),
      Assertion(
        .duration,
        .less(100),
        actual: .number(100 + time(&numbers)),
        holds: false
      ),
    ]
    let failure = Outcome.failed(
      reason: Reason(.violated(assertions: violated), during: "GET /notes", notes: [died])
    )
    let taken = Assertion(.status, .equals(200), actual: .number(time(&numbers)), holds: true)
    sample.set(Sample.first) { check in
      check.fresh = ["unique": unique]
      check.outcome = failure
      check.steps = [
        StepRecord(
          number: "1",
          kind: "http",
          title: "GET /notes",
          place: nil,
          outcome: failure,
          attempts: Int.random(in: 1...9, using: &numbers),
          microseconds: time(&numbers),
          assertions: [taken] + violated
        )
      ]
    }
    sample.set(Sample.second) { check in
      check.fresh = ["unique": numbers.word(12)]
      check.outcome = .broken(
        reason: Reason(
          .noAnswer(detail: "connect to 127.0.0.1:\(second) from \(folder)/app failed")
        )
      )
    }
    let refused = Reason(.noAnswer(detail: "127.0.0.1:\(second) refused"))
    sample.setControl(Sample.second, .broken(reason: refused))
    sample.set(.integrity("db", "survives_restore")) { check in
      check.fresh = ["marker": marker]
      check.outcome = .failed(reason: Reason(.operationFailed(detail: "no \(marker) in \(run)")))
    }
    let restore = Outcome.failed(
      reason: Reason(.operationFailed(detail: "\(snapshot): \(folder)/restic said no"))
    )
    sample.setStage(.restore) { stage in
      stage.microseconds = time(&numbers)
      stage.outcome = restore
      stage.operations = [
        OperationRecord(
          name: "snapshot",
          outcome: .passed,
          microseconds: time(&numbers),
          facts: ["id": snapshot],
          difference: "it is kept in \(folder)/repository"
        ),
        OperationRecord(
          name: "restore files",
          outcome: restore,
          microseconds: time(&numbers)
        ),
      ]
    }
    let silent = Reason(.noAnswer(detail: "\(base)/health: refused"))
    sample.setAll(.upgrade, .broken(reason: silent))
    sample.setAll(.backup, .notRun(reason: Reason(.blocked(by: .upgrade, because: silent))))
    sample.set(.generic(.teardown, "nothing_left"), .failed(reason: "\(folder) is still there"))
    return String(decoding: try JSONTextEncoder(.spaced).bytes(of: sample.coverage), as: UTF8.self)
  }

  @Test func `Two runs that differ in times, ports, ids and folders make the same coverage`()
    throws
  {
    let first = try Self.coverage(seed: 0)
    for name in ["unique", "marker", "base_url", "run_folder", "snapshot", "port.db.5432", "run"] {
      #expect(first.contains("{{\(name)}}"), "\(name)")
    }
    for seed in 1..<200 {
      let other = try Self.coverage(seed: UInt64(seed))
      #expect(other == first, "seed \(seed)")
      if other != first { break }
    }
  }

  @Test(arguments: [
    "Your trial ends after 3 days", "closed after 12 tries in 3.2 s: no",
    "/tmp/parity-abcdefgh/log",
  ])
  func `What a check saw of the app is in coverage as it was`(_ body: String) {
    var sample = Sample()
    let assertion = Assertion(
      .body,
      .contains("Welcome"),
      actual: .text(body),
      holds: false,
      place: Sample.place
    )
    let outcome = Outcome.failed(
      reason: Reason(.violated(assertions: [assertion]), during: "GET /")
    )
    sample.set(Sample.first) { check in
      check.outcome = outcome
      check.steps = [
        StepRecord(
          number: "1",
          kind: "http",
          title: "GET /",
          place: nil,
          outcome: outcome,
          assertions: [assertion]
        )
      ]
    }
    let check = sample.coverage[check: Sample.first]
    #expect(check?.outcome == outcome)
    #expect(check?.evidence == [EvidenceStep(act: "GET /", assertions: [assertion])])
    #expect(sample.verdict("P3/\(Sample.first)") == .refuted(reason: outcome.reason ?? ""))
  }

  @Test func `Of what holds only what was asserted is kept`() {
    var sample = Sample()
    sample.set(Sample.first) { check in
      check.steps = [
        StepRecord(
          number: "1",
          kind: "http",
          title: "GET /",
          place: nil,
          outcome: .passed,
          assertions: [
            Assertion(
              .body,
              .contains("{{unique}}"),
              filled: .contains("abc"),
              actual: .text("abc"),
              holds: true,
              place: Sample.place
            )
          ]
        )
      ]
    }
    let kept = Assertion(.body, .contains("{{unique}}"), actual: .absent, holds: true)
    #expect(
      sample.coverage[check: Sample.first]?.evidence
        == [EvidenceStep(act: "GET /", assertions: [kept])]
    )
  }

  @Test func `A check that did not run is told by what it would have done`() {
    var sample = Sample()
    let steps = [
      EvidenceStep(
        act: "GET /",
        assertions: [Assertion(.status, .equals(200), actual: .absent, holds: true)]
      )
    ]
    for index in sample.record.header.planned.indices {
      sample.record.header.planned[index].steps = steps
    }
    sample.setAll(.functional, .notRun(reason: Reason(.interrupted)))
    #expect(sample.coverage[check: Sample.first]?.evidence == steps)
  }

  @Test(arguments: [
    ("port 4000 is taken", "port {{port}} is taken"), ("140001 rows", "140001 rows"),
    ("40001", "40001"), ("14000", "14000"), ("4000,4000", "{{port}},{{port}}"),
    ("http://h:4000/a-x", "{{base_url}}/a-x"), ("ab", "ab"),
  ])
  func `A port is no part of a longer number, and a longer value comes first`(
    _ text: String,
    _ expected: String
  ) {
    var sample = Sample()
    sample.record.values = ["port": "4000", "base_url": "http://h:4000", "short": "ab"]
    #expect(Placeholders(sample.record).apply(to: text) == expected)
  }
}

extension SeededGenerator {
  fileprivate mutating func word(
    _ count: Int,
    _ alphabet: String = "abcdefghijkmnpqrstuvwxyz23456789"
  )
    -> String
  {
    let letters = Array(alphabet)
    return String((0..<count).compactMap { _ in letters.randomElement(using: &self) })
  }
}
