import Corpus
import Evidence
import SeededGenerators
import Testing

@testable import Auditing

/// A coverage that was edited by hand does not follow from itself any more.
@Suite struct ContradictionTests {
  // MARK: What an audit makes

  private static func sample(_ generator: inout SeededGenerator) -> Sample {
    var sample = Sample()
    let states = CorpusCoverage.State.allCases
    sample.corpus = Sample.corpus(states.randomElement(using: &generator) ?? .none)
    if sample.corpus.state == .scripts || sample.corpus.state == .unreadable {
      sample.hold(
        "a.py",
        "import requests\ndef test_a(base):\n    assert requests.get(base + \"/\").ok\n"
      )
      sample.hold("b.sh", "curl -f http://localhost/b\n")
    }
    if Bool.random(using: &generator) { sample.addStandin() }
    if Bool.random(using: &generator) { sample.addStore("files", hasMarker: false) }
    if Bool.random(using: &generator) { sample.addStore("cache") }
    if Bool.random(using: &generator) {
      sample.addStore("sessions", hasMarker: false)
      sample.setStore("sessions") { $0.holdsNothing = "made again" }
    }
    if Bool.random(using: &generator) { sample.addNeverWritten("db") }
    for _ in 0..<Int.random(in: 0...4, using: &generator) {
      let word = Outcome.Word.allCases.randomElement(using: &generator) ?? .failed
      let outcome = Outcome(word, reason: "edited")
      let id = sample.record.checks.randomElement(using: &generator)?.id ?? Sample.first
      switch Int.random(in: 0..<6, using: &generator) {
      case 0: sample.set(id, outcome)
      case 1: sample.setAll(Stage.allCases.randomElement(using: &generator) ?? .backup, outcome)
      case 2:
        let results: [ControlRecord.Result?] = [
          nil, .failed, .passed, .broken(reason: "none"), .notPossible(reason: "a capture"),
        ]
        sample.setControl(id, results.randomElement(using: &generator) ?? nil)
      case 3:
        sample.setStrength(Sample.first, Strength.allCases.randomElement(using: &generator) ?? .ack)
      case 4: sample.remove { $0 == id }
      default: sample.record.header.base = sample.record.header.target
      }
    }
    return sample
  }

  @Test(arguments: Seeds.upTo(400))
  func `What an audit makes follows from itself`(_ seed: Int) {
    var generator = SeededGenerator(seed: UInt64(seed) &* 104_729)
    let coverage = Self.sample(&generator).coverage
    #expect(coverage.contradictions == [])
  }

  // MARK: What a hand makes

  struct Edit: CustomTestStringConvertible, Sendable {
    var testDescription: String
    var told: String
    var change: @Sendable (inout CoverageModel) -> Void

    init(
      _ name: String,
      _ told: String,
      _ change: @escaping @Sendable (inout CoverageModel) -> Void
    ) {
      testDescription = name
      self.told = told
      self.change = change
    }
  }

  private static func verdict(
    _ id: String,
    _ verdict: Verdict
  ) -> @Sendable (inout CoverageModel) -> Void {
    { model in
      for index in model.claims.indices where model.claims[index].id == id {
        model.claims[index].verdict = verdict
      }
    }
  }

  private static func check(
    _ id: CheckID,
    _ change: @escaping @Sendable (inout CheckCoverage) -> Void
  ) -> @Sendable (inout CoverageModel) -> Void {
    { model in
      for index in model.checks.indices where model.checks[index].id == id {
        change(&model.checks[index])
      }
    }
  }

  static let edits = [
    Edit("level", "level 5 stands over rungs that make level 4") { $0.level = 5 },
    Edit("rung L5", "level 4 stands over rungs that make level 5") {
      $0.rungs[4] = RungCoverage(level: 5, name: "lint", state: .pass, reason: nil)
    },
    Edit("a rung is gone", "the rung L2 is missing") { $0.rungs.remove(at: 1) },
    Edit("a rung's reason", "L5 lint is unver without a reason") { $0.rungs[4].reason = nil },
    Edit("a failed install", "P1/install is proven, and generic/install::serving failed") {
      check(.generic(.install, "serving")) { $0.outcome = .failed(reason: "why") }(&$0)
    },
    Edit("a broken install", "P1/install is proven by generic/install::serving, which broke") {
      check(.generic(.install, "serving")) { $0.outcome = .broken(reason: "why") }(&$0)
    },
    Edit("a check taken out", "P1/install is proven by generic/install::serving, which is not") {
      $0.checks.removeAll { $0.id == .generic(.install, "serving") }
    },
    Edit("a check's claim", "P1/install does not rest on generic/install::serving") {
      $0.claims[0].checks = [Sample.first]
    },
    Edit("refuted made proven", "L4 functional is pass, and functional/notes::test_first failed") {
      check(Sample.first) { $0.outcome = .failed(reason: "why") }(&$0)
    },
    Edit("strength", "is proven by evidence of strength ack") {
      check(Sample.first) { $0.strength = .ack }(&$0)
    },
    Edit("a control that passed", "is proven, and its control did not fail") {
      check(Sample.first) { $0.control?.result = .passed }(&$0)
    },
    Edit("no control", "P3/functional/notes::test_first is proven without its control") {
      check(Sample.first) { $0.control = nil }(&$0)
    },
    Edit("depth of content", "P3 counts functional/notes::test_first, which is not proven with") {
      check(Sample.first) { $0.strength = .content }(&$0)
    },
    Edit("another claim of P3", "the claim P3/functional/x::y is of no functional check") {
      $0.claims.append(
        Claim(id: "P3/functional/x::y", part: .p3, verdict: .proven, checks: [])
      )
    },
    Edit("a claim twice", "the claim P2 is there twice") { model in
      model.claims += model.claims.filter { $0.id == "P2" }
    },
    Edit("a claim is gone", "the claim P1/upgrade is missing") {
      $0.claims.removeAll { $0.id == "P1/upgrade" }
    },
    Edit("a store's row", "P4/db/restored and the store's row say different things of restored") {
      $0.stores[0].restored = .unproven(reason: "why")
    },
    Edit("a store's result", "the result of db does not follow from its parts") {
      $0.stores[0].result = .vacuous(reason: "why")
    },
    Edit("a store's marker", "db is proven without a marker") { $0.stores[0].marker = nil },
    Edit("a store's control", "the drop of db is proven, and its control did not fail") {
      check(.integrity("db", "survives_restore")) { $0.control?.result = .passed }(&$0)
    },
    Edit("a store is gone", "the claim P4/db/upgrade is of no store") { $0.stores = [] },
    Edit("a stand-in taken out", "P1/install is proven (stand-in), and no stand-in ran") { model in
      var sample = Sample()
      sample.addStandin()
      model = sample.coverage
      model.standins = []
    },
    Edit("a stand-in shown as the app", "P1/install is proven, and a stand-in ran") {
      $0.standins = [Standin(service: "app", what: "a server", versions: [])]
    },
    Edit("a corpus that is nothing", "P2 is proven, which the state of the corpus does not give") {
      verdict("P2", .proven)(&$0)
    },
    Edit("a missing unit", "P2/a.py::test_a is proven, and missing") { model in
      model = Self.withCorpus
      verdict("P2/a.py::test_a", .proven)(&model)
    },
    Edit("P2 over a missing unit", "P2 is proven, and a.py::test_a is missing") { model in
      model = Self.withCorpus
      verdict("P2", .proven)(&model)
    },
    Edit("a unit is gone", "the claim P2/a.py::test_a is of no unit") { model in
      model = Self.withCorpus
      model.corpus.units = []
    },
  ]

  private static var withCorpus: CoverageModel {
    var sample = Sample()
    sample.corpus = Sample.corpus(.scripts)
    sample.hold(
      "a.py",
      "import requests\ndef test_a(base):\n    assert requests.get(base + \"/\").ok\n"
    )
    return sample.coverage
  }

  @Test(arguments: edits)
  func `What a hand changed is told`(_ edit: Edit) {
    var model = Sample().coverage
    #expect(model.contradictions == [])
    edit.change(&model)
    #expect(model.contradictions.contains { $0.contains(edit.told) }, "\(model.contradictions)")
  }
}
