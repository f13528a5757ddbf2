import Evidence
import Suites
import Testing

@testable import Auditing

@Suite struct WaiverTests {
  private static func sample(_ waivers: Waiver..., stores: [String] = ["cache"]) -> Sample {
    var sample = Sample()
    for store in stores { sample.addStore(store, hasMarker: false) }
    sample.suite.waivers = waivers
    return sample
  }

  private static func waiver(
    _ rule: Rule = .storeWithoutMarker,
    _ subject: String? = "cache",
    until: String = "2027-01-01"
  ) -> Waiver {
    FindingTests.waiver(rule, subject: subject, until: until)
  }

  @Test func `A waived finding is told with its reason and end, and does not count`() {
    let sample = Self.sample(Self.waiver())
    let finding = sample.coverage.findings.first
    #expect(finding?.waived == "cache only")
    #expect(finding?.waivedUntil == "2027-01-01")
    #expect(sample.coverage.findings.count == 1)
    #expect(sample.strictStatus == .proven)
    #expect(sample.coverage.stores.first { $0.name == "cache" }?.result.word == .unproven)
  }

  @Test(arguments: [
    ("db", false), ("events_db", true), ("events", false), ("events_d", false), (nil, true),
  ])
  func `A waiver takes its own subject and no longer name that holds it`(
    _ subject: String?,
    _ isWaived: Bool
  ) {
    let sample = Self.sample(Self.waiver(.storeWithoutMarker, subject), stores: ["events_db"])
    let finding = sample.coverage.findings.first { $0.rule == Rule.storeWithoutMarker.rawValue }
    #expect(finding?.isWaived == isWaived)
  }

  @Test(arguments: [
    "functional/notes::test_first", "recipe.yml",
  ])
  func `A waiver may name a check or a file`(_ subject: String) {
    var sample = Sample()
    sample.setControl(Sample.first, nil)
    sample.suite.waivers = [Self.waiver(.controlMissing, subject)]
    #expect(sample.coverage.findings.first { $0.rule == "control-missing" }?.isWaived == true)
  }

  @Test func `A check's name takes all of its rows`() {
    var sample = Sample()
    let row = CheckID(folder: "functional", stem: "notes", name: "test_rows[2]")
    sample.add(row, .functional, .functional, strength: .ack)
    sample.suite.waivers = [Self.waiver(.checkOnlyAcknowledges, "functional/notes::test_rows")]
    #expect(sample.coverage.findings.map(\.isWaived) == [true])
  }

  @Test func `A waiver may name a service or volume of the recipe`() throws {
    for subject in ["db", "db-data", "compose.yml"] {
      var sample = Sample()
      var recipe = try #require(RecipeSample.broken(for: .storeNotBackedUp))
      recipe.edit("compose.yml", "volumes.uploads.path=files", "volumes.uploads=false")
      sample.record.findings = recipe.findings.map(\.finding)
      sample.suite.waivers = [Self.waiver(.storeNotBackedUp, subject)]
      #expect(sample.coverage.findings.map(\.isWaived) == [true], "\(subject)")
    }
  }

  @Test func `A waiver of one rule leaves the others alone`() {
    let sample = Self.sample(Self.waiver(.controlMissing, nil))
    #expect(sample.coverage.findings.allSatisfy { !$0.isWaived })
    #expect(sample.strictStatus == .refuted)
  }

  @Test func `A waived error leaves the verdict that it stands for as it is`() {
    var sample = Sample()
    sample.setControl(Sample.first, .passed)
    sample.suite.waivers = [Self.waiver(.checkCannotFail, nil)]
    #expect(sample.coverage.findings.first { $0.rule == "check-cannot-fail" }?.isWaived == true)
    #expect(sample.verdict("P3/\(Sample.first)")?.isProven == false)
  }

  @Test func `A refuted claim exits with 1 although its finding is waived`() {
    var sample = Sample()
    sample.setControl(.integrity("db", "survives_restore"), .passed)
    sample.suite.waivers = [Self.waiver(.markerNotDropped, nil)]
    #expect(sample.coverage.findings.allSatisfy { $0.isWaived })
    #expect(sample.verdict("P4/db/dropped")?.word == .refuted)
    #expect(sample.status == .refuted)
  }

  // MARK: Ends

  @Test(arguments: [
    ("2026-01-31", "2026-01-31", true), ("2026-01-31", "2026-02-01", false),
    ("2026-01-31", "2025-12-31", true), ("the cache is gone", "2999-01-01", true),
  ])
  func `A waiver waives until its date, and a trigger in words until somebody takes it away`(
    _ until: String,
    _ today: String,
    _ isInForce: Bool
  ) {
    let sample = Self.sample(Self.waiver(until: until))
    let coverage = sample.audit.coverage(today: today)
    let rules = isInForce ? ["store-without-marker"] : ["store-without-marker", "waiver-expired"]
    #expect(coverage.findings.map(\.rule) == rules)
    #expect(coverage.findings.map(\.isWaived).first == isInForce)
    #expect(
      ExitStatus(coverage: coverage, record: sample.record, strict: true)
        == (isInForce ? .proven : .refuted)
    )
  }

  @Test func `What is stored says nothing of the day`() {
    let sample = Self.sample(Self.waiver(until: "2020-01-01"))
    #expect(sample.coverage.findings.map(\.isWaived) == [true])
  }

  @Test func `A finding whose one waiver has expired is taken by another in force`() {
    let sample = Self.sample(
      Self.waiver(until: "2026-01-31"),
      Self.waiver(.storeWithoutMarker, nil, until: "2026-12-31")
    )
    let coverage = sample.audit.coverage(today: "2026-06-01")
    #expect(coverage.findings.map(\.waivedUntil) == ["2026-12-31", nil])
    #expect(coverage.findings.map(\.rule) == ["store-without-marker", "waiver-expired"])
  }

  // MARK: Unused ones

  @Test func `A waiver that matches nothing is told with the nearest thing`() {
    let sample = Self.sample(Self.waiver(.storeWithoutMarker, "cahce"))
    let unused = sample.coverage.findings.first { $0.rule == "waiver-unused" }
    #expect(
      unused?.message
        == "the waiver of store-without-marker for cahce matches no finding; did you mean \"cache\"?"
    )
    #expect(unused?.place == Sample.place)
    #expect(sample.status == .proven)
    #expect(sample.strictStatus == .refuted)
  }

  @Test func `A run that stopped early shows of no waiver that it is unused`() {
    var sample = Self.sample(Self.waiver(.controlMissing, nil))
    sample.record.header.lastStage = .backup
    #expect(!sample.rules.contains("waiver-unused"))
    sample.record.header.lastStage = .functional
    sample.record.end = .interrupted
    #expect(!sample.rules.contains("waiver-unused"))
  }

  @Test func `A waiver of what only a day makes is not unused on any other`() {
    var sample = Self.sample(Self.waiver(.deferralExpired, "Mail"), stores: [])
    sample.suite.deferred = [Deferral(what: "Mail", why: "no server", until: "2026-01-31")]
    #expect(sample.rules == [])
    let late = sample.audit.coverage(today: "2026-02-01").findings
    #expect(late.map(\.rule) == ["deferral-expired"])
    #expect(late.map(\.isWaived) == [true])
  }

  @Test func `A waiver cannot waive what is said of waivers`() {
    #expect(!Rule.waivable.contains(.waiverExpired))
    #expect(!Rule.waivable.contains(.waiverUnused))
    #expect(Rule.waivable.count == Rule.allCases.count - 2)
  }
}
