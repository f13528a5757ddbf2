import Evidence
import Testing

@testable import Auditing
@testable import Suites

@Suite struct ClaimTests {
  @Test func `A stand-in takes plain proven away from every claim, row and rung`() {
    var sample = Sample()
    sample.addStandin()
    let coverage = sample.coverage
    let verdicts =
      coverage.claims.map(\.verdict)
      + coverage.stores.flatMap { [$0.upgrade, $0.dropped, $0.restored, $0.result] }
    #expect(verdicts.allSatisfy { $0.word != .proven })
    #expect(verdicts.filter { $0.word == .provenOnStandin }.count > 8)
    #expect(sample.status == .proven)
  }

  @Test func `Without a stand-in nothing says stand-in`() {
    #expect(Sample().coverage.claims.allSatisfy { $0.verdict.word != .provenOnStandin })
  }

  // MARK: Controls

  static let controls: [(ControlRecord.Result?, Verdict.Word, Rule?, ExitStatus)] = [
    (.failed, .proven, nil, .proven),
    (nil, .unproven, .controlMissing, .proven),
    (.passed, .unproven, .checkCannotFail, .refuted),
    (.broken(reason: "refused"), .unproven, .controlBroken, .broken),
    (.notPossible(reason: "captured"), .proven, .controlMissing, .proven),
  ]

  @Test(arguments: controls)
  func `A functional check of state is as good as its control`(
    _ result: ControlRecord.Result?,
    _ word: Verdict.Word,
    _ rule: Rule?,
    _ status: ExitStatus
  ) {
    var sample = Sample()
    sample.setControl(Sample.first, result)
    #expect(sample.verdict("P3/\(Sample.first)")?.word == word)
    #expect(sample.status == status)
    for candidate in [Rule.controlMissing, .controlBroken, .checkCannotFail] {
      #expect(sample.rules.contains(candidate.rawValue) == (candidate == rule))
    }
  }

  @Test func `A check that never ran lacks no control`() {
    var sample = Sample()
    sample.setAll(.functional, .skipped(reason: "declared"))
    #expect(!sample.rules.contains(Rule.controlMissing.rawValue))
  }

  @Test(arguments: [ControlRecord.Result.passed, .broken(reason: "refused")])
  func `A check that may not be able to fail takes the functional rung away beside good ones`(
    _ control: ControlRecord.Result
  ) {
    var sample = Sample()
    sample.add(
      CheckID(folder: "functional", stem: "notes", name: "test_third"),
      .functional,
      .functional,
      strength: .state,
      control: (.decoy, control)
    )
    #expect(sample.rung(4) == .unver)
  }

  static let drops: [(ControlRecord.Result?, Verdict.Word, RungCoverage.State)] = [
    (.failed, .proven, .pass),
    (nil, .unproven, .unver),
    (.passed, .refuted, .fail),
    (.broken(reason: "refused"), .unproven, .unver),
    (.notPossible(reason: "no way"), .unproven, .unver),
  ]

  @Test(arguments: drops)
  func `A restore is as good as the look after the drop`(
    _ result: ControlRecord.Result?,
    _ word: Verdict.Word,
    _ state: RungCoverage.State
  ) {
    var sample = Sample()
    sample.setControl(.integrity("db", "survives_restore"), result)
    #expect(sample.verdict("P4/db/dropped")?.word == word)
    #expect(sample.verdict("P4/db/restored")?.isProven == (word == .proven))
    #expect(sample.rung(3) == state)
    #expect(sample.rules.contains(Rule.markerNotDropped.rawValue) == (word == .refuted))
    if result?.word == .broken {
      #expect(sample.status == .broken)
      #expect(sample.rules.contains(Rule.controlBroken.rawValue))
    }
  }

  @Test(arguments: [Rule.controlBroken, .corpusUnreachable, .runNotFinished])
  func `What keeps a run from telling breaks it, waived or not`(_ rule: Rule) {
    var sample = Sample()
    FindingTests.provoke(&sample, for: rule)
    sample.suite.waivers = [
      Waiver(
        rule: rule.rawValue,
        subject: nil,
        why: "known",
        until: "fixed",
        place: Sample.place
      )
    ]
    #expect(sample.coverage.findings.contains { $0.isWaived && $0.rule == rule.rawValue })
    #expect(sample.status == .broken)
  }

  // MARK: The gate

  @Test(arguments: [(true, "TCP db:5432, GET /up", "200"), (false, "TCP db:5432", "a connection")])
  func `A gate is shown as what it asks`(_ asksHTTP: Bool, _ asked: String, _ accepts: String) {
    var sample = Sample()
    sample.suite.health.path = "/up"
    sample.suite.health.accepts = [200]
    sample.suite.health.tcp = ("db", 5432)
    sample.suite.health.asksHTTP = asksHTTP
    #expect(sample.coverage.gate.asked == asked)
    #expect(sample.coverage.gate.accepts == accepts)
    sample.suite.health.tcp = nil
    sample.suite.health.asksHTTP = true
    #expect(sample.coverage.gate.asked == "GET /up")
  }

  // MARK: Weak and repeated evidence

  @Test func `What could have been there before proves no claim`() {
    var sample = Sample()
    sample.setWeakness(Sample.first, "expects only fixed values")
    let verdict = sample.verdict("P3/\(Sample.first)")
    #expect(verdict == .unproven(reason: "the check expects only fixed values"))
  }

  @Test func `A check of content whose control passed proves nothing`() {
    var sample = Sample()
    sample.setStrength(Sample.first, .content)
    sample.setControl(Sample.first, .passed)
    #expect(sample.verdict("P3/\(Sample.first)")?.word == .unproven)
    #expect(sample.status == .refuted)
  }

  @Test func `Two checks that do the same count once`() {
    var sample = Sample()
    sample.setBehaviour([Sample.first, Sample.second], "form")
    #expect(sample.verdict("P3") == .unproven(reason: "1 of 2 are proven"))
    #expect(sample.rung(4) == .unver)
    #expect(sample.coverage.claims.first { $0.id == "P3" }?.checks == [Sample.first])
    #expect(sample.rules.contains(Rule.sameBehaviourTwice.rawValue))
    #expect(sample.verdict("P3/\(Sample.second)")?.isProven == true)
  }

  @Test func `Rows of one check count once, and nobody is told off for them`() {
    var sample = Sample()
    let rows = ["[one]", "[two]"].map {
      CheckID(folder: "functional", stem: "notes", name: "test_rows\($0)")
    }
    for row in rows {
      sample.add(row, .functional, .functional, strength: .state, control: (.decoy, .failed))
    }
    sample.setBehaviour(rows, "form")
    sample.remove { $0 == Sample.second }
    #expect(!sample.rules.contains(Rule.sameBehaviourTwice.rawValue))
    #expect(sample.coverage.claims.first { $0.id == "P3" }?.checks == [Sample.first, rows[0]])
  }

  @Test func `The first of two equal checks counts for the second where only that is proven`() {
    var sample = Sample()
    let third = CheckID(folder: "functional", stem: "notes", name: "test_third")
    sample.add(third, .functional, .functional, strength: .state, control: (.decoy, .failed))
    sample.setBehaviour([Sample.first, third], "form")
    sample.set(Sample.first, .broken(reason: "no answer"))
    #expect(sample.verdict("P3")?.isProven == true)
  }

  @Test func `A restore that was seen with its control is durable`() {
    let id = CheckID.integrity("db", "survives_restore")
    var sample = Sample()
    #expect(sample.coverage[check: id]?.strength == .durable)
    sample.setControl(id, .broken(reason: "refused"))
    #expect(sample.coverage[check: id]?.strength == .state)
  }

  // MARK: Strength

  @Test(arguments: Strength.allCases)
  func `Evidence below content proves no functional claim`(_ strength: Strength) {
    var sample = Sample()
    sample.setStrength(Sample.first, strength)
    let isEnough = ![Strength.none, .ack].contains(strength)
    #expect(sample.verdict("P3/\(Sample.first)")?.isProven == isEnough)
    #expect(sample.rules.contains(Rule.checkOnlyAcknowledges.rawValue) == (strength == .ack))
  }

  @Test(arguments: Strength.allCases)
  func `Only checks of state count for the floor`(_ strength: Strength) {
    var sample = Sample()
    sample.setStrength(Sample.first, strength)
    let isEnough = [Strength.state, .durable].contains(strength)
    #expect(sample.rung(4) == (isEnough ? .pass : .unver))
    #expect(sample.rules.contains(Rule.tooFewFunctionalChecks.rawValue) == !isEnough)
    #expect(sample.status == .proven)
    #expect(sample.strictStatus == (isEnough ? .proven : .refuted))
  }

  @Test func `A check of state that is not proven does not count for the floor`() {
    var sample = Sample()
    sample.setControl(Sample.first, nil)
    #expect(sample.verdict("P3") == .unproven(reason: "1 of 2 are proven"))
    #expect(sample.rules.contains(Rule.tooFewFunctionalChecks.rawValue))
  }

  @Test func `The floor is the project's own`() {
    var sample = Sample()
    sample.policy.functionalChecks = 3
    #expect(sample.rung(4) == .unver)
    sample.remove { $0 == Sample.first }
    sample.policy.functionalChecks = 1
    #expect(sample.rung(4) == .pass)
  }

  @Test func `A health check does not count for the floor`() {
    var sample = Sample()
    let index = sample.record.header.planned.firstIndex { $0.id == Sample.first }
    sample.record.header.planned[index ?? 0].isHealth = true
    #expect(sample.verdict("P3")?.word == .unproven)
    #expect(sample.verdict("P3/\(Sample.first)") == nil)
  }

  // MARK: Stores

  @Test func `A store without a marker is an unproven row by its name and no pass of L3`() {
    var sample = Sample()
    sample.addStore("uploads", hasMarker: false)
    let row = sample.coverage.stores.first { $0.name == "uploads" }
    #expect(row?.result == .unproven(reason: "uploads has no marker"))
    #expect(row?.marker == nil)
    #expect(sample.rung(3) == .unver)
    #expect(sample.coverage.level == 1)
    #expect(sample.status == .proven)
    #expect(sample.strictStatus == .refuted)
    #expect(sample.rules == [Rule.storeWithoutMarker.rawValue])
  }

  @Test(arguments: [Outcome.Word.failed, .broken, .notRun, .skipped])
  func `Two stores backed up and one verified is no restore that works`(_ word: Outcome.Word) {
    var sample = Sample()
    sample.addStore("events")
    #expect(sample.rung(3) == .pass)
    sample.set(.integrity("events", "survives_restore")) {
      $0.outcome = Outcome(word, reason: "so it was")
      $0.control = nil
    }
    #expect(sample.rung(3) != .pass)
  }

  @Test func `A backup that is declared never to be restored is no pass of L3`() {
    var sample = Sample()
    sample.setAll(.restore, .skipped(reason: "declared"))
    #expect(sample.rung(3) == .skip)
    sample.setAll(.backup, .failed(reason: "an empty dump"))
    #expect(sample.rung(3) == .fail)
  }

  // MARK: Lifecycle

  @Test(arguments: Stage.allCases.filter { $0 != .functional })
  func `An overlay does not stand in for the generic tier`(_ stage: Stage) {
    var sample = Sample()
    sample.remove { $0.folder == "generic" && $0.stem == stage.rawValue }
    sample.add(
      CheckID(folder: "overlays", stem: stage.rawValue, name: "test_own"),
      .overlay,
      stage
    )
    #expect(sample.verdict("P1/\(stage)")?.word == .unproven)
    #expect(sample.rules.contains(Rule.genericTierMissing.rawValue))
    #expect(sample.status == .refuted)
  }

  @Test func `An upgrade to the same files is never a pass`() {
    var sample = Sample()
    sample.record.header.base = RecipeRevision(
      version: "1.0.0+1",
      tree: sample.record.header.target.tree
    )
    #expect(sample.verdict("P1/upgrade")?.isProven == false)
    #expect(sample.rung(2) != .pass)
    #expect(sample.rules.contains(Rule.baseEqualsTarget.rawValue))
    #expect(sample.status == .refuted)
  }

  @Test func `A functional check that never ran takes the functional rung away`() {
    var sample = Sample()
    let third = CheckID(folder: "functional", stem: "notes", name: "test_third")
    sample.add(third, .functional, .functional, strength: .state)
    sample.set(third, .notRun(reason: "the run died in functional"))
    #expect(sample.rung(4) == .unver)
  }

  // MARK: Corpus

  @Test(arguments: CorpusCoverage.State.allCases)
  func `Each state of the corpus has its verdict and its exit status`(
    _ state: CorpusCoverage.State
  ) {
    var sample = Sample()
    sample.corpus = Sample.corpus(state)
    let (word, status): (Verdict.Word, ExitStatus) =
      switch state {
      case .none: (.notApplicable, .proven)
      case .noEntry, .noScripts: (.vacuous, .proven)
      case .rootMissing, .unreadable: (.unproven, .broken)
      case .scripts: (.unproven, .proven)
      }
    #expect(sample.verdict("P2")?.word == word)
    #expect(sample.verdict("P2")?.reason == "the corpus says \(state.rawValue)")
    #expect(sample.status == status)
    #expect(sample.rules.contains(Rule.corpusUnreachable.rawValue) == (status == .broken))
  }
}
