import Formats
import Testing

@testable import Corpus

/// What a Python file says at its top, read without running it.
struct PythonOutlineTests {
  private static func outline(_ text: String) async throws -> PythonOutline {
    let all = await PythonOutline.read([("recipe_meta.py", Array(text.utf8))])
    return try #require(all?.first)
  }

  private static func values(_ outline: PythonOutline) -> [String: JSONValue] {
    Dictionary(outline.constants.map { ($0.name, $0.value) }) { $1 }
  }

  @Test func `Constants are what they are written as`() async throws {
    let outline = try await Self.outline(
      """
      \u{FEFF}"Settings."
      A: str = "/ä"
      B = (200, 302)
      C = -2
      D = {"X": "1", "Y": True, "Z": None}
      E = F = ["a", {"b"}]
      """
    )
    #expect(
      Self.values(outline) == [
        "A": "/ä", "B": [200, 302], "C": -2, "D": ["X": "1", "Y": true, "Z": .null],
        "E": ["a", ["b"]], "F": ["a", ["b"]],
      ]
    )
    #expect(outline.code.isEmpty && outline.problem == nil)
  }

  @Test(
    arguments: [
      ("A = print()", "A", 5), ("A = f\"{B}\"", "A", 5), ("A = \"/x\"\nA += \"y\"", "A", 1),
      ("A = 1\ndef f():\n    global A\n    A = 2", "A", 5), ("A = 1\ndel A", "A", 1),
      ("A = {\"ä\": 1, \"k\": id(1)}", "A[\"k\"]", 19), ("A = {**B}", "A", 8),
      ("A = {}\nA[\"k\"] = 1", "A", 1), ("A = {}\nA.update(k=1)", "A", 1),
      ("if 1:\n    A = 1", "A", 1), ("A = 1\nfor A in (2, 3): pass", "A", 1),
      ("import os\nos.remove(\"x\")", "", 1), ("A = 9 ** 9 ** 9", "A", 5),
      ("A = \"x\" * 10", "A", 5), ("A = 99999999999999999999", "A", 5), ("A = b\"x\"", "A", 5),
    ]
  )
  func `What is code, or what code may have changed, is no constant`(
    text: String,
    name: String,
    column: Int
  ) async throws {
    let outline = try await Self.outline(text)
    let code = try #require(outline.code.last)
    #expect(code.name == name && code.place.column == column)
    let value = Self.values(outline)["A"]
    #expect(
      value == nil || value?.objectValue?["k"] == nil && name != "A" || name == "A" && value == [:]
    )
  }

  @Test func `Functions, imports and variables have their places`() async throws {
    let outline = try await Self.outline(
      """
      import json, harness.app
      from harness import lifecycle
      from . import near

      def pre_backup(app):
          "Plant it. \\n\\nMore."
          return os.environ["BASE_URL"], os.environ.get("B", ""), os.getenv("C")
      """
    )
    #expect(outline.imports.map(\.name) == ["harness"])
    #expect(outline.functions.map(\.name) == ["pre_backup"])
    #expect(outline.functions.first?.about == "Plant it.")
    #expect(outline.functions.first?.place.line == 5)
    #expect(outline.variables.map(\.name).sorted() == ["B", "BASE_URL", "C"])
  }

  @Test func `What cannot be read says where, and the next file is read all the same`() async throws
  {
    let deep = String(repeating: "(", count: 5000)
    let all = try #require(
      await PythonOutline.read([
        ("a.py", Array("A = 1\nB = (".utf8)), ("b.py", Array("A = \(deep)".utf8)),
        ("c.py", Array("A = 1".utf8) + [0x0A, 0xFF]), ("d.py", Array("A = 1".utf8)),
      ])
    )
    #expect(all.map { $0.problem?.line } == [2, 1, 2, nil])
    #expect(all.last.map(Self.values) == ["A": 1])
  }
}
