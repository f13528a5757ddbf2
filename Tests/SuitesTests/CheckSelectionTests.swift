import Evidence
import Testing

@testable import Suites

struct CheckSelectionTests {
  private static let look = "steps: [{http: {get: /}, expect: {status: 200}}]"

  private static func plan() throws -> (plan: Plan, suite: Suite) {
    let suite = try Folder.temporary { folder in
      try folder.write([
        "recipe.yml": """
        services: {db: {postgres: {database: x}}}
        integrity:
          db:
            seed: [{postgres: {service: db, sql: "INSERT INTO t VALUES ($1)", params: ["{{marker}}"]}}]
            drop: [{postgres: {service: db, sql: "DELETE FROM t"}}]
            verify: [{postgres: {service: db, sql: "SELECT t FROM t"}, expect: {row: {t: "{{marker}}"}}}]
        """,
        "overlays/install.yml": "greets: {\(look)}",
        "overlays/restore.yml": "still_greets: {\(look)}",
        "functional/notes.yml": """
        makes_account:
          steps:
            - http: {post: /accounts}
              expect: {status: 200}
              capture: {account: {jsonpath: $.id, scope: run}}
        uses_account: {steps: [{http: {get: "/accounts/{{account}}"}, expect: {status: 200}}]}
        needs_it: {needs: [functional/notes::uses_account], \(look)}
        kinds: {cases: {html: {kind: html}, text: {kind: text}}, \(look)}
        plain: {ports: [health_check.py], \(look)}
        """,
      ])
      return try SuiteLoader.load(folder: folder.path).suite
    }
    let compose = try ComposeReader.read(folder: Fixtures.path("recipes/plausible"))
    return (
      Plan(
        suite: suite,
        compose: compose,
        driver: "local",
        base: revision("1.0.0+1"),
        target: revision("1.1.0+2"),
        suiteTree: "aa"
      ), suite
    )
  }

  private static func selected(_ names: [String], _ parts: [ClaimPart] = []) throws
    -> (plan: Plan, selection: RunSelection)?
  {
    let (plan, suite) = try plan()
    let asked = CheckSelection(parts: parts, names: names)
    guard let selection = asked.selection(in: plan, of: suite) else { return nil }
    return (plan.selecting(selection, of: suite), selection)
  }

  /// Of the suite's own checks and markers.
  private static func own(_ plan: Plan) -> [String] {
    plan.planned.filter { $0.kind != .generic }.map(\.id.description)
  }

  @Test(arguments: [
    ("functional/notes::plain", ["functional/notes::plain"]),
    ("plain", ["functional/notes::plain"]),
    ("kinds[text]", ["functional/notes::kinds[text]"]),
    ("kinds", ["functional/notes::kinds[html]", "functional/notes::kinds[text]"]),
    (
      "functional/notes::kinds", ["functional/notes::kinds[html]", "functional/notes::kinds[text]"]
    ),
    ("overlays/install", ["overlays/install::greets"]), ("greets", ["overlays/install::greets"]),
  ])
  func `A check is found by id, file, name and row`(_ name: String, _ ids: [String]) throws {
    let selected = try #require(try Self.selected([name]))
    #expect(selected.selection.checks.map(\.description) == ids)
    #expect(Self.own(selected.plan) == ids)
  }

  @Test func `A name of nothing is told, with the nearest check`() throws {
    let plan = try Self.plan().plan
    let selection = CheckSelection(parts: [], names: ["plain", "kinds[htm]", "greet"])
    #expect(selection.unknown(in: plan) == ["kinds[htm]", "greet"])
    let ids = plan.planned.map(\.id)
    #expect(CheckSelection.nearest(to: "kinds[htm]", in: ids) == "kinds[html]")
    #expect(CheckSelection.nearest(to: "overlays/instal", in: ids) == "overlays/install")
    #expect(try Self.selected(["greet"]) == nil)
  }

  @Test func `What a check needs runs with it: by name, and by what it captured`() throws {
    let selected = try #require(try Self.selected(["needs_it"]))
    #expect(
      Self.own(selected.plan) == [
        "functional/notes::makes_account", "functional/notes::uses_account",
        "functional/notes::needs_it",
      ]
    )
    #expect(selected.selection.checks.map(\.name) == ["needs_it"])
  }

  @Test func `Stages run as far as they are needed, and their generic checks with them`() throws {
    let cases: [(String, [Stage])] = [
      ("greets", [.install]), ("plain", [.install, .upgrade, .functional]),
      ("still_greets", [.install, .upgrade, .backup, .restore]),
      ("integrity/db::survives_upgrade", [.install, .upgrade]),
      ("integrity/db::survives_restore", [.install, .upgrade, .backup, .restore]),
      ("nothing_left", [.install]),
    ]
    for (name, stages) in cases {
      let selected = try #require(try Self.selected([name]))
      #expect(selected.selection.stages == stages, "\(name)")
      let generic = selected.plan.planned.filter { $0.kind == .generic }.map(\.stage)
      #expect(Set(generic) == Set(stages + [.teardown]), "\(name)")
    }
  }

  @Test func `A marker is planted for the look that asks for it`() throws {
    let selected = try #require(try Self.selected(["integrity/db::survives_restore"]))
    #expect(
      Self.own(selected.plan) == [
        "integrity/db::seeded_for_backup", "integrity/db::survives_restore",
      ]
    )
  }

  @Test func `A part is all of its checks and what they need`() throws {
    let parts: [(ClaimPart, [CheckKind])] = [
      (.p1, [.generic, .overlay]), (.p3, [.generic, .functional]), (.p4, [.generic, .integrity]),
    ]
    for (part, kinds) in parts {
      let selected = try #require(try Self.selected([], [part]))
      #expect(Set(selected.plan.planned.map(\.kind)) == Set(kinds))
      let all = try Self.plan().plan.planned.filter { part.holds($0) }.map(\.id)
      #expect(all.allSatisfy { id in selected.plan.planned.contains { $0.id == id } })
    }
    let ported = try #require(try Self.selected([], [.p2]))
    #expect(Self.own(ported.plan) == ["functional/notes::plain"])
    #expect(ported.selection.shown == "P2")
  }
}
