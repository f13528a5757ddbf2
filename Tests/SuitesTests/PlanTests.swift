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
        "generic/install::still_well",
        "generic/upgrade::version_runs", "generic/upgrade::services_running",
        "generic/upgrade::serving", "generic/upgrade::still_well",
        "generic/backup::snapshot", "generic/backup::declared_paths",
        "generic/backup::services_running", "generic/backup::still_well",
        "generic/restore::services_running",
        "generic/restore::serving", "generic/restore::still_well",
        "generic/recover::services_running",
        "generic/recover::serving", "generic/recover::still_well",
        "generic/functional::still_well",
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
        "recover integrity/db::recovered", "functional integrity/db::written_by_app",
      ]
    )
    #expect(items.dropLast().allSatisfy { $0.strength == .state })
    #expect(
      items[3].steps.flatMap(\.assertions).map(\.description) == [
        #"row has {"t":"{{marker}}"}"#, #"rows of sites == "{{before}}""#, "db is well",
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
    #expect(skips.count == 10)
    let id = { CheckID(folder: "functional", stem: "a", name: $0) }
    #expect(skips[id("other_driver")] == Reason(.onlyOn(drivers: ["swarm"], driver: "local")))
    #expect(skips[id("old")] == Reason(.onlyFor(versions: "<1.1", version: "1.1.0+2")))
    #expect(
      skips[CheckID(folder: "overlays", stem: "install", name: "new")]
        == Reason(.onlyFor(versions: ">=1.1", version: "1.0.0+1"))
    )
    #expect(skips[.generic(.backup, "snapshot")] == .declared("the app keeps nothing"))
    let noBase = try plan(["recipe.yml": ""], base: nil)
    #expect(Self.skips(noBase).keys.map(\.stem) == ["upgrade", "upgrade", "upgrade", "upgrade"])
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

  @Test func `A marker that cannot reach its store is refused`() throws {
    func said(_ seed: String, _ verify: String, of store: String) throws -> [String] {
      let suite = try Folder.temporary { folder in
        try folder.write([
          "recipe.yml": """
          services: {db: {postgres: {database: x}}, events_db: {clickhouse: {database: x}}}
          stores: {stor: {holds_nothing: a}}
          integrity:
            \(store):
              seed: [\(seed)]
              verify: [\(verify)]
          """
        ])
        return try SuiteLoader.load(folder: folder.path).suite
      }
      let text = """
        services:
          app: {image: app:1, volumes: ["data:/srv/files", "/srv/x:/var/media"]}
          db: {image: "postgres:15", volumes: ["db:/var/lib/postgresql/data"]}
          events_db: {image: "clickhouse/clickhouse-server:24"}
        volumes: {data: , db: }
        """
      let compose = try ComposeReader.read([.init(name: "compose.yml", bytes: Array(text.utf8))])
      return SuiteCrossCheck.diagnostics(suite, compose: compose).map(\.message)
        .filter { !$0.contains("\"stor\"") }
    }
    let sql =
      #"{postgres: {service: db, sql: "SELECT $1", params: ["{{marker}}"]}, expect: {rows: 1}}"#
    let http = #"{http: {get: "/{{marker}}"}, expect: {body: "{{marker}}"}}"#
    func file(_ path: String, _ service: String = "app") -> String {
      "{file: {service: \(service), path: \(path)}, expect: {content: \"{{marker}}\"}}"
    }
    #expect(try said(sql, http, of: "data") == ["seed of data does not reach that store"])
    #expect(try said(http, sql, of: "data") == ["verify of data does not reach that store"])
    #expect(try said(sql, sql, of: "db") == [])
    #expect(try said(sql, http, of: "events_db") == ["seed of events_db does not reach that store"])
    #expect(try said(http, file("/srv/files/a"), of: "data") == [])
    #expect(
      try said(http, file("/srv/filesystem/a"), of: "data")
        == ["verify of data does not reach that store"]
    )
    #expect(try said(http, file("/srv/files/a", "db"), of: "data").count == 1)
    #expect(try said(http, file("/var/media/a"), of: "app-var-media") == [])
    #expect(try said(sql, file("/var/media/a"), of: "app-var-media").count == 1)
  }

  @Test func `A hook that names another text than the label's is an error at its place`() throws {
    func said(_ label: String?, named: String) throws -> [String] {
      let suite = try Folder.temporary { folder in
        try folder.write([
          "recipe.yml": "",
          "local.yml": """
          services:
            app:
              command: [a]
              hooks: {backup.pre-hook: \(named)}
          """,
        ])
        return try SuiteLoader.load(folder: folder.path).suite
      }
      let labels = label.map { "deploy: {labels: {backupbot.backup.pre-hook: '\($0)'}}" } ?? ""
      let text = "services:\n  app:\n    image: app:1\n    \(labels)\n"
      let compose = try ComposeReader.read(
        [.init(name: "compose.yml", bytes: Array(text.utf8))],
        environment: ["VERB": "dump"]
      )
      return SuiteCrossCheck.diagnostics(suite, compose: compose).map {
        "\($0.line):\($0.column)+\($0.length) \($0.expected ?? "")"
      }
    }
    let hook = "{label: /b.sh dump, command: [b]}"
    #expect(try said("/b.sh dump", named: hook) == [])
    #expect(try said("/b.sh ${VERB}", named: hook) == [])
    let other = try said("/b.sh $$X", named: hook)
    #expect(
      other
        == ["4:38+10 label: '/b.sh $X', as compose.yml:4:23 has it now"]
    )
    #expect(try said(nil, named: hook).count == 1)
    #expect(try said("/b.sh other", named: "[b]") == [])
  }

  @Test func `A version without its values is seen before it is deployed`() throws {
    func said(_ base: String) throws -> [String] {
      let suite = try Folder.temporary { folder in
        try folder.write([
          "recipe.yml": "versions: {base: \(base)}",
          "local.yml": """
          versions: {1.0.0+1: {app: "1"}, 1.1.0+2: {app: "2"}}
          services: {app: {command: [a, "{{version.app}}"]}}
          """,
        ])
        return try SuiteLoader.load(folder: folder.path).suite
      }
      let text = "services: {app: {deploy: {labels: {coop-cloud.x.version: 1.1.0+2}}}}"
      let compose = try ComposeReader.read([.init(name: "compose.yml", bytes: Array(text.utf8))])
      return SuiteCrossCheck.diagnostics(suite, compose: compose).map(\.message)
    }
    #expect(try said("1.0.0+1") == [])
    #expect(try said("0.9.0+1") == ["{{version.app}} of app has no value for version 0.9.0+1"])
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
