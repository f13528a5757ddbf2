import Evidence
import Testing

@testable import Suites

/// Which checks do the same, which only look at health, and which could pass on old data.
struct BehaviourTests {
  private func suite(_ checks: String, recipe: String = "") throws -> Suite {
    try Folder.temporary { folder in
      try folder.write([
        "recipe.yml": "services: {db: {postgres: {database: x}}}\n\(recipe)",
        "functional/checks.yml": checks,
      ])
      return try SuiteLoader.load(folder: folder.path).suite
    }
  }

  private static let posts = """
    test_a:
      steps:
        - {http: {post: /notes, json: {title: "{{unique}}"}}, expect: {status: 201}}
        - {http: {get: "/notes/{{unique}}"}, expect: {body: {contains: "{{unique}}"}}}
    """

  @Test func `A step is tried for as long as it and the groups around it are`() throws {
    let checks = try suite(
      """
      test_a:
        steps:
          - http: {get: /once}
            expect: {status: 200}
          - group:
              - http: {get: /both}
                retry: {within: 600s}
                expect: {status: 200}
              - http: {get: /group}
                expect: {status: 200}
            retry: {within: 5s}
      """
    ).checks
    #expect(checks.first?.planned.map(\.within) == [nil, 605_000, 5_000])
  }

  static let same = [
    """
    test_b:
      about: Something else altogether.
      vars: {id: "b-{{unique}}"}
      steps:
        - {http: {post: /notes, json: {title: "b-{{id}}"}}, expect: {status: 201}}
        - {http: {get: "/notes/other-{{id}}"}, retry: {within: 5s}, expect: {body: {contains: "x{{id}}"}}}
    """,
    posts.replacing("test_a", with: "test_b").replacing("post: /notes", with: "post: /notes?n=2"),
    posts.replacing("test_a", with: "test_b").replacing(
      "post: /notes",
      with: "post: /notes?kind=b&x"
    ),
    posts.replacing("test_a", with: "test_b")
      .replacing("get: \"/notes/{{unique}}\"", with: "get: \"/notes/{{unique}}\", query: {n: 2}"),
  ]

  @Test(arguments: same)
  func `Checks that differ in names and fresh values are one behaviour`(_ other: String) throws {
    let checks = try suite("\(Self.posts)\n\(other)").checks
    #expect(checks.count == 2)
    #expect(checks[0].behaviour != nil)
    #expect(checks[0].behaviour == checks[1].behaviour)
  }

  static let different = [
    ("/notes, json: {title: \"{{unique}}\"}", "/users, json: {title: \"{{unique}}\"}"),
    ("json: {title: \"{{unique}}\"}", "json: {title: \"{{unique}}\", kind: page}"),
    ("json: {title: \"{{unique}}\"}", "form: {title: \"{{unique}}\"}"),
    ("post: /notes", "put: /notes"),
    ("status: 201", "status: 200"),
    ("/notes/{{unique}}", "/archive/{{unique}}"),
    ("body: {contains:", "body: {startsWith:"),
    ("get: \"/notes/{{unique}}\"", "get: \"/notes/{{unique}}?as=html\""),
    ("post: /notes", "post: \"/index.php?do=add\""),
  ]

  @Test(arguments: different)
  func `Another request or expectation is another behaviour`(_ old: String, _ new: String) throws {
    let one = try suite(Self.posts).checks[0]
    let other = try suite(Self.posts.replacing(old, with: new)).checks[0]
    #expect(one.behaviour != other.behaviour)
  }

  @Test func `What a program reads is a part of what is done`() throws {
    let checks = try suite(
      ["user add {{unique}}", "group add {{unique}}"].enumerated().map {
        """
        test_\($0):
          steps:
            - {exec: {argv: [manage], stdin: "\($1)"}, expect: {exit: 0}}
            - {http: {get: /all}, expect: {body: {contains: "{{unique}}"}}}
        """
      }.joined(separator: "\n")
    ).checks
    #expect(checks[0].behaviour != checks[1].behaviour)
  }

  @Test func `The rows of one check are one behaviour`() throws {
    let checks = try suite(
      """
      test_a:
        cases: {one: {path: a}, two: {path: b}}
        steps:
          - {http: {post: "/{{path}}", json: {a: "{{unique}}"}}, expect: {status: 201}}
          - {http: {get: "/{{path}}"}, expect: {body: "{{unique}}"}}
      """
    ).checks
    #expect(Set(checks.map(\.behaviour)).count == 1)
  }

  @Test func `A plan counts checks that do the same once`() throws {
    let twice = Self.posts + "\n" + Self.posts.replacing("test_a", with: "test_b")
    let compose = try ComposeReader.read(folder: Fixtures.path("recipes/plausible"))
    func deep(_ checks: String) throws -> Int {
      let suite = try suite(checks)
      return Plan(
        suite: suite,
        compose: compose,
        driver: "local",
        base: nil,
        target: revision("1"),
        suiteTree: "aa"
      )
      .deepChecks
    }
    #expect(try deep(Self.posts) == 1)
    #expect(try deep(twice) == 1)
    #expect(
      try deep(
        twice + "\n"
          + Self.posts.replacing("test_a", with: "test_c").replacing("/notes", with: "/users")
      ) == 2
    )
  }

  // MARK: Health

  static let looks: [(String, String, Bool)] = [
    ("/api/health", "{get: /api/health}, expect: {json: {db: ok}}", true),
    ("/api/health", "{get: /api//health/?x=1}, expect: {json: {db: ok}}", true),
    ("/api/health", "{get: \"{{base_url}}/api/health\"}, expect: {status: 200}", true),
    ("/api/health", "{get: \"/api/health?x={{unique}}\"}, expect: {json: {db: ok}}", true),
    ("/api/health", "{get: /api/sites}, expect: {json: {db: ok}}", false),
    ("/api/health", "{post: /api/health}, expect: {json: {db: ok}}", false),
    ("/doku.php?id=start", "{get: \"/doku.php?id=start\"}, expect: {body: {contains: x}}", true),
    ("/doku.php?id=start", "{get: \"/doku.php?id=secret\"}, expect: {body: {contains: x}}", false),
    ("/", "{get: /}, expect: {status: 200}", true),
    ("/", "{get: /}, expect: {body: {contains: Welcome}}", false),
  ]

  @Test(arguments: looks)
  func `A look at the health path is no depth under whatever name`(
    _ path: String,
    _ step: String,
    _ isHealth: Bool
  ) throws {
    let suite = try suite(
      "test_depth:\n  steps: [{http: \(step)}]",
      recipe: "health: {path: \(path)}"
    )
    #expect(suite.checks[0].looksOnlyAtHealth(suite.health) == isHealth)
  }

  // MARK: Stale data

  static let weak: [(String, Bool)] = [
    (
      "{http: {post: /, json: {a: fixed}}, expect: {status: 201}}|{http: {get: /}, expect: {body: fixed}}",
      true
    ),
    (
      "{file: {service: app, path: /x, write: fixed}}|{http: {get: /x}, expect: {body: fixed}}",
      true
    ),
    (
      "{postgres: {service: db, sql: INSERT INTO t VALUES (1)}}|{postgres: {service: db, sql: SELECT a FROM t ORDER BY id DESC LIMIT 1}, expect: {rows: 1}}",
      true
    ),
    ("{http: {get: /}, expect: {body: fixed}}", false),
    (
      "{http: {get: /}, expect: {body: fixed}}|{http: {post: /, json: {}}, expect: {status: 201}}",
      true
    ),
    ("{http: {post: /, json: {}}, expect: {status: 400, json: {error: title}}}", false),
    (
      "{http: {post: /, json: {a: \"{{unique}}\"}}, expect: {json: {a: \"{{unique}}\"}}}|{http: {get: /}, expect: {body: fixed}}",
      false
    ),
    (
      "{http: {post: /login}, capture: {token: {jsonpath: $.t}}, expect: {status: 200}}|{http: {get: /me, auth: {bearer: \"{{token}}\"}}, expect: {body: admin}}",
      false
    ),
    ("{exec: {service: app, argv: [migrate]}}|{http: {get: /}, expect: {body: fixed}}", false),
  ]

  @Test(arguments: weak)
  func `What may have been there before is weak where something was changed`(
    _ steps: String,
    _ isWeak: Bool
  ) throws {
    let lines = steps.split(separator: "|").map { "    - \($0)" }.joined(separator: "\n")
    let suite = try suite("test:\n  steps:\n\(lines)")
    let assessment = suite.checks[0].assessment(suiteVars: suite.vars)
    #expect(assessment.strength == .content)
    #expect(assessment.mayBeStale == isWeak)
  }

  @Test func `A query that asks for the fresh value and takes any row has a control`() throws {
    let suite = try suite(
      """
      test:
        steps:
          - {http: {post: /, json: {a: "{{unique}}"}}, expect: {status: 201}}
          - {postgres: {service: db, sql: "SELECT 1 WHERE a = $1", params: ["{{unique}}"]}, expect: {rows: {">=": 1}}}
      """
    )
    let assessment = suite.checks[0].assessment(suiteVars: suite.vars)
    #expect(assessment.strength == .content)
    #expect(assessment.readBack?.readIndices == [1])
    #expect(assessment.readBack?.decoyPossible == true)
  }

  // MARK: Steps that do not run

  private func plan(_ when: String, driver: String = "local") throws -> Plan {
    let suite = try suite(
      """
      test:
        steps:
          - {http: {post: /, json: {a: "{{unique}}"}}}
          - {http: {get: /}, when: {driver: \(when)}, expect: {body: "{{unique}}"}}
      """
    )
    let compose = try ComposeReader.read(folder: Fixtures.path("recipes/plausible"))
    return Plan(
      suite: suite,
      compose: compose,
      driver: driver,
      base: nil,
      target: revision("1"),
      suiteTree: "aa"
    )
  }

  @Test func `A check all of whose looks are skipped does not pass for them`() throws {
    let id = CheckID(folder: "functional", stem: "checks", name: "test")
    let reason = Reason(.onlyOn(drivers: ["swarm"], driver: "local"))
    #expect(try plan("swarm").planned.first { $0.id == id }?.skip == reason)
    #expect(try plan("local").planned.first { $0.id == id }?.skip == nil)
    #expect(try plan("swarm").planned.last { $0.id == id }?.strength == Strength.none)
  }
}
