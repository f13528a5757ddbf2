import Corpus
import Evidence
import Testing

@testable import Auditing
@testable import Suites

@Suite struct FindingTests {
  /// Changes a good run so that one rule has something to say.
  static func provoke(_ sample: inout Sample, for rule: Rule) {
    switch rule {
    case .corpusUnreachable: sample.corpus = Sample.corpus(.rootMissing)
    case .checkOnlyAcknowledges: sample.setStrength(Sample.first, .ack)
    case .checkCannotFail: sample.setControl(Sample.first, .passed)
    case .scriptCannotFail:
      sample.setStrength(Sample.first, .opaque)
      sample.set(Sample.first) { $0.control = ControlRecord(kind: .nowhere, result: .passed) }
    case .scriptIsOpaque:
      sample.setStrength(Sample.first, .opaque)
      sample.set(Sample.first) { $0.control = ControlRecord(kind: .nowhere, result: .failed) }
    case .scriptUnseen: sample.recordScript(Sample.first, [])
    case .checkFlaky:
      sample.set(Sample.first, .failed(reason: "was 500"))
      sample.merge { $0.set(Sample.first, .passed) }
    case .checkUnsteady:
      sample.set(Sample.first, .broken(reason: "no answer"))
      sample.merge { $0.set(Sample.first, .passed) }
    case .checkMayBeStale: sample.setMayBeStale(Sample.first)
    case .answeredByAnyPath:
      sample.add(
        CheckID(folder: "functional", stem: "pages", name: "test_page"),
        .functional,
        .functional,
        control: (.sibling, .passed)
      )
    case .addressElsewhere: sample.setDoubts(Sample.first, [.elsewhere])
    case .absenceWithoutPresence: sample.setDoubts(Sample.first, [.absenceUnseen])
    case .retryHidFailures:
      sample.set(Sample.first) {
        $0.steps = [
          StepRecord(
            number: "1",
            kind: "http",
            title: "POST /notes",
            place: Sample.place,
            outcome: .passed,
            attempts: 4,
            failedAttempts: 3
          )
        ]
      }
    case .gateTakesAnyPath:
      sample.setStage(.install) {
        $0.readiness = ReadinessRecord(
          gate: "GET /",
          spans: [],
          ready: true,
          microseconds: 1,
          within: 1
        )
        $0.readiness?.decoy = .same
      }
    case .sameBehaviourTwice: sample.setBehaviour([Sample.first, Sample.second], "form")
    case .controlMissing: sample.setControl(Sample.first, nil)
    case .controlBroken: sample.setControl(Sample.first, .broken(reason: "refused"))
    case .markerNotDropped: sample.setControl(.integrity("db", "survives_restore"), .passed)
    case .storeWithoutMarker: sample.addStore("uploads", hasMarker: false)
    case .storeNeverWritten: sample.addNeverWritten("db")
    case .writesBesideVolumes:
      sample.setStage(.teardown) {
        $0.operations = [
          OperationRecord(
            name: "look beside the volumes of app",
            outcome: .passed,
            facts: [OperationRecord.filesBeside: "kept/a.db"]
          )
        ]
      }
    case .tablesOutsideTransactions:
      sample.setStage(.backup) {
        $0.operations = [
          OperationRecord(
            name: "look at the engines of db",
            outcome: .passed,
            facts: [OperationRecord.tablesOutside: "app.log (MyISAM)"]
          )
        ]
      }
    case .tooFewFunctionalChecks: sample.remove { $0 == Sample.first }
    case .genericTierMissing: sample.remove { $0 == .generic(.backup, "serving") }
    case .baseEqualsTarget: sample.record.header.base = sample.record.header.target
    case .operationDiffers:
      sample.setStage(.backup) {
        $0.operations = [
          OperationRecord(name: "hook db", outcome: .passed, difference: "another path")
        ]
      }
    case .hookPrintedErrors:
      sample.setStage(.restore) {
        $0.operations = [
          OperationRecord(
            name: "restore.post-hook of db",
            outcome: .passed,
            facts: [OperationRecord.printedError: "ERROR:  role \"a\" does not exist"]
          )
        ]
      }
    case .teardownLeftSomething:
      sample.set(.generic(.teardown, "nothing_left"), .failed(reason: "a process is left"))
    case .secretMaskedInPlaceOnly: sample.record.findings = [Rule.maskedInPlaceOnly(secret: "pin")]
    case .deferralExpired:
      sample.suite.deferred = [Deferral(what: "Mail", why: "no server", until: "2026-01-31")]
    case .runNotFinished: sample.record.end = .died
    case .waiverExpired: sample.suite.waivers += [waiver(.controlMissing, until: "2026-01-31")]
    case .waiverUnused: sample.suite.waivers += [waiver(.controlMissing, subject: "nothing")]
    case .recipeFileUnreadable, .recipeFilesElsewhere, .labelOutsideDeploy, .backupLabelUnknown,
      .backupLabelRepeated,
      .backupPathIgnored, .backupVolumeUnknown, .backupOverruled, .restoreHookMissing,
      .storeNotBackedUp, .composeDialect, .hookOverrideUnnamed, .psqlIgnoresErrors,
      .dumpNotConsistent,
      .rollbackHidesFailure, .imageTagMoves, .metadataContradicted, .configFileMissing,
      .configVersionUnset, .configVersionKept, .configNameReused, .secretVersionUnset,
      .undeclaredReference, .releaseNoteMissing, .volumeRemoved:
      sample.record.findings += (RecipeSample.broken(for: rule)?.findings ?? []).map(\.finding)
    case .portMissing, .portOrphaned, .portDrifted, .portWeaker, .portUnread, .portUnshown,
      .portUnpinned, .deferralHasPort:
      provokePort(&sample, for: rule)
    }
  }

  /// Of a good port, what one rule has something to say of.
  private static func provokePort(_ sample: inout Sample, for rule: Rule) {
    sample.addPort()
    sample.pin()
    switch rule {
    case .portMissing: sample.suite.checks = []
    case .portOrphaned: sample.link(Sample.first, to: ["healt.py"])
    case .portDrifted:
      sample.hold("health.py", Sample.health + "    assert r.json()[\"mail\"] == \"ok\"\n")
    case .portWeaker: sample.see(Sample.first, "GET", "http://h/other", [(.status, .equals(200))])
    case .portUnread:
      sample.hold("health.py", Sample.health + "    assert now() > 3\n")
      sample.pin()
    case .portUnshown: sample.set(Sample.first, .skipped(reason: "only with driver swarm"))
    case .portUnpinned: sample.held.pins.units = [:]
    case .deferralHasPort:
      sample.suite.corpus.deferred = [
        CorpusDeclarations.Deferred(
          links: [PortLink(name: "health.py", place: Sample.place)],
          what: "health",
          why: "no time",
          until: "a rainy day"
        )
      ]
    default: break
    }
  }

  @Test func `An overlay whose control passed cannot fail either`() {
    var sample = Sample()
    let id = CheckID(folder: "overlays", stem: "install", name: "test_page")
    sample.add(id, .overlay, .install, strength: .state, control: (.decoy, .passed))
    #expect(Self.rules(of: sample) == [Rule.checkCannotFail.rawValue])
  }

  static func waiver(
    _ rule: Rule,
    subject: String? = nil,
    until: String = "2027-01-01"
  ) -> Waiver {
    Waiver(
      rule: rule.rawValue,
      subject: subject,
      why: "cache only",
      until: until,
      place: Sample.place
    )
  }

  private static let today = "2026-02-01"

  private static func rules(of sample: Sample) -> [String] {
    sample.audit.coverage(today: today).findings.map(\.rule)
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
    let coverage = sample.audit.coverage(today: rule.isOfTheDay ? Self.today : nil)
    func status(strict: Bool) -> ExitStatus {
      ExitStatus(coverage: coverage, record: sample.record, strict: strict)
    }
    let isProven = status(strict: false) == .proven
    let isStrictlyProven = status(strict: true) == .proven
    #expect(isProven == (rule.severity != .error))
    #expect(isStrictlyProven == (rule.severity == .note))
  }

  @Test func `A run whose events are damaged is never as claimed`() {
    var sample = Sample()
    sample.record.unreadableLines = 1
    #expect(Self.rules(of: sample) == [Rule.runNotFinished.rawValue])
    #expect(
      sample.coverage.findings.first?.message
        == "1 line of the run's events cannot be read: it may not say all"
    )
    #expect(sample.status == .broken)
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
    #expect(sample.audit.coverage(today: today).findings.isEmpty == !isExpired)
    #expect(sample.rules.isEmpty)
    #expect(sample.status == .proven)
  }
}
