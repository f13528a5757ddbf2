import Evidence
import Foundation
import Testing

@testable import Importing

@Suite struct JUnitReaderTests {
  private func read(_ text: String) throws -> (summary: ImportSummary, cases: [ImportedCase]) {
    try JUnitReader.read(Array(text.utf8))
  }

  private func error(_ text: String) -> ImportError? {
    do {
      _ = try read(text)
      return nil
    } catch {
      return error as? ImportError
    }
  }

  @Test func `Suites in suites, with their names around each case`() throws {
    let (summary, cases) = try read(
      """
      <testsuites><testsuite name="a"><testsuite name="b"><testcase name="one" classname="C"/></testsuite>
      <testcase name="two"/></testsuite><testcase name="three"/></testsuites>
      """
    )
    #expect(cases.map(\.name) == ["one", "two", "three"])
    #expect(cases.map(\.suites) == [["a", "b"], ["a"], []])
    #expect(cases[0].line == 1 && cases[1].line == 2)
    #expect(summary.count(.passed) == 3)
  }

  @Test func `Of several results in one case the worst counts, with its words`() throws {
    let (summary, cases) = try read(
      """
      <testsuite><testcase name="a"><skipped message="s"/><failure message="f">x</failure>
      <error type="E" message="e">y</error><failure>late</failure></testcase></testsuite>
      """
    )
    #expect(cases[0].result == .errored)
    #expect(cases[0].results == 4)
    #expect(cases[0].detail == "E: e\ny")
    #expect(summary.notes.map(\.code) == [.severalResults(4)])
  }

  @Test func `A case that passed when it was run again is a pass that was not at once`() throws {
    let (summary, cases) = try read(
      """
      <testsuite><testcase name="a"><flakyFailure message="m"><stackTrace>t</stackTrace></flakyFailure>
      <flakyError/></testcase><testcase name="b"><failure/><rerunFailure/></testcase></testsuite>
      """
    )
    #expect(cases.map(\.result) == [.passed, .failed])
    #expect(cases.map(\.earlierFailures) == [2, 1])
    #expect(summary.flaky == 1)
  }

  @Test func `A byte order mark, a prefix, a default namespace and UTF-16 change nothing`() throws {
    let body = "<testsuite name='s'><testcase name='ä'><failure/></testcase></testsuite>"
    let prefixed = body.replacing("<", with: "<j:").replacing("<j:/", with: "</j:")
      .replacing("<j:testsuite ", with: "<j:testsuite xmlns:j='urn:x' ")
    let inUTF16 = "<?xml version='1.0' encoding='UTF-16'?>\(body)".utf16.flatMap {
      unit -> [UInt8] in
      [UInt8(unit & 0xFF), UInt8(unit >> 8)]
    }
    let spaced = body.replacing("<testsuite ", with: "<testsuite xmlns='urn:y' ")
    let files: [[UInt8]] = [
      Array(("\u{FEFF}" + body).utf8), Array(prefixed.utf8), Array(spaced.utf8),
      [0xFF, 0xFE] + inUTF16,
    ]
    for bytes in files {
      let cases = try JUnitReader.read(bytes).1
      #expect(cases.map(\.name) == ["ä"])
      #expect(cases.map(\.result) == [.failed])
    }
  }

  @Test func `It does not matter where the file is cut into pieces`() throws {
    let text =
      "<testsuites><testsuite name='é'><testcase name='a' time='1'><failure message='&lt;ü'>b"
      + "<![CDATA[<c>]]></failure></testcase></testsuite></testsuites>"
    let whole = try read(text).cases
    for size in 1...9 {
      var cases: [ImportedCase] = []
      let reader = try JUnitReader { cases.append($0) }
      var rest = Array(text.utf8)[...]
      while !rest.isEmpty {
        try reader.feed(Array(rest.prefix(size)))
        rest = rest.dropFirst(size)
      }
      _ = try reader.finish()
      #expect(cases.map(\.detail) == whole.map(\.detail), "\(size)")
      #expect(cases.map(\.name) == ["a"])
    }
  }

  @Test(arguments: [
    ("0.5", 500_000), ("1,250.000", 1_250_000_000), ("1e-05", 10), ("0,25", 250_000),
    ("1,250", 1_250_000_000), (" 2 ", 2_000_000), ("1,234,567.5", 1_234_567_500_000),
  ]) func `A time is read as it is meant`(text: String, microseconds: Int) {
    #expect(JUnitTime.microseconds(text) == microseconds)
  }

  @Test(arguments: ["", "abc", "-1", "nan", "inf", "1,2,3", "0x10", "1e30", "1.5s", "1,25.0"])
  func `What is no time is none`(text: String) {
    #expect(JUnitTime.microseconds(text) == nil)
  }

  @Test func `Counters that lie are told, and the cases count`() throws {
    let (summary, _) = try read(
      """
      <testsuites tests="9" failures="0"><testsuite name="a" tests="2" failures="1" skipped="0">
      <testcase name="x"><failure/></testcase><testcase name="y"><skipped/></testcase></testsuite></testsuites>
      """
    )
    #expect(
      Set(summary.notes.map(\.code)) == [
        .counter(name: "skipped", written: 0, counted: 1),
        .counter(name: "tests", written: 9, counted: 2),
        .counter(name: "failures", written: 0, counted: 1),
      ]
    )
    #expect(summary.cases == 2)
    #expect(summary.notes.allSatisfy { $0.line == 1 })
  }

  @Test func `Counters of an outer suite may count its inner suites or not`() throws {
    for tests in [1, 2] {
      let (summary, _) = try read(
        """
        <testsuites><testsuite name="a" tests="\(tests)"><testcase name="x"/><testsuite name="b" tests="1">
        <testcase name="y"/></testsuite></testsuite></testsuites>
        """
      )
      #expect(summary.notes.isEmpty)
    }
  }

  @Test func `A status that nobody knows is no pass`() throws {
    let (summary, cases) = try read(
      """
      <testsuite><testcase name="a" status="pased"/><testcase name="b" status="notrun"/>
      <testcase name="c" status="run" result="completed"/><testcase name="d" status="FAILED"/></testsuite>
      """
    )
    #expect(cases.map(\.result) == [.unknown, .skipped, .passed, .failed])
    #expect(summary.notes.map(\.code) == [.unknownStatus("pased")])
  }

  @Test func `Properties and attachments are kept, and a secret is masked`() throws {
    let (_, cases) = try read(
      """
      <testsuite><testcase name="a"><properties><property name="level" value="3"/>
      <property name="API_TOKEN" value="Zq81xW"/><property name="attachment" value="a.png"/></properties>
      <system-out>x [[ATTACHMENT|../b.log]] y</system-out></testcase></testsuite>
      """
    )
    #expect(cases[0].properties.map(\.value) == ["3", "[masked]", "a.png"])
    #expect(cases[0].attachments == ["a.png", "../b.log"])
    #expect(!"\(cases)".contains("Zq81xW"))
  }

  @Test func `A case without a name is a case, and a suite that failed as a whole is told`() throws
  {
    let (summary, cases) = try read(
      "<testsuite name='s'><error message='no import'/><testcase name=' '/></testsuite>"
    )
    #expect(cases.count == 1)
    #expect(summary.notes.map(\.code) == [.suiteFailed("no import"), .nameless])
  }

  @Test func `The latest time of a suite is when the file was made`() throws {
    let (summary, _) = try read(
      """
      <testsuites><testsuite timestamp="2026-05-29T18:05:16" time="10"><testcase name="a"/></testsuite>
      <testsuite timestamp="2026-05-29T18:00:00+02:00"/><testsuite timestamp="soon"/></testsuites>
      """
    )
    #expect(summary.finished?.description == "2026-05-29T18:05:26Z")
  }

  // MARK: What is refused

  @Test func `A document type is refused before anything in it counts`() throws {
    let bomb = """
      <?xml version="1.0"?>
      <!DOCTYPE testsuites [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>
      <testsuites><testsuite><testcase name="&b;"/></testsuite></testsuites>
      """
    let error = try #require(self.error(bomb))
    #expect(error.code == .illFormed)
    #expect(error.line == 2)
    #expect(error.message.contains("<!DOCTYPE testsuites>"))
    let outside = "<!DOCTYPE x SYSTEM 'file:///etc/passwd'><testsuite/>"
    #expect(self.error(outside)?.code == .illFormed)
    #expect(self.error("<testsuite><testcase name='&later;'/></testsuite>")?.code == .illFormed)
  }

  @Test(arguments: [
    ("<result><suites/></result>", "junitResult.xml"), ("<html/>", "web page"),
    ("<coverage/>", "Cobertura"), ("<x:tests xmlns:x='u'/>", "not JUnit"),
  ]) func `Another file is named for what it is`(text: String, what: String) throws {
    let error = try #require(self.error(text))
    guard case .foreign = error.code else {
      Issue.record("\(error)")
      return
    }
    #expect(error.message.contains(what))
    #expect(error.line == 1)
  }

  @Test func `An ill-formed file is told with its place`() throws {
    let error = try #require(
      self.error("<testsuites>\n  <testsuite>\n  </testsuit>\n</testsuites>")
    )
    #expect(error.code == .illFormed)
    #expect(error.line == 3)
    #expect(self.error("<testsuite><testcase name='a'>")?.code == .illFormed)
    #expect(self.error("")?.code == .illFormed)
  }

  @Test func `A file as deep as nobody writes is refused`() throws {
    let deep = String(repeating: "<testsuite>", count: 5_000)
    #expect(error(deep)?.code == .tooLarge)
  }
}
