import Evidence
import Testing

@testable import Suites

/// What a check's steps can show, derived from their form.
struct StrengthTests {
  private struct Case: CustomTestStringConvertible {
    var name: String
    var strength: Strength
    var steps: String
    var reads: [Int]?
    var decoy: Bool?

    var testDescription: String { name }
  }

  private static let cases: [Case] = [
    Case(
      name: "a status is an acknowledgement",
      strength: .ack,
      steps: "- {http: {post: /, json: {a: \"{{unique}}\"}}, expect: {status: 202}}"
    ),
    Case(
      name: "an echo in the act's own answer is content",
      strength: .content,
      steps: "- {http: {post: /, json: {a: \"{{unique}}\"}}, expect: {json: {a: \"{{unique}}\"}}}"
    ),
    Case(
      name: "a later request that returns the value is state",
      strength: .state,
      steps: """
        - {http: {post: /, json: {a: "{{unique}}"}}, expect: {status: 201}}
        - {http: {get: /}, expect: {body: {contains: "{{unique}}"}}}
        """,
      reads: [1],
      decoy: true
    ),
    Case(
      name: "a login is no state",
      strength: .content,
      steps: """
        - {http: {get: /login}}
        - http: {form: {from: "#login", set: {user: admin, password: geheim}}, redirects: 1}
          expect: {status: 200, css: {"#user": admin}}
        - {http: {get: /}, expect: {css: {"#user": admin}}}
        """
    ),
    Case(
      name: "a form that sends a fresh value is an act",
      strength: .state,
      steps: """
        - {http: {get: /new}}
        - {http: {form: {from: "#new", set: {title: "{{unique}}"}}}, expect: {status: 303}}
        - {http: {get: /}, expect: {css: {"li a": {contains: "{{unique}}"}}}}
        """,
      reads: [2],
      decoy: true
    ),
    Case(
      name: "fresh bytes that come back are state",
      strength: .state,
      steps: """
        - {http: {post: /, multipart: {file: {fresh_bytes: 10}}}}
        - {http: {get: /}, expect: {body: {equalsFreshBytes: 10}}}
        """,
      reads: [1],
      decoy: true
    ),
    Case(
      name: "a fresh value in the filter of a path that finds something is state",
      strength: .state,
      steps: """
        - {http: {post: /, json: {a: "{{unique}}"}}}
        - {http: {get: /}, expect: {jsonpath: {"$[?@.a == {{unique}}]": {exists: true}}}}
        """,
      reads: [1],
      decoy: true
    ),
    Case(
      name: "a fresh value in the filter of a path that finds nothing is none",
      strength: .content,
      steps: """
        - {http: {post: /, json: {a: "{{unique}}"}}}
        - {http: {get: /}, expect: {json: {b: 1}, jsonpath: {"$[?@.a == {{unique}}]": {exists: false}}}}
        """
    ),
    Case(
      name: "a value derived from the fresh one counts",
      strength: .state,
      steps: """
        - {http: {post: /, form: {a: "{{site}}"}}, expect: {status: 201}}
        - {postgres: {service: db, sql: SELECT domain FROM sites}, expect: {row: {domain: "{{site}}"}}}
        """,
      reads: [1],
      decoy: true
    ),
    Case(
      name: "a fixed value shows nothing new",
      strength: .content,
      steps: """
        - {http: {post: /, json: {a: fixed}}, expect: {status: 201}}
        - {http: {get: /}, expect: {body: {contains: fixed}}}
        """
    ),
    Case(
      name: "a fresh value only in the query and any row is not state",
      strength: .content,
      steps: """
        - {http: {post: /, json: {a: "{{unique}}"}}, expect: {status: 201}}
        - {postgres: {service: db, sql: "SELECT a FROM t WHERE a = $1", params: ["{{unique}}"]}, expect: {rows: {">=": 1}}}
        """,
      reads: [1],
      decoy: true
    ),
    Case(
      name: "that it is not there is no read-back, and nothing where it was never seen",
      strength: .ack,
      steps: """
        - {http: {post: /, json: {a: "{{unique}}"}}, expect: {status: 201}}
        - {http: {get: /}, expect: {body: {not: {contains: "{{unique}}"}}}}
        """
    ),
    Case(
      name: "a read-back that may be skipped is none",
      strength: .content,
      steps: """
        - {http: {post: /, json: {a: "{{unique}}"}}, expect: {status: 201}}
        - {http: {get: /}, expect: {body: "{{unique}}"}, when: {driver: swarm}}
        """
    ),
    Case(
      name: "an act that may be skipped is none",
      strength: .content,
      steps: """
        - {http: {post: /, json: {a: "{{unique}}"}}, expect: {status: 201}, when: {driver: swarm}}
        - {http: {get: /}, expect: {body: "{{unique}}"}}
        """
    ),
    Case(
      name: "a search that echoes its words is no state",
      strength: .content,
      steps: """
        - {http: {get: "/search?q={{unique}}"}, expect: {status: 200}}
        - {http: {get: "/search?q={{unique}}"}, expect: {body: {contains: "{{unique}}"}}}
        """
    ),
    Case(
      name: "a GET that another channel confirms is state",
      strength: .state,
      steps: """
        - {http: {get: "/pixel?u={{unique}}"}, expect: {status: 200}}
        - {postgres: {service: db, sql: SELECT u FROM t}, expect: {column: {u: ["{{unique}}"]}}}
        """,
      reads: [1],
      decoy: true
    ),
    Case(
      name: "what arrives through a capture only has a decoy of the capture",
      strength: .state,
      steps: """
        - http: {post: /, json: {a: "{{unique}}"}}
          expect: {status: 201}
          capture: {id: {jsonpath: $.id}}
        - {http: {get: "/{{id}}"}, expect: {json: {id: "{{id}}"}}}
        """,
      reads: [1],
      decoy: true
    ),
    Case(
      name: "a capture beside the value itself has a decoy",
      strength: .state,
      steps: """
        - http: {post: /, json: {a: "{{unique}}"}}
          expect: {status: 201}
          capture: {id: {jsonpath: $.id}}
        - {http: {get: "/{{id}}"}, expect: {json: {a: "{{unique}}"}}}
        """,
      reads: [1],
      decoy: true
    ),
    Case(
      name: "act and read-back in one group have no decoy",
      strength: .state,
      steps: """
        - group:
            - {http: {post: /, json: {a: "{{unique}}"}}}
            - {http: {get: /}, expect: {body: "{{unique}}"}}
          retry: {within: 5s}
        """,
      reads: [0],
      decoy: false
    ),
    Case(
      name: "what a container gives back of what was put into it is not the app's state",
      strength: .content,
      steps: """
        - {file: {service: app, path: /x, write: "{{unique}}"}}
        - {exec: {argv: [cat, /x]}, expect: {stdout: "{{unique}}"}}
        """
    ),
    Case(
      name: "a command and what another command says of it is not the app's state",
      strength: .content,
      steps: """
        - {exec: {argv: [mariadb, -e, "INSERT INTO t VALUES ('{{unique}}')"]}}
        - {exec: {argv: [mariadb, -e, SELECT a FROM t]}, expect: {stdout: {contains: "{{unique}}"}}}
        """
    ),
    Case(
      name: "a command of the app that its pages show is state",
      strength: .state,
      steps: """
        - {exec: {argv: [manage, add, "{{unique}}"]}, expect: {exit: 0}}
        - {http: {get: /users}, expect: {body: {contains: "{{unique}}"}}}
        """,
      reads: [1],
      decoy: true
    ),
    Case(
      name: "a command of the app that its database shows is state",
      strength: .state,
      steps: """
        - {exec: {argv: [manage, add, "{{unique}}"]}, expect: {exit: 0}}
        - {postgres: {service: db, sql: SELECT a FROM t}, expect: {row: {a: "{{unique}}"}}}
        """,
      reads: [1],
      decoy: true
    ),
    Case(
      name: "what was done through the app and a command shows is state",
      strength: .state,
      steps: """
        - {http: {post: /, json: {a: "{{unique}}"}}, expect: {status: 201}}
        - {exec: {argv: [manage, list]}, expect: {stdout: {contains: "{{unique}}"}}}
        """,
      reads: [1],
      decoy: true
    ),
    Case(
      name: "a statement that answers with its own words says that somebody answers",
      strength: .ack,
      steps: "- {postgres: {service: db, sql: SELECT 1 AS one}, expect: {row: {one: 1}}}"
    ),
    Case(
      name: "a database that gives back its own row is not the app's state",
      strength: .content,
      steps: """
        - {postgres: {service: db, sql: INSERT INTO t VALUES ($1), params: ["{{unique}}"]}}
        - {postgres: {service: db, sql: SELECT a FROM t}, expect: {row: {a: "{{unique}}"}}}
        """
    ),
    Case(
      name: "a row of MariaDB that was put there past the app is not the app's state",
      strength: .content,
      steps: """
        - {mysql: {service: wiki, sql: INSERT INTO t VALUES (?), params: ["{{unique}}"]}}
        - {mysql: {service: wiki, sql: SELECT a FROM t}, expect: {row: {a: "{{unique}}"}}}
        """
    ),
    Case(
      name: "a key of Redis that was put there past the app is not the app's state",
      strength: .content,
      steps: """
        - {redis: {service: cache, command: [SET, a, "{{unique}}"]}}
        - {redis: {service: cache, command: [GET, a]}, expect: {row: {value: "{{unique}}"}}}
        """
    ),
    Case(
      name: "what the app wrote to MariaDB is state",
      strength: .state,
      steps: """
        - {http: {post: /, json: {a: "{{unique}}"}}, expect: {status: 201}}
        - {mysql: {service: wiki, sql: SELECT a FROM t}, expect: {row: {a: "{{unique}}"}}}
        """,
      reads: [1],
      decoy: true
    ),
    Case(
      name: "what the app wrote to Redis is state",
      strength: .state,
      steps: """
        - {http: {post: /, json: {a: "{{unique}}"}}, expect: {status: 201}}
        - {redis: {service: cache, command: [GET, a]}, expect: {row: {value: "{{unique}}"}}}
        """,
      reads: [1],
      decoy: true
    ),
    Case(
      name: "what the app wrote to its SQLite file is state",
      strength: .state,
      steps: """
        - {http: {post: /, json: {a: "{{unique}}"}}, expect: {status: 201}}
        - {sqlite: {path: /x.db, sql: SELECT a FROM t}, expect: {row: {a: "{{unique}}"}}}
        """,
      reads: [1],
      decoy: true
    ),
    Case(
      name: "a file that was written past the app is not the app's state, read as SQLite too",
      strength: .content,
      steps: """
        - {file: {service: app, path: /x.db, write: "{{unique}}"}}
        - {sqlite: {path: /x.db, sql: SELECT a FROM t}, expect: {row: {a: "{{unique}}"}}}
        """
    ),
    Case(
      name: "a file that is read where it was written is not the app's state",
      strength: .content,
      steps: """
        - {file: {service: app, path: /x, write: "{{unique}}"}}
        - {file: {service: app, path: /x}, expect: {content: "{{unique}}"}}
        """
    ),
    Case(
      name: "a row that the app shows is state",
      strength: .state,
      steps: """
        - {postgres: {service: db, sql: INSERT INTO t VALUES ($1), params: ["{{unique}}"]}}
        - {http: {get: /}, expect: {body: {contains: "{{unique}}"}}}
        """,
      reads: [1],
      decoy: true
    ),
    Case(
      name: "a captured status is nobody's fresh value",
      strength: .content,
      steps: """
        - {http: {post: /, json: {a: "{{unique}}"}}, capture: {code: {status: true}}}
        - {http: {get: /}, expect: {body: {contains: "{{code}}"}}}
        """
    ),
    Case(
      name: "every later look that expects the value is repeated",
      strength: .state,
      steps: """
        - {http: {get: /}, expect: {status: 200}}
        - {http: {post: /, json: {a: "{{unique}}"}}, expect: {status: 201}}
        - {http: {get: /}, expect: {body: "{{unique}}"}}
        - {http: {get: /b}, expect: {status: 200}}
        - {http: {get: /c}, expect: {header: {x: {endsWith: "{{unique}}"}}}}
        """,
      reads: [2, 4],
      decoy: true
    ),
    Case(
      name: "a script without assertions is opaque",
      strength: .opaque,
      steps: "- {script: {path: functional/checks.yml}}"
    ),
  ]

  @Test(arguments: cases.indices) func strengthFollowsFromTheSteps(_ index: Int) throws {
    let example = Self.cases[index]
    let suite = try suite(example.steps)
    let assessment = suite.checks[0].assessment(suiteVars: suite.vars)
    #expect(assessment.strength == example.strength, "\(example.name): \(assessment.reason)")
    #expect(assessment.readBack?.readIndices == example.reads, "\(example.name)")
    #expect(assessment.readBack?.decoyPossible == example.decoy, "\(example.name)")
  }

  /// A client inside of the database's container goes past the app as a query does.
  @Test func aCommandInADatabaseIsNoPartOfTheApp() throws {
    let query = try self.suite(
      """
      - {exec: {service: db, argv: [psql, -c, "INSERT INTO t VALUES ('{{unique}}')"]}}
      - {postgres: {service: db, sql: SELECT a FROM t}, expect: {row: {a: "{{unique}}"}}}
      """
    )
    #expect(query.checks[0].assessment(databases: ["db"]).strength == .content)
  }

  // MARK: Absences

  private static let deleted = """
    - http: {post: /notes, json: {title: "{{unique}}"}}
      expect: {status: 201}
      capture: {id: {jsonpath: $.id}}
    SEEN
    - {http: {delete: "/notes/{{id}}"}, expect: {status: 204}}
    - GONE
    """

  /// What was seen before, what is said afterwards, and whether the one is believed after the other.
  static let absences: [(seen: String, gone: String, isSeen: Bool)] = [
    (
      "", "{http: {get: \"/notes?title={{unique}}\"}, expect: {jsonpath: {$.items: {count: 0}}}}",
      false
    ),
    (
      "- {http: {get: \"/notes?title={{unique}}\"}, expect: {jsonpath: {$.items: {count: 1}}}}",
      "{http: {get: \"/notes?title={{unique}}\"}, expect: {jsonpath: {$.items: {count: 0}}}}", true
    ),
    // The look was made, and nothing was expected of it.
    (
      "- {http: {get: \"/notes?title={{unique}}\"}, expect: {status: 200}}",
      "{http: {get: \"/notes?title={{unique}}\"}, expect: {jsonpath: {$.items: {isEmpty: true}}}}",
      false
    ),
    ("", "{http: {get: \"/notes/{{id}}\"}, expect: {status: 404}}", false),
    (
      "- {http: {get: \"/notes/{{id}}\"}, expect: {status: 200}}",
      "{http: {get: \"/notes/{{id}}\"}, expect: {status: 404}}", true
    ),
    ("", "{http: {get: /notes}, expect: {body: {not: {contains: \"{{unique}}\"}}}}", false),
    (
      "- {http: {get: /all}, expect: {body: {contains: \"{{unique}}\"}}}",
      "{http: {get: /notes}, expect: {body: {not: {contains: \"{{unique}}\"}}}}", true
    ),
    (
      "",
      "{postgres: {service: db, sql: SELECT count(*) AS n FROM t WHERE a = $1, params: [\"{{id}}\"]}, expect: {row: {n: 0}}}",
      false
    ),
    (
      "- {postgres: {service: db, sql: SELECT a FROM t WHERE a = $1, params: [\"{{id}}\"]}, expect: {rows: 1}}",
      "{postgres: {service: db, sql: SELECT count(*) AS n FROM t WHERE a = $1, params: [\"{{id}}\"]}, expect: {row: {n: 0}}}",
      true
    ),
  ]

  @Test(arguments: absences)
  func whatIsGoneMustHaveBeenSeenThere(_ seen: String, _ gone: String, _ isSeen: Bool) throws {
    let steps = Self.deleted.replacing("SEEN", with: seen).replacing("GONE", with: gone)
    let assessment = try suite(steps).checks[0].assessment()
    #expect(assessment.doubts == (isSeen ? [] : [.absenceUnseen]))
    if !isSeen { #expect(assessment.strength == .ack) }
  }

  // MARK: Addresses

  @Test(arguments: [
    ("http://127.0.0.1:8080/notes", true), ("{{elsewhere}}/notes", true),
    ("https://{{domain}}/notes", false), ("https://www.{{domain}}/notes", false),
    ("{{base_url}}/notes", false), ("/notes?next=http://example.org/", false),
  ])
  func whatAnotherHostAnswersShowsNothing(_ address: String, _ isElsewhere: Bool) throws {
    let suite = try suite(
      """
      - {http: {post: "\(address)", json: {a: "{{unique}}"}}, expect: {status: 201}}
      - {http: {get: "\(address)"}, expect: {body: {contains: "{{unique}}"}}}
      """
    )
    let assessment = suite.checks[0].assessment(suiteVars: suite.vars)
    #expect(assessment.doubts == (isElsewhere ? [.elsewhere] : []))
    #expect(assessment.strength == (isElsewhere ? .none : .state))
  }

  @Test(arguments: [
    ("/", "/{{sibling}}"), ("/archive", "/{{sibling}}"), ("/a/b?x=/y", "/a/{{sibling}}?x=/y"),
    ("/a/{{id}}/", "/a/{{sibling}}/"), ("/x/page.html", "/x/{{sibling}}.html"),
    ("{{base_url}}/a", "{{base_url}}/{{sibling}}"), ("{{path}}", "{{path}}/{{sibling}}"),
    ("https://{{domain}}/a/v1.2", "https://{{domain}}/a/{{sibling}}"),
  ])
  func aSiblingIsAnAddressBesideAnother(_ address: String, _ sibling: String) throws {
    #expect(try Template(parsing: address).sibling.source == sibling)
  }

  /// One program for all pages: its path says nothing of which one is asked for.
  @Test(arguments: [
    ("/index.php?title=Main&a=", "", "/index.php?title={{sibling}}&a"),
    ("/index.php", "title", "/index.php"),
    ("/w/api.cgi?q={{unique}}", "", "/w/api.cgi?q={{sibling}}"),
    ("/index.php", "", "/{{sibling}}.php"), ("/pages?title=Main", "", "/{{sibling}}?title=Main"),
  ])
  func aSiblingOfAProgramHasAnotherQuery(
    _ address: String,
    _ name: String,
    _ sibling: String
  ) throws {
    var action = HTTPAction(method: "GET", target: try Template(parsing: address))
    if !name.isEmpty { action.query = [(name, Template(literal: "Main"))] }
    let step = Step(action: .http(action), place: SourcePlace(file: "a", line: 1, column: 1))
    guard case .http(let other) = step.sibling.action else { return }
    #expect(other.target.source == sibling)
    #expect(other.query.map(\.value.source) == (name.isEmpty ? [] : ["{{sibling}}"]))
  }

  @Test func aCheckThatAssertsNothingHasNoStrength() {
    let step = Step(
      action: .exec(ExecAction(service: "app", argv: [])),
      place: SourcePlace(file: "a", line: 1, column: 1)
    )
    #expect(Assessment(of: [step], vars: []).strength == .none)
  }

  @Test func theReasonNamesTheStepsAndTheValue() throws {
    let suite = try SuiteLoader.load(folder: Fixtures.path("plausible")).suite
    let assessment = suite.checks[1].assessment(suiteVars: suite.vars)
    #expect(assessment.readBack?.actIndex == 0)
    #expect(assessment.readBack?.freshNames == ["unique", "site"])
    #expect(assessment.reason == "step 1 sends and step 3 reads back {{unique}}, {{site}}")
  }

  @Test func whatIsAssertedIsReadOffTheSteps() throws {
    let suite = try SuiteLoader.load(folder: Fixtures.path("plausible")).suite
    func asserted(_ index: Int) -> [String] {
      suite.checks[index].planned.flatMap(\.assertions).map(\.description)
    }
    #expect(
      asserted(1) == [
        "status == 202", "header x-plausible-dropped exists false", "rows >= 1",
        ##"row has {"hostname":"{{site}}","name":"pageview","pathname":"/{{unique}}"}"##,
      ]
    )
    #expect(asserted(6) == ["exit == 0"])
    #expect(asserted(5).contains("$.items count (== 2)"))
    #expect(asserted(5).contains("stdout not (isEmpty)"))
    #expect(asserted(5).contains("never status == 500"))
  }

  @Test func aRowAssertsItsOwnValues() throws {
    try Folder.temporary { folder in
      try folder.write([
        "recipe.yml": "",
        "functional/kinds.yml": """
        test_kinds:
          cases: {html: {kind: html, type: "text/html"}, none: {kind: "x{{unique}}", type: ""}}
          steps:
            - http: {get: "/a.{{kind}}"}
              expect: {header: {content-type: "{{ type }}"}, body: "{{kind}} {{unique}}"}
        """,
      ])
      let suite = try SuiteLoader.load(folder: folder.path).suite
      #expect(
        suite.checks.map { $0.planned.flatMap(\.assertions).map(\.description) } == [
          [#"header content-type == "text/html""#, #"body == "html {{unique}}""#],
          [#"header content-type == """#, #"body == "x{{unique}} {{unique}}""#],
        ]
      )
    }
  }

  private func suite(_ steps: String) throws -> Suite {
    try Folder.temporary { folder in
      let indented = steps.split(separator: "\n").map { "    \($0)" }.joined(separator: "\n")
      try folder.write([
        "recipe.yml": """
        services: {db: {postgres: {database: x}}, wiki: {mysql: {database: x}}, cache: {redis: {}}}
        vars: {site: "ci-{{unique}}.test", elsewhere: "https://example.org"}
        """,
        "functional/checks.yml": "test:\n  steps:\n\(indented)\n",
      ])
      return try SuiteLoader.load(folder: folder.path).suite
    }
  }
}
