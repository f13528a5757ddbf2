import Evidence
import Reports
import Testing

@testable import Suites

struct PlanTests {
  private func plan(
    _ files: [String: String],
    driver: String = "local",
    base: String? = "1.0.0+1",
    target: String = "1.1.0+2"
  ) throws -> Plan {
    let suite = try Folder.temporary { folder in
      try folder.write(files)
      return try SuiteLoader.load(folder: folder.path).suite
    }
    let compose = try ComposeReader.read(folder: Fixtures.path("recipes/plausible"))
    return Plan(
      suite: suite,
      compose: compose,
      driver: driver,
      base: base.map(revision),
      target: revision(target),
      suiteTree: "aa"
    )
  }

  private static func skips(_ plan: Plan) -> [CheckID: Reason] {
    Dictionary(plan.planned.compactMap { check in check.skip.map { (check.id, $0) } }) { a, _ in a }
  }

  @Test func thePlanOfTheFixtureReadsAsItsGoldenFile() throws {
    var suite = try SuiteLoader.load(folder: Fixtures.path("plausible")).suite
    suite.notApplicable = []
    let compose = try ComposeReader.read(folder: Fixtures.path("recipes/plausible"))
    let plan = Plan(
      suite: suite,
      compose: compose,
      driver: "local",
      base: revision("3.0.0+v2.0.0"),
      baseReason: .declared("versions.base in recipe.yml"),
      target: revision("3.0.1+v2.0.0"),
      suiteTree: "aa"
    )
    try Golden.compare(plan.listing, with: "plan.txt")
  }

  @Test func anEmptySuiteHasAllGenericChecksInOrder() throws {
    let plan = try plan(["recipe.yml": ""])
    #expect(
      plan.planned.map(\.id.description) == [
        "generic/install::services_running", "generic/install::serving",
        "generic/upgrade::version_runs", "generic/upgrade::services_running",
        "generic/upgrade::serving", "generic/backup::snapshot", "generic/backup::declared_paths",
        "generic/backup::services_running", "generic/restore::services_running",
        "generic/restore::serving",
        "generic/teardown::nothing_left",
      ]
    )
    #expect(plan.planned.allSatisfy { $0.skip == nil })
    #expect(plan.planned.allSatisfy { !$0.steps.isEmpty && !$0.about.isEmpty })
  }

  @Test func integrityChecksHaveOneIDForEachStage() throws {
    let plan = try plan([
      "recipe.yml": """
      services: {db: {postgres: {database: x}}}
      integrity:
        db:
          seed: [{postgres: {service: db, sql: "INSERT INTO t VALUES ($1)", params: ["{{marker}}"]}}]
          verify: [{postgres: {service: db, sql: "SELECT t FROM t"}, expect: {row: {t: "{{marker}}"}}}]
          count: [sites]
      """
    ])
    let items = plan.planned.filter { $0.kind == .integrity }
    #expect(
      items.map { "\($0.stage) \($0.id)" } == [
        "install integrity/db::seeded", "upgrade integrity/db::survives_upgrade",
        "backup integrity/db::seeded_for_backup", "restore integrity/db::survives_restore",
      ]
    )
    #expect(items.allSatisfy { $0.strength == .state })
    #expect(
      items[3].steps.flatMap(\.assertions).map(\.description) == [
        #"row has {"t":"{{marker}}"}"#, #"rows of sites == "{{before}}""#,
      ]
    )
  }

  @Test func aLookAtTheHealthPathIsPlannedAsAHealthCheck() throws {
    let plan = try plan([
      "recipe.yml": "health: {path: /api/health}",
      "functional/a.yml": """
      well: {steps: [{http: {get: /api/health}, expect: {status: 200}}]}
      deep: {steps: [{http: {get: /api/notes}, expect: {status: 200}}]}
      """,
    ])
    let planned = plan.planned.filter { $0.kind == .functional }
    #expect(planned.map(\.isHealth) == [true, false])
  }

  @Test func whatWillNotRunCarriesItsReason() throws {
    let check = "steps: [{http: {get: /}, expect: {status: 200}}]"
    let files = [
      "recipe.yml": "not_applicable: {backup: the app keeps nothing}",
      "functional/a.yml": """
      other_driver: {when: {driver: swarm}, \(check)}
      old: {when: {version: "<1.1"}, \(check)}
      runs: {when: {driver: [local, swarm], version: ">=1.1"}, \(check)}
      """,
      "overlays/install.yml": "new: {when: {version: \">=1.1\"}, \(check)}",
    ]
    let skips = Self.skips(try plan(files))
    #expect(skips.count == 6)
    let id = { CheckID(folder: "functional", stem: "a", name: $0) }
    #expect(skips[id("other_driver")] == Reason(.onlyOn(drivers: ["swarm"], driver: "local")))
    #expect(skips[id("old")] == Reason(.onlyFor(versions: "<1.1", version: "1.1.0+2")))
    #expect(
      skips[CheckID(folder: "overlays", stem: "install", name: "new")]
        == Reason(.onlyFor(versions: ">=1.1", version: "1.0.0+1"))
    )
    #expect(skips[.generic(.backup, "snapshot")] == .declared("the app keeps nothing"))
    let noBase = try plan(["recipe.yml": ""], base: nil)
    #expect(Self.skips(noBase).keys.map(\.stem) == ["upgrade", "upgrade", "upgrade"])
  }

  @Test func everyIDOfAPlanStandsOnce() throws {
    let suite = try SuiteLoader.load(folder: Fixtures.path("plausible")).suite
    let compose = try ComposeReader.read(folder: Fixtures.path("recipes/plausible"))
    let plan = Plan(
      suite: suite,
      compose: compose,
      driver: "abra",
      base: nil,
      target: revision("1.0.0+1"),
      suiteTree: "aa"
    )
    #expect(Set(plan.planned.map(\.id)).count == plan.planned.count)
    #expect(plan.standins.isEmpty)
  }

  @Test func aLineThatIsShownAgainHidesItsSecrets() throws {
    let compose = try ComposeReader.read(folder: Fixtures.path("recipes/plausible"))
    let found = try Folder.temporary { folder in
      try folder.write([
        "recipe.yml":
          "{services: {dbb: {postgres: {database: x, password: correct-horse}}}, "
          + "secrets: {pin: {value: '0451'}}}"
      ])
      let suite = try SuiteLoader.load(folder: folder.path).suite
      return SuiteCrossCheck.diagnostics(suite, compose: compose)
    }
    let line = try #require(found.first { $0.message.contains("dbb") }?.sourceLine)
    #expect(line.contains("dbb"))
    #expect(!line.contains("horse"))
    #expect(!line.contains("0451"))
  }

  @Test func aRecipeWithoutServicesIsNoneToRun() throws {
    let suite = try Folder.temporary { folder in
      try folder.write(["recipe.yml": "", "local.yml": "services: {}"])
      return try SuiteLoader.load(folder: folder.path).suite
    }
    let found = SuiteCrossCheck.diagnostics(suite, compose: Compose(services: [], volumes: []))
    #expect(found.map(\.message) == ["recipe has no services to be run"])
  }

  @Test func whatTheRecipeDoesNotHaveIsReported() throws {
    let suite = try Folder.temporary { folder in
      try folder.write([
        "recipe.yml": """
        services: {dbb: {postgres: {database: x}}}
        health: {tcp: {service: ap, port: 1}}
        integrity:
          event_db:
            seed: [{exec: {argv: [a, "{{marker}}"]}}]
            verify: [{exec: {argv: [a]}, expect: {stdout: "{{marker}}"}}]
        """,
        "local.yml": "services: {app: {command: [a], volumes: [db-dat]}, web: {command: [a]}}",
      ])
      return try SuiteLoader.load(folder: folder.path).suite
    }
    let compose = try ComposeReader.read(folder: Fixtures.path("recipes/plausible"))
    let found = SuiteCrossCheck.diagnostics(suite, compose: compose)
    #expect(
      found.map { "\($0.place) \($0.message) \($0.nearest ?? "-")" } == [
        "local.yml:0:1 service \"db\" of compose.yml is started by nothing -",
        "local.yml:0:1 service \"events_db\" of compose.yml is started by nothing -",
        "local.yml:1:12 volume \"db-dat\" is not in compose.yml db-data",
        "local.yml:1:52 service \"web\" is not in compose.yml -",
        "recipe.yml:1:12 service \"dbb\" is not in compose.yml db",
        "recipe.yml:2:9 service \"ap\" is not in compose.yml app",
        "recipe.yml:4:3 store \"event_db\" is not in the recipe events_db",
      ]
    )
  }
}
