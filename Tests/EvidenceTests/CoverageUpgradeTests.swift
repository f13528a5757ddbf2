import Formats
import Foundation
import Testing

@testable import Evidence

/// Foundation has one too.
private typealias Predicate = Evidence.Predicate

/// What files of schema 1 and 2 hold, as the values of today.
@Suite struct CoverageUpgradeTests {
  private static func text(_ text: String) -> TemplateTree {
    .template((try? Template(parsing: text)) ?? Template(literal: text))
  }

  private static func object(_ members: KeyValuePairs<String, String>) -> TemplateTree {
    .object(members.map { .init(key: $0, value: text($1)) })
  }

  private static func path(_ path: String) -> Subject {
    (try? .jsonpath(JSONPath(path))) ?? .written("no path: \(path)")
  }

  /// What the fixtures say.
  private static let ofFixtures: [String: Meaning] = {
    var table = Dictionary(uniqueKeysWithValues: (ownLooks + written).map { ($0.text, $0) })
    for service in ["app", "db", "events_db"] {
      let text = "service \(service) runs"
      table[text] = Meaning(text, .service(service), .isWell)
    }
    let tables = [
      "api_keys", "ci_marker", "events_v2", "sessions_v2", "sites", "users", "weekly_reports",
    ]
    for name in tables {
      let text = "rows of \(name) as many as before"
      let before: Predicate = .equals(.template(Template(name: "before")))
      table[text] = Meaning(text, .rowCount(table: name), before)
    }
    return table
  }()

  private struct Meaning {
    var text: String
    var subject: Subject
    var predicate: Predicate

    init(_ text: String, _ subject: Subject, _ predicate: Predicate) {
      self.text = text
      self.subject = subject
      self.predicate = predicate
    }
  }

  private static let ownLooks: [Meaning] = [
    Meaning("answer 200 with clickhouse = ok, postgres = ok, sites_cache = ok", .gate, .isWell),
    Meaning("app says is told", .versionProof("app says"), .exists(true)),
    Meaning("process of app is told", .versionProof("process of app"), .exists(true)),
    Meaning(
      "db-data/backup.sql has a file that is not empty",
      .snapshotBytes(path: "db-data/backup.sql"),
      .atLeast(1)
    ),
    Meaning(
      "event-data/clickhouse has a file that is not empty",
      .snapshotBytes(path: "event-data/clickhouse"),
      .atLeast(1)
    ),
    Meaning("services >= 1", .services, .atLeast(1)),
    Meaning("files >= 1", .snapshotFiles, .atLeast(1)),
    Meaning("declared paths >= 1", .declaredPaths, .atLeast(1)),
    Meaning("id is told", .snapshotID, .exists(true)),
    Meaning("left == []", .leftovers, .isEmpty),
    Meaning(
      "version that runs == 3.0.1+v2.0.0",
      .runningVersion,
      .equals(.template(Template(name: "target")))
    ),
  ]

  private static let written: [Meaning] = [
    Meaning(#"$.clickhouse == "ok""#, path("$.clickhouse"), .equals(text("ok"))),
    Meaning(#"$.postgres == "ok""#, path("$.postgres"), .equals(text("ok"))),
    Meaning(#"$.sites_cache == "ok""#, path("$.sites_cache"), .equals(text("ok"))),
    Meaning(#"body contains "Plausible""#, .body, .contains(text("Plausible"))),
    Meaning(
      #"content contains "PostgreSQL database dump complete""#,
      .content,
      .contains(text("PostgreSQL database dump complete"))
    ),
    Meaning(
      #"header location starts with "/""#,
      .header("location"),
      .startsWith(Template(literal: "/"))
    ),
    Meaning(
      "header x-plausible-dropped does not exist",
      .header("x-plausible-dropped"),
      .exists(false)
    ),
    Meaning(
      #"row has {"sessions":1}"#,
      .row,
      .subset(.object([.init(key: "sessions", value: .number("1"))]))
    ),
    Meaning(
      #"row has {"n":1}"#,
      .row,
      .subset(.object([.init(key: "n", value: .number("1"))]))
    ),
    Meaning(
      #"row has {"name":"ci_marker","pathname":"/{{marker}}"}"#,
      .row,
      .subset(object(["name": "ci_marker", "pathname": "/{{marker}}"]))
    ),
    Meaning(
      #"row has {"marker":"{{marker}}","first_table":"{{marker}}","last_table":"{{marker}}"#
        + #"","site":"{{marker}}.test"}"#,
      .row,
      .subset(
        object([
          "marker": "{{marker}}", "first_table": "{{marker}}", "last_table": "{{marker}}",
          "site": "{{marker}}.test",
        ])
      )
    ),
    Meaning(
      #"row has {"name":"pageview","pathname":"/{{unique}}","hostname":"{{site}}"}"#,
      .row,
      .subset(object(["name": "pageview", "pathname": "/{{unique}}", "hostname": "{{site}}"]))
    ),
    Meaning(
      #"row has {"name":"Signup {{unique}}","pathname":"/{{unique}}","hostname":"{{site}}"}"#,
      .row,
      .subset(
        object(["name": "Signup {{unique}}", "pathname": "/{{unique}}", "hostname": "{{site}}"])
      )
    ),
    Meaning("rows == 1", .rows, .equals(number: 1)),
    Meaning("rows >= 1", .rows, .atLeast(1)),
    Meaning("size > 0", .size, .greater(.number("0"))),
    Meaning("size > 1000", .size, .greater(.number("1000"))),
    Meaning("status == 200", .status, .equals(number: 200)),
    Meaning("status == 202", .status, .equals(number: 202)),
    Meaning("status == 302", .status, .equals(number: 302)),
  ]

  /// What other suites may have said.
  private static let others: [Meaning] = {
    let pattern = try? Pattern("a == 1/b")
    let matches: Predicate = pattern.map { .matches($0) } ?? .isEmpty
    let regex: Subject = pattern.map { .regex($0) } ?? .body
    return [
      Meaning("status < 400", .status, .less(.number("400"))),
      Meaning("exit == 0", .exit, .equals(number: 0)),
      Meaning("duration <= 1.50", .duration, .lessOrEqual(.number("1.50"))),
      Meaning("error does not exist", .error, .exists(false)),
      Meaning("contradiction does not exist", .contradiction, .exists(false)),
      Meaning("stdout ends with \"is empty\"", .stdout, .endsWith(Template(literal: "is empty"))),
      Meaning("stderr is empty", .stderr, .isEmpty),
      Meaning("row.a b exists", .cell("a b"), .exists(true)),
      Meaning("column n contains 3", .column("n"), .contains(.number("3"))),
      Meaning("body matches /a == 1/b/", .body, matches),
      Meaning("regex /a == 1/b/ == \"x\"", regex, .equals(text("x"))),
      Meaning("xpath //a[@b = 'c'] is empty", .xpath("//a[@b = 'c']"), .isEmpty),
      Meaning("$[?@.n == 1].x exists", path("$[?@.n == 1].x"), .exists(true)),
      Meaning(
        "$.a is one of 1, \"b, c\", null",
        path("$.a"),
        .oneOf([.number("1"), text("b, c"), .null])
      ),
      Meaning("$.a not (contains \"x\")", path("$.a"), .not(.contains(text("x")))),
      Meaning("$ count >= 1", path("$"), .count([.atLeast(1)])),
      Meaning(
        "$ count >= 1 and not (== 3)",
        path("$"),
        .count([.atLeast(1), .not(.equals(number: 3))])
      ), Meaning("$.a == [1,{}]", path("$.a"), .equals(.list([.number("1"), .object([])]))),
      Meaning("$.id exists and is not empty, for {{key}}", path("$.id"), .captured(name: "key")),
      Meaning("service db has its data in the backup", .backedUp(service: "db"), .exists(true)),
      Meaning("$.a is an integer", path("$.a"), .kind(.integer)),
      Meaning("$.a is a number", path("$.a"), .kind(.number)),
      Meaning("$.a is a text", path("$.a"), .kind(.string)),
      Meaning("$.a is true or false", path("$.a"), .kind(.boolean)),
      Meaning("$.a is a list", path("$.a"), .kind(.list)),
      Meaning("$.a is an object", path("$.a"), .kind(.object)),
      Meaning("$.a is a date", path("$.a"), .kind(.date)),
      Meaning("$.a is a UUID", path("$.a"), .kind(.uuid)),
    ]
  }()

  private func assertion(_ text: String, violated: [String] = []) throws -> Assertion {
    let json = WrittenAssertion(text, violated: violated).json
    return try JSONTextDecoder().decode(from: JSONTextEncoder().bytes(of: json))
  }

  // MARK: Assertions

  @Test func `Assertions of suites become what the suite says now`() throws {
    for meaning in Self.others {
      let (text, subject, predicate) = (meaning.text, meaning.subject, meaning.predicate)
      let read = try assertion(text)
      #expect(read == Assertion(subject, predicate, actual: .absent, holds: true), "\(text)")
      let never = Assertion(subject, predicate, actual: .absent, holds: true, isNever: true)
      #expect(try assertion("never \(text)") == never)
    }
  }

  @Test(arguments: [
    "", "status", "status is fine", "status == ", "a sentence that nobody wrote", "$[ exists",
    "regex /(/ exists", "body matches /(/", "is told", "answer", "rows of as many",
    "$.a is one of {", "status >= 1 and < 3",
  ]) func `What cannot be read stays as it was written`(_ text: String) throws {
    let read = try assertion(text)
    #expect(read == Assertion(.written(text), .exists(true), actual: .absent, holds: true))
  }

  @Test(
    arguments: [
      ("was 500", .number(500)), ("was \"a, was b\"", .text("a, was b")),
      ("was {\"a\":null}", .value(["a": .null])), ("was null", .value(.null)),
      ("was connection refused", .text("connection refused")), ("there was none", .absent),
      ("was \"<html>… [90 bytes cut]", .excerpt("\"<html>", rest: 90)),
    ] as [(String, Assertion.Actual)]
  ) func `What was violated fails, with what was there`(_ seen: String, _ actual: Assertion.Actual)
    throws
  {
    let text = "body contains \"x\""
    let read = try assertion(text, violated: ["status == 200, was 500", "\(text), \(seen)"])
    #expect(read == Assertion(.body, .contains(Self.text("x")), actual: actual, holds: false))
  }

  @Test func `A violated assertion that only begins alike says nothing of another`() throws {
    let violated = ["status is one of 200, 201, was 500"]
    #expect(try assertion("status is one of 200", violated: violated).holds)
    #expect(try assertion("status is one of 200, 201", violated: violated).holds == false)
    #expect(try assertion("status == 20", violated: ["status == 200, was 500"]).holds)
  }

  // MARK: Whole files

  private func bytes(_ name: String) throws -> [UInt8] {
    let folder = URL(filePath: #filePath).deletingLastPathComponent()
    return Array(try Data(contentsOf: folder.appending(path: "Fixtures/\(name)")))
  }

  private func read(_ value: JSONValue) throws -> CoverageModel {
    try CoverageModel(json: JSONTextEncoder().bytes(of: value))
  }

  /// The newer fixture with one part replaced.
  private func changed(_ key: String, _ value: JSONValue) throws -> CoverageModel {
    var object = try #require(try JSONParser().parse(bytes("coverage-2.json")).objectValue)
    object[key] = value
    return try read(.object(object))
  }

  @Test(arguments: ["coverage.json", "coverage-2.json"])
  func `Every assertion of the fixtures becomes what the tool asserts now`(_ name: String) throws {
    let old = try JSONParser().parse(bytes(name))
    let model = try CoverageModel(json: bytes(name))
    let checks = try #require(old["checks"]?.arrayValue)
    #expect(checks.count == model.checks.count)
    for (check, new) in zip(checks, model.checks) {
      let steps = check["evidence"]?.arrayValue ?? []
      #expect(steps.count == new.evidence.count)
      for (step, made) in zip(steps, new.evidence) {
        let texts = step["asserted"]?.arrayValue?.compactMap(\.stringValue) ?? []
        let wanted = try texts.map { text in
          let meaning = try #require(Self.ofFixtures[text], "\(text)")
          return Assertion(meaning.subject, meaning.predicate, actual: .absent, holds: true)
        }
        #expect(made.assertions == wanted)
      }
    }
  }

  @Test func `The tool's own looks have the names that they have now`() throws {
    let model = try CoverageModel(json: bytes("coverage-2.json"))
    func acts(_ id: CheckID) -> [String]? { model[check: id]?.evidence.map(\.act) }
    #expect(acts(.generic(.install, "services_running")) == ["services"])
    #expect(acts(.generic(.upgrade, "version_runs")) == ["running version"])
    #expect(acts(.generic(.backup, "snapshot")) == ["snapshot"])
    #expect(acts(.generic(.backup, "declared_paths")) == ["declared paths"])
    #expect(acts(.generic(.teardown, "nothing_left")) == ["what is left"])
    #expect(
      acts(.integrity("events_db", "survives_upgrade"))?.last == "rows of events_v2, sessions_v2"
    )
  }

  @Test(arguments: ["coverage.json", "coverage-2.json"])
  func `Reasons are told, and claims keep the suite's own words only`(_ name: String) throws {
    let model = try CoverageModel(json: bytes(name))
    let standin = Reason.told("shown on the stand-in for app")
    #expect(model.claims.first?.verdict == .provenOnStandin(reason: standin))
    #expect(model.stores.allSatisfy { $0.upgrade == .provenOnStandin(reason: standin) })
    #expect(model.stores.allSatisfy { $0.result == .provenOnStandin(reason: standin) })
    #expect(
      model.rungs.map(\.reason) == [
        nil, nil, nil, nil, .told("abra's lint did not run on this driver"),
      ]
    )
    for claim in model.claims { #expect(claim.about.isEmpty == !claim.id.hasPrefix("P3/")) }
    #expect(model.checks.contains { $0.control?.result == .failed })
  }

  @Test func `Reasons of outcomes and controls are told`() throws {
    let model = try changed(
      "checks",
      [
        [
          "about": "", "id": "functional/a::test_a", "kind": "functional", "stage": "functional",
          "strength": "state", "isHealth": false, "ports": [], "failsWhen": ["it is not"],
          "outcome": ["outcome": "failed", "reason": "GET /: status == 200, was 500"],
          "control": ["kind": "decoy", "result": ["result": "broken", "reason": "no answer"]],
          "evidence": [
            [
              "act": "GET /", "asserted": ["status == 200", "body exists"],
              "violated": ["status == 200, was 500"],
            ]
          ],
        ]
      ]
    )
    let check = try #require(model.checks.first)
    #expect(check.outcome == .failed(reason: .told("GET /: status == 200, was 500")))
    #expect(check.control?.result == .broken(reason: .told("no answer")))
    #expect(
      check.evidence == [
        EvidenceStep(
          act: "GET /",
          assertions: [
            Assertion(.status, .equals(number: 200), actual: .number(500), holds: false),
            Assertion(.body, .exists(true), actual: .absent, holds: true),
          ]
        )
      ]
    )
  }

  @Test func `The gate's sentences become what it asks`() throws {
    func gate(_ asked: String, _ accepts: String) throws -> GateCoverage {
      let json: JSONValue = ["asked": .string(asked), "accepts": .string(accepts), "within": 60]
      return try changed("gate", json).gate
    }
    #expect(
      try CoverageModel(json: bytes("coverage.json")).gate
        == GateCoverage(
          path: "/api/health",
          port: nil,
          accepts: [200],
          requires: ["clickhouse", "postgres", "sites_cache"].map { .init(key: $0, value: "ok") },
          within: 1_200
        )
    )
    #expect(
      try gate("TCP db:5432", "a connection")
        == GateCoverage(path: nil, port: "db:5432", accepts: [], requires: [], within: 60)
    )
    #expect(
      try gate("TCP db:5432, GET /a", "200, 302")
        == GateCoverage(path: "/a", port: "db:5432", accepts: [200, 302], requires: [], within: 60)
    )
  }

  @Test func `The floor of functional checks is that of its statement`() throws {
    #expect(try CoverageModel(json: bytes("coverage.json")).policy.functionalChecks == 2)
    func floor(_ statement: String) throws -> Int {
      let claim: JSONValue = [
        "id": "P3", "part": "P3", "statement": .string(statement), "checks": [],
        "verdict": ["verdict": "proven"],
      ]
      return try changed("claims", [claim]).policy.functionalChecks
    }
    #expect(try floor("At least 12 functional checks read back what they did.") == 12)
    #expect(try floor("At least 1 functional check reads back what it did.") == 1)
    #expect(try changed("claims", []).policy.functionalChecks == 2)
  }

  @Test func `What a unit's ports do not show is told`() throws {
    let unit: JSONValue = [
      "id": "a.py::test_a", "disposition": "weaker", "about": "", "script": "a.py",
      "lines": [1, 9], "checks": [], "facts": [], "changes": [], "weaker": ["GET /x is not asked"],
      "unread": ["line 3: cannot be read", "line 4: nor this"], "isPinned": false,
    ]
    let corpus: JSONValue = [
      "state": "scripts", "root": "c", "path": "c/demo", "recipes": 1, "scripts": ["a.py"],
      "isSample": false, "units": [unit],
    ]
    let read = try #require(try changed("corpus", corpus).corpus.units?.first)
    #expect(read.weaker == [PortGap(.told, source: "GET /x is not asked")])
    #expect(
      read.unread == [
        PortGap(.told, source: "line 3: cannot be read"),
        PortGap(.told, source: "line 4: nor this"),
      ]
    )
  }

  // MARK: Beside files of today

  @Test(arguments: ["coverage.json", "coverage-2.json"])
  func `Written again as schema 3 nothing has changed`(_ name: String) throws {
    let old = try CoverageModel(json: bytes(name))
    var new = old
    new.schema = 3
    let again = try CoverageModel(json: JSONTextEncoder(.spaced).bytes(of: new))
    #expect(again == new)
    #expect(CoverageDiffPropertyTests.diff(old, again).isEmpty)
    #expect(CoverageDiffPropertyTests.diff(again, old).isEmpty)
  }

  /// What a run of today would write of the same checks: the values come from here, not from the file.
  @Test(arguments: ["coverage.json", "coverage-2.json"])
  func `Beside what is asserted now, no assertion differs`(_ name: String) throws {
    let texts = try JSONParser().parse(bytes(name))["checks"]?.arrayValue ?? []
    let old = try CoverageModel(json: bytes(name))
    var new = old
    new.schema = 3
    for (index, check) in texts.enumerated() {
      for (step, json) in (check["evidence"]?.arrayValue ?? []).enumerated() {
        let asserted = json["asserted"]?.arrayValue?.compactMap(\.stringValue) ?? []
        new.checks[index].evidence[step].assertions = asserted.compactMap { text in
          Self.ofFixtures[text].map { meaning in
            Assertion(meaning.subject, meaning.predicate, actual: .absent, holds: true)
          }
        }
      }
    }
    let again = try CoverageModel(json: JSONTextEncoder(.spaced).bytes(of: new))
    #expect(CoverageDiffPropertyTests.diff(old, again).isEmpty)
  }
}
