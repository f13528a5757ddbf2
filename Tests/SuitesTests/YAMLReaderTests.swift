import Evidence
import Testing

@testable import Suites

struct YAMLReaderTests {
  private func read(_ text: String) -> (YAMLNode?, DiagnosticSink) { read(Array(text.utf8)) }

  private func read(_ bytes: [UInt8]) -> (YAMLNode?, DiagnosticSink) {
    let sink = DiagnosticSink()
    return (YAMLReader.read(bytes, file: "a.yml", into: sink), sink)
  }

  @Test(arguments: ["1.10", "no", "0x1F", "0o17", "1e3", "2030-01-01", "+1", ".5", "007", "Yes"])
  func scalarsAreTakenAsWritten(_ text: String) {
    let (node, sink) = read("a: \(text)\nb: [\(text)]\n")
    #expect(sink.diagnostics.isEmpty)
    #expect(node?["a"]?.text == text)
    #expect(node?["b"]?.items?.first?.text == text)
  }

  @Test func nothingTildeAndNullAreNullAndQuotesAreTexts() {
    let (node, _) = read("a:\nb: ~\nc: null\nd: \"\"\ne: '~'\nf: \"null\"\n")
    for key in ["a", "b", "c"] { #expect(node?[key]?.isNull == true) }
    #expect(node?["d"]?.text == "")
    #expect(node?["e"]?.text == "~")
    #expect(node?["f"]?.text == "null")
  }

  @Test func anEmptyFileAndOneOfCommentsAreNull() {
    #expect(read("").0?.isNull == true)
    #expect(read("# nothing\n").0?.isNull == true)
  }

  @Test func placesCountLinesAndCharactersFromOne() {
    let (node, _) = read("ä: [日, {b: c}]\n\nd:\n  - e\n")
    let inner = node?["ä"]?.items?[1].members?.first
    #expect(inner?.keyPlace == SourcePlace(file: "a.yml", line: 1, column: 9))
    #expect(inner?.value.place == SourcePlace(file: "a.yml", line: 1, column: 12))
    #expect(node?["d"]?.items?[0].place == SourcePlace(file: "a.yml", line: 4, column: 5))
  }

  @Test func aByteOrderMarkAndCarriageReturnsMoveNoPlace() {
    let (node, sink) = read([0xEF, 0xBB, 0xBF] + Array("a: 1\r\nb:\r\n  c: 2\r\n".utf8))
    #expect(sink.diagnostics.isEmpty)
    #expect(node?["b"]?["c"]?.text == "2")
    #expect(node?["b"]?["c"]?.place == SourcePlace(file: "a.yml", line: 3, column: 6))
    #expect(node?.members?.first?.keyPlace.column == 1)
  }

  @Test func bytesThatAreNotUTF8AreRefusedAtTheirPlace() {
    let (node, sink) = read(Array("a: ä\nb: ".utf8) + [0xC3, 0x28])
    #expect(node == nil)
    #expect(
      sink.diagnostics.map(\.message) == ["byte 0xC3 is not UTF-8; save the file as UTF-8"]
    )
    #expect(sink.diagnostics[0].place == SourcePlace(file: "a.yml", line: 2, column: 4))
    #expect(read([0xE9]).1.diagnostics[0].place == SourcePlace(file: "a.yml", line: 1, column: 1))
    for bytes: [UInt8] in [[0xFF, 0xFE, 0x61, 0x00], [0x61, 0x00, 0x3A, 0x00], [0x00, 0x61]] {
      #expect(read(bytes).1.diagnostics[0].message == "file is UTF-16; save it as UTF-8")
    }
  }

  @Test func aliasesOfALongTextAreStoppedByTheirSize() {
    let text = "a: &a \"\(String(repeating: "x", count: 10_000))\"\nb:\n"
    let (node, sink) = read(text + String(repeating: "  - *a\n", count: 1_000))
    #expect(node == nil)
    #expect(
      sink.diagnostics.map(\.message) == [
        "file has more than 8388608 bytes once its aliases are filled in"
      ]
    )
  }

  @Test func pastALimitNothingElseIsReportedAsMissing() {
    let rows = String(repeating: "- {what: a}\n", count: 130_000)
    let (node, sink) = read(rows)
    #expect(node == nil)
    #expect(sink.diagnostics.count == 1)
  }

  @Test func aFileSaysAtMostTwoHundredThingsAndHowManyMore() {
    let sink = DiagnosticSink()
    for line in 1...1_000 {
      sink.error("it is wrong", at: SourcePlace(file: "a.yml", line: line, column: 1))
    }
    sink.error("it is wrong", inFile: "b.yml")
    #expect(sink.diagnostics.count == 202)
    #expect(
      sink.diagnostics.contains { $0.message == "file has 800 more mistakes, which are not shown" }
    )
    #expect(sink.diagnostics.contains { $0.file == "b.yml" })
  }

  @Test(arguments: [
    ("health\n  path: /\n", "1:1 key has no \":\""),
    ("health:\n  path:/\n  ok: x\n", "2:7 \":\" needs a space behind it to end a key"),
    ("health:\n  path: /\n  ok 200\n", "3:3 key has no \":\""),
    (
      "health:\n  path: /\n    ok: x\n",
      "3:5 line is indented deeper than the one above, which has its value already"
    ), ("a: b: c\n", "1:5 \": \" inside a plain text would begin a mapping; quote the text"),
    ("a: {b: c\nd: e\n", "1:4 \"{\" is never closed"),
    ("a:\n  b: [1, 2\n  c: 3\n", "2:6 \"[\" is never closed"),
    ("a: [1 2, \"x\" y]\n", "1:14 something is missing before this"),
    ("a: [1]]\n", "1:7 \"]\" closes nothing"),
    ("a: \"\\d\"\n", "1:5 \"\\d\" is no escape between double quotes"),
    ("a:\n  >= 5\n", "2:3 \">\" without quotes begins a block text; quote it"),
    ("a: *b*\n", "1:4 \"*\" cannot begin a plain text; quote it"),
    ("a: b\n...\nc: d\n", "3:1 text stands after the end of the document; a file holds one"),
  ])
  func aSyntaxErrorIsToldWhereAPersonWouldMendIt(_ text: String, _ told: String) {
    let (node, sink) = read(text)
    #expect(node == nil)
    #expect(sink.diagnostics.map { "\($0.line):\($0.column) \($0.message)" } == [told])
  }

  @Test func aControlCharacterIsRefusedAtItsPlace() {
    let (node, sink) = read("a: b\nc: \"x\u{1B}y\"\n")
    #expect(node == nil)
    #expect(sink.diagnostics.first?.place.description == "a.yml:2:6")
    #expect(sink.diagnostics.first?.message == "character U+001B is not allowed in YAML")
  }

  @Test func aFileThatIsTooLargeIsRefused() {
    let (node, sink) = read([UInt8](repeating: 0x20, count: YAMLReader.sizeLimit + 1))
    #expect(node == nil)
    #expect(sink.hasErrors)
  }

  @Test func whatIsNestedTooDeepIsRefused() {
    for text in [
      String(repeating: "[", count: 80) + String(repeating: "]", count: 80),
      String(repeating: "[", count: 100_000),
      String(repeating: "{a: ", count: 5_000),
      (0..<200).map { String(repeating: " ", count: $0) + "a:" }.joined(separator: "\n"),
    ] {
      let (_, sink) = read(text)
      #expect(
        sink.diagnostics.contains { $0.message.contains("nested more than 64 deep") },
        "\(text.prefix(20))"
      )
    }
  }

  @Test func aliasesThatGrowWithoutEndAreRefused() {
    var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    for level in 1...9 {
      let alias = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
      text += "a\(level): &a\(level) [\(alias)]\n"
    }
    let clock = ContinuousClock()
    let time = clock.measure {
      let (_, sink) = read(text)
      #expect(sink.diagnostics.count == 1)
      #expect(sink.diagnostics.first?.message.contains("once its aliases are filled in") == true)
    }
    #expect(time < .seconds(10))
  }

  @Test(arguments: [
    "a: &x 1\n# is this it? *word* and so on\nb: 2\n", "a: R&D, what? *what* it says\n",
    "a: &x 1\nb: >\n  what? *word* and\n  *other*: more\n", "a: \"&\"\nb: 'say *please* : x'\n",
  ])
  func aStarInProseIsNoAlias(_ text: String) {
    let (node, sink) = read(text)
    #expect(node != nil)
    #expect(sink.diagnostics.isEmpty)
  }

  @Test(arguments: ["*a : x", "? *a\n: x", "? [*a]\n: x", "{[*a]: x}", "{? *a : x}"])
  func anAliasInAKeyIsRefused(_ last: String) {
    let (_, sink) = read("- &a [x]\n- " + last.replacing("\n", with: "\n  ") + "\n- b\n")
    #expect(sink.diagnostics.count == 1)
    #expect(sink.diagnostics.first?.message.contains("alias stands in a key") == true)
    #expect(sink.diagnostics.first?.line == 2)
  }

  @Test func mergeKeysAreFilledInAndTheirOwnKeysWin() {
    let (node, sink) = read("a: &a {x: 1, y: 2}\nb: &b {z: 3}\nc: {<<: [*a, *b], y: 4}\n")
    #expect(sink.diagnostics.isEmpty)
    #expect(node?["c"]?.members?.map(\.key) == ["y", "x", "z"])
    #expect(node?["c"]?["y"]?.text == "4")
  }

  @Test func everyDuplicateKeyIsFoundWithBothPlaces() {
    let (node, sink) = read("a: 1\nb: {c: 1, 'c': 2, c: 3}\n\"a\": 2\nd: 4\n")
    #expect(
      sink.diagnostics.map { "\($0.line):\($0.column) \($0.message)" } == [
        "2:11 key \"c\" stands twice, first at 2:5", "2:19 key \"c\" stands twice, first at 2:5",
        "3:1 key \"a\" stands twice, first at 1:1",
      ]
    )
    #expect(node?["a"]?.text == "1")
    #expect(node?["d"]?.text == "4")
  }

  @Test func aSecondDocumentAndAForeignTagAreErrors() {
    #expect(read("a: 1\n---\nb: 2\n").1.diagnostics.first?.line == 2)
    #expect(read("a: !Ref x\n").1.hasErrors)
    #expect(read("a: !!str 1\n").0?["a"]?.scalar?.isQuoted == true)
  }

  @Test func hundredsOfDuplicateKeysAreAllFound() {
    let (node, sink) = read((0..<180).map { "k\($0): 1\nk\($0): 2\n" }.joined())
    #expect(node?.members?.count == 180)
    #expect(sink.diagnostics.count == 180)
  }
}
