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

  @Test func bytesThatAreNotUTF8AreRefusedWithTheirOffset() {
    let (node, sink) = read(Array("a: ä\nb: ".utf8) + [0xC3, 0x28])
    #expect(node == nil)
    #expect(sink.diagnostics.map(\.message) == ["file is not UTF-8 at byte 9 (from 0)"])
    #expect(read([0xFF, 0xFE, 0x61, 0x00]).1.diagnostics[0].message.contains("UTF-16"))
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

  @Test(arguments: ["*a31 : x", "? *a31\n: x", "? [*a31]\n: x", "{[*a31]: x}"])
  func anAliasInAKeyIsRefusedBeforeItCouldGrow(_ last: String) {
    var text = "- &a0 [x, x]\n"
    for level in 1...31 { text += "- &a\(level) [*a\(level - 1), *a\(level - 1)]\n" }
    let (node, sink) = read(text + "- " + last.replacing("\n", with: "\n  ") + "\n")
    #expect(node == nil)
    #expect(sink.diagnostics.first?.message.contains("alias stands in a key") == true)
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

  @Test func tooManyDuplicateKeysAreAnErrorAndNotSilence() {
    let (node, sink) = read((0..<80).map { "k\($0): 1\nk\($0): 2\n" }.joined())
    #expect(node == nil)
    #expect(sink.hasErrors)
  }
}
