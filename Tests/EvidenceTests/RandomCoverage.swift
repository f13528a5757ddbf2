import SeededGenerators

@testable import Evidence

/// Coverages as nobody would write them, and small changes to them.
struct RandomCoverage {
  var generator: SeededGenerator

  init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

  private static let texts = [
    "a", "status == 200", "é", "e\u{301}", "line\nfeed \"quoted\" \\ \t", "\u{1F980}", "</b>|`*",
    "a longer text that does not fit into sixteen bytes", "2024-01-01", "2099-12-31", "\u{0}\u{7F}",
  ]

  mutating func text() -> String { generator.pick(Self.texts) }
  mutating func chance(_ outOf: Int) -> Bool { generator.below(outOf) == 0 }
  mutating func some<T>(_ make: (inout Self) -> T) -> T? { chance(2) ? make(&self) : nil }
  mutating func list<T>(_ limit: Int, _ make: (inout Self) -> T) -> [T] {
    (0..<generator.below(limit + 1)).map { _ in make(&self) }
  }

  mutating func place() -> SourcePlace {
    SourcePlace(file: text(), line: generator.below(900) + 1, column: 1)
  }

  mutating func id(_ number: Int) -> CheckID {
    CheckID(folder: "functional", stem: generator.pick(["a", "b/c", "é"]), name: "test_\(number)")
  }

  mutating func verdict() -> Verdict {
    switch generator.below(7) {
    case 0: .proven
    case 1: .provenOnStandin(reason: reason())
    case 2: .refuted(reason: reason())
    case 3: .unproven(reason: reason())
    case 4: .vacuous(reason: reason())
    case 5: .deferred(reason: reason(), until: text())
    default: .notApplicable(reason: reason())
    }
  }

  mutating func outcome() -> Outcome {
    Outcome(generator.pick(Outcome.Word.allCases), reason: reason())
  }

  mutating func control() -> ControlCoverage {
    let results: [ControlRecord.Result] = [
      .failed, .passed, .broken(reason: reason()), .notPossible(reason: reason()),
    ]
    return ControlCoverage(
      kind: generator.pick(ControlRecord.Kind.allCases),
      result: generator.pick(results)
    )
  }

  mutating func origin() -> RecipeOrigin {
    var origin = RecipeOrigin(
      address: "https://git.example.org/notes",
      ref: some { $0.generator.pick(["main", "v1"]) },
      commit: String(repeating: "a", count: 40)
    )
    origin.isShallow = some { _ in true }
    origin.isOffline = some { _ in true }
    origin.rewrittenFrom = some { _ in String(repeating: "b", count: 40) }
    origin.movedTags = some { _ in ["v1"] }
    return origin
  }

  mutating func step() -> EvidenceStep {
    var step = EvidenceStep(
      act: generator.pick(["GET /", "POST /api", "é"]),
      assertions: list(3) { random in
        let often: [(Subject, Predicate)] = [
          (.status, .equals(number: 200)), (.status, .equals(number: 500)),
          (.status, .atLeast(200)), (.body, .contains(.template(Template(literal: "x")))),
        ]
        guard !random.chance(3) else { return random.assertion() }
        let (subject, predicate) = random.generator.pick(often)
        return Assertion(subject, predicate, actual: random.actual(), holds: random.chance(2))
      },
      within: some { $0.generator.pick([1_000, 60_000]) },
      never: some { $0.generator.pick([1_000, 60_000]) }
    )
    step.shared = some { _ in "steps/login.yml" }
    return step
  }

  mutating func check(_ number: Int) -> CheckCoverage {
    CheckCoverage(
      id: id(number),
      kind: generator.pick(CheckKind.allCases),
      stage: generator.pick(Stage.allCases),
      about: text(),
      place: some { $0.place() },
      outcome: outcome(),
      strength: generator.pick(Strength.allCases),
      isHealth: chance(2),
      control: some { $0.control() },
      evidence: list(3) { $0.step() },
      ports: list(2) { $0.text() },
      body: some { $0.generator.pick(["b1", "b2", "b3"]) },
      scripts: some {
        $0.list(2) { ScriptSource(path: "functional/a.sh", hash: $0.generator.pick(["1", "2"])) }
      }
    )
  }

  mutating func store(_ number: Int) -> StoreCoverage {
    var store = StoreCoverage(
      name: "store\(number)",
      kind: generator.pick(StoreFacts.Kind.allCases),
      marker: some { $0.text() },
      drop: some { $0.list(3) { $0.text() } },
      counts: list(3) { $0.text() },
      mechanism: some { $0.text() },
      upgrade: verdict(),
      dropped: verdict(),
      restored: verdict(),
      recovered: verdict(),
      result: verdict()
    )
    store.words = some { $0.text() }
    store.planted = some { $0.list(2) { $0.text() } }
    store.holdsNothing = some { $0.text() }
    store.change = some { $0.list(2) { $0.text() } }
    store.volatile = some { $0.list(2) { $0.text() } }
    return store
  }

  mutating func unit(_ number: Int) -> UnitCoverage {
    UnitCoverage(
      id: "unit_\(number).py",
      disposition: generator.pick(UnitCoverage.Disposition.allCases),
      why: some { $0.text() },
      about: text(),
      script: text(),
      lines: [generator.below(9), 20],
      checks: list(1) { $0.id($0.generator.below(5)) },
      strength: some { $0.generator.pick(Strength.allCases) },
      facts: list(2) { $0.text() },
      changes: list(2) { $0.text() },
      weaker: list(1) { $0.gap() },
      unread: list(1) { $0.gap() },
      isPinned: chance(2)
    )
  }

  mutating func corpus() -> CorpusCoverage {
    CorpusCoverage(
      state: generator.pick(CorpusCoverage.State.allCases),
      root: text(),
      path: text(),
      recipes: generator.below(30),
      scripts: list(3) { $0.text() },
      tree: some { $0.text() },
      commit: some { $0.text() },
      isSample: chance(2),
      detail: some { $0.text() },
      units: some { random in random.numbers().map { random.unit($0) } },
      pins: some { $0.text() }
    )
  }

  mutating func gate() -> GateCoverage {
    var gate = GateCoverage(
      path: some { $0.text() },
      port: some { $0.text() },
      accepts: list(2) { $0.generator.pick([200, 204, 302]) },
      requires: list(2) { .init(key: $0.text(), value: $0.text()) },
      within: generator.below(3),
      steady: some { $0.generator.pick([500, 2_000, 9_000]) }
    )
    gate.why = some { $0.text() }
    return gate
  }

  /// Some of the numbers from 0, so that two models have things in common.
  mutating func numbers() -> [Int] { (0..<5).filter { _ in chance(2) } }

  mutating func claims(_ checks: [CheckCoverage]) -> [Claim] {
    let ofChecks = checks.filter { _ in chance(2) }.map {
      Claim(
        id: "P3/\($0.id)",
        part: .p3,
        about: text(),
        verdict: verdict(),
        checks: [$0.id]
      )
    }
    let stores = ["P1/install", "P2", "P2/unit_1.py", "P4/store1/restored"].map {
      Claim(id: $0, part: .p4, about: text(), verdict: verdict(), checks: [])
    }
    return ofChecks + stores.filter { _ in chance(2) }
  }

  mutating func model() -> CoverageModel {
    let checks = numbers().map { check($0) }
    var model = CoverageModel(
      recipe: "demo",
      driver: generator.pick(["local", "swarm"]),
      standins: list(2) { random in
        Standin(service: random.text(), what: random.text(), versions: random.list(2) { $0.text() })
      },
      base: some { RecipeRevision(version: $0.text(), tree: $0.text()) },
      target: RecipeRevision(version: text(), tree: text()),
      suiteTree: text(),
      corpus: corpus(),
      policy: CoveragePolicy(functionalChecks: generator.below(3)),
      level: generator.below(6),
      rungs: numbers().map {
        RungCoverage(
          level: $0,
          name: "rung",
          state: generator.pick(RungCoverage.State.allCases),
          reason: some { $0.reason() }
        )
      },
      gate: gate(),
      claims: claims(checks),
      checks: checks,
      stores: numbers().map { store($0) },
      deferrals: numbers().map { Deferral(what: "thing \($0)", why: text(), until: text()) },
      notes: some { $0.text() },
      findings: numbers().map {
        Finding(
          rule: "rule-\($0)",
          severity: generator.pick(Finding.Severity.allCases),
          message: text(),
          because: some { $0.reason() },
          place: some { $0.place() },
          advice: text(),
          about: list(2) { $0.text() },
          waived: some { $0.text() },
          waivedUntil: some { $0.text() }
        )
      }
    )
    model.about = some { $0.text() }
    model.dependencies = some { random in
      random.list(2) {
        DependencyFacts(
          recipe: $0.text(),
          revision: RecipeRevision(version: $0.text(), tree: $0.text())
        )
      }
    }
    model.access = some { random in
      random.chance(2)
        ? .tunnel(service: random.text(), port: 80)
        : .proxy(url: random.text(), trust: random.some { .unchecked(why: $0.text()) })
    }
    model.imported = some { random in
      ImportedSource(
        file: random.text(),
        format: .ctrf,
        sha256: random.text(),
        finished: random.some { $0.text() },
        changed: random.some { $0.text() },
        isUncommitted: random.chance(2)
      )
    }
    model.hooks = some { random in
      ["pre_backup", "post_restore"].filter { _ in random.chance(2) }.map { name in
        HookCoverage(name: name, steps: random.list(2) { $0.step() })
      }
    }
    model.origin = some { $0.origin() }
    model.restarts = some { $0.list(2) { $0.generator.pick(["app", "db"]) } }
    return model
  }

  /// The same model with its lists in another order.
  mutating func shuffled(_ model: CoverageModel) -> CoverageModel {
    var model = model
    model.standins.shuffle(using: &generator)
    model.rungs.shuffle(using: &generator)
    model.claims.shuffle(using: &generator)
    model.checks.shuffle(using: &generator)
    model.stores.shuffle(using: &generator)
    model.deferrals.shuffle(using: &generator)
    model.findings.shuffle(using: &generator)
    model.corpus.units?.shuffle(using: &generator)
    model.corpus.scripts.shuffle(using: &generator)
    for index in model.stores.indices { model.stores[index].counts.shuffle(using: &generator) }
    for index in model.checks.indices { model.checks[index].ports.shuffle(using: &generator) }
    return model
  }

  /// The model with a few things as another model has them.
  mutating func changed(_ model: CoverageModel) -> CoverageModel {
    let other = self.model()
    var model = model
    if chance(3) { model.standins = other.standins }
    if chance(3) { model.level = other.level }
    if chance(3) { model.rungs = other.rungs }
    if chance(3) { model.findings = other.findings }
    if chance(3) { model.deferrals = other.deferrals }
    if chance(3) { model.corpus = other.corpus }
    if chance(3) { model.stores = other.stores }
    for index in model.claims.indices where chance(2) { model.claims[index].verdict = verdict() }
    for index in model.checks.indices where chance(3) {
      let id = model.checks[index].id
      model.checks[index].id = CheckID(folder: id.folder, stem: "renamed", name: id.name)
    }
    for index in model.checks.indices where chance(3) {
      model.checks[index].evidence = list(3) { $0.step() }
      model.checks[index].strength = generator.pick(Strength.allCases)
    }
    return model
  }
}
