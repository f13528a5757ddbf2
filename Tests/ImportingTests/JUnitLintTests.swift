import Testing

@testable import Importing

@Suite struct JUnitLintTests {
  private func losses(
    _ text: String,
    _ readers: [JUnitConsumer] = JUnitConsumer.allCases
  ) throws -> [JUnitLoss] {
    let lint = try JUnitLint(Set(readers))
    // Pieces may end anywhere.
    for piece in Array(text.utf8).chunks(of: 7) { try lint.feed(Array(piece)) }
    try lint.finish()
    return lint.losses
  }

  private static let good = """
    <testsuites>
      <testsuite name="a" tests="2" failures="1" errors="0" skipped="0" time="1.5">
        <testcase name="x" classname="c" file="a.yml" time="0.125"/>
        <testcase name="y" classname="c" file="a.yml"><failure message="m">t</failure></testcase>
      </testsuite>
    </testsuites>
    """

  @Test func `Nothing is said of a file that its readers read`() throws {
    let readers: [JUnitConsumer] = [.jenkins, .gitlab, .dorny, .enricomi, .mikepenz, .buildkite]
    #expect(try losses(Self.good, readers).isEmpty)
  }

  struct Case: Sendable, CustomTestStringConvertible {
    var rule: JUnitLoss.Rule
    var old: String
    var new: String
    var line: Int
    var effects: [JUnitConsumer: JUnitLoss.Effect]
    var testDescription: String { rule.rawValue }
  }

  private static let cases = [
    Case(
      rule: .sameName,
      old: #"name="y""#,
      new: #"name="x""#,
      line: 4,
      effects: [.gitlab: .loses, .enricomi: .loses]
    ),
    Case(
      rule: .namelessSuite,
      old: #"name="a" "#,
      new: "",
      line: 2,
      effects: [.dorny: .refuses, .xunit: .refuses, .ant: .refuses]
    ),
    Case(
      rule: .namelessCase,
      old: #"name="x" "#,
      new: "",
      line: 3,
      effects: [.dorny: .refuses, .xunit: .refuses, .ant: .refuses, .mikepenz: .hides]
    ),
    Case(
      rule: .noClassname,
      old: #"name="x" classname="c""#,
      new: #"name="x""#,
      line: 3,
      effects: [.ant: .refuses, .jenkins: .hides, .buildkite: .hides, .circleci: .hides]
    ),
    Case(
      rule: .counter,
      old: #"failures="1""#,
      new: #"failures="0""#,
      line: 2,
      effects: [.enricomi: .loses]
    ),
    Case(rule: .counter, old: #"tests="2""#, new: "", line: 2, effects: [.enricomi: .loses]),
    Case(rule: .onlyMessage, old: ">t<", new: "> <", line: 4, effects: [.gitlab: .hides]),
    Case(rule: .timeTooFine, old: "0.125", new: "0.1255", line: 3, effects: [.xunit: .refuses]),
    Case(rule: .timeTooFine, old: "0.125", new: "1e-05", line: 3, effects: [.xunit: .refuses]),
    Case(
      rule: .time,
      old: "0.125",
      new: "1,250.0",
      line: 3,
      effects: [
        .ant: .refuses, .dorny: .hides, .enricomi: .hides, .mikepenz: .hides, .gitlab: .hides,
      ]
    ),
    Case(
      rule: .severalResults,
      old: "</failure>",
      new: "</failure><skipped/>",
      line: 4,
      effects: [
        .ant: .refuses, .jenkins: .hides, .gitlab: .hides, .dorny: .hides, .enricomi: .hides,
        .mikepenz: .loses,
      ]
    ),
    Case(
      rule: .flaky,
      old: "<failure ",
      new: "<flakyFailure/><failure ",
      line: 4,
      effects: [.ant: .refuses, .gitlab: .hides, .dorny: .hides, .enricomi: .hides]
    ),
    Case(
      rule: .caseProperties,
      old: "<failure ",
      new: "<properties/><failure ",
      line: 4,
      effects: [.xunit: .refuses, .ant: .refuses]
    ),
    Case(
      rule: .caseOutput,
      old: "</failure>",
      new: "</failure><system-out/>",
      line: 4,
      effects: [.ant: .refuses]
    ),
    Case(
      rule: .rootAttribute,
      old: "<testsuites>",
      new: #"<testsuites tests="2">"#,
      line: 1,
      effects: [.ant: .refuses]
    ),
    Case(
      rule: .timestampZone,
      old: #"time="1.5""#,
      new: #"timestamp="2026-01-02T03:04:05Z""#,
      line: 2,
      effects: [.ant: .refuses]
    ),
    Case(
      rule: .suiteWithoutCase,
      old: "<testsuites>",
      new: #"<testsuites><testsuite name="b"/>"#,
      line: 1,
      effects: [.jenkins: .hides]
    ),
  ]

  @Test(arguments: cases) func `Each way to be misread is found where it stands`(one: Case) throws {
    let before = try losses(Self.good).filter { $0.rule == one.rule }
    #expect(before.isEmpty)
    #expect(Self.good.contains(one.old))
    let found = try losses(Self.good.replacing(one.old, with: one.new))
      .filter { $0.rule == one.rule }
    #expect(found.map(\.line) == [one.line])
    #expect(found.first?.effects == one.effects)
  }

  @Test func `What stands in a suite in a suite is lost by who reads only the outer ones`() throws {
    let found = try losses(
      """
      <testsuite name="a" tests="1" failures="0" errors="0" skipped="1">
      <testsuite name="b"><testcase name="x" classname="c" file="f"><skipped message="m">t</skipped></testcase>
      </testsuite></testsuite>
      """
    )
    #expect(
      found.filter { $0.rule == .nestedSuite }.map(\.effects) == [[.dorny: .loses, .ant: .refuses]]
    )
    #expect(found.filter { $0.rule == .skippedTwice }.map(\.effects) == [[.jenkins: .hides]])
    #expect(!found.contains { $0.rule == .counter })
  }

  @Test func `Files are asked for once, and only by those who link them`() throws {
    let text = Self.good.replacing(#" file="a.yml""#, with: "")
    let found = try losses(text).filter { $0.rule == .noFile }
    #expect(found.map(\.detail) == ["2"])
    #expect(found.map(\.line) == [3])
    #expect(try losses(text, [.gitlab]).isEmpty)
    let named = try losses(Self.good).filter { $0.rule == .caseFile }
    #expect(
      named.map(\.effects) == [
        [.xunit: .refuses, .ant: .refuses], [.xunit: .refuses, .ant: .refuses],
      ]
    )
  }

  @Test func `A text that libxml2's readers refuse is told once`() throws {
    let lint = try JUnitLint([.gitlab, .enricomi])
    try lint.feed(
      Array(
        #"<testsuite name="a" tests="1" failures="1"><testcase name="x" classname="c"><failure>"#
          .utf8
      )
    )
    let piece = [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 20)
    for _ in 0..<32 { try lint.feed(piece) }
    try lint.feed(Array("</failure></testcase></testsuite>".utf8))
    try lint.finish()
    let rules = lint.losses.map(\.rule)
    #expect(rules == [.textTooLong, .fileTooLarge])
  }

  @Test func `What is no JUnit is refused`() {
    #expect(throws: ImportError.self) { try losses("<html/>") }
    #expect(throws: ImportError.self) { try losses("<testsuite>") }
    #expect(throws: ImportError.self) { try losses("<!DOCTYPE a [<!ENTITY b 'c'>]><testsuite/>") }
  }
}

extension Array {
  fileprivate func chunks(of size: Int) -> [ArraySlice<Element>] {
    stride(from: 0, to: count, by: size).map { self[$0..<Swift.min($0 + size, count)] }
  }
}
