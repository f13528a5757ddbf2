import Evidence
import Reports
import Testing

@testable import Importing

@Suite struct ImportedRunTests {
  private static let plain = ImportedSource(
    file: "report.xml",
    format: .junit,
    sha256: "0a1b2c3d4e5f6071",
    finished: "2026-05-29T18:05:16Z",
    changed: "2026-05-01T00:00:00Z"
  )

  private func record(
    _ cases: [ImportedCase],
    _ source: ImportedSource = Self.plain,
    stages: [Stage: Outcome] = [:]
  ) throws -> RunRecord {
    var builder = RunRecord.Builder()
    var summary = ImportSummary()
    summary.stages = stages
    for one in cases { summary.add(one) }
    let header = RunHeader(
      id: "20260529T180516Z-aaaa",
      toolVersion: "1",
      startedAt: "2026-05-30T00:00:00.000Z",
      host: "",
      plan: ImportedRun.plan(recipe: "demo", version: nil, source)
    )
    var events: [RunEvent] = []
    var run = try ImportedRun(header: header, summary: summary) { events.append($0) }
    for one in cases { try run.add(one) }
    try run.finish()
    for event in events { builder.add(event) }
    return try #require(builder.record())
  }

  private func one(_ name: String, _ result: ImportedCase.Result, _ stage: Stage = .functional)
    -> ImportedCase
  {
    var one = ImportedCase()
    (one.name, one.result, one.stage) = (name, result, stage)
    one.classname = "Suite::C"
    one.microseconds = 5
    return one
  }

  @Test func `A record has every case once, in its order, under a name of its own`() throws {
    let record = try self.record([
      one("a", .passed), one("a", .failed), one("a (2)", .skipped), one("", .unknown),
    ])
    #expect(
      record.checks.map(\.id.description) == [
        "imported/Suite.C::a", "imported/Suite.C::a (2)", "imported/Suite.C::a (2) (2)",
        "imported/Suite.C::no name",
      ]
    )
    #expect(record.checks.map(\.outcome.word) == [.passed, .failed, .skipped, .broken])
    #expect(record.checks.map(\.microseconds) == [5, 5, 5, 5])
    #expect(record.isWhole)
    #expect(!record.header.isFull)
    #expect(record[.functional]?.outcome.word == .failed)
    #expect(record[.install]?.outcome.word == .notRun)
  }

  @Test(arguments: ImportedCase.Result.allCases, ImportedSource.Age.allCases)
  func `Nothing imported is ever proven`(result: ImportedCase.Result, age: ImportedSource.Age)
    throws
  {
    var source = Self.plain
    if age == .stale { source.changed = "2026-06-01T00:00:00Z" }
    if age == .unknown { source.finished = nil }
    #expect(source.age == age)
    let record = try self.record(
      [one("a", result), one("b", result, .install)],
      source,
      stages: [.install: .passed, .upgrade: .passed]
    )
    let coverage = ImportedCoverage.make(record, source)
    #expect(coverage.claims.count == 3)
    #expect(!coverage.claims.contains { $0.verdict.isProven })
    #expect(coverage.level == 0)
    #expect(!coverage.rungs.contains { $0.state == .pass })
    let word = coverage.claims.last?.verdict.word
    #expect(word == (result == .failed && age != .stale ? .refuted : .unproven))
    #expect(coverage.checks.allSatisfy { $0.strength == .opaque })
  }

  @Test func `What changed after it and is not committed makes it stale`() {
    var source = Self.plain
    source.isUncommitted = true
    #expect(source.age == .stale)
    source.changed = nil
    #expect(source.age == .stale)
    source.isUncommitted = false
    #expect(source.age == .unknown)
  }

  @Test func `Reports of an imported record name its source`() throws {
    let record = try self.record([one("a", .passed), one("b", .failed)])
    let coverage = ImportedCoverage.make(record, Self.plain)
    var html = ""
    try HTMLReport(coverage, record, history: nil).forEachPiece { html += $0 }
    #expect(html.contains("report.xml (JUnit XML, sha256 0a1b2c3d4e5f)"))
    let terminal = TerminalSummary(coverage, record).rendered()
    #expect(terminal.contains("report.xml (JUnit XML, sha256 0a1b2c3d4e5f)"))
    #expect(coverage.imported == Self.plain)
  }

  // MARK: Back

  @Test func `A run that is written as results is read back with as many cases of each kind`()
    throws
  {
    let record = try self.record([
      one("a", .passed), one("b", .failed), one("c", .skipped), one("d", .errored),
    ])
    let coverage = ImportedCoverage.make(record, Self.plain)
    for value in [
      ResultsFile.written(coverage, record) { $0.cause },
      CTRFFile.written(coverage, record) { $0.cause },
    ] {
      let (_, summary, cases) = try JSONResults.read(Array("\(value)".utf8))
      #expect(cases.count == 4)
      #expect(summary.recipe == "demo")
      #expect(summary.count(.passed) == 1 && summary.count(.failed) == 1)
      #expect(summary.count(.skipped) == 1)
      #expect(summary.count(.errored) + summary.count(.unknown) == 1)
      #expect(summary.finished?.description == "2026-05-29T18:05:16Z")
    }
  }
}
