import Testing

@testable import Corpus

@Suite struct CorpusUnitTests {
  @Test func testsAreUnitsAndTheRestIsTheScript() async {
    let units = await Script.units(
      """
      #!/usr/bin/env python3
      # About the whole.
      import requests, unittest
      def test_one():
          '''First.

          More.'''
          assert requests.get("https://h/1").ok
      class TestTwo:
          class TestInner:
              def test_deep(self): pass
          def test_two(self): pass
          def helper(self): pass
      class Old(unittest.TestCase):
          def setUp(self): self.r = requests.get("https://h/3")
          def test_three(self): self.assertEqual(self.r.status_code, 200)
      # Before the function.
      def test_four(): pass
      if __name__ == "__main__":
          test_one()
          assert requests.get("https://h/main").ok
      """,
      "sub/t.py"
    )
    #expect(
      units.map(\.id) == [
        "sub/t.py", "sub/t.py::test_one", "sub/t.py::TestTwo::TestInner::test_deep",
        "sub/t.py::TestTwo::test_two", "sub/t.py::Old::test_three", "sub/t.py::test_four",
      ]
    )
    #expect(
      units.map(\.about) == ["About the whole.", "First.", "", "", "", "Before the function."]
    )
    #expect(units[0].requests.map(\.path) == ["/main"])
    #expect(units[1].requests.map(\.path) == ["/1"])
    #expect(
      units[4].fingerprint.lines == ["assert | GET /3 | status | == 200", "request | GET /3"]
    )
  }

  @Test func checksAreUnitsOnlyWhereTheyAreSeparate() async {
    let checks = """
      import requests
      def check_a(base): assert requests.get(base + "/a").ok
      def check_b(base): assert requests.get(base + "/b").ok

      """
    func names(_ rest: String) async -> [String?] {
      await Script.units(checks + rest).map(\.function)
    }
    #expect(await names("check_a(x)\ncheck_b(x)\n") == ["check_a", "check_b"])
    #expect(await names("for check in (check_a, check_b): check(x)\n") == ["check_a", "check_b"])
    // Helpers: called twice, never, or by each other; or with tests beside them.
    #expect(await names("check_a(x)\ncheck_a(y)\ncheck_b(x)\n") == [nil])
    #expect(await names("check_a(x)\n") == [nil])
    #expect(await names("check_a(x)\ndef check_c(y): check_b(y)\ncheck_c(x)\n") == [nil])
    #expect(await names("def test_t(): check_a(z); check_b(z)\n") == ["test_t"])
  }

  @Test func shellHasItsUnits() async {
    let functions = "check_a() { curl -f \"$1/a\"; }\ncheck_b() { curl -f \"$1/b\"; }\n"
    func names(_ text: String) async -> [String?] { await Script.shell(text).map(\.function) }
    #expect(await names(functions + "check_a x\ncheck_b x\n") == ["check_a", "check_b"])
    #expect(await names(functions + "check_a x\ncheck_a y\ncheck_b x\n") == [nil])
    #expect(await names("test_x() { curl -f h/x; }\ntest_x\n") == ["test_x"])
    #expect(await names("function test_x { :; }\ncurl -f h/y\n") == [nil, "test_x"])
    let bats = "setup() { b=https://h; }\n@test \"front page\" {\n  curl -f \"$b/\"\n}\n"
    let units = await Script.units(bats, "a.bats", language: .bats)
    #expect(units.map(\.id) == ["a.bats::front page"])
    #expect(
      units[0].fingerprint.lines == ["assert | GET / | status | < 400", "request | GET /"]
    )
  }

  @Test(arguments: [CorpusScript.Language.javaScript, .typeScript, .ruby, .perl, .other])
  func otherLanguagesAreOneUnitThatSaysSo(language: CorpusScript.Language) async {
    let units = await Script.units("# What it does.\nputs 1\n", "x", language: language)
    #expect(units.map(\.id) == ["x"])
    #expect(units[0].about == "What it does.")
    #expect(units[0].unread.map(\.reason) == ["is in a language whose inside is not read"])
  }
}
