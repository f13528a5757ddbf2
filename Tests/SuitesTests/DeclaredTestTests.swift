import Evidence
import Formats
import Testing

@testable import Suites

struct DeclaredTestTests {
  private func names(_ text: String, _ runner: SuiteScript.Runner = .pytest) -> [String] {
    DeclaredTest.all(in: Array(text.utf8), for: runner).map(\.name)
  }

  @Test func `Functions and methods of test classes are tests of a Python file`() {
    let text = #"""
      import pytest

      """
      def test_in_a_string():
          pass
      """

      def helper():
          def test_inside(): pass

      @pytest.mark.skip(reason="def test_x")
      def test_one(a, b=(1,
                         2)):  # a comment:
          """It does

          more."""

      async def test_two(): pass

      class TestThings(Base):
          value = '''
      def test_in_another():
      '''

          def test_inside(self): pass
          def helper(self):
              def test_deeper(): pass

      class Others(unittest.TestCase):
          def test_case(self):
              r"In one line."

      class NoTests:
          def test_no(self): pass

      if True:
          def test_indented(): pass

      def test_one():
          'The last of two.'
      """#
    let found = DeclaredTest.all(in: Array(text.utf8), for: .pytest)
    #expect(
      found.map(\.name) == ["test_two", "TestThings.test_inside", "Others.test_case", "test_one"]
    )
    #expect(found.map(\.about) == ["", "", "In one line.", "The last of two."])
    #expect(found.map(\.line) == [18, 25, 30, 39])
  }

  @Test func `The first paragraph of a docstring says what a test shows`() {
    let text = "def test_a(\n  x,\n):\n  # why\n  \"\"\"A note\n  is kept.\n\n  More.\n  \"\"\"\n"
    let found = DeclaredTest.all(in: Array(text.utf8), for: .pytest)
    #expect(found.map(\.about) == ["A note is kept."])
  }

  @Test func `Tests of bats are called what stands behind the word`() {
    let text = """
      setup() { :; }
      @test "a note is kept" {
        true
      }
        @test 'another one' { false; }
      @test "in one line" { parity_expect '{"status": 200}'; }
      @test bare_name {
      # @test "a comment" {
      echo '@test "no" {'
      """
    #expect(names(text, .bats) == ["a note is kept", "another one", "in one line", "bare_name"])
    #expect(names(text, .shell).isEmpty)
  }

  @Test(arguments: [
    ("#!/bin/bash\necho", ["/bin/bash"]), ("#! /usr/bin/env bash\n", ["/usr/bin/env", "bash"]),
    ("#!/bin/sh -eu x\n", ["/bin/sh", "-eu x"]), ("echo #!/bin/sh", []), ("", []), ("#!\n", []),
    ("#!/usr/bin/env -S uv run\n", ["/usr/bin/env", "-S", "uv", "run"]),
  ])
  func `The first line says what a file is run with`(text: String, words: [String]) {
    #expect(SuiteScript.interpreter(of: Array(text.utf8)) == words)
  }

  @Test func `Each test of a file is a check, and one for all where none is declared`() throws {
    let suite = try Folder.temporary { folder in
      try folder.write([
        "recipe.yml": "scripts: {python: /opt/py, environment: {A: \"{{base_url}}\"}}\n",
        "functional/test_a.py":
          "# SOURCE: recipe-info/x/tests/y.py\ndef test_x():\n  '''About.'''\n",
        "functional/test_b.py": "globals()['test_y'] = print\n",
        "functional/test_c.py":
          "import unittest\nclass T(unittest.TestCase):\n  def test_z(self): 1\n",
        "functional/d.bats": "@test \"d d\" {\n}\n", "functional/e.sh": "#!/bin/bash\n",
      ])
      return try SuiteLoader.load(folder: folder.path).suite
    }
    #expect(
      suite.checks.map(\.id.description) == [
        "functional/d::d d", "functional/e::e.sh", "functional/test_a::test_x",
        "functional/test_b::test_b.py", "functional/test_c::T.test_z",
      ]
    )
    #expect(suite.checks[2].about == "About.")
    #expect(suite.checks[2].ports == ["recipe-info/x/tests/y.py"])
    #expect(suite.checks[2].place == SourcePlace(file: "functional/test_a.py", line: 2, column: 1))
    let runners = suite.checks.map { check -> SuiteScript.Runner? in
      if case .script(let script) = check.body { script.runner } else { nil }
    }
    #expect(runners == [.bats, .shell, .pytest, .pytest, .unittest])
    #expect(suite.scripts.python == "/opt/py")
    #expect(suite.scripts.environment.map(\.name) == ["A"])
  }
}

struct SentStepTests {
  private let place = SourcePlace(file: "functional/test_a.py", line: 7, column: 1)

  private func read(_ json: String) throws -> Step {
    try Step(
      sent: try JSONParser().parse(Array(json.utf8)),
      fresh: ["unique": "q8v"],
      at: place,
      folder: "/nonexistent"
    )
  }

  @Test func `A step that a script sent is one of a suite, with names for fresh values`() throws {
    let step = try read(
      #"""
      {"http": {"method": "POST", "url": "/a/q8v?x=😀", "json": {"t": "{{no}} q8v", "n": 1.10}},
       "expect": {"status": 201, "json": {"t": "a q8v"}}, "retry": {"within": "2s"}}
      """#
    )
    #expect(step.title == "POST /a/{{unique}}?x=😀")
    #expect(step.retry?.within == .seconds(2))
    #expect(step.place == place)
    #expect(step.expect.map(\.place) == [place, place])
    let names = step.action.templates.flatMap(\.names)
    #expect(names == ["unique", "unique"])
  }

  @Test func `An id that the app made is a name in later addresses`() throws {
    let step = try Step(
      sent: ["http": ["get": "/a/17/b17?x=17&y=q8v"]],
      fresh: ["unique": "q8v"],
      answered: ["id": "17"],
      at: place,
      folder: "/nonexistent"
    )
    #expect(step.title == "GET /a/{{id}}/b17?x={{id}}&y={{unique}}")
  }

  @Test(arguments: [
    #"{"http": {"get": "/"}, "expect": {"statsu": 200}}"#,
    #"{"postgres": {"service": "db", "sql": "SELECT 'q8v'"}}"#, #"{"script": {"path": "a"}}"#,
    #"{"http": {"post": "/", "file": "recipe.yml"}}"#,
    #"{"http": {"get": "/"}, "when": {"driver": "local"}}"#, "[]", "null", #"{"http": 3}"#,
    #"{"postgres": {"service": "db", "sql": "SELECT 1"}, "expect": {"rows": {">=": 0}}}"#,
  ])
  func `What no suite could hold is refused`(json: String) {
    #expect(throws: SentStepError.self) { try read(json) }
  }

  @Test func `What a script asked for says how strong it is`() throws {
    let suite = Suite(recipe: "x", folder: "/nonexistent")
    let planned = PlannedCheck(
      id: CheckID(folder: "functional", stem: "test_a", name: "test_x"),
      kind: .functional,
      stage: .functional,
      about: "",
      place: nil,
      strength: .opaque,
      isHealth: false,
      steps: [],
      ports: []
    )
    let act = try read(#"{"http": {"method": "POST", "url": "/a", "text": "q8v"}}"#)
    let look = try read(#"{"http": {"get": "/a/1"}, "expect": {"body": {"contains": "q8v"}}}"#)
    let learned = try #require(suite.learned(planned, from: [act, look]))
    #expect(learned.strength == .state)
    #expect(learned.readBack?.readIndices == [1])
    #expect(learned.steps.map(\.act) == ["POST /a", "GET /a/1"])
    #expect(suite.learned(planned, from: [act]) == nil)
    #expect(suite.learned(planned, from: []) == nil)
  }
}
