import Evidence
import Testing

@testable import Reports

@Suite struct ReportGoldenTests {
  @Test func `Reports of a recipe on a stand-in are what they were`() throws {
    let (coverage, record) = Fixture.plausible()
    try Golden.expect(ParityPage(coverage).rendered(), is: "plausible.PARITY.md")
    try Golden.expect(JUnitReport(coverage, record).rendered(), is: "plausible.junit.xml")
    try Golden.expect(HTMLReport(coverage, record).rendered(), is: "plausible.coverage.html")
    let paths = ["reports/plausible/coverage.html", "Tests/recipes/plausible/PARITY.md"]
    for (name, style) in [
      ("plain", TerminalSummary.Style()), ("colour", .init(width: 120, hasColour: true)),
    ] {
      try Golden.expect(
        TerminalSummary(coverage, record, reports: paths, style: style).rendered(),
        is: "plausible.\(name).txt"
      )
    }
  }

  @Test func `Reports of everything hostile are what they were`() throws {
    let (coverage, record) = Fixture.everything()
    try Golden.expect(ParityPage(coverage).rendered(), is: "everything.PARITY.md")
    try Golden.expect(JUnitReport(coverage, record).rendered(), is: "everything.junit.xml")
    try Golden.expect(HTMLReport(coverage, record).rendered(), is: "everything.coverage.html")
    try Golden.expect(TerminalSummary(coverage, record).rendered(), is: "everything.plain.txt")
    let reports = [
      try ParityPage(coverage).rendered(), try JUnitReport(coverage, record).rendered(),
      try HTMLReport(coverage, record).rendered(), TerminalSummary(coverage, record).rendered(),
    ]
    for report in reports {
      let turns = report.unicodeScalars.contains { (0x202A...0x202E).contains($0.value) }
      #expect(!turns)
    }
  }

  @Test func `The index is the same, whatever order recipes come in`() throws {
    let entries = [
      HTMLIndex.Entry(Fixture.plausible().0, link: "plausible/coverage.html"),
      HTMLIndex.Entry(Fixture.everything().0, link: "every-thing/coverage.html"),
    ]
    let page = try HTMLIndex(entries).rendered()
    try Golden.expect(page, is: "index.html")
    #expect(try HTMLIndex(entries.reversed()).rendered() == page)
  }

  @Test func `Rendering twice gives the same bytes`() throws {
    let (coverage, record) = Fixture.everything()
    #expect(try ParityPage(coverage).rendered() == ParityPage(coverage).rendered())
    #expect(
      try JUnitReport(coverage, record).rendered() == JUnitReport(coverage, record).rendered()
    )
    #expect(try HTMLReport(coverage, record).rendered() == HTMLReport(coverage, record).rendered())
  }

  @Test func `The order of a record's checks does not matter`() throws {
    let (coverage, record) = Fixture.everything()
    var shuffled = record
    shuffled.checks.reverse()
    #expect(
      try JUnitReport(coverage, shuffled).rendered() == JUnitReport(coverage, record).rendered()
    )
    #expect(
      try HTMLReport(coverage, shuffled).rendered() == HTMLReport(coverage, record).rendered()
    )
  }
}
