import Evidence
import Testing

@testable import Auditing
@testable import Suites

@Suite struct OutcomeTests {
  struct Row {
    var verdict: Verdict.Word
    var rung: RungCoverage.State
    var status: ExitStatus
  }

  static func row(_ word: Outcome.Word) -> Row {
    switch word {
    case .passed: Row(verdict: .proven, rung: .pass, status: .proven)
    case .failed: Row(verdict: .refuted, rung: .fail, status: .refuted)
    case .broken: Row(verdict: .unproven, rung: .unver, status: .broken)
    case .skipped: Row(verdict: .notApplicable, rung: .skip, status: .proven)
    case .notRun: Row(verdict: .unproven, rung: .unver, status: .broken)
    }
  }

  @Test func `A run that passed everything is proven up to its functional checks`() {
    let sample = Sample()
    #expect(sample.coverage.level == 4)
    #expect(sample.status == .proven)
    #expect(sample.strictStatus == .proven)
    #expect(sample.rules.isEmpty)
  }

  @Test(arguments: Outcome.Word.allCases)
  func `An outcome of the upgrade has its verdict, its rung and its exit status`(
    _ word: Outcome.Word
  ) {
    var sample = Sample()
    sample.setAll(.upgrade, Outcome(word, reason: "so it was"))
    let row = Self.row(word)
    #expect(sample.verdict("P1/upgrade")?.word == row.verdict)
    #expect(sample.verdict("P4/db/upgrade")?.word == row.verdict)
    #expect(sample.rung(2) == row.rung)
    #expect(sample.status == row.status)
    #expect(sample.coverage.level == ([.pass, .skip].contains(row.rung) ? 4 : 1))
  }

  @Test(arguments: Outcome.Word.allCases)
  func `An outcome of a functional check has its verdict and its exit status`(
    _ word: Outcome.Word
  ) {
    var sample = Sample()
    sample.add(
      CheckID(folder: "functional", stem: "notes", name: "test_third"),
      .functional,
      .functional,
      strength: .state,
      control: (.decoy, .failed)
    )
    sample.set(Sample.first, Outcome(word, reason: "so it was"))
    let row = Self.row(word)
    #expect(sample.verdict("P3/\(Sample.first)")?.word == row.verdict)
    // A declared skip beside two proven checks takes nothing away.
    #expect(sample.rung(4) == (word == .skipped ? .pass : row.rung))
    #expect(sample.status == row.status)
  }

  @Test(arguments: Outcome.Word.allCases)
  func `An outcome of a driver's operation has its verdict and its exit status`(
    _ word: Outcome.Word
  ) {
    var sample = Sample()
    sample.setStage(.backup) {
      $0.operations = [
        OperationRecord(name: "hook db", outcome: Outcome(word, reason: "exit 3"))
      ]
    }
    let isHarmless = [.passed, .skipped, .notRun].contains(word)
    let row = isHarmless ? Self.row(.passed) : Self.row(word)
    #expect(sample.verdict("P1/backup")?.word == row.verdict)
    #expect(sample.rung(3) == row.rung)
    #expect(sample.status == row.status)
  }

  @Test(arguments: Stage.allCases)
  func `A stage that broke is not green although each of its checks passed`(_ stage: Stage) {
    var sample = Sample()
    sample.setStage(stage) { $0.outcome = .broken(reason: "the app went away") }
    if stage != .functional { #expect(sample.verdict("P1/\(stage)")?.word == .unproven) }
    let level = [1, 2, 3, 3, 3, 4][safe: stage.order]
    if let level { #expect(sample.rung(level) == .unver) }
    #expect(sample.status == .broken)
  }

  @Test(arguments: Stage.allCases)
  func `A stage that failed fails the run although each of its checks passed`(_ stage: Stage) {
    var sample = Sample()
    sample.setStage(stage) { $0.outcome = .failed(reason: "a hook failed") }
    #expect(sample.status == .refuted)
  }

  @Test func `A failed check that no claim rests on fails the run`() {
    var sample = Sample()
    let health = CheckID(folder: "functional", stem: "notes", name: "test_health")
    sample.add(health, .functional, .functional)
    sample.record.header.planned[sample.record.header.planned.count - 1].isHealth = true
    sample.set(health, .failed(reason: "another answer"))
    #expect(!sample.coverage.claims.contains { $0.verdict.word == .refuted })
    #expect(sample.status == .refuted)
  }

  @Test func `What refutes a claim counts before what is not known of it`() {
    var sample = Sample()
    sample.set(.generic(.backup, "serving"), .broken(reason: "no answer"))
    sample.setStage(.backup) {
      $0.operations = [OperationRecord(name: "hook db", outcome: .failed(reason: "exit 3"))]
    }
    #expect(sample.verdict("P1/backup")?.word == .refuted)
  }

  @Test func `What did not run because something failed before it exits as that one does`() {
    var sample = Sample()
    sample.setAll(.upgrade, .failed(reason: "no answer satisfied"))
    for stage in [Stage.backup, .restore, .functional] {
      sample.setAll(stage, .notRun(reason: "upgrade did not succeed"))
    }
    #expect(sample.status == .refuted)
    #expect(sample.verdict("P1/backup")?.word == .unproven)
    #expect(sample.rung(3) == .unver)
    #expect(sample.coverage.level == 1)
  }

  @Test func `A failed check counts before a broken one`() {
    var sample = Sample()
    sample.set(Sample.first, .broken(reason: "no answer"))
    #expect(sample.status == .broken)
    sample.set(Sample.second, .failed(reason: "another answer"))
    #expect(sample.status == .refuted)
    #expect(sample.rung(4) == .fail)
  }

  @Test(arguments: RunEnd.allCases)
  func `Only a run that came to its own end exits with 0`(_ end: RunEnd) {
    var sample = Sample()
    sample.record.end = end
    #expect((sample.status == .proven) == (end == .finished))
    #expect(end == .finished || sample.status == .broken)
    #expect(sample.rules.contains(Rule.runNotFinished.rawValue) == (end != .finished))
  }
}

extension Array {
  subscript(safe index: Int) -> Element? { indices.contains(index) ? self[index] : nil }
}
