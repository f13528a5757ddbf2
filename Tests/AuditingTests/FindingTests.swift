import Evidence
import Suites
import Testing

@testable import Auditing

@Suite struct FindingTests {
  /// Changes a good run so that one rule has something to say.
  static func provoke(_ sample: inout Sample, for rule: Rule) {
    switch rule {
    case .corpusUnreachable: sample.corpus = Sample.corpus(.rootMissing)
    case .checkOnlyAcknowledges: sample.setStrength(Sample.first, .ack)
    case .checkCannotFail: sample.setControl(Sample.first, .passed)
    case .checkMayBeStale: sample.setWeakness(Sample.first, "expects only fixed values")
    case .sameBehaviourTwice: sample.setBehaviour([Sample.first, Sample.second], "form")
    case .controlMissing: sample.setControl(Sample.first, nil)
    case .controlBroken: sample.setControl(Sample.first, .broken(reason: "refused"))
    case .markerNotDropped: sample.setControl(.integrity("db", "survives_restore"), .passed)
    case .storeWithoutMarker: sample.addStore("uploads", hasMarker: false)
    case .tooFewFunctionalChecks: sample.remove { $0 == Sample.first }
    case .genericTierMissing: sample.remove { $0 == .generic(.backup, "serving") }
    case .baseEqualsTarget: sample.record.header.base = sample.record.header.target
    case .operationDiffers:
      sample.setStage(.backup) {
        $0.operations = [
          OperationRecord(name: "hook db", outcome: .passed, difference: "another path")
        ]
      }
    case .teardownLeftSomething:
      sample.set(.generic(.teardown, "nothing_left"), .failed(reason: "a process is left"))
    case .secretMaskedInPlaceOnly: sample.record.findings = [Rule.maskedInPlaceOnly(secret: "pin")]
    case .deferralExpired:
      sample.suite.deferred = [Deferral(what: "Mail", why: "no server", until: "2026-01-31")]
    case .runNotFinished: sample.record.end = .died
    }
  }

  private static func rules(of sample: Sample) -> [String] {
    Audit.merged(sample.coverage.findings, sample.audit.expired(today: "2026-02-01")).map(\.rule)
  }

  @Test(arguments: Rule.allCases)
  func `A rule fires where it must and is silent in a good run`(_ rule: Rule) {
    var sample = Sample()
    #expect(Self.rules(of: sample).isEmpty)
    Self.provoke(&sample, for: rule)
    #expect(Self.rules(of: sample).contains(rule.rawValue))
  }

  @Test(arguments: Rule.allCases)
  func `An error never exits with 0, and a warning only without strict`(_ rule: Rule) {
    var sample = Sample()
    Self.provoke(&sample, for: rule)
    guard rule != .deferralExpired else { return }
    let isProven = sample.status == .proven
    let isStrictlyProven = sample.strictStatus == .proven
    #expect(isProven == (rule.severity != .error))
    #expect(isStrictlyProven == (rule.severity == .note))
  }

  // MARK: Order

  @Test func `Findings are sorted by severity, rule and message, each told once`() {
    var sample = Sample()
    for rule in Rule.allCases.reversed() { Self.provoke(&sample, for: rule) }
    sample.addStore("attachments", hasMarker: false)
    let findings = sample.coverage.findings
    let keys = findings.map { finding in
      (
        Finding.Severity.allCases.firstIndex(of: finding.severity) ?? 9, finding.rule,
        finding.message
      )
    }
    #expect(zip(keys, keys.dropFirst()).allSatisfy { $0 < $1 })
    #expect(Set(findings.map(\.rule)).count > 6)
  }

  // MARK: Deferrals

  @Test(arguments: [
    ("2026-01-31", "2026-01-31", false),
    ("2026-01-31", "2026-02-01", true),
    ("2026-01-31", "2025-12-31", false),
    ("a key can be made", "2999-01-01", false),
    ("2026-1-31", "2999-01-01", false),
  ])
  func `A deferral expires on the day after its date, and a trigger in words never`(
    _ until: String,
    _ today: String,
    _ isExpired: Bool
  ) {
    var sample = Sample()
    sample.suite.deferred = [Deferral(what: "Mail", why: "no server", until: until)]
    #expect(sample.audit.expired(today: today).isEmpty == !isExpired)
    #expect(sample.rules.isEmpty)
    #expect(sample.status == .proven)
  }

  // MARK: Waivers

  private static func waiver(_ rule: Rule, subject: String?) -> Waiver {
    Waiver(
      rule: rule.rawValue,
      subject: subject,
      why: "cache only",
      until: "2027-01-01",
      place: Sample.place
    )
  }

  @Test func `A waived finding is told with its reason and does not count`() {
    var sample = Sample()
    sample.addStore("cache", hasMarker: false)
    sample.suite.waivers = [Self.waiver(.storeWithoutMarker, subject: "cache")]
    let finding = sample.coverage.findings.first
    #expect(finding?.waived == "cache only (until 2027-01-01)")
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
    var sample = Sample()
    sample.addStore("events_db", hasMarker: false)
    sample.suite.waivers = [Self.waiver(.storeWithoutMarker, subject: subject)]
    #expect((sample.coverage.findings.first?.waived != nil) == isWaived)
  }

  @Test func `A waiver of one rule leaves the others alone`() {
    var sample = Sample()
    sample.addStore("cache", hasMarker: false)
    sample.suite.waivers = [Self.waiver(.controlMissing, subject: nil)]
    #expect(sample.coverage.findings.first?.waived == nil)
    #expect(sample.strictStatus == .refuted)
  }
}
