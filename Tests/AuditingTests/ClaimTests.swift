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

  @Test func `A check without a control does not count for the floor`() {
    var sample = Sample()
    sample.setControl(Sample.first, .notPossible(reason: Reason(.declared(why: "it locks"))))
    #expect(sample.code("P3") == .tooFew(proven: 1, wanted: 2, failed: nil))
  }

  @Test func `A page that does not exist takes the claim away, and no rung`() {
    var sample = Sample()
    let third = CheckID(folder: "functional", stem: "notes", name: "test_third")
    sample.add(third, .functional, .functional, control: (.sibling, .passed))
    #expect(sample.code("P3/\(third)") == .answeredByAnyPath)
    #expect(sample.rules == [Rule.answeredByAnyPath.rawValue])
    #expect(sample.rung(4) == .pass)
    #expect(sample.status == .proven)
  }

  @Test(arguments: [
    (Doubt.elsewhere, Rule.addressElsewhere), (.absenceUnseen, .absenceWithoutPresence),
  ])
  func `What shows nothing is unproven below state, and told`(_ doubt: Doubt, _ rule: Rule) {
    for strength in [Strength.none, .ack, .content, .state] {
      var sample = Sample()
      sample.setStrength(Sample.first, strength)
      sample.setDoubts(Sample.first, [doubt])
      #expect(sample.verdict("P3/\(Sample.first)")?.isProven == (strength == .state))
      #expect(sample.rules.contains(rule.rawValue))
      #expect(!sample.rules.contains(Rule.checkOnlyAcknowledges.rawValue))
    }
  }

  /// Where redirects and addresses out of answers led is known only once it ran.
  @Test(arguments: [
    (Strength.state, [1], true), (.state, [2], true), (.state, [3], false), (.state, [], false),
    (.content, [1, 2, 3], true), (.content, [2], false),
  ])
  func `What another host answered is no evidence`(
    _ strength: Strength,
    _ away: [Int],
    _ isElsewhere: Bool
  ) {
    var sample = Sample()
    sample.setStrength(Sample.first, strength)
    if strength == .state {
      sample.setReadBack(
        Sample.first,
        ReadBack(actIndex: 0, readIndices: [1], freshNames: [], decoyPossible: true, why: "")
      )
    }
    sample.set(Sample.first) { check in
      check.steps = (1...3).map { number in
        var exchange = HTTPExchange(method: "GET", url: "http://a/", curl: "")
        if away.contains(number) { exchange.isElsewhere = true }
        var step = StepRecord(
          number: "\(number)",
          kind: "http",
          title: "GET /",
          place: nil,
          outcome: .passed
        )
        step.exchange = .http(exchange)
        step.assertions = [
          Assertion(
            .body,
            .contains(.template(Template(literal: "x"))),
            actual: .absent,
            holds: true
          )
        ]
        return step
      }
    }
    let told = sample.rules.contains(Rule.addressElsewhere.rawValue)
    #expect(told == isElsewhere)
    #expect(sample.verdict("P3/\(Sample.first)")?.isProven == !isElsewhere)
    if isElsewhere { #expect(sample.code("P3/\(Sample.first)") == .addressElsewhere) }
  }

  @Test func `A control of an overlay that passed is told`() {
    var sample = Sample()
    let overlay = CheckID(folder: "overlays", stem: "install", name: "test_page")
    sample.add(overlay, .overlay, .install, control: (.decoy, .passed))
    #expect(sample.rules == [Rule.checkCannotFail.rawValue])
    #expect(sample.status == .refuted)
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

  @Test(arguments: [true, false])
  func `A gate is shown as what it asks`(_ asksHTTP: Bool) {
    var sample = Sample()
    sample.suite.health.path = "/up"
    sample.suite.health.accepts = [200]
    sample.suite.health.tcp = ("db", 5432)
    sample.suite.health.asksHTTP = asksHTTP
    let gate = sample.coverage.gate
    #expect(gate.port == "db:5432")
    #expect(gate.path == (asksHTTP ? "/up" : nil))
    #expect(gate.accepts == (asksHTTP ? [200] : []))
    sample.suite.health.tcp = nil
    sample.suite.health.asksHTTP = true
    #expect(sample.coverage.gate.port == nil)
    #expect(sample.coverage.gate.path == "/up")
  }

  // MARK: Weak and repeated evidence

  @Test func `What could have been there before proves no claim`() {
    var sample = Sample()
    sample.setMayBeStale(Sample.first)
    #expect(sample.verdict("P3/\(Sample.first)") == .unproven(reason: Reason(.mayBeStale)))
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
    #expect(sample.code("P3") == .tooFew(proven: 1, wanted: 2, failed: nil))
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

  @Test func `Two checks of many rows that do the same are told once`() {
    var sample = Sample()
    let rows = ["test_a[1]", "test_a[2]", "test_b[1]", "test_b[2]", "test_b[3]"].map {
      CheckID(folder: "functional", stem: "notes", name: $0)
    }
    for row in rows {
      sample.add(row, .functional, .functional, strength: .state, control: (.decoy, .failed))
    }
    sample.setBehaviour(rows, "form")
    #expect(sample.rules == [Rule.sameBehaviourTwice.rawValue])
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
    let isEnough = ![Strength.none, .opaque, .ack].contains(strength)
    #expect(sample.verdict("P3/\(Sample.first)")?.isProven == isEnough)
    #expect(sample.rules.contains(Rule.checkOnlyAcknowledges.rawValue) == (strength == .ack))
  }

  @Test func `A script of which nothing is known proves nothing and speaks for no stage`() {
    var sample = Sample()
    sample.setStrength(Sample.first, .opaque)
    sample.set(Sample.first) { $0.control = ControlRecord(kind: .nowhere, result: .failed) }
    #expect(sample.code("P3/\(Sample.first)") == .onlyExited(check: nil))
    sample.set(Sample.first) { $0.control = ControlRecord(kind: .nowhere, result: .passed) }
    #expect(sample.code("P3/\(Sample.first)") == .passesNowhere(check: nil))
    #expect(sample.code("P3") == .tooFew(proven: 1, wanted: 2, failed: nil))
    let overlay = CheckID(folder: "overlays", stem: "install", name: "a.sh")
    sample.add(overlay, .overlay, .install, strength: .opaque)
    #expect(sample.verdict("P1/install")?.isProven == true)
    sample.set(overlay, .failed(reason: "exit 3"))
    #expect(sample.verdict("P1/install")?.word == .refuted)
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
    sample.set(Sample.first, .broken(reason: "connection reset"))
    #expect(sample.code("P3") == .tooFew(proven: 1, wanted: 2, failed: nil))
    sample.set(Sample.first, .passed)
    sample.setControl(Sample.first, nil)
    #expect(sample.code("P3") == .tooFew(proven: 1, wanted: 2, failed: nil))
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

  @Test func `A store that holds nothing does not apply, and nothing waits for it`() {
    var sample = Sample()
    let level = sample.coverage.level
    sample.addStore("cache", hasMarker: false)
    sample.setStore("cache") { $0.holdsNothing = "sessions only" }
    let row = sample.coverage.stores.first { $0.name == "cache" }
    let apart = Verdict.notApplicable(reason: .declared("sessions only"))
    #expect(row?.result == apart && row?.restored == apart && row?.upgrade == apart)
    #expect(row?.holdsNothing == "sessions only")
    #expect(sample.verdict("P4/cache/restored") == apart)
    #expect(sample.coverage.level == level && level == 4)
    #expect(sample.rules == [])
    #expect(sample.strictStatus == .proven)
  }

  @Test func `A store of which a part does not apply is no pass as a whole`() {
    var sample = Sample()
    sample.set(.integrity("db", "survives_upgrade"), .skipped(reason: "no older version"))
    let row = sample.coverage.stores.first { $0.name == "db" }
    #expect(row?.restored.isProven == true)
    #expect(row?.result.word == .notApplicable)
  }

  @Test func `A store that the app never wrote shows nothing of the app's data`() {
    var sample = Sample()
    sample.addNeverWritten("db")
    let row = sample.coverage.stores.first { $0.name == "db" }
    let unproven = Verdict.unproven(reason: Reason(.storeNeverWritten(store: "db")))
    #expect(row?.restored == unproven && row?.recovered == unproven && row?.upgrade == unproven)
    #expect(row?.result == unproven)
    #expect(sample.rules.contains(Rule.storeNeverWritten.rawValue))
    #expect(sample.coverage.level == 1)
  }

  @Test func `A store without a marker is an unproven row by its name and no pass of L3`() {
    var sample = Sample()
    sample.addStore("uploads", hasMarker: false)
    let row = sample.coverage.stores.first { $0.name == "uploads" }
    #expect(row?.result == .unproven(reason: Reason(.noMarker(store: "uploads"))))
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
    #expect(sample.rung(3) == .unver)
    #expect(sample.coverage.level == 2)
    #expect(sample.coverage.stores.map(\.result.word) == [.notApplicable])
    #expect(sample.status == .proven)
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
    #expect(sample.code("P2") == .corpus(state))
    #expect(sample.status == status)
    #expect(sample.rules.contains(Rule.corpusUnreachable.rawValue) == (status == .broken))
  }
}
