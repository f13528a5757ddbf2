import Evidence
import Formats
import Testing

/// One change at a time, and what it is called.
@Suite struct CoverageDiffTests {
  private static let standin = Standin(service: "app", what: "a double", versions: ["1"])

  private static func id(_ name: String, in stem: String = "a") -> CheckID {
    CheckID(folder: "functional", stem: stem, name: name)
  }

  private static let status = assertion(.status, .equals(number: 200))
  private static let contents = assertion(.body, .contains(.template(Template(literal: "x"))))
  private static let reason = Reason(.interrupted)

  private static func assertion(_ subject: Subject, _ predicate: Predicate) -> Assertion {
    Assertion(subject, predicate, actual: .absent, holds: true)
  }

  private static func check(
    _ name: String,
    in stem: String = "a",
    asserting: [Assertion] = [status, contents],
    body: String? = "b0"
  ) -> CheckCoverage {
    CheckCoverage(
      id: id(name, in: stem),
      kind: .functional,
      stage: .functional,
      about: "",
      place: SourcePlace(file: "functional/\(stem).yml", line: 3, column: 1),
      outcome: .passed,
      strength: .state,
      isHealth: false,
      control: ControlCoverage(kind: .decoy, result: .failed),
      evidence: [EvidenceStep(act: "GET /", assertions: asserting)],
      ports: [],
      body: body
    )
  }

  private static func claim(_ id: CheckID, _ verdict: Verdict = .proven) -> Claim {
    Claim(id: "P3/\(id)", part: .p3, verdict: verdict, checks: [id])
  }

  private static func model(
    _ checks: [CheckCoverage] = [check("test_a")],
    _ change: (inout CoverageModel) -> Void = { _ in }
  ) -> CoverageModel {
    var model = CoverageModel(
      recipe: "demo",
      driver: "local",
      standins: [],
      base: RecipeRevision(version: "1.0.0+v1", tree: "t1"),
      target: RecipeRevision(version: "1.1.0+v1", tree: "t2"),
      suiteTree: "s1",
      corpus: CorpusCoverage(
        state: .scripts,
        root: "c",
        path: "c/demo",
        recipes: 1,
        scripts: ["x.py"],
        tree: "c1",
        isSample: false,
        detail: nil,
        units: []
      ),
      policy: CoveragePolicy(functionalChecks: 2),
      level: 4,
      rungs: [RungCoverage(level: 4, name: "functional", state: .pass, reason: nil)],
      gate: GateCoverage(path: "/", port: nil, accepts: [200], requires: [], within: 60),
      claims: checks.map { claim($0.id) },
      checks: checks,
      stores: [],
      deferrals: [],
      notes: nil,
      findings: []
    )
    change(&model)
    return model
  }

  private static func diff(
    _ a: CoverageModel,
    _ b: CoverageModel,
    today: String = "2026-03-01"
  ) -> [String] {
    RecipeDiff(recipe: "demo", from: .init(a), to: .init(b), today: today).changes.map {
      "\($0.direction.rawValue) \($0.kind.rawValue) \($0.subject)"
    }
  }

  private static func changed(_ change: (inout CoverageModel) -> Void) -> [String] {
    diff(model(), model([check("test_a")], change))
  }

  @Test("a verdict is told once, with its direction")
  func verdicts() {
    let subject = "P3/functional/a::test_a"
    for (verdict, kind) in [
      (Verdict.refuted(reason: Self.reason), "newly-refuted"),
      (.unproven(reason: Self.reason), "newly-unproven"),
      (.vacuous(reason: Self.reason), "newly-vacuous"),
      (.deferred(reason: Self.reason, until: "y"), "newly-deferred"),
      (.notApplicable(reason: Self.reason), "newly-not-applicable"),
    ] {
      let told = Self.changed { model in
        model.claims[0].verdict = verdict
        model.checks[0].outcome = .failed(reason: Self.reason)
      }
      #expect(told == ["regression \(kind) \(subject)"])
    }
    let unproven = Self.model { $0.claims[0].verdict = .unproven(reason: Self.reason) }
    #expect(Self.diff(unproven, Self.model()) == ["progress newly-proven \(subject)"])
    let vacuous = Self.model { $0.claims[0].verdict = .vacuous(reason: Self.reason) }
    #expect(Self.diff(unproven, vacuous) == ["neutral newly-vacuous \(subject)"])
  }

  private static func model(_ change: (inout CoverageModel) -> Void) -> CoverageModel {
    model([check("test_a")], change)
  }

  @Test("a stand-in in the app's place is a regression, the app in its place no progress")
  func provenance() {
    let real = Self.model()
    let double = Self.model { model in
      model.standins = [Self.standin]
      model.claims[0].verdict = .provenOnStandin(reason: Reason(.standin(service: "app")))
    }
    #expect(Self.diff(real, double) == ["regression provenance demo"])
    #expect(Self.diff(double, real) == ["neutral provenance demo"])
    let unproven = Self.model { $0.claims[0].verdict = .unproven(reason: Self.reason) }
    #expect(
      Self.diff(unproven, double)
        == ["regression provenance demo", "neutral newly-proven P3/functional/a::test_a"]
    )
  }

  @Test("weaker and stronger evidence is told by what changed")
  func evidence() {
    let subject = "functional/a::test_a"
    let weaker = ["regression weakened \(subject)"]
    let stronger = ["progress strengthened \(subject)"]
    let cases: [((inout CheckCoverage) -> Void)] = [
      { $0.strength = .content }, { $0.control = nil }, { $0.isHealth = true },
      { $0.control?.result = .passed }, { $0.evidence[0].assertions.removeLast() },
      { $0.evidence[0].assertions[0] = Self.assertion(.status, .atLeast(200)) },
    ]
    for change in cases {
      let other = Self.model { change(&$0.checks[0]) }
      #expect(Self.diff(Self.model(), other) == weaker)
      #expect(Self.diff(other, Self.model()) == stronger)
    }
    let other = Self.model {
      $0.checks[0].evidence[0].assertions[0] = Self.assertion(.status, .equals(number: 204))
    }
    #expect(Self.diff(Self.model(), other) == ["neutral altered \(subject)"])
  }

  @Test("a store's marker and counts are evidence too")
  func stores() {
    func store(_ marker: String?, _ counts: [String]) -> CoverageModel {
      Self.model { model in
        model.stores = [
          StoreCoverage(
            name: "db",
            kind: .postgres,
            marker: marker,
            counts: counts,
            mechanism: nil,
            upgrade: .proven,
            dropped: .proven,
            restored: .proven,
            result: .proven
          )
        ]
      }
    }
    #expect(Self.diff(store("m", ["a"]), store(nil, ["a"])) == ["regression weakened P4/db"])
    #expect(Self.diff(store("m", ["a", "b"]), store("m", ["a"])) == ["regression weakened P4/db"])
    #expect(Self.diff(store("m", ["a"]), store("n", ["a"])) == ["neutral altered P4/db"])
  }

  @Test("a check under another id is the same check: by its body, or by its evidence")
  func renamed() {
    let renamed = Self.check("test_b", in: "c")
    #expect(
      Self.diff(Self.model(), Self.model([renamed])) == ["neutral renamed functional/c::test_b"]
    )
    // Another body and the same evidence: a file of schema 1 has no body at all.
    let older = Self.model([Self.check("test_a", body: nil)])
    #expect(Self.diff(older, Self.model([renamed])) == ["neutral renamed functional/c::test_b"])
    let weaker = Self.check("test_b", in: "c", asserting: [Self.status])
    #expect(
      Self.diff(Self.model(), Self.model([weaker])) == [
        "regression weakened functional/c::test_b", "neutral renamed functional/c::test_b",
      ]
    )
    let other = Self.check(
      "test_b",
      in: "c",
      asserting: [Self.assertion(.exit, .equals(number: 0))],
      body: "b9"
    )
    #expect(
      Self.diff(Self.model(), Self.model([other])) == [
        "regression lost P3/functional/a::test_a", "progress newly-proven P3/functional/c::test_b",
      ]
    )
  }

  @Test("a promise past its day is told where only one side makes it")
  func expired() {
    func deferring(_ until: String) -> CoverageModel {
      Self.model { $0.deferrals = [Deferral(what: "mail", why: "no server", until: until)] }
    }
    let (old, new) = (deferring("2026-02-28"), deferring("2026-03-01"))
    #expect(
      Self.diff(Self.model(), old) == ["neutral newly-deferred mail", "neutral expired mail"]
    )
    #expect(Self.diff(Self.model(), new) == ["neutral newly-deferred mail"])
    #expect(Self.diff(old, old).isEmpty)
    #expect(Self.diff(old, new) == ["neutral deferral-changed mail", "neutral unexpired mail"])
    #expect(Self.diff(Self.model(), deferring("a trigger")) == ["neutral newly-deferred mail"])
  }

  @Test("findings count by severity, and a waiver is no progress")
  func findings() {
    func having(_ severity: Finding.Severity, waived: String? = nil) -> CoverageModel {
      Self.model { model in
        model.findings = [
          Finding(rule: "r", severity: severity, message: "m", advice: "", waived: waived)
        ]
      }
    }
    #expect(Self.diff(Self.model(), having(.warning)) == ["regression finding-gained r"])
    #expect(Self.diff(having(.warning), Self.model()) == ["progress finding-lost r"])
    #expect(Self.diff(Self.model(), having(.note)) == ["neutral finding-gained r"])
    #expect(
      Self.diff(having(.error), having(.error, waived: "why")) == ["neutral finding-waived r"]
    )
    #expect(
      Self.diff(having(.error, waived: "why"), having(.error)) == ["regression finding-unwaived r"]
    )
  }

  @Test("levels, versions, the corpus and the suite have kinds of their own")
  func others() {
    #expect(Self.changed { $0.level = 2 } == ["regression level demo"])
    #expect(Self.changed { $0.level = 5 } == ["progress level demo"])
    #expect(Self.changed { $0.rungs[0].state = .fail } == ["regression rung L4 functional"])
    #expect(Self.changed { $0.target.version = "2.0.0+v2" } == ["neutral version target"])
    #expect(Self.changed { $0.suiteTree = "s2" } == ["neutral setup suite"])
    #expect(Self.changed { $0.gate.within = 9 } == ["neutral setup gate"])
    #expect(Self.changed { $0.policy.functionalChecks = 3 } == ["neutral setup policy"])
    #expect(Self.changed { $0.corpus.tree = "c2" } == ["neutral corpus corpus"])
    #expect(Self.changed { $0.corpus.state = .rootMissing } == ["regression corpus corpus"])
    #expect(Self.changed { $0.notes = "other" } == ["neutral wording notes"])
    let unit = UnitCoverage(id: "x.py", disposition: .ported, about: "", script: "", lines: [1, 1])
    var lost = unit
    lost.disposition = .missing
    let units = (Self.model { $0.corpus.units = [unit] }, Self.model { $0.corpus.units = [lost] })
    #expect(Self.diff(units.0, units.1) == ["regression disposition P2/x.py"])
    #expect(Self.diff(units.1, units.0) == ["progress disposition P2/x.py"])
  }

  @Test("a whole recipe is gained or lost in one line")
  func recipes() {
    let side = RecipeDiff.Side(Self.model())
    let gained = RecipeDiff(recipe: "demo", from: nil, to: side, today: "2026-03-01").changes
    #expect(gained.map(\.kind) == [.recipeGained])
    #expect(gained.map(\.direction) == [.progress])
    let lost = RecipeDiff(recipe: "demo", from: side, to: nil, today: "2026-03-01").changes
    #expect(lost.map(\.kind) == [.recipeLost])
    #expect(lost.map(\.direction) == [.regression])
    #expect(lost == gained.map(\.inverted))
  }

  @Test(
    "times are told beyond 30 % and a second, where both sides have them",
    arguments: [
      (10_000_000, 12_900_000, nil), (10_000_000, 13_100_000, "slower"),
      (13_100_000, 10_000_000, "faster"), (1_000_000, 2_000_000, nil),
      (1_000_000, 2_000_001, "slower"),
    ] as [(Int, Int, String?)]
  )
  func times(_ old: Int, _ new: Int, _ kind: String?) {
    let model = Self.model()
    let changes = RecipeDiff(
      recipe: "demo",
      from: .init(model, durations: [.install: old, .upgrade: 1]),
      to: .init(model, durations: [.install: new, .backup: 9_000_000_000]),
      today: "2026-03-01"
    ).changes
    #expect(changes.map(\.kind.rawValue) == (kind.map { [$0] } ?? []))
    #expect(changes.allSatisfy { $0.direction == .neutral })
    let one = RecipeDiff(
      recipe: "demo",
      from: .init(model, durations: [.install: old]),
      to: .init(model),
      today: "2026-03-01"
    )
    #expect(one.changes.isEmpty)
  }
}
