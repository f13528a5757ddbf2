import Formats
import Testing

@testable import Evidence

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
    RecipeDiff(recipe: "demo", from: .init(a), to: .init(b), today: today).allChanges.map {
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
    // A script that speaks through the fixture now needs no other proof that it can fail.
    func controlled(_ control: ControlCoverage?) -> CoverageModel {
      Self.model { $0.checks[0].control = control }
    }
    for kind in [ControlRecord.Kind.sibling, .nowhere] {
      let control = ControlCoverage(kind: kind, result: .failed)
      #expect(Self.diff(controlled(control), controlled(nil)) == ["neutral altered \(subject)"])
      let passed = ControlCoverage(kind: kind, result: .passed)
      #expect(Self.diff(controlled(control), controlled(passed)) == weaker)
    }
    let other = Self.model {
      $0.checks[0].evidence[0].assertions[0] = Self.assertion(.status, .equals(number: 204))
    }
    #expect(Self.diff(Self.model(), other) == ["neutral altered \(subject)"])
  }

  @Test("a comparison that more answers satisfy is weaker")
  func comparisons() throws {
    func text(_ text: String) -> Template { Template(literal: text) }
    func number(_ number: Int) -> TemplateTree { .number("\(number)") }
    func object(_ members: [(String, TemplateTree)]) -> TemplateTree {
      .object(members.map { .init(key: $0.0, value: $0.1) })
    }
    let whole = object([("a", number(1)), ("b", object([("c", number(2)), ("d", number(3))]))])
    let pairs: [(Predicate, Predicate)] = [
      (.greaterOrEqual(number(3)), .greaterOrEqual(number(1))),
      (.lessOrEqual(number(1)), .lessOrEqual(number(100))), (.less(number(2)), .less(number(29))),
      (.greater(number(0)), .greater(number(-5))),
      (.oneOf([number(404)]), .oneOf([number(200), number(404)])),
      (.contains(.template(text("<h1>Notes"))), .contains(.template(text("N")))),
      (.startsWith(text("1.1.")), .startsWith(text("1"))),
      (.endsWith(text("abc")), .endsWith(text("c"))),
      (.subset(whole), .subset(object([("a", number(1))]))),
      (.subset(whole), .subset(object([("a", number(1)), ("b", object([("c", number(2))]))]))),
      (.count([.equals(number(2))]), .count([.greaterOrEqual(number(1))])),
      (.startsWith(text("x")), .kind(.string)), (.kind(.string), .exists(true)),
      (.equals(number(2)), .not(.equals(number(3)))),
      (.not(.contains(.template(text("Error")))), .not(.contains(.template(text("Error: fatal"))))),
    ]
    for (strong, weak) in pairs {
      #expect(weak.demand(beside: strong) == .less, "\(strong) → \(weak)")
      #expect(strong.demand(beside: weak) == .more, "\(weak) → \(strong)")
      #expect(strong.demand(beside: strong) == .same)
    }
    let others: [(Predicate, Predicate)] = [
      (.equals(number(1)), .equals(number(2))), (.greater(number(1)), .less(number(9))),
      (.contains(.template(text("a"))), .contains(.template(text("b")))),
      (.contains(.template(text("a"))), .not(.contains(.template(text("a"))))),
      (.subset(object([("a", number(1))])), .subset(object([("b", number(1))]))),
      (.subset(object([("a", number(1))])), .subset(object([("a", number(2))]))),
      (.oneOf([number(1), number(2)]), .oneOf([number(2), number(3)])),
      (.matches(try Pattern("a")), .matches(try Pattern("b"))),
    ]
    for (a, b) in others {
      #expect(a.demand(beside: b) == .other, "\(b) → \(a)")
      #expect(b.demand(beside: a) == .other, "\(a) → \(b)")
    }
    func having(_ predicate: Predicate, isNever: Bool) -> CoverageModel {
      Self.model {
        let made = Assertion(
          .status,
          predicate,
          actual: .absent,
          holds: true,
          isNever: isNever
        )
        $0.checks[0].evidence[0].assertions[0] = made
      }
    }
    for (isNever, kind) in [(false, "regression weakened"), (true, "progress strengthened")] {
      let (a, b) = (having(pairs[0].0, isNever: isNever), having(pairs[0].1, isNever: isNever))
      #expect(Self.diff(a, b) == ["\(kind) functional/a::test_a"])
    }
  }

  @Test("what a carried check says as the functional one does is told once")
  func carried() {
    func model(_ assertions: [Assertion]) -> CoverageModel {
      var carried = Self.check("test_a", asserting: assertions)
      carried.id = CheckID(folder: "carried", stem: "restore.a", name: "test_a")
      return Self.model([carried, Self.check("test_a", asserting: assertions)])
    }
    let changes = RecipeDiff(
      recipe: "demo",
      from: .init(model([Self.status, Self.contents])),
      to: .init(model([Self.status])),
      today: "2026-03-01"
    ).changes
    #expect(changes.map(\.subject) == ["functional/a::test_a"])
    #expect(changes.first?.consequences.isEmpty == true)
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
            recovered: .proven,
            result: .proven
          )
        ]
      }
    }
    #expect(Self.diff(store("m", ["a"]), store(nil, ["a"])) == ["regression weakened P4/db"])
    #expect(Self.diff(store("m", ["a", "b"]), store("m", ["a"])) == ["regression weakened P4/db"])
    #expect(Self.diff(store("m", ["a"]), store("n", ["a"])) == ["neutral altered P4/db"])
    func stored(_ change: (inout StoreCoverage) -> Void) -> CoverageModel {
      var model = store("m", ["a"])
      change(&model.stores[0])
      return model
    }
    let pairs = [
      (stored { $0.change = ["UPDATE a"] }, stored { _ in }),
      (stored { _ in }, stored { $0.volatile = ["sessions"] }),
    ]
    for (strong, weak) in pairs {
      #expect(Self.diff(strong, weak) == ["regression weakened P4/db"])
      #expect(Self.diff(weak, strong) == ["progress strengthened P4/db"])
    }
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

  @Test("a waiver that ends later is weaker, and a finding in other words is no new one")
  func waivers() {
    func having(_ message: String, until: String? = nil, _ severity: Finding.Severity = .warning)
      -> CoverageModel
    {
      Self.model { model in
        var finding = Finding(rule: "r", severity: severity, message: message, advice: "")
        finding.about = ["db"]
        finding.waived = until.map { _ in "why" }
        finding.waivedUntil = until
        model.findings = [finding]
      }
    }
    let waiver = "waiver of r"
    let (near, far) = (having("m", until: "2027-01-01"), having("m", until: "2035-01-01"))
    #expect(Self.diff(near, far) == ["regression weakened \(waiver)"])
    #expect(Self.diff(far, near) == ["progress strengthened \(waiver)"])
    let never = having("m", until: "somebody has time")
    #expect(Self.diff(near, never) == ["regression weakened \(waiver)"])
    #expect(Self.diff(having("1 of 2"), having("0 of 2")) == ["neutral altered r"])
    #expect(
      Self.diff(having("1 of 2"), having("2 of 2", .error)) == ["regression finding-gained r"]
    )
  }

  @Test("what takes more for ready, or asks for less, is weaker")
  func setups() {
    #expect(Self.changed { $0.gate.within = 600 } == ["regression weakened gate"])
    #expect(Self.changed { $0.gate.accepts = [200, 500] } == ["regression weakened gate"])
    #expect(Self.changed { $0.gate.path = "/x" } == ["neutral altered gate"])
    #expect(Self.changed { $0.policy.functionalChecks = 1 } == ["regression weakened policy"])
    #expect(Self.changed { $0.gate.steady = 0 } == ["regression weakened gate"])
    #expect(Self.changed { $0.gate.steady = 9000 } == ["progress strengthened gate"])
    #expect(Self.changed { $0.restarts = ["app"] } == ["regression weakened restart_after_restore"])
    func hooked(_ assertions: [Assertion], _ act: String = "GET /") -> CoverageModel {
      let step = EvidenceStep(act: act, assertions: assertions)
      return Self.model { $0.hooks = [HookCoverage(name: "pre_backup", steps: [step])] }
    }
    #expect(Self.diff(hooked([Self.status]), hooked([])) == ["regression weakened pre_backup"])
    #expect(Self.diff(hooked([]), hooked([], "POST /")) == ["neutral altered pre_backup"])
    #expect(Self.diff(Self.model(), hooked([])) == ["neutral altered pre_backup"])
    func helped(_ acts: String...) -> CoverageModel {
      let steps = acts.map { EvidenceStep(act: $0, assertions: []) }
      return Self.model { $0.hooks = [HookCoverage(name: "post_restore", steps: steps)] }
    }
    #expect(Self.diff(Self.model(), helped("a")) == ["regression weakened post_restore"])
    #expect(Self.diff(helped("a", "b"), helped("b")) == ["progress strengthened post_restore"])
    #expect(Self.diff(helped("a"), helped("b")) == ["neutral altered post_restore"])
    func watched(_ never: Int?) -> CoverageModel {
      Self.model { $0.checks[0].evidence[0].never = never }
    }
    #expect(
      Self.diff(watched(2_000), watched(200)) == ["regression weakened functional/a::test_a"]
    )
    func retried(_ within: Int?) -> CoverageModel {
      var check = Self.check("test_a")
      check.evidence[0].within = within
      return Self.model([check])
    }
    let subject = "functional/a::test_a"
    #expect(Self.diff(retried(nil), retried(600_000)) == ["regression weakened \(subject)"])
    #expect(Self.diff(retried(600_000), retried(60_000)) == ["progress strengthened \(subject)"])
  }

  @Test("a script that had shown something and is another now is a regression")
  func scripts() {
    func having(_ hash: String, _ outcome: Outcome = .passed) -> CoverageModel {
      var check = Self.check("smoke.sh", in: "smoke")
      check.scripts = [ScriptSource(path: "functional/smoke.sh", hash: hash)]
      check.outcome = outcome
      return Self.model([check])
    }
    let subject = "script-changed functional/smoke::smoke.sh"
    #expect(Self.diff(having("a"), having("b")) == ["regression \(subject)"])
    let failed = having("a", .failed(reason: Self.reason))
    #expect(Self.diff(failed, having("b")).contains("neutral \(subject)"))
    #expect(Self.diff(Self.model([Self.check("smoke.sh", in: "smoke")]), having("b")) == [])
  }

  @Test("an original that asks for less is weaker, whatever its lock says")
  func originals() {
    func held(_ facts: [String], _ disposition: UnitCoverage.Disposition = .ported) -> CoverageModel
    {
      Self.model { model in
        var unit = UnitCoverage(id: "x.py", about: "", script: "x.py", lines: [1, 2])
        unit.facts = facts
        unit.disposition = disposition
        unit.isPinned = true
        model.corpus.units = [unit]
        model.corpus.tree = "\(facts)"
        model.corpus.pins = "\(facts)"
      }
    }
    let changes = RecipeDiff(
      recipe: "demo",
      from: .init(held(["GET /: status is 200", "GET /: body contains x"])),
      to: .init(held(["GET /: status is 200"])),
      today: "2026-03-01"
    ).changes
    #expect(changes.map(\.kind) == [.weakened])
    #expect(changes.map(\.direction) == [.regression])
    #expect(changes[0].details.map(\.before) == ["GET /: body contains x"])
    // The other tree and the other lock follow from it.
    #expect(changes[0].consequences.map(\.kind) == [.corpus])
    #expect(
      Self.diff(held(["a"]), held(["a"], .covered)) == ["regression disposition P2/x.py"]
    )
  }

  @Test("one edit is one change, and what follows from it stands under it")
  func consequences() {
    let before = Self.model { model in
      model.claims.append(
        Claim(id: "P3", part: .p3, verdict: .proven, checks: [model.checks[0].id])
      )
    }
    var after = before
    let reason = Reason(.notPerformed)
    after.checks[0].outcome = .failed(reason: reason)
    after.checks[0].body = "b1"
    after.claims = after.claims.map { claim in
      var claim = claim
      claim.verdict = .refuted(reason: reason)
      return claim
    }
    after.level = 0
    after.rungs[0].state = .fail
    after.suiteTree = "s2"
    var finding = Finding(rule: "r", severity: .warning, message: "m", advice: "")
    finding.about = ["functional/a::test_a"]
    after.findings = [finding]
    let changes = RecipeDiff(
      recipe: "demo",
      from: .init(before),
      to: .init(after),
      today: "2026-03-01"
    ).changes
    #expect(changes.map(\.subject) == ["P3/functional/a::test_a"])
    #expect(
      changes[0].consequences.map(\.kind) == [
        .newlyRefuted, .level, .rung, .findingGained, .altered, .setup,
      ]
    )
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
      Self.diff(having(.error), having(.error, waived: "why")) == ["regression finding-waived r"]
    )
    #expect(
      Self.diff(having(.error, waived: "why"), having(.error)) == ["neutral finding-unwaived r"]
    )
  }

  @Test("levels, versions, the corpus and the suite have kinds of their own")
  func others() {
    #expect(Self.changed { $0.level = 2 } == ["regression level demo"])
    #expect(Self.changed { $0.level = 5 } == ["progress level demo"])
    #expect(Self.changed { $0.rungs[0].state = .fail } == ["regression rung L4 functional"])
    #expect(Self.changed { $0.target.version = "2.0.0+v2" } == ["neutral version target"])
    #expect(Self.changed { $0.suiteTree = "s2" } == ["neutral setup suite"])
    #expect(Self.changed { $0.gate.within = 9 } == ["progress strengthened gate"])
    #expect(Self.changed { $0.policy.functionalChecks = 3 } == ["progress strengthened policy"])
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

  @Test("a recipe beside it that comes, goes or has another version is told")
  func dependencies() {
    func model(_ version: String?) -> CoverageModel {
      Self.model { model in
        model.dependencies = version.map { version in
          let revision = RecipeRevision(version: version, tree: "t\(version)")
          return [DependencyFacts(recipe: "sso", revision: revision)]
        }
      }
    }
    let told = ["neutral version dependency sso"]
    #expect(Self.diff(model("1"), model("2")) == told)
    #expect(Self.diff(model(nil), model("1")) == told)
    #expect(Self.diff(model("1"), model(nil)) == told)
    #expect(Self.diff(model("1"), model("1")) == [])
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
