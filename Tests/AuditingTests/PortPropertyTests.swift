import Corpus
import Evidence
import SeededGenerators
import Suites
import Testing

@testable import Auditing

/// Claims of coverage never grow when evidence shrinks.
@Suite struct PortPropertyTests {
  private static let paths = ["/", "/api/health", "/login", "/api/sites/{name}"]
  private static let ids = [Sample.first, Sample.second]

  /// A corpus, a suite and a record that know something of each other.
  private static func sample(_ generator: inout SeededGenerator) -> Sample {
    var sample = Sample()
    sample.corpus = Sample.corpus(.scripts)
    for number in 0..<Int.random(in: 1...4, using: &generator) {
      var text = "import requests\n"
      for test in 0..<Int.random(in: 1...2, using: &generator) {
        let path = paths.randomElement(using: &generator) ?? "/"
        text += "def test_\(test)(base, name):\n"
        text += "    r = requests.get(f\"{base}\(path)\")\n    assert r.status_code == 200\n"
        if Bool.random(using: &generator) { text += "    assert r.json()[\"a\"] == \"b\"\n" }
        if Int.random(in: 0..<8, using: &generator) == 0 { text += "    assert odd()\n" }
      }
      sample.hold("s\(number).py", text)
    }
    for id in ids {
      let names = sample.held.units.map(\.id).filter { _ in Bool.random(using: &generator) }
      sample.link(id, to: names)
      sample.set(id) { check in
        check.steps = paths.enumerated().map { index, path in
          let url = "http://h" + path.replacing("{name}", with: "x")
          return StepRecord(
            number: "\(index + 1)",
            kind: "http",
            title: path,
            place: nil,
            outcome: .passed,
            exchange: .http(HTTPExchange(method: "GET", url: url, status: 200, curl: "")),
            assertions: [("status", "== 200"), ("$.a", #"== "b""#)].map {
              AssertionRecord(subject: $0.0, expected: $0.1, wanted: $0.1, actual: "1", holds: true)
            }
          )
        }
      }
    }
    if Bool.random(using: &generator) { sample.pin() }
    return sample
  }

  /// Takes something away from what was shown, or adds to what has to be.
  private static func shrink(_ sample: inout Sample, _ generator: inout SeededGenerator) -> String {
    let id = ids.randomElement(using: &generator) ?? Sample.first
    let kind = Int.random(in: 0..<9, using: &generator)
    switch kind {
    case 0:
      let word = Outcome.Word.allCases.filter { $0 != .passed }.randomElement(using: &generator)
      sample.set(id, Outcome(word ?? .failed, reason: "edited"))
    case 1: sample.set(id) { if !$0.steps.isEmpty { $0.steps.removeLast() } }
    case 2:
      sample.set(id) { check in
        guard let index = check.steps.indices.randomElement(using: &generator) else { return }
        check.steps[index].assertions = check.steps[index].assertions.dropLast()
      }
    case 3:
      sample.set(id) { check in
        guard let index = check.steps.indices.randomElement(using: &generator) else { return }
        check.steps[index].outcome = .skipped(reason: "edited")
      }
    case 4:
      sample.set(id) { check in
        guard let index = check.steps.indices.randomElement(using: &generator) else { return }
        for place in check.steps[index].assertions.indices {
          check.steps[index].assertions[place].holds = false
        }
      }
    case 5: sample.remove { $0 == id }
    case 6: sample.setControl(id, .passed)
    case 7: sample.corpus.state = .unreadable
    default:
      guard let unit = sample.held.units.randomElement(using: &generator) else { return "none" }
      let text = "import requests\ndef test_0(base):\n    assert requests.get(f\"{base}/new\").ok\n"
      sample.hold(unit.script, text)
      if Bool.random(using: &generator) { sample.held.pins.units[unit.id] = nil }
    }
    return "edit \(kind) of \(id)"
  }

  private static func proven(_ sample: Sample) -> Set<String> {
    Set(sample.coverage.claims.filter { $0.part == .p2 && $0.verdict.isProven }.map(\.id))
  }

  @Test(arguments: 0..<150)
  func `Less evidence never proves more`(_ seed: Int) {
    var generator = SeededGenerator(seed: UInt64(seed) &* 7_919)
    var sample = Self.sample(&generator)
    var before = Self.proven(sample)
    for _ in 0..<8 {
      let edit = Self.shrink(&sample, &generator)
      let after = Self.proven(sample)
      #expect(after.subtracting(before).isEmpty, "\(edit)")
      before = after
    }
  }

  @Test func `Samples have something to lose`() {
    var generator = SeededGenerator(seed: 1)
    let counts = (0..<50).map { _ in Self.proven(Self.sample(&generator)).count }
    #expect(counts.count { $0 > 0 } > 20)
  }

  @Test(arguments: 0..<40)
  func `A link that is taken away never proves its unit`(_ seed: Int) {
    var generator = SeededGenerator(seed: UInt64(seed) &+ 99)
    var sample = Self.sample(&generator)
    let before = Self.proven(sample)
    sample.suite.checks = []
    #expect(Self.proven(sample).isEmpty)
    #expect(before.isSuperset(of: Self.proven(sample)))
  }
}
