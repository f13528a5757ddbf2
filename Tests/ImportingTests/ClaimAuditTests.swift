import Evidence
import Testing

@testable import Importing

@Suite struct ClaimAuditTests {
  private static let view = CheckID(folder: "functional", stem: "events", name: "test_view")
  private static let health = CheckID(folder: "functional", stem: "health", name: "test_up")

  private func check(
    _ id: CheckID,
    _ outcome: Outcome = .passed,
    _ strength: Strength = .state,
    acts: [String] = ["POST /api/event"]
  ) -> CheckCoverage {
    CheckCoverage(
      id: id,
      kind: .functional,
      stage: .functional,
      about: "",
      place: nil,
      outcome: outcome,
      strength: strength,
      isHealth: false,
      control: nil,
      evidence: acts.map { EvidenceStep(act: $0, assertions: []) },
      ports: []
    )
  }

  private func ground(
    checks: [CheckCoverage],
    claims: [Claim] = [],
    stores: [StoreCoverage] = [],
    standin: Bool = false,
    corpus: CorpusCoverage.State = .noEntry,
    scripts: [String] = [],
    ports: [String: [CheckID]] = [:],
    changes: [String] = []
  ) -> ClaimGround {
    let source = ImportedSource(file: "x", format: .junit, sha256: "0")
    let header = RunHeader(
      id: "r",
      toolVersion: "1",
      startedAt: "2026-01-01T00:00:00Z",
      host: "",
      plan: ImportedRun.plan(recipe: "demo", version: nil, source)
    )
    var coverage = ImportedCoverage.make(RunRecord(unrun: header, because: .told("x")), source)
    coverage.checks = checks
    coverage.claims = claims
    coverage.stores = stores
    coverage.gate = GateCoverage(
      path: "/api/health",
      port: nil,
      accepts: [200],
      requires: [],
      within: 1
    )
    if standin { coverage.standins = [Standin(service: "app", what: "w", versions: [])] }
    return ClaimGround(
      coverage: coverage,
      source: "run r",
      changes: changes,
      checks: [(Self.view, "functional/events.yml"), (Self.health, "functional/health.yml")],
      files: ["functional/events.yml", "functional/health.yml", "functional/test_other.py"],
      functions: ["functional/test_other.py": ["test_never"]],
      ports: ports,
      corpus: CorpusCoverage(
        state: corpus,
        root: "recipe-info",
        path: "recipe-info/demo",
        recipes: 2,
        scripts: scripts,
        tree: nil,
        isSample: false,
        detail: nil
      )
    )
  }

  private func judge(_ page: String, _ ground: ClaimGround) throws -> [JudgedClaim] {
    ClaimAudit(ground) { "\($0.code)" }.judge(try PageReader.read(page))
  }

  private func list(_ lines: String...) -> String {
    "# demo — parity\n\n## P3 — tests\n" + lines.map { "- \($0)\n" }.joined()
  }

  private func codes(_ one: JudgedClaim) -> [ClaimRemark.Code] { one.remarks.map(\.code) }

  @Test func `A test that ran and passed holds, on a stand-in with that word`() throws {
    let page = list("`functional/events.yml::test_view` — POST /api/event")
    let ran = ground(checks: [check(Self.view)])
    #expect(try judge(page, ran).map(\.word) == [.holds])
    let standin = ground(checks: [check(Self.view)], standin: true)
    #expect(try judge(page, standin).map(\.word) == [.standin])
    let proven = ground(
      checks: [check(Self.view)],
      claims: [
        Claim(
          id: "P3/\(Self.view)",
          part: .p3,
          verdict: .unproven(reason: Reason(.controlMissing)),
          checks: [Self.view]
        )
      ]
    )
    #expect(try judge(page, proven).map(\.word) == [.unproven])
  }

  @Test(arguments: [
    ("`functional/gone.py`", ClaimRemark.Code.pathMissing, JudgedClaim.Word.refuted),
    ("`functional/events.yml::test_gone`", .functionAbsent, .refuted),
    ("`functional/test_other.py::test_never`", .neverExecuted, .unproven),
    ("`functional/health.yml::test_up`", .neverExecuted, .unproven),
  ]) func `What is not there or never ran does not hold`(
    line: String,
    code: ClaimRemark.Code,
    word: JudgedClaim.Word
  ) throws {
    let judged = try judge(list("\(line) — something"), ground(checks: [check(Self.view)]))
    #expect(judged.map(\.word) == [word])
    #expect(codes(judged[0]).contains(code))
  }

  @Test(arguments: [
    (Outcome.failed(reason: .told("x")), JudgedClaim.Word.refuted),
    (.broken(reason: .told("x")), .unproven), (.skipped(reason: .told("x")), .unproven),
    (.notRun(reason: .told("x")), .unproven),
  ]) func `A test that did not pass shows nothing`(outcome: Outcome, word: JudgedClaim.Word) throws
  {
    let page = list("`functional/events.yml::test_view` — it works")
    #expect(try judge(page, ground(checks: [check(Self.view, outcome)])).map(\.word) == [word])
  }

  @Test func `A path that moved is told, and its test judged`() throws {
    let page = list("`tests/demo/functional/test_events.py::test_view` — it works")
    let judged = try judge(page, ground(checks: [check(Self.view)]))
    #expect(codes(judged[0]) == [.pathMoved, .shown])
    #expect(judged[0].word == .holds)
    #expect(judged[0].remarks[0].mark == "tests/demo/functional/test_events.py::test_view")
  }

  @Test func `Less than the page says is not what it says`() throws {
    let ground = self.ground(checks: [check(Self.view, .passed, .ack)])
    let asked = try judge(list("`functional/events.yml::test_view` — GET /api/stats"), ground)
    #expect(codes(asked[0]).contains(.weaker))
    let read = try judge(list("`functional/events.yml::test_view` — read it back"), ground)
    #expect(read.map(\.word) == [.unproven])
    let opaque = self.ground(checks: [check(Self.view, .passed, .opaque)])
    #expect(
      try judge(list("`functional/events.yml::test_view` — ok"), opaque).map(\.word) == [.unproven]
    )
  }

  @Test func `What was shown before the last change is unproven`() throws {
    let page = list("`functional/events.yml::test_view` — it works")
    let old = ground(checks: [check(Self.view)], changes: ["the suite changed"])
    let judged = try judge(page, old)
    #expect(judged.map(\.word) == [.unproven])
    #expect(codes(judged[0]).contains(.older))
  }

  private let table = """
    | original | cc-ci test | what | status |
    |---|---|---|---|
    | `health.py` | `functional/health.yml` | it is up | STATUS |

    """

  @Test(arguments: [
    ("ported", false, JudgedClaim.Word.unproven), ("ported", true, .holds),
    ("deferred", true, .refuted),
    ("deferred", false, .stated), ("portd", true, .unproven),
  ]) func `A port is one where the check says so, and a deferral where there is none`(
    status: String,
    isPort: Bool,
    word: JudgedClaim.Word
  ) throws {
    let ground = self.ground(
      checks: [check(Self.health)],
      corpus: .scripts,
      scripts: ["tests/health.py"],
      ports: isPort ? ["health.py::test_up": [Self.health]] : [:]
    )
    #expect(try judge(table.replacing("STATUS", with: status), ground).map(\.word) == [word])
  }

  @Test func `An original that the corpus does not have is told`() throws {
    let ground = self.ground(checks: [check(Self.health)], corpus: .scripts, scripts: ["other.py"])
    let judged = try judge(table.replacing("STATUS", with: "ported"), ground)
    #expect(codes(judged[0]).contains(.originalUnknown))
  }

  @Test(arguments: [
    (CorpusCoverage.State.noEntry, JudgedClaim.Word.holds), (.noScripts, .holds),
    (.scripts, .refuted),
    (.rootMissing, .unproven), (.unreadable, .unproven), (.none, .unproven),
  ]) func `Nothing to port is shown by what is there`(
    state: CorpusCoverage.State,
    word: JudgedClaim.Word
  ) throws {
    let judged = try judge(
      "# demo — parity\n\nP2 is vacuously satisfied.\n",
      ground(checks: [], corpus: state)
    )
    #expect(judged.map(\.word) == [word])
  }

  private func store(_ name: String, _ kind: StoreFacts.Kind, marker: String?) -> StoreCoverage {
    StoreCoverage(
      name: name,
      kind: kind,
      marker: marker,
      counts: [],
      mechanism: nil,
      upgrade: .proven,
      dropped: .proven,
      restored: .proven,
      recovered: .proven,
      result: .proven
    )
  }

  @Test func `A store without a marker refutes that its data survive`() throws {
    let page =
      "# demo — parity\n\n## P4 — integrity\n\nops.py seeds a ci_marker row (db service); it survives restore.\n"
    let both = [store("db", .postgres, marker: "m"), store("events", .clickhouse, marker: "m")]
    #expect(try judge(page, ground(checks: [], stores: both)).map(\.word) == [.holds])
    let silent = [both[0], store("events", .clickhouse, marker: nil)]
    let judged = try judge(page, ground(checks: [], stores: silent))
    #expect(codes(judged[0]) == [.shown, .storeUnmentioned])
    #expect(judged[0].word == .unproven)
    let bare = [store("db", .postgres, marker: nil)]
    #expect(try judge(page, ground(checks: [], stores: bare)).map(\.word) == [.refuted])
    #expect(try judge(page, ground(checks: [], stores: [])).map(\.word) == [.refuted])
  }

  @Test(arguments: [
    ("HEALTH_PATH = /api/health, HEALTH_OK = (200,)", JudgedClaim.Word.holds),
    ("HEALTH_PATH = /other, HEALTH_OK = (200,)", .refuted),
    ("HEALTH_PATH = /api/health, HEALTH_OK = (200, 302)", .refuted),
  ]) func `Readiness is what the gate asks`(text: String, word: JudgedClaim.Word) throws {
    let install = Claim(id: "P1/install", part: .p1, verdict: .proven, checks: [])
    let judged = try judge("# demo — parity\n\n\(text)\n", ground(checks: [], claims: [install]))
    #expect(judged.map(\.word) == [word])
  }

  @Test func `A stage that is said to be skipped and was run is refuted`() throws {
    let page = "| Tier | Status |\n|---|---|\n| Backup | STRUCTURAL SKIP |\n| Upgrade | COVERED |\n"
    let claims = [
      Claim(id: "P1/backup", part: .p1, verdict: .proven, checks: []),
      Claim(id: "P1/upgrade", part: .p1, verdict: .refuted(reason: .told("x")), checks: []),
    ]
    #expect(
      try judge(page, ground(checks: [], claims: claims)).map(\.word) == [.refuted, .refuted]
    )
    #expect(try judge(page, ground(checks: [])).map(\.word) == [.stated, .unproven])
  }

  @Test func `What was to land and is there is no plan any more`() throws {
    let page = """
      | original | cc-ci test | what | status |
      |---|---|---|---|
      | `a.py` | (later) | Will land as `functional/test_events.py` soon. | deferred |

      """
    let judged = try judge(page, ground(checks: [check(Self.view)]))
    #expect(codes(judged[0]).contains(.landed))
    #expect(judged[0].word == .refuted)
  }
}
