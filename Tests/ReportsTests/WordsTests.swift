import Evidence
import Testing

@testable import Reports

@Suite struct WordsTests {
  private func expectApart<Value: CaseIterable>(
    _ type: Value.Type,
    _ words: [(Value) -> String]
  ) {
    for word in words {
      let all = Value.allCases.map(word)
      #expect(all.allSatisfy { !$0.isEmpty })
      #expect(Set(all).count == all.count, "\(type) has two cases with one word")
    }
  }

  @Test func `Every case has a word and a sign of its own`() {
    expectApart(Outcome.Word.self, [\.shown, \.sign])
    expectApart(Verdict.Word.self, [\.shown, \.sign])
    expectApart(RungCoverage.State.self, [\.shown, \.sign])
    expectApart(Finding.Severity.self, [\.shown, \.sign])
    expectApart(Strength.self, [\.shown, \.meaning])
    expectApart(CheckKind.self, [\.shown])
    expectApart(StoreFacts.Kind.self, [\.shown])
    expectApart(RunEnd.self, [\.shown])
    expectApart(ClaimPart.self, [\.title])
    expectApart(ControlRecord.Kind.self, [\.shown])
    expectApart(CorpusCoverage.State.self, [\.shown])
    expectApart(Tone.self, [\.code])
  }

  @Test(arguments: ["upgrade", "dropped", "restored", "recovered"])
  func `What is claimed of a store is said in a sentence`(part: String) throws {
    let (coverage, _) = Fixture.plausible()
    var claim = try #require(coverage.claims.first { $0.part == .p4 })
    claim.id = "P4/db/\(part)"
    #expect(coverage.statement(of: claim).hasSuffix("."))
  }

  @Test(arguments: Verdict.Word.allCases)
  func `Every verdict stands in every report by its word`(word: Verdict.Word) throws {
    let (whole, record) = Fixture.plausible()
    var coverage = whole
    coverage.claims[1].verdict = Fixture.verdict(word, "the reason given")
    #expect(
      try ParityPage(coverage).rendered().contains(
        word.isPlain ? word.sign : "\(word.sign) **\(word.shown)**"
      )
    )
    #expect(try HTMLReport(coverage, record).rendered().contains("\(word.sign) \(word.shown)"))
    let summary = TerminalSummary(coverage, record).rendered()
    #expect(
      summary.replacing(/\s+/, with: " ").contains("1 \(word.shown)")
        || [.provenOnStandin, .refuted, .unproven, .vacuous].contains(word)
    )
    if word != .proven {
      #expect(try ParityPage(coverage).rendered().contains("the reason given") != word.isPlain)
      #expect(try HTMLReport(coverage, record).rendered().contains("the reason given"))
    }
  }

  @Test func `Only what the app itself showed is plain good`() {
    #expect(Verdict.Word.allCases.filter { $0.tone == .good } == [.proven])
    #expect(Verdict.Word.allCases.filter { $0.tone == .standin } == [.provenOnStandin])
  }

  @Test(
    arguments: [
      (0, "0 µs"), (999, "999 µs"), (1_000, "1 ms"), (999_499, "999 ms"), (999_500, "1.0 s"),
      (3_449_999, "3.4 s"), (59_949_999, "59.9 s"), (59_950_000, "1 min 00 s"),
      (125_000_000, "2 min 05 s"),
    ]
  )
  func `Durations are rounded in whole numbers`(microseconds: Int, text: String) {
    #expect(Words.duration(microseconds) == text)
  }

  @Test func `Seconds have three decimals`() {
    #expect(Words.seconds(0) == "0.000")
    #expect(Words.seconds(1_234_567) == "1.235")
    #expect(Words.seconds(61_005_000) == "61.005")
  }

  @Test func `A time that is none becomes the epoch`() {
    #expect(Timestamp.withoutZone("2026-05-29T17:05:16.123Z") == "2026-05-29T17:05:16")
    #expect(Timestamp.withoutZone("yesterday") == "1970-01-01T00:00:00")
    #expect(Timestamp.withoutZone("é026-05-29T17:05:16Z") == "1970-01-01T00:00:00")
  }
}

@Suite struct SQLAnswerTests {
  @Test func reportsSayWhoAskedADatabaseInOurPlace() {
    var exchange = SQLExchange(service: "db", statement: "SELECT 1", rowCount: 1)
    #expect(Exchange.sql(exchange).answer == "1 row")
    exchange.through = "psql inside the container"
    #expect(
      Exchange.sql(exchange).lines == ["db: SELECT 1 → 1 row, through psql inside the container"]
    )
  }
}

extension Verdict.Word {
  /// Whether a page tells it by its sign alone: its reason stands at the top.
  fileprivate var isPlain: Bool { self == .proven || self == .provenOnStandin }
}
