import Evidence
import Foundation
import Git
import Programs
import SeededGenerators
import Testing

@testable import Corpus

@Suite struct HostileScriptTests {
  @Test(arguments: [
    ("def test_a():\n    print 'x'\n", 2), ("x = (1,\n\n", 1), ("def f(:\n    pass\n", 1),
    ("if True:\nx = 1\n", 2), ("if x:\n        a\n    b\n", 3), ("  x = 1\n", 1),
    ("x = 1 ?\n", 1), ("x = )\n", 1), ("x = '\u{0}'\n", 1), ("x = 09\n", 1),
  ])
  func whatIsNotPythonIsNamedWithItsLine(script: String, line: Int) async {
    let units = await Script.units(script)
    #expect(units.map(\.id) == ["health.py"])
    #expect(
      units.flatMap(\.unread) == [CorpusUnit.Unread(line: line, reason: "is not valid Python")]
    )
  }

  /// A file that ends the parser takes no other with it.
  @Test func everyFileHasItsOwnTree() async {
    let sources = ["x = 1", "x = (", "x = " + String(repeating: "-", count: 100_000), "y = 2"]
    let scripts = sources.enumerated().map { index, source in
      CorpusScript(path: "\(index).py", language: .python, bytes: Array(source.utf8), hash: "h")
    }
    let read = await ScriptReader().read([ScriptFolder(scripts: scripts, files: ScriptFiles())])
    let units = read.flatMap(\.units)
    #expect(units.map(\.id) == ["0.py", "1.py", "2.py", "3.py"])
    #expect(units.map { $0.unread.map(\.line) } == [[], [1], [1], []])
  }

  /// A script that needs more time than it has is named, and the others are read.
  @Test func aScriptThatEndsTheProgramIsNamed() async {
    let scripts = (0..<4).map { index in
      CorpusScript(path: "\(index).py", language: .python, bytes: Array("x = 1".utf8), hash: "h")
    }
    let folders = [ScriptFolder(scripts: scripts, files: ScriptFiles())]
    let answers = ScriptReader.answers(in: Array("[1]\n[2".utf8))
    #expect(answers.count == 1)
    let units = ScriptReader.results(of: folders, [nil])
    #expect(units.flatMap(\.units).map(\.unread.count) == [1, 1, 1, 1])
    #expect(units.allSatisfy { $0.values == nil })
  }

  @Test func withoutItsProgramsNothingIsProven() async throws {
    let corpus = try CorpusFolder()
    try corpus.write("x = 1\n", to: "plausible/tests/a.py")
    try corpus.write("true\n", to: "plausible/tests/b.sh")
    var reader = CorpusReader(root: corpus.root, isSample: false)
    #expect(reader.reading(of: "plausible").state == .scripts)
    reader.python = nil
    reader.shfmt = nil
    let reading = reader.reading(of: "plausible")
    #expect(reading.state == .unreadable)
    #expect(reading.unread.count == 2)
    #expect(reading.unread.first?.contains("install the package python3") == true)
    #expect(reading.unread.last?.contains("install the package shfmt") == true)
    let script = CorpusScript(path: "a", language: .python, bytes: [], hash: "h")
    let folder = ScriptFolder(scripts: [script], files: ScriptFiles())
    let read = await ScriptReader(python: nil).read([folder])
    #expect(
      read.flatMap(\.units).flatMap(\.unread).map(\.reason)
        == ["python3 is not installed (package python3)"]
    )
    #expect(read.allSatisfy { $0.values == nil })
  }

  /// A version manager's program is a script that starts another.
  @Test func aScriptIsNoParser() throws {
    let corpus = try CorpusFolder()
    try corpus.write("#!/bin/sh\n", to: "shim/python4", isExecutable: true)
    let shim = "\(corpus.root)/shim"
    #expect(SyntaxProgram("python4", search: shim) == nil)
    try corpus.write("\u{7F}ELF", to: "real/python4", isExecutable: true)
    let found = SyntaxProgram("python4", search: "\(shim):x:\(corpus.root)/real")
    #expect(found?.program.path == "\(corpus.root)/real/python4")
    #expect(SyntaxProgram.python?.program.path == "/usr/bin/python3")
  }

  @Test(arguments: [
    "x = " + String(repeating: "(", count: 100_000),
    "x = " + String(repeating: "-", count: 100_000),
    "x = " + String(repeating: "not ", count: 100_000) + "1",
    "x = a" + String(repeating: ".b", count: 100_000),
    "x = 1" + String(repeating: "+1", count: 100_000),
    "x = a" + String(repeating: "(b", count: 10_000) + String(repeating: ")", count: 10_000),
    "x = f'" + String(repeating: "{f\"", count: 1_000) + "'",
    (0..<2_000).map { String(repeating: " ", count: $0) + "if x:\n" }.joined(),
    "x = [" + String(repeating: "lambda: ", count: 10_000) + "1]",
    "if a:\n  b\n" + String(repeating: "elif a:\n  b\n", count: 20_000),
    "def f(): f(); f(); g()\ndef g(): f(); g(); f()\nf()\ng()\n",
    String(repeating: "\\\n", count: 100_000), String(repeating: "@a\n", count: 10_000),
  ])
  func pythonThatIsMadeToBreakReadersIsRead(script: String) async {
    #expect(await !Script.units(script).isEmpty)
  }

  @Test(arguments: [
    String(repeating: "(", count: 100_000), String(repeating: "$(", count: 100_000),
    "x=" + String(repeating: "\"$(echo ", count: 1_000),
    String(repeating: "if a; then ", count: 10_000),
    "a" + String(repeating: " | a", count: 1_000), "a" + String(repeating: " && a", count: 1_000),
    "x=" + String(repeating: "${a:-", count: 10_000), String(repeating: "{ ", count: 10_000),
    "if a; then b\n" + String(repeating: "elif a; then b\n", count: 1_500) + "fi\n",
    String(repeating: "cat <<E\n", count: 5_000), String(repeating: "`", count: 100_001),
    "f() { f; f; g; }\ng() { f; g; f; }\nf; g\n", String(repeating: "! ", count: 100_000) + "a",
    "[ " + String(repeating: "! ", count: 3_000) + "a ]\n",
    "[[ " + String(repeating: "( ", count: 10_000) + "a ]]\n",
    "x=" + String(repeating: "$((", count: 10_000),
  ])
  func shellThatIsMadeToBreakReadersIsRead(script: String) async {
    #expect(await !Script.shell(script).isEmpty)
  }

  @Test func anyBytesAreRead() async {
    var random = SeededGenerator(seed: 7)
    let scripts = (0..<300).flatMap { index in
      let bytes = (0..<200).map { _ in UInt8(truncatingIfNeeded: random.next()) }
      return CorpusScript.Language.allCases.map {
        CorpusScript(path: "\($0)/\(index)", language: $0, bytes: bytes, hash: "h")
      }
    }
    let read = await ScriptReader().read([ScriptFolder(scripts: scripts, files: ScriptFiles())])
    #expect(Set(read.flatMap(\.units).map(\.script)).count == scripts.count)
    #expect(read.allSatisfy { $0.values != nil })
  }

  @Test func contentsThatAreNotUTF8AreNamedAndTheRestIsRead() async {
    let text =
      Array("import requests\n# caf".utf8) + [0xE9]
      + Array("\ndef test_a():\n    assert requests.get('https://h/a').ok\n".utf8)
    for language in [CorpusScript.Language.python, .shell] {
      let script = CorpusScript(path: "x", language: language, bytes: text, hash: "h")
      let unread = await script.units().flatMap(\.unread)
      #expect(unread.contains { $0.line == 2 && $0.reason == "bytes are not UTF-8" })
    }
    let script = CorpusScript(path: "x", language: .python, bytes: text, hash: "h")
    #expect(await script.units().last?.requests.map(\.path) == ["/a"])
  }

  @Test(arguments: [(CorpusScript.Language.python, 10_000), (.shell, 1_000)])
  func allOfManyFunctionsAreUnits(language: CorpusScript.Language, count: Int) async {
    let functions = (0..<count).map { number in
      language == .python
        ? "def test_n\(number)():\n    assert get('https://h/\(number)').status_code == 200\n"
        : "test_n\(number)() {\n  curl -f \"https://h/\(number)\" || exit 1\n}\n"
    }
    let start = language == .python ? "from requests import get\n" : ""
    let units = await Script.units(start + functions.joined(), "many", language: language)
    #expect(units.count == count, "\(units.first?.unread ?? [])")
    #expect(units.last?.id == "many::test_n\(count - 1)")
    #expect(units.allSatisfy { $0.requests.count == 1 && $0.assertions.count == 1 })
  }

  @Test func aScriptThatIsTooLongIsNamed() async throws {
    let long = CorpusScript(
      path: "x.py",
      language: .python,
      bytes: [UInt8](repeating: 0x0A, count: CorpusScript.readLimit(of: .python) + 1),
      hash: "h"
    )
    #expect(
      await long.units().flatMap(\.unread).map(\.reason) == [
        "has 4194305 bytes, and only up to 4194304 are read inside"
      ]
    )
    let corpus = try CorpusFolder()
    try corpus.write("", to: "plausible/tests/a.py")
    let handle = try #require(fopen("\(corpus.root)/plausible/tests/b.py", "w"))
    #expect(ftruncate(fileno(handle), 50 << 20) == 0)
    fclose(handle)
    let reading = corpus.reading()
    #expect(reading.state == .unreadable)
    #expect(reading.unread == ["b.py is too large"])
    #expect(await reading.units().map(\.id) == ["a.py"])
  }

  @Test func aFolderOfBinariesProvesNothing() async throws {
    let corpus = try CorpusFolder()
    for name in ["a", "b.py", "c.sh"] {
      try corpus.write("\u{7F}ELF\0\0", to: "plausible/tests/\(name)", isExecutable: true)
    }
    #expect(corpus.reading().state == .unreadable)
    #expect(corpus.reading().unread == ["a is not text", "b.py is not text", "c.sh is not text"])
    #expect(await corpus.reading().units().isEmpty)
  }

  @Test func whatMayNotBeReadProvesNothing() throws {
    let corpus = try CorpusFolder()
    try corpus.write("x = 1\n", to: "plausible/tests/a.py")
    try corpus.write("x = 1\n", to: "plausible/tests/b.py")
    #expect(chmod("\(corpus.root)/plausible/tests/a.py", 0) == 0)
    // Root reads everything.
    guard geteuid() != 0 else { return }
    #expect(corpus.reading().state == .unreadable)
    #expect(corpus.reading().unread.contains("a.py may not be read"))
  }

  @Test func helpersAreFoundInTheFolderAndNotOutsideIt() async throws {
    let corpus = try CorpusFolder()
    let helper = "import requests\ndef get(p): return requests.get('https://h' + p)\n"
    try corpus.write(helper, to: "plausible/tests/lib/_api.py")
    try corpus.write(helper, to: "outside.py")
    try corpus.write(
      "from lib._api import get\nimport outside\nassert get('/a').ok\noutside.get('/b')\n",
      to: "plausible/tests/a.py"
    )
    #expect(
      await corpus.reading().units().flatMap(\.fingerprint.lines) == [
        "assert | GET /a | status | < 400", "request | GET /a", "request | GET /b",
      ]
    )
  }
}
