import Evidence
import Formats
import FoundationEssentials
import SeededGenerators
import Suites
import Testing

@testable import Auditing

@Suite struct NormalisationTests {
  /// One run that failed and broke in many ways; everything that a seed decides may differ
  /// between two equal runs.
  static func coverage(seed: UInt64) throws -> String {
    var numbers = SeededGenerator(seed: seed)
    let port = String(Int.random(in: 1024...65535, using: &numbers))
    let second = String(Int.random(in: 1024...65535, using: &numbers))
    let base = "http://127.0.0.1:\(port)"
    let folder = "/tmp/parity-\(numbers.word(8))"
    let unique = numbers.word(12)
    let marker = "ci" + numbers.word(12)
    let snapshot = numbers.word(64, "0123456789abcdef")
    let wait = "after \(Int.random(in: 1...90, using: &numbers)) tries in 3.\(numbers.next() % 9) s"
    func time(_ numbers: inout SeededGenerator) -> Int {
      Int.random(in: 0...9_999_999, using: &numbers)
    }

    var sample = Sample()
    sample.addStore("uploads")
    sample.record.header.id = "2026\(numbers.word(4, "0123456789"))T101010Z-\(numbers.word(4))"
    sample.record.header.startedAt = "2026-01-01T10:10:\(10 + numbers.next() % 50).000Z"
    sample.record.header.host = numbers.word(9)
    sample.record.microseconds = time(&numbers)
    sample.record.values = ["base_url": base, "port.app.80": port, "port.db.5432": second]
    let run = sample.record.header.id
    for index in sample.record.checks.indices {
      sample.record.checks[index].microseconds = time(&numbers)
      sample.record.checks[index].startedAt = time(&numbers)
    }
    sample.set(Sample.first) { check in
      check.fresh = ["unique": unique]
      check.outcome = .failed(reason: "GET /notes \(wait): no \(unique) at \(base)/notes in \(run)")
      check.steps = [
        StepRecord(
          number: "1",
          kind: "http",
          title: "GET /notes",
          place: nil,
          outcome: .failed(reason: "body"),
          attempts: Int.random(in: 1...9, using: &numbers),
          microseconds: time(&numbers),
          assertions: [
            AssertionRecord(
              subject: "body",
              expected: "contains \"{{unique}}\"",
              wanted: "contains \"\(unique)\"",
              actual: "\"\(base)/\(unique)\"",
              holds: false
            )
          ]
        )
      ]
    }
    sample.set(Sample.second) { check in
      check.fresh = ["unique": numbers.word(12)]
      check.outcome = .broken(reason: "connect to 127.0.0.1:\(second) from \(folder)/app failed")
    }
    sample.setControl(Sample.second, .broken(reason: "127.0.0.1:\(second) refused"))
    sample.set(.integrity("db", "survives_restore")) { check in
      check.fresh = ["marker": marker]
      check.outcome = .failed(reason: "no \(marker) \(wait): it is gone")
    }
    sample.setStage(.restore) { stage in
      stage.microseconds = time(&numbers)
      stage.outcome = .failed(reason: "restore \(snapshot): \(folder)/restic said no")
      stage.operations = [
        OperationRecord(
          name: "snapshot",
          outcome: .passed,
          microseconds: time(&numbers),
          facts: ["id": snapshot],
          difference: "it is kept in \(folder)/repository"
        ),
        OperationRecord(
          name: "restore \(snapshot)",
          outcome: .failed(reason: "restore \(snapshot): \(folder)/restic said no"),
          microseconds: time(&numbers)
        ),
      ]
    }
    sample.setAll(.upgrade, .broken(reason: "\(base)/health did not answer \(wait): refused"))
    sample.set(.generic(.teardown, "nothing_left"), .failed(reason: "\(folder) is still there"))
    return String(decoding: try JSONTextEncoder(.spaced).bytes(of: sample.coverage), as: UTF8.self)
  }

  @Test func `Two runs that differ in times, ports, ids and folders make the same coverage`()
    throws
  {
    let first = try Self.coverage(seed: 0)
    #expect(first.contains("{{unique}}"))
    #expect(first.contains("{{base_url}}"))
    #expect(first.contains("{{folder}}"))
    for seed in 1..<200 {
      let other = try Self.coverage(seed: UInt64(seed))
      #expect(other == first, "seed \(seed)")
      if other != first { break }
    }
  }

  @Test func `What a check saw of the app stays in its coverage`() throws {
    var sample = Sample()
    let outcome = Outcome.failed(reason: "status == 200, was 503")
    sample.set(Sample.first, outcome)
    #expect(sample.coverage[check: Sample.first]?.outcome == outcome)
  }

  @Test(arguments: [
    ("GET / after 12 tries in 3.2 s: no answer", "GET /: no answer"),
    ("gate after 300.2 s of 300 s: 500", "gate: 500"),
    ("it is gone after the upgrade: 404", "it is gone after the upgrade: 404"),
    ("see /tmp/parity-abcdefgh/app/log", "see {{folder}}/app/log"),
    ("see /tmp/parity-locks-1000", "see /tmp/parity-locks-1000"),
  ])
  func `SeededGenerator of a wait and a scratch folder go, other words stay`(
    _ text: String,
    _ expected: String
  ) {
    #expect(Normalizer(record: Sample().record).text(text) == expected)
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
