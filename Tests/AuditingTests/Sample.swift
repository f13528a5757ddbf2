@testable import Auditing
@testable import Evidence
@testable import Suites

/// The tool's own, not the one of exit tests.
typealias ExitStatus = Auditing.ExitStatus

/// A run as values: all of it passed, until a test changes something.
struct Sample {
  var record: RunRecord
  var suite: Suite
  var corpus: CorpusCoverage
  var policy = Project.Policy()
  var held = HeldCorpus()
  /// The scripts of the corpus, by path.
  var texts: [String: String] = [:]

  static let first = CheckID(folder: "functional", stem: "notes", name: "test_first")
  static let second = CheckID(folder: "functional", stem: "notes", name: "test_second")
  static let place = SourcePlace(file: "recipe.yml", line: 3, column: 1)

  init() {
    suite = Suite(recipe: "demo", folder: "/suites/demo")
    corpus = Self.corpus(.none)
    let plan = Plan(
      recipe: "demo",
      driver: "local",
      base: RecipeRevision(version: "1.0.0+1", tree: "aaaa"),
      target: RecipeRevision(version: "1.1.0+1", tree: "bbbb"),
      suiteTree: "cccc"
    )
    let header = RunHeader(
      id: "20260101T000000Z-abcd",
      toolVersion: "0.1.0",
      startedAt: "2026-01-01T00:00:00.000Z",
      host: "host",
      plan: plan
    )
    record = RunRecord(
      header: header,
      stages: Stage.allCases.map { StageRecord(stage: $0, outcome: .passed) },
      checks: [],
      findings: [],
      end: .finished,
      microseconds: 1
    )
    for stage in Stage.allCases where stage != .functional {
      add(.generic(stage, stage == .teardown ? "nothing_left" : "serving"), .generic, stage)
    }
    addStore("db")
    for id in [Self.first, Self.second] {
      add(id, .functional, .functional, strength: .state, control: (.decoy, .failed))
    }
  }

  static func corpus(_ state: CorpusCoverage.State) -> CorpusCoverage {
    CorpusCoverage(
      state: state,
      root: "corpus",
      path: "corpus/demo/tests",
      recipes: 4,
      scripts: state == .scripts ? ["health.py"] : [],
      tree: "dddd",
      isSample: false,
      detail: nil
    )
  }

  // MARK: Making

  mutating func add(
    _ id: CheckID,
    _ kind: CheckKind,
    _ stage: Stage,
    strength: Strength = .content,
    control: (ControlRecord.Kind, ControlRecord.Result)? = nil
  ) {
    record.header.planned.append(
      PlannedCheck(
        id: id,
        kind: kind,
        stage: stage,
        about: "",
        place: Self.place,
        strength: strength,
        isHealth: false,
        steps: [],
        ports: []
      )
    )
    record.checks.append(
      CheckRecord(
        id: id,
        kind: kind,
        stage: stage,
        outcome: .passed,
        control: control.map { ControlRecord(kind: $0.0, result: $0.1) }
      )
    )
  }

  mutating func addNeverWritten(_ store: String) {
    let id = CheckID.integrity(store, "written_by_app")
    add(id, .integrity, .functional, strength: .ack)
    set(id, .skipped(reason: Reason(.storeNeverWritten(store: store))))
  }

  mutating func setStore(_ name: String, _ change: (inout StoreFacts) -> Void) {
    for index in record.header.stores.indices where record.header.stores[index].name == name {
      change(&record.header.stores[index])
    }
  }

  mutating func addStore(_ name: String, hasMarker: Bool = true) {
    record.header.stores.append(
      StoreFacts(
        name: name,
        kind: .postgres,
        services: [name],
        volumes: [],
        hasMarker: hasMarker,
        mechanism: "pg_dump",
        counts: []
      )
    )
    guard hasMarker else { return }
    suite.integrity[name] = IntegrityEntry(
      store: name,
      prepare: [],
      seed: [],
      drop: [],
      change: [],
      verify: [],
      counts: [],
      place: Self.place
    )
    add(.integrity(name, "seeded"), .integrity, .install, strength: .state)
    add(.integrity(name, "survives_upgrade"), .integrity, .upgrade, strength: .state)
    add(.integrity(name, "seeded_for_backup"), .integrity, .backup, strength: .state)
    add(
      .integrity(name, "survives_restore"),
      .integrity,
      .restore,
      strength: .state,
      control: (.dropped, .failed)
    )
    add(.integrity(name, "recovered"), .integrity, .recover, strength: .state)
  }

  // MARK: Changing

  mutating func set(_ id: CheckID, _ change: (inout CheckRecord) -> Void) {
    for index in record.checks.indices where record.checks[index].id == id {
      change(&record.checks[index])
    }
  }

  mutating func set(_ id: CheckID, _ outcome: Outcome) { set(id) { $0.outcome = outcome } }

  /// A script that a proxy saw ask: method, address, and status, nil where no answer came.
  mutating func recordScript(_ id: CheckID, _ seen: [(String, String, Int?)]) {
    var script = CommandExchange(service: nil, argv: ["./x"], ending: "exit 0")
    script.recorded = seen.count
    func step(_ number: String, _ kind: String, _ exchange: Exchange, _ outcome: Outcome)
      -> StepRecord
    {
      StepRecord(
        number: number,
        kind: kind,
        title: kind,
        place: Self.place,
        outcome: outcome,
        exchange: exchange
      )
    }
    set(id) { check in
      check.steps = [step("1", "script", .command(script), .passed)]
      check.steps += seen.enumerated().map { index, one in
        let http = HTTPExchange(method: one.0, url: one.1, status: one.2, curl: "")
        let outcome: Outcome = one.2 == nil ? .broken(reason: "no answer") : .passed
        return step("1.\(index + 1)", "recorded", .http(http), outcome)
      }
    }
  }

  mutating func setControl(_ id: CheckID, _ result: ControlRecord.Result?) {
    set(id) { check in
      let kind: ControlRecord.Kind = check.kind == .integrity ? .dropped : .decoy
      check.control = result.map { ControlRecord(kind: kind, result: $0) }
    }
  }

  mutating func setStrength(_ id: CheckID, _ strength: Strength) {
    for index in record.header.planned.indices where record.header.planned[index].id == id {
      record.header.planned[index].strength = strength
    }
  }

  mutating func setReadBack(_ id: CheckID, _ readBack: ReadBack) {
    for index in record.header.planned.indices where record.header.planned[index].id == id {
      record.header.planned[index].readBack = readBack
    }
  }

  mutating func setDoubts(_ id: CheckID, _ doubts: [Doubt]) {
    for index in record.header.planned.indices where record.header.planned[index].id == id {
      record.header.planned[index].doubts = doubts
    }
  }

  /// Of a check of content: one of state never is.
  mutating func setMayBeStale(_ id: CheckID) {
    setStrength(id, .content)
    for index in record.header.planned.indices where record.header.planned[index].id == id {
      record.header.planned[index].mayBeStale = true
    }
  }

  mutating func setBehaviour(_ ids: [CheckID], _ form: String) {
    for index in record.header.planned.indices where ids.contains(record.header.planned[index].id) {
      record.header.planned[index].behaviour = form
    }
  }

  mutating func setStage(_ stage: Stage, _ change: (inout StageRecord) -> Void) {
    for index in record.stages.indices where record.stages[index].stage == stage {
      change(&record.stages[index])
    }
  }

  /// A stage and all its checks.
  mutating func setAll(_ stage: Stage, _ outcome: Outcome) {
    setStage(stage) { $0.outcome = outcome }
    for index in record.checks.indices where record.checks[index].stage == stage {
      record.checks[index].outcome = outcome
      record.checks[index].control = outcome.isPassed ? record.checks[index].control : nil
    }
  }

  mutating func remove(_ matches: (CheckID) -> Bool) {
    record.header.planned.removeAll { matches($0.id) }
    record.checks.removeAll { matches($0.id) }
  }

  /// Makes it one of two runs over the same files.
  mutating func merge(with change: (inout Sample) -> Void) {
    var other = self
    other.record.header.id += "-again"
    change(&other)
    let records = [record, other.record]
    record = (try? AttemptMerge(records).record(id: record.header.id)) ?? record
  }

  mutating func addStandin() {
    record.header.standins = [Standin(service: "app", what: "a small server", versions: [])]
  }

  // MARK: Looking

  var audit: Audit {
    Audit(
      record: record,
      suite: suite,
      corpus: corpus,
      policy: policy,
      held: held
    )
  }

  var coverage: CoverageModel { audit.coverage() }
  var status: ExitStatus { ExitStatus(coverage: coverage, record: record) }
  var strictStatus: ExitStatus { ExitStatus(coverage: coverage, record: record, strict: true) }
  var rules: [String] { coverage.findings.map(\.rule) }

  func verdict(_ claim: String) -> Verdict? {
    coverage.claims.first { $0.id == claim }?.verdict
  }

  /// Why the verdict of a claim is what it is.
  func code(_ claim: String) -> Reason.Code? { verdict(claim)?.reason?.code }

  func rung(_ level: Int) -> RungCoverage.State? {
    coverage.rungs.first { $0.level == level }?.state
  }
}
