import Formats

@testable import Evidence

/// Models and records made by hand.
enum Fixture {
  static let hash = "9b2ce09a67bf21d1f3dbc48020250bb12e493ea8"
  static let health = CheckID("functional/health::test_health")
  static let pageview = CheckID("functional/event_tracking::test_pageview_event_roundtrip")
  static let goal = CheckID("functional/event_tracking::test_custom_event_roundtrip")

  /// The recipe of the hand-written page, on a stand-in, with one check that fails.
  static func plausible() -> (CoverageModel, RunRecord) {
    let checks = plausibleChecks()
    let shown = Verdict.provenOnStandin(reason: Reason(.standin(service: "app")))
    let coverage = CoverageModel(
      recipe: "plausible",
      driver: "local",
      standins: [
        Standin(
          service: "app",
          what: "parity's plausible stand-in",
          versions: ["1.0.0", "2.0.0"]
        )
      ],
      base: RecipeRevision(version: "3.0.0+v2.0.0", tree: String(hash.reversed())),
      target: RecipeRevision(version: "3.0.1+v2.0.0", tree: hash),
      suiteTree: "4d6b040ba70287c00cf45af5daecea2babfbbf25",
      corpus: CorpusCoverage(
        state: .noEntry,
        root: "Tests/corpus/recipe-info",
        path: "Tests/corpus/recipe-info/plausible/tests",
        recipes: 3,
        scripts: [],
        tree: "02ffbd933657f0b39b0501feabbfa25331aaf1f9",
        isSample: true,
        detail: nil
      ),
      policy: CoveragePolicy(functionalChecks: 2),
      level: 3,
      rungs: [
        RungCoverage(level: 1, name: "install", state: .pass, reason: nil),
        RungCoverage(level: 2, name: "upgrade", state: .pass, reason: nil),
        RungCoverage(level: 3, name: "backup, restore and recover", state: .pass, reason: nil),
        RungCoverage(
          level: 4,
          name: "functional",
          state: .fail,
          reason: wrongName
        ),
        RungCoverage(
          level: 5,
          name: "lint",
          state: .unver,
          reason: Reason(.lintDidNotRun(driver: "local"))
        ),
      ],
      gate: GateCoverage(
        path: "/api/health",
        port: nil,
        accepts: [200],
        requires: ["clickhouse", "postgres", "sites_cache"].map { .init(key: $0, value: "ok") },
        within: 1200
      ),
      claims: [
        Claim(
          id: "P2",
          part: .p2,
          verdict: .vacuous(reason: Reason(.corpus(.noEntry))),
          checks: []
        ),
        Claim(id: "P1/install", part: .p1, verdict: shown, checks: [checks[0].id, checks[1].id]),
        Claim(id: "P1/upgrade", part: .p1, verdict: shown, checks: [checks[2].id]),
        Claim(
          id: "P3/\(pageview!)",
          part: .p3,
          about: "A page view is stored as sent",
          verdict: shown,
          checks: [pageview!]
        ),
        Claim(
          id: "P3/\(goal!)",
          part: .p3,
          about: "A custom event is stored under its own name",
          verdict: .refuted(reason: wrongName),
          checks: [goal!]
        ),
      ] + storeClaims(shown),
      checks: checks,
      stores: [
        StoreCoverage(
          name: "db",
          kind: .postgres,
          marker: "a row of ci_marker and a row of zz_marker",
          counts: ["sites"],
          mechanism: "pg_backup.sh backup → backup.sql",
          upgrade: shown,
          dropped: shown,
          restored: shown,
          recovered: shown,
          result: shown
        ),
        StoreCoverage(
          name: "events_db",
          kind: .clickhouse,
          marker: nil,
          counts: [],
          mechanism: nil,
          upgrade: .unproven(reason: Reason(.noMarker(store: "events_db"))),
          dropped: .unproven(reason: Reason(.noMarker(store: "events_db"))),
          restored: .unproven(reason: Reason(.noMarker(store: "events_db"))),
          recovered: .unproven(reason: Reason(.noMarker(store: "events_db"))),
          result: .unproven(reason: Reason(.noMarker(store: "events_db")))
        ),
      ],
      deferrals: [
        Deferral(
          what: "Stats API read-back",
          why: "needs a registered user and an API key",
          until: "a key can be made without a browser"
        )
      ],
      notes: """
        Events reach ClickHouse after a buffer flush of **5 s**; see `events_v2`.

        - The site cache refreshes every 30 s.
        - Bots are dropped.

        ## P4 — Backup data-integrity

        This heading is the suite's own, and no claim.
        """,
      findings: [
        Finding(
          rule: "store-without-marker",
          severity: .warning,
          message: "events_db has no marker",
          place: SourcePlace(file: "recipe.yml", line: 12, column: 3),
          advice: "add integrity.events_db with seed, drop and verify"
        ),
        Finding(
          rule: "lint-not-run",
          severity: .note,
          message: "abra's lint did not run",
          advice: "install abra where the run happens",
          waived: "this project has no abra",
          waivedUntil: "there is a server with abra"
        ),
        Finding(
          rule: "image-tag-moves",
          severity: .warning,
          message: "db: image postgres:15 names a major version only",
          place: SourcePlace(file: "compose.yml", line: 40, column: 12),
          advice: "name a full version, or a digest"
        ),
        Finding(
          rule: "image-tag-moves",
          severity: .warning,
          message: "events_db: image clickhouse|server has no tag",
          place: SourcePlace(file: "compose.yml", line: 62, column: 12),
          advice: "name a full version, or a digest"
        ),
      ]
    )
    return (coverage, record(of: coverage))
  }

  private static func storeClaims(_ shown: Verdict) -> [Claim] {
    let parts = [
      ("upgrade", "survives_upgrade"), ("dropped", "survives_restore"),
      ("restored", "survives_restore"), ("recovered", "recovered"),
    ]
    let missing = Verdict.unproven(reason: Reason(.noMarker(store: "events_db")))
    return [("db", shown), ("events_db", missing)].flatMap { store, verdict in
      parts.map { part, check in
        Claim(
          id: "P4/\(store)/\(part)",
          part: .p4,
          verdict: verdict,
          checks: [.integrity(store, check)]
        )
      }
    }
  }

  /// As coverage keeps it: without what was filled in.
  static var wrongName: Reason {
    var assertion = name(holds: false)
    assertion.filled = nil
    return Reason(.violated(assertions: [assertion]))
  }

  private static let pathname = TemplateTree.object([
    .init(key: "pathname", value: .template(Template(parts: [], source: "/{{unique}}", place: nil)))
  ])

  /// What a read-back looks for, as the record has it.
  private static func name(holds: Bool) -> Assertion {
    Assertion(
      .cell("name"),
      .equals(.template(Template(name: "goal"))),
      filled: .equals(.template(Template(literal: "signup"))),
      actual: .text(holds ? "signup" : "pageview"),
      holds: holds,
      place: SourcePlace(file: "functional/event_tracking.yml", line: 17, column: 11)
    )
  }

  private static func plausibleChecks() -> [CheckCoverage] {
    [
      check(.generic(.install, "serves"), .generic, .install, "The app answers", .content),
      check(
        CheckID("overlays/install::test_spa_shell")!,
        .overlay,
        .install,
        "The single-page shell is served at /",
        .content
      ),
      check(
        .generic(.upgrade, "target_runs"),
        .generic,
        .upgrade,
        "The version label equals the target's",
        .content
      ),
      check(
        .generic(.backup, "snapshot"),
        .generic,
        .backup,
        "The snapshot has an id and every declared path",
        .content
      ),
      check(
        .integrity("db", "restored"),
        .integrity,
        .restore,
        "Marker and counts of db are back",
        .durable,
        control: ControlCoverage(kind: .dropped, result: .failed)
      ),
      check(
        health!,
        .functional,
        .functional,
        "The app says that its stores are reachable",
        .content,
        isHealth: true
      ),
      check(
        pageview!,
        .functional,
        .functional,
        "A page view posted to the public endpoint is stored under the name and path that were sent",
        .state,
        control: ControlCoverage(kind: .decoy, result: .failed)
      ),
      check(
        goal!,
        .functional,
        .functional,
        "A custom event is stored under its own name and not as a page view",
        .state,
        outcome: .failed(reason: wrongName),
        control: ControlCoverage(
          kind: .decoy,
          result: .notPossible(
            reason: Reason(.controlNotPossible(why: "the read-back did not pass"))
          )
        )
      ),
    ]
  }

  static func check(
    _ id: CheckID,
    _ kind: CheckKind,
    _ stage: Stage,
    _ about: String,
    _ strength: Strength,
    outcome: Outcome = .passed,
    isHealth: Bool = false,
    control: ControlCoverage? = nil
  ) -> CheckCoverage {
    CheckCoverage(
      id: id,
      kind: kind,
      stage: stage,
      about: about,
      place: kind == .generic
        ? nil : SourcePlace(file: "\(id.folder)/\(id.stem).yml", line: 3, column: 1),
      outcome: outcome,
      strength: strength,
      isHealth: isHealth,
      control: control,
      evidence: [
        EvidenceStep(
          act: "POST /api/event",
          assertions: [
            Assertion(.status, .equals(number: 202), actual: .absent, holds: true),
            Assertion(.header("x-dropped"), .exists(false), actual: .absent, holds: true),
          ]
        ),
        EvidenceStep(
          act: "clickhouse events_db: SELECT pathname FROM events_v2",
          assertions: [
            Assertion(.row, .subset(pathname), actual: .absent, holds: true)
          ]
        ),
      ],
      ports: []
    )
  }

  /// A record in which every check of the model has run, one after the other.
  static func record(of coverage: CoverageModel, end: RunEnd = .finished) -> RunRecord {
    var at = 2_400_000
    let checks = coverage.checks.map { check -> CheckRecord in
      let took = 12_345 + check.id.name.utf8.count * 1_000
      defer { at += took }
      return CheckRecord(
        id: check.id,
        kind: check.kind,
        stage: check.stage,
        outcome: check.outcome,
        startedAt: at,
        microseconds: took,
        steps: steps(of: check),
        control: check.control.map { ControlRecord(kind: $0.kind, result: $0.result) },
        fresh: check.kind == .functional ? ["unique": "7f3a91c2"] : [:]
      )
    }
    var plan = Plan(
      recipe: coverage.recipe,
      driver: coverage.driver,
      base: coverage.base,
      target: coverage.target,
      suiteTree: coverage.suiteTree
    )
    plan.standins = coverage.standins
    return RunRecord(
      header: RunHeader(
        id: "20260529T170516-plausible",
        toolVersion: "0.1.0",
        startedAt: "2026-05-29T17:05:16.123Z",
        host: "ci-1",
        plan: plan
      ),
      stages: stages(of: coverage),
      checks: checks,
      findings: coverage.findings,
      end: end,
      microseconds: 21_500_000
    )
  }

  private static func stages(of coverage: CoverageModel) -> [StageRecord] {
    var start = 0
    return Stage.allCases.map { stage in
      let took = 2_000_000 + stage.order * 700_000
      defer { start += took }
      let isRed = coverage.checks.contains { $0.stage == stage && $0.outcome.word == .failed }
      let spans = [
        ReadinessRecord.Span(state: "000", count: 12, from: 0, to: 300_000),
        ReadinessRecord.Span(state: "500", count: 4, from: 350_000, to: 700_000),
        ReadinessRecord.Span(state: "200", count: 1, from: 840_000, to: 840_000),
      ]
      let isGated = stage == .install || stage == .upgrade || stage == .restore
      return StageRecord(
        stage: stage,
        outcome: isRed ? .failed(reason: .told("1 check failed")) : .passed,
        startedAt: start,
        microseconds: took,
        operations: stage == .backup
          ? [
            OperationRecord(
              name: "hook db backup.pre-hook",
              outcome: .passed,
              microseconds: 430_000,
              command: CommandExchange(
                service: "db",
                argv: ["/pg_backup.sh", "backup"],
                ending: "exit 0",
                microseconds: 430_000
              )
            ),
            OperationRecord(
              name: "snapshot",
              outcome: .passed,
              microseconds: 800_000,
              facts: ["snapshot": "a1b2c3d4", "bytes": "48213"],
              difference: "restic runs on this machine, not in backup-bot-two"
            ),
          ] : [],
        readiness: isGated
          ? ReadinessRecord(
            gate: "GET /api/health",
            spans: spans,
            ready: true,
            microseconds: 841_000,
            within: 1_200_000_000
          ) : nil
      )
    }
  }

  private static func steps(of check: CheckCoverage) -> [StepRecord] {
    guard check.kind == .functional else { return [] }
    let isRed = check.outcome.word == .failed
    return [
      StepRecord(
        number: "1",
        kind: "http",
        title: "POST /api/event",
        place: SourcePlace(file: "functional/event_tracking.yml", line: 6, column: 7),
        outcome: .passed,
        attempts: 3,
        microseconds: 2_100_000,
        exchange: .http(
          HTTPExchange(
            method: "POST",
            url: "http://127.0.0.1:8000/api/event",
            hops: [
              .init(method: "POST", url: "http://127.0.0.1:8000/api/event", status: 303),
              .init(method: "GET", url: "http://127.0.0.1:8000/api/event/1", status: 202),
            ],
            status: 202,
            version: "HTTP/1.1",
            requestHeaders: [["User-Agent", "Mozilla/5.0"], ["Authorization", "[removed]"]],
            responseHeaders: [["content-type", "text/plain"]],
            requestBytes: 96,
            responseBytes: 2,
            requestBody: "{\"name\":\"signup\",\"domain\":\"ci-7f3a.test\"}",
            responseBody: "ok",
            timings: HTTPExchange.Timings(
              nameLookup: 20,
              connect: 240,
              tls: 240,
              firstByte: 9_000,
              total: 9_200
            ),
            curl: "curl -X POST --json '{\"name\":\"signup\"}' http://127.0.0.1:8000/api/event"
          )
        ),
        assertions: [
          Assertion(.status, .equals(number: 202), actual: .number(202), holds: true),
          Assertion(.header("x-dropped"), .exists(false), actual: .absent, holds: true),
        ]
      ),
      StepRecord(
        number: "2",
        kind: "clickhouse",
        title:
          "clickhouse events_db: SELECT name, pathname FROM events_v2 WHERE pathname = {path:String}",
        place: SourcePlace(file: "functional/event_tracking.yml", line: 13, column: 7),
        outcome: isRed
          ? .failed(reason: Reason(.violated(assertions: [name(holds: false)]))) : .passed,
        attempts: 7,
        microseconds: 5_300_000,
        exchange: .sql(
          SQLExchange(
            service: "events_db",
            statement: "SELECT name, pathname FROM events_v2 WHERE pathname = {path:String}",
            parameters: ["path=/7f3a91c2"],
            columns: ["name", "pathname"],
            rowCount: 1,
            rows: ["{\"name\":\"pageview\",\"pathname\":\"/7f3a91c2\"}"],
            microseconds: 3_100
          )
        ),
        assertions: [
          name(holds: !isRed)
        ]
      ),
    ]
  }
}
