import Evidence
import Formats
import Testing

@testable import Suites

/// Steps of `steps/<name>.yml`, which checks use by name.
struct SharedStepsTests {
  private static let login = """
    - http: {get: /login}
      expect: {status: 200}
    - http:
        post: /login
        form: {user: "{{user}}", password: "{{password}}"}
      expect: {status: 302}
      capture: {token: {header: x-token}}
    """

  private static let check = """
    test_note_is_kept:
      about: A note is kept.
      steps:
        - use: login
          with: {user: "u-{{unique}}", password: secret-word}
        - http: {post: /notes, headers: {x-token: "{{token}}"}, json: {text: "{{unique}}"}}
          expect: {status: 201}
        - http: {get: /notes, headers: {x-token: "{{token}}"}}
          expect: {body: {contains: "{{unique}}"}}
    """

  private func load(_ files: [String: String]) throws -> LoadedSuite {
    try Folder.temporary { folder in
      try folder.write(files.merging(["recipe.yml": ""]) { own, _ in own })
      return try SuiteLoader.load(folder: folder.path)
    }
  }

  /// `file:line: message` of all that is wrong or odd.
  private func said(_ files: [String: String]) throws -> [String] {
    func shown(_ all: [Diagnostic]) -> [String] {
      all.map { "\($0.file)\($0.line > 0 ? ":\($0.line):\($0.column)" : ""): \($0.message)" }
    }
    do { return shown(try load(files).warnings) } catch let error as SuiteErrors {
      return shown(error.diagnostics)
    }
  }

  @Test func theStepsArePerformedInPlaceOfTheUse() throws {
    let suite = try load(["steps/login.yml": Self.login, "functional/a.yml": Self.check]).suite
    let steps = try #require(suite.checks.first).steps
    #expect(steps.map(\.word) == ["http", "http", "http", "http"])
    #expect(
      steps.map { "\($0.place.file):\($0.place.line)" } == [
        "steps/login.yml:1", "steps/login.yml:3", "functional/a.yml:6", "functional/a.yml:8",
      ]
    )
    #expect(steps[0].uses.map(\.description) == ["functional/a.yml:4:7"])
    guard case .http(let post) = steps[1].action, case .form(let fields)? = post.body else {
      Issue.record("no form")
      return
    }
    #expect(fields.map(\.value.source) == ["u-{{unique}}", "secret-word"])
    #expect(steps[1].capture.map(\.name) == ["token"])
  }

  /// What a check shows does not depend on where its steps stand.
  @Test func strengthAndPlanSeeTheStepsThemselves() throws {
    let shared = try load([
      "steps/note.yml": """
      - http: {post: /notes, json: {text: "{{text}}"}}
        expect: {status: 201}
      - http: {get: /notes}
        expect: {body: {contains: "{{text}}"}}
      """,
      "functional/a.yml": """
      test_a:
        steps: [{use: note, with: {text: "{{unique}}"}}]
      """,
    ]).suite
    let check = try #require(shared.checks.first)
    #expect(check.assessment(suiteVars: [], databases: []).strength == .state)
    #expect(check.planned.map(\.act) == ["POST /notes", "GET /notes"])
    #expect(check.planned.map(\.shared) == ["steps/note.yml", "steps/note.yml"])
  }

  @Test func whatIsWrongIsToldInBothFiles() throws {
    let files = ["steps/login.yml": Self.login, "functional/a.yml": Self.check]
    func with(_ name: String, _ old: String, _ new: String) -> [String: String] {
      files.merging([name: (files[name] ?? "").replacing(old, with: new)]) { $1 }
    }
    #expect(
      try said(with("functional/a.yml", ", password: secret-word", "")) == [
        "steps/login.yml:5:43: {{password}} has no value here (used at functional/a.yml:4:7)"
      ]
    )
    #expect(
      try said(with("functional/a.yml", "password: secret-word", "pass: x, password: y")) == [
        "functional/a.yml:5:36: no step of steps/login.yml has {{pass}}"
      ]
    )
    #expect(
      try said(with("steps/login.yml", "status: 302", "statos: 302")).first?
        .hasSuffix(" (used at functional/a.yml:4:7)") == true
    )
    #expect(
      try said(with("functional/a.yml", "use: login", "use: logn")).first
        == "functional/a.yml:4:12: steps/logn.yml does not exist"
    )
    #expect(
      try said(with("functional/a.yml", "use: login", "use: ../login")).first
        == "functional/a.yml:4:12: use \"../login\" is not a name"
    )
    #expect(
      try said(files.merging(["steps/other.yml": "- http: {get: /}\n"]) { $1 }) == [
        "steps/other.yml: file is used by no step"
      ]
    )
    #expect(
      try said(files.merging(["steps/other.yaml": "[]\n"]) { $1 }).first?
        .hasPrefix("steps/other.yaml: file is never read") == true
    )
    #expect(
      try said(with("functional/a.yml", "use: login", "use: login\n      retry: {within: 1s}"))
        .contains { $0.contains("retry has no place beside \"use\"") }
    )
  }

  @Test func onceIsEnoughForAMistakeThatManyUse() throws {
    let found = try said([
      "steps/a.yml": "- http: {gett: /}\n",
      "functional/a.yml": """
      test_a: {steps: [{use: a}]}
      test_b: {steps: [{use: a}]}
      """,
    ])
    #expect(found.filter { $0.contains("has no key \"gett\"") }.count == 1, "\(found)")
  }

  @Test func usesMayStandInSharedStepsButNotInCircles() throws {
    let nested = try load([
      "steps/outer.yml": "- {use: inner, with: {path: \"/{{name}}\"}}\n",
      "steps/inner.yml": "- {http: {get: \"{{path}}\"}, expect: {status: 200}}\n",
      "functional/a.yml": "test_a: {steps: [{use: outer, with: {name: x}}]}\n",
    ]).suite
    let step = try #require(nested.checks.first?.steps.first)
    #expect(step.uses.map(\.file) == ["steps/outer.yml", "functional/a.yml"])
    #expect([step].planned.map(\.act) == ["GET /x"])

    let circle = try said([
      "steps/a.yml": "- {use: b}\n", "steps/b.yml": "- {use: a}\n",
      "functional/a.yml": "test_a: {steps: [{use: a}]}\n",
    ])
    #expect(
      circle.contains {
        $0.contains("use leads back to itself: steps/a.yml → steps/b.yml → steps/a.yml")
      },
      "\(circle)"
    )
  }

  /// Fifteen files that use the next one twice each would be 32,768 steps.
  @Test func usesThatDoubleEnd() throws {
    var files = ["functional/a.yml": "test_a: {steps: [{use: s0}]}\n"]
    for level in 0..<15 {
      files["steps/s\(level).yml"] = "- {use: s\(level + 1)}\n- {use: s\(level + 1)}\n"
    }
    files["steps/s15.yml"] = "- {http: {get: /}, expect: {status: 200}}\n"
    let found = try said(files)
    #expect(found.contains { $0.contains("uses shared steps more than 1000 times") }, "\(found)")
  }

  /// A value never gets into a statement, whatever file it is written in.
  @Test func valuesStayOutOfStatements() throws {
    let found = try said([
      "recipe.yml": "services: {db: {postgres: {}}}\n",
      "steps/a.yml": "- postgres: {service: db, sql: \"SELECT * FROM {{table}}\"}\n",
      "functional/a.yml": "test_a: {steps: [{use: a, with: {table: notes}}]}\n",
    ])
    #expect(found.contains { $0.contains("sql is taken as written") }, "\(found)")
  }
}
