import Evidence
import Formats
import Testing

@testable import Suites

struct SuiteLoaderTests {
  private func load() throws -> Suite {
    try SuiteLoader.load(folder: Fixtures.path("plausible")).suite
  }

  private func load(_ files: [String: String]) throws -> LoadedSuite {
    try Folder.temporary { folder in
      try folder.write(files)
      return try SuiteLoader.load(folder: folder.path)
    }
  }

  private func messages(_ files: [String: String]) throws -> [String] {
    do {
      return try load(files).warnings.map { "\($0.file): \($0.message)" }
    } catch let error as SuiteErrors {
      return error.diagnostics.map { "\($0.file): \($0.message)" }
    }
  }

  @Test func aFolderWithAnEmptyRecipeFileIsASuiteWithDefaults() throws {
    let suite = try load(["recipe.yml": ""]).suite
    #expect(suite.recipe == "example")
    #expect(suite.health.path == "/")
    #expect(suite.health.accepts == [200, 301, 302])
    #expect(suite.checks.isEmpty)
    #expect(suite.local == nil)
  }

  @Test func aFolderWithoutARecipeFileIsNone() throws {
    #expect(
      try messages(["local.yml": ""]) == ["recipe.yml: file is missing; an empty one makes a suite"]
    )
  }

  @Test func settingsOfTheRecipeAreLoaded() throws {
    let suite = try load()
    #expect(suite.versions.base == "3.0.0+v2.0.0")
    #expect(suite.health.accepts == [200])
    #expect(suite.health.requires.map(\.key) == ["clickhouse", "postgres", "sites_cache"])
    #expect(suite.health.within == .seconds(1_200))
    let database = try #require(suite.services["db"]?.database)
    #expect(database.kind == .postgres)
    #expect(database.name?.source == "plausible_db")
    #expect(database.password?.names == ["secret.db_password"])
    #expect(suite.vars.map(\.name) == ["site", "marker_path", "browser"])
    guard case .value(let fixed)? = suite.secrets.last?.source else {
      Issue.record("fixed is no value")
      return
    }
    #expect(fixed == "no")
    #expect(suite.upgradeEnvironment["NEW_SETTING"]?.source == "1.10")
    #expect(suite.integrity["db"]?.counts.map(\.table) == ["sites", "public.users"])
    #expect(suite.hooks[.postInstall]?.count == 1)
    #expect(suite.waivers.first?.until == "2030-01-01")
    #expect(suite.notApplicable.map(\.stage) == [.upgrade])
    #expect(suite.notes == "The app drops events of unknown sites.\n")
    #expect(suite.deadlines.run == .seconds(7_200))
    #expect(suite.dependencies == ["authentik"])
  }

  @Test func checksAreLoadedInOrderWithTheirIDs() throws {
    let suite = try load()
    #expect(
      suite.checks.map(\.id.description) == [
        "overlays/upgrade::test_version_page",
        "functional/event_tracking::test_pageview_event_roundtrip",
        "functional/event_tracking::test_health",
        "functional/event_tracking::test_dropped[1]",
        "functional/event_tracking::test_dropped[2]",
        "functional/everything::test_grammar",
        "functional/probe::probe.sh",
        "functional/test_sso::test_login",
      ]
    )
    let row = suite.checks[4]
    #expect(row.vars.map(\.name) == ["agent", "page"])
    #expect(row.vars[0].value.source == "curl/8.0")
    #expect(row.needs.map(\.name) == ["test_pageview_event_roundtrip"])
    #expect(row.when?.drivers == ["local", "swarm"])
    #expect(suite.checks[2].isHealth)
    #expect(suite.checks[6].ports == ["recipe-info/plausible/tests/probe.sh"])
    guard case .script(let script) = suite.checks[7].body else {
      Issue.record("test_sso.py is no script")
      return
    }
    #expect(script.runner == .pytest)
  }

  @Test func aCheckKnowsTheScriptsThatItConsistsOfByTheirHashes() throws {
    let steps = "test_x:\n  steps:\n    - script: {path: scripts/a.sh}\n"
    func scripts(_ text: String) throws -> [[ScriptSource]?] {
      let suite = try load([
        "recipe.yml": "", "functional/x.yml": steps, "scripts/a.sh": text, "functional/b.sh": text,
        "functional/y.yml": "test_y: {steps: [{http: {get: /}, expect: {status: 200}}]}\n",
      ]).suite
      return suite.checks.map(\.scripts)
    }
    let hash = "a8076d3d28d21e02"
    #expect(
      try scripts("#!/bin/sh\n") == [
        [ScriptSource(path: "functional/b.sh", hash: hash)],
        [ScriptSource(path: "scripts/a.sh", hash: hash)], nil,
      ]
    )
    #expect(try scripts("#!/bin/sh\nfalse\n")[0]?.first?.hash != hash)
  }

  @Test func valuesInJSONKeepTheirSpelling() throws {
    let suite = try load()
    guard case .group(let steps)? = suite.checks[5].steps.dropFirst().first?.action,
      case .http(let action) = steps[1].action, case .json(.list(let items))? = action.body
    else {
      Issue.record("no group")
      return
    }
    #expect(items[1] == .number("1.10"))
    #expect(items[3] == .bool(true))
    #expect(items[4] == .null)
    guard case .template(let quoted) = items[2] else {
      Issue.record("a quoted number is a number")
      return
    }
    #expect(quoted.source == "1.10")
  }

  @Test func aMappingIsPredicatesOrASubset() throws {
    let check = try load().checks[1]
    let expect = check.steps[2].expect
    guard case .greaterOrEqual(.number("1")) = expect[0].predicates[0],
      case .subset(.object(let members)) = expect[1].predicates[0]
    else {
      Issue.record("\(expect)")
      return
    }
    #expect(expect[0].subject == .rows)
    #expect(expect[1].subject == .row)
    #expect(members.map(\.key) == ["name", "pathname", "hostname"])
    let group = try load().checks[5].steps[1].leaves[2].expect
    #expect(
      group.map(\.subject) == [
        .jsonpath(try JSONPath("$")), .jsonpath(try JSONPath("$['b']['c']")),
      ]
    )
  }

  @Test func localSettingsAreLoaded() throws {
    let local = try #require(try load().local)
    #expect(local.services.map(\.name) == ["db", "app"])
    #expect(local.versions["3.0.1+v2.0.0"] == ["app": "2.0.1-standin"])
    #expect(local.services[0].prepare.count == 1)
    #expect(
      local.services[0].prepareVersion.map { $0.map(\.source) } == [["pg_upgrade", "--check"]]
    )
    let hooks = local.services[0].hooks
    #expect(
      hooks.mapValues(\.label) == [
        "backup.pre-hook": nil, "restore.post-hook": "/pg_backup.sh restore $(cat /run/secrets/x)",
      ]
    )
    #expect(hooks["restore.post-hook"]?.command.map(\.source).first == "psql")
    #expect(local.services[0].stop.signal == "INT")
    #expect(local.services[1].restartsOnUpgrade)
    guard case .http(let path, 8_000, let json)? = local.services[1].reports?.source else {
      Issue.record("no reports")
      return
    }
    #expect(path == "/api/version")
    #expect(json.text == "$.version")
  }

  @Test func filesThatWouldNotBeReadAreReported() throws {
    let check = "a: {steps: [{http: {get: /}, expect: {status: 200}}]}\n"
    #expect(
      try messages([
        "recipe.yml": "", "functional/a.yaml": check, "overlays/instal.yml": check,
        "functional/b.yml": "", "playwright/login.spec.ts": "", "functional/data.json": "{}",
        "functional/conftest.py": "", "functional/README.md": "", "functional/_helper.sh": "",
      ]) == [
        "functional/a.yaml: file is never read; checks belong in files named .yml",
        "functional/b.yml: file has no checks", "overlays/instal.yml: file belongs to no stage",
        "playwright/login.spec.ts: file looks like a test but is not executable, so it does not run",
      ]
    )
  }

  @Test func aLinkThatLeadsOutsideOfTheSuiteIsRefused() throws {
    try Folder.temporary { folder in
      try folder.write([
        "recipe.yml": "", "functional/ok.yml": "a: {steps: [{script: {path: functional/x.sh}}]}",
      ])
      try folder.link("functional/x.sh", to: "/bin/sh")
      try folder.link("functional/link.yml", to: "/etc/hostname")
      let error = try #require(throws: SuiteErrors.self) {
        try SuiteLoader.load(folder: folder.path)
      }
      #expect(
        error.diagnostics.map { "\($0.file): \($0.message)" } == [
          "functional/link.yml: file \"functional/link.yml\" leads outside of the suite's folder",
          "functional/ok.yml: script \"functional/x.sh\" leads outside of the suite's folder",
          "functional/x.sh: script \"functional/x.sh\" leads outside of the suite's folder",
        ]
      )
    }
  }

  @Test func captureForTheRunIsKnownLaterAndNotEarlier() throws {
    let make =
      "a: {steps: [{http: {get: /}, expect: {status: 200}, capture: {t: {jsonpath: $.a, scope: run}}}]}"
    let use = "a: {steps: [{http: {get: \"/{{t}}\"}, expect: {status: 200}}]}"
    #expect(
      try messages(["recipe.yml": "", "overlays/install.yml": make, "functional/b.yml": use])
        .isEmpty
    )
    #expect(
      try messages(["recipe.yml": "", "functional/b.yml": make, "overlays/install.yml": use])
        == ["overlays/install.yml: {{t}} has no value here"]
    )
  }

  @Test func aSmallSuiteLoadsQuickly() throws {
    let time = try ContinuousClock().measure { _ = try load() }
    #expect(time < .seconds(2))
  }
}
