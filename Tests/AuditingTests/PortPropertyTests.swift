import Corpus
import Evidence
import SeededGenerators
import Testing

@testable import Auditing
@testable import Suites

/// Claims of coverage never grow when evidence shrinks.
@Suite struct PortPropertyTests {
  private static let paths = ["/", "/api/health", "/login", "/api/sites/{name}"]
  private static let ids = [Sample.first, Sample.second]

  /// What is edited; each is met by the seeds, which a test of its own holds to.
  private enum Part: CaseIterable { case suite, corpus, record }

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
      if Int.random(in: 0..<3, using: &generator) == 0 {
        // A script leaves no steps.
        sample.hold(script: id, of: names)
        continue
      }
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
            assertions: [(Subject.status, Predicate.equals(200)), (.json("$.a"), .equals("b"))].map
            {
              Assertion($0.0, $0.1)
            }
          )
        }
      }
    }
    if let unit = sample.held.units.randomElement(using: &generator), Bool.random(using: &generator)
    {
      sample.suite.corpus.covered = [
        CorpusDeclarations.Covered(
          links: [PortLink(name: unit.id, place: Sample.place)],
          checks: [ids.randomElement(using: &generator) ?? Sample.first],
          why: "the same"
        )
      ]
    }
    if Bool.random(using: &generator) { sample.pin() }
    return sample
  }

  /// Takes something away from what was shown, or adds to what has to be.
  private static func shrink(
    _ part: Part,
    _ sample: inout Sample,
    _ generator: inout SeededGenerator
  ) -> String {
    switch part {
    case .suite: shrinkSuite(&sample, &generator)
    case .corpus: growCorpus(&sample, &generator)
    case .record: shrinkRecord(&sample, &generator)
    }
  }

  private static func shrinkSuite(_ sample: inout Sample, _ generator: inout SeededGenerator)
    -> String
  {
    guard let index = sample.suite.checks.indices.randomElement(using: &generator) else {
      return "no check"
    }
    let id = sample.suite.checks[index].id
    // What speaks against a unit goes with its link; only what speaks for it is evidence.
    guard isGood(id, sample) else { return "\(id) shows nothing" }
    switch Int.random(in: 0..<6, using: &generator) {
    case 0:
      sample.suite.checks.remove(at: index)
      return "\(id) left the suite"
    case 1:
      sample.suite.checks[index].links = sample.suite.checks[index].links.dropLast()
      return "\(id) names one unit less"
    case 2:
      sample.suite.corpus.covered = []
      return "nothing is covered"
    case 3:
      sample.held.scripts[id] = []
      return "the script of \(id) asks nothing"
    case 4:
      let units = sample.held.scripts[id] ?? []
      sample.held.scripts[id] = units.isEmpty ? nil : [script("    if base: return\n", for: units)]
      return "the script of \(id) may leave at once"
    default:
      // What is put off is not proven by it.
      let names = sample.held.units.filter { _ in Bool.random(using: &generator) }.map(\.id)
      let links = names.map { PortLink(name: $0, place: Sample.place) }
      sample.suite.corpus.deferred = [
        CorpusDeclarations.Deferred(links: links, what: "x", why: "y", until: "2027-01-01")
      ]
      return "some are put off"
    }
  }

  private static func isGood(_ id: CheckID, _ sample: Sample) -> Bool {
    sample.record.checks.contains {
      $0.id == id && $0.outcome.isPassed && $0.control?.result == .failed
    }
  }

  private static func growCorpus(_ sample: inout Sample, _ generator: inout SeededGenerator)
    -> String
  {
    guard let unit = sample.held.units.randomElement(using: &generator) else { return "no unit" }
    let text = sample.texts[unit.script] ?? ""
    switch Int.random(in: 0..<6, using: &generator) {
    case 0:
      sample.corpus.state = .unreadable
      return "the corpus cannot be read in full"
    case 1:
      // Of what one unit asks, and in the last test of the script.
      sample.hold(unit.script, text + "    assert requests.get(f\"{base}/new\").ok\n")
      return "\(unit.script) asks for more"
    case 2:
      sample.hold(unit.script, text + "    assert r.headers[\"x-new\"] == \"1\"\n")
      return "\(unit.script) asserts more"
    case 3:
      sample.hold(unit.script, text + "def test_new(base):\n    assert odd()\n")
      return "\(unit.script) has one test more"
    case 4:
      sample.hold(unit.script, text + "    )(\n")
      return "\(unit.script) is not Python any more"
    default:
      sample.hold("new.py", "def test_new(:\n")
      return "there is a new script"
    }
  }

  private static func shrinkRecord(_ sample: inout Sample, _ generator: inout SeededGenerator)
    -> String
  {
    let id = ids.randomElement(using: &generator) ?? Sample.first
    func step(_ edit: (inout StepRecord) -> Void) {
      sample.set(id) { check in
        guard let index = check.steps.indices.randomElement(using: &generator) else { return }
        edit(&check.steps[index])
      }
    }
    switch Int.random(in: 0..<10, using: &generator) {
    case 0:
      let word = Outcome.Word.allCases.filter { $0 != .passed }.randomElement(using: &generator)
      sample.set(id, Outcome(word ?? .failed, reason: "edited"))
      return "\(id) did not pass"
    case 1:
      sample.set(id) { if !$0.steps.isEmpty { $0.steps.removeLast() } }
      return "\(id) has one step less"
    case 2:
      step { $0.assertions = $0.assertions.dropLast() }
      return "a step of \(id) asserts less"
    case 3:
      step { $0.outcome = .skipped(reason: "edited") }
      return "a step of \(id) was skipped"
    case 4:
      step { step in for place in step.assertions.indices { step.assertions[place].holds = false } }
      return "nothing held in a step of \(id)"
    case 5:
      step { step in
        for place in step.assertions.indices where step.assertions[place].subject == .status {
          step.assertions[place].predicate = .less(500)
        }
      }
      return "a step of \(id) accepts more codes"
    case 6:
      step { step in
        for place in step.assertions.indices where step.assertions[place].subject == .json("$.a") {
          step.assertions[place].predicate = .exists(true)
        }
      }
      return "a step of \(id) asks only whether a field is there"
    case 7:
      step { step in
        if case .http(var http)? = step.exchange {
          http.url += "/elsewhere"
          step.exchange = .http(http)
        }
      }
      return "a step of \(id) asks elsewhere"
    case 8:
      sample.remove { $0 == id }
      return "\(id) is not in the run"
    default:
      sample.setControl(id, .passed)
      return "\(id) passed where it had to fail"
    }
  }

  private static func script(_ start: String, for units: [CorpusUnit]) -> CorpusUnit {
    let text = units.first.map { Sample.script(asking: $0.requests.map(\.path), start) } ?? ""
    let script = CorpusScript(path: "p.py", language: .python, bytes: Array(text.utf8), hash: "")
    return ScriptUnits.of(script, reading: .tests)[0]
  }

  private static func proven(_ sample: Sample) -> Set<String> {
    Set(sample.coverage.claims.filter { $0.part == .p2 && $0.verdict.isProven }.map(\.id))
  }

  @Test(arguments: Seeds.upTo(150))
  func `Less evidence never proves more`(_ seed: Int) {
    var generator = SeededGenerator(seed: UInt64(seed) &* 7_919)
    var sample = Self.sample(&generator)
    var before = Self.proven(sample)
    for _ in 0..<8 {
      let part = Part.allCases.randomElement(using: &generator) ?? .record
      let edit = Self.shrink(part, &sample, &generator)
      let after = Self.proven(sample)
      #expect(after.subtracting(before).isEmpty, "\(edit)")
      before = after
    }
  }

  /// An edit that takes nothing away would hold whatever the audit does.
  @Test(arguments: Part.allCases)
  private func `Edits of each part take claims away`(_ part: Part) {
    var lost: Set<String> = []
    for seed in Seeds.isThorough ? 0..<300 : 0..<100 {
      var generator = SeededGenerator(seed: UInt64(seed) &* 104_729)
      var sample = Self.sample(&generator)
      let before = Self.proven(sample)
      let edit = Self.shrink(part, &sample, &generator)
      if !before.subtracting(Self.proven(sample)).isEmpty {
        lost.insert(
          edit.split(separator: " ").filter { !$0.contains("/") && !$0.contains(".py") }
            .joined(separator: " ")
        )
      }
    }
    #expect(lost.count >= (part == .suite ? 4 : 5), "\(lost.sorted())")
  }

  /// Whatever leaves the corpus proves no unit that stays.
  @Test(arguments: Seeds.upTo(60))
  func `A unit that is taken out of the corpus proves no other unit`(_ seed: Int) {
    var generator = SeededGenerator(seed: UInt64(seed) &* 65_537)
    var sample = Self.sample(&generator)
    let before = Self.proven(sample)
    guard let unit = sample.held.units.randomElement(using: &generator) else { return }
    let isLinked = sample.suite.checks.contains { $0.links.contains { $0.name == unit.id } }
    sample.held.units.removeAll { $0.id == unit.id }
    let after = Self.proven(sample).subtracting(["P2"])
    #expect(after.isSubset(of: before))
    // A name that is left behind is told.
    if isLinked {
      #expect(sample.coverage.findings.contains { $0.rule == Rule.portOrphaned.rawValue })
      #expect(sample.status == .refuted)
    }
  }

  @Test func `Samples have something to lose`() {
    var generator = SeededGenerator(seed: 1)
    let counts = (0..<50).map { _ in Self.proven(Self.sample(&generator)).count }
    #expect(counts.count { $0 > 0 } > 20)
  }

  @Test(arguments: Seeds.upTo(40))
  func `A link that is taken away never proves its unit`(_ seed: Int) {
    var generator = SeededGenerator(seed: UInt64(seed) &+ 99)
    var sample = Self.sample(&generator)
    let before = Self.proven(sample)
    sample.suite.checks = []
    sample.suite.corpus.covered = []
    #expect(Self.proven(sample).isEmpty)
    #expect(before.isSuperset(of: Self.proven(sample)))
  }
}
