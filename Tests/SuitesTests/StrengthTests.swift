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
      name: "a value derived from the fresh one counts",
      strength: .state,
      steps: """
        - {http: {post: /, form: {a: "{{site}}"}}, expect: {status: 201}}
        - {postgres: {service: db, sql: SELECT 1}, expect: {row: {domain: "{{site}}"}}}
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
        - {postgres: {service: db, sql: "SELECT $1", params: ["{{unique}}"]}, expect: {rows: {">=": 1}}}
        """,
      reads: [1],
      decoy: true
    ),
    Case(
      name: "that it is not there is no read-back",
      strength: .content,
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
        - {postgres: {service: db, sql: SELECT 1}, expect: {column: {u: ["{{unique}}"]}}}
        """,
      reads: [1],
      decoy: true
    ),
    Case(
      name: "through a capture only there is no decoy",
      strength: .state,
      steps: """
        - http: {post: /, json: {a: "{{unique}}"}}
          expect: {status: 201}
          capture: {id: {jsonpath: $.id}}
        - {http: {get: "/{{id}}"}, expect: {json: {id: "{{id}}"}}}
        """,
      reads: [1],
      decoy: false
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
      name: "a file written and read is state",
      strength: .state,
      steps: """
        - {file: {service: app, path: /x, write: "{{unique}}"}}
        - {exec: {argv: [cat, /x]}, expect: {stdout: "{{unique}}"}}
        """,
      reads: [1],
      decoy: true
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
  @Test(arguments: [
    ("db", "content"), ("app", "state"),
  ])
  func aCommandInADatabaseIsNoPartOfTheApp(service: String, strength: String) throws {
    let look =
      "{exec: {service: \(service), argv: [client, list]}, expect: {stdout: {contains: \"{{unique}}\"}}}"
    let suite = try suite(
      """
      - {exec: {service: \(service), argv: [client, "add {{unique}}"]}}
      - \(look)
      """
    )
    let assessment = suite.checks[0].assessment(databases: ["db"])
    #expect(assessment.strength.rawValue == strength, "\(assessment.reason)")
    let query = try self.suite(
      """
      - {exec: {service: db, argv: [psql, -c, "INSERT INTO t VALUES ('{{unique}}')"]}}
      - {postgres: {service: db, sql: SELECT a FROM t}, expect: {row: {a: "{{unique}}"}}}
      """
    )
    #expect(query.checks[0].assessment(databases: ["db"]).strength == .content)
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
        services: {db: {postgres: {database: x}}}
        vars: {site: "ci-{{unique}}.test"}
        """,
        "functional/checks.yml": "test:\n  steps:\n\(indented)\n",
      ])
      return try SuiteLoader.load(folder: folder.path).suite
    }
  }
}
