import Evidence
import Testing

@testable import Reports

@Suite struct TerminalSummaryTests {
  @Test(arguments: [40, 80, 200])
  func `No line is wider than the terminal`(width: Int) {
    var (coverage, record) = Fixture.everything(isOnStandin: true)
    record.checks[1].outcome = .failed(reason: .told(Fixture.long))
    coverage.checks[1].outcome = .failed(reason: .told(Fixture.long))
    let text = TerminalSummary(coverage, record, style: .init(width: width)).rendered()
    for line in text.split(separator: "\n") { #expect(line.count <= width) }
    #expect(!text.utf8.contains(0x1B))
  }

  @Test func `Colour adds nothing but colour`() {
    let (coverage, record) = Fixture.plausible()
    let plain = TerminalSummary(coverage, record).rendered()
    let coloured = TerminalSummary(coverage, record, style: .init(hasColour: true)).rendered()
    #expect(coloured != plain)
    #expect(coloured.replacing(/\u{1B}\[[0-9]*m/, with: "") == plain)
  }

  @Test func `What is unproven is named, the first three of it`() {
    var (coverage, record) = Fixture.plausible()
    for index in coverage.claims.indices {
      coverage.claims[index].verdict = index == 0 ? .unproven(reason: .told("nobody looked")) : .proven
    }
    let one = TerminalSummary(coverage, record).rendered()
    #expect(one.contains("\n? unproven \(coverage.claims[0].id): nobody looked\n"))
    #expect(!one.contains("more unproven"))
    for index in coverage.claims.indices {
      coverage.claims[index].verdict = .unproven(reason: .told("nobody looked"))
    }
    let all = TerminalSummary(coverage, record).rendered()
    #expect(all.split(separator: "\n").count { $0.hasPrefix("? unproven") } == 3)
    #expect(all.contains("… and \(coverage.claims.count - 3) more unproven"))
  }

  @Test func `Without a record the coverage alone is shown`() {
    let (coverage, _) = Fixture.plausible()
    let text = TerminalSummary(coverage, nil).rendered()
    #expect(text.contains("✗ functional failed"))
    #expect(!text.contains("teardown"))
  }
}
