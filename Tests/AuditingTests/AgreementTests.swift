import Evidence
import Reports
import Testing

@testable import Auditing

/// The exit status and every report are derived apart; none may say less than another.
@Suite struct AgreementTests {
  private func agree(_ sample: Sample, location: SourceLocation = #_sourceLocation) throws {
    let coverage = sample.coverage
    let junit = try JUnitReport(coverage, sample.record).rendered()
    let expected: (failure: Bool, error: Bool)? =
      switch sample.status {
      case .proven: (false, false)
      case .broken: (false, true)
      // What failed may have broken something else.
      case .refuted: junit.contains("<failure") ? nil : (true, false)
      case .wrongUsage, .wrongSuite: nil
      }
    if let expected {
      #expect(junit.contains("<failure") == expected.failure, sourceLocation: location)
      #expect(junit.contains("<error") == expected.error, sourceLocation: location)
    }
  }

  @Test(arguments: Rule.allCases)
  func `What a rule does to the exit status it does to JUnit`(_ rule: Rule) throws {
    var sample = Sample()
    FindingTests.provoke(&sample, for: rule)
    try agree(sample)
  }

  @Test(arguments: Rule.allCases.filter { !$0.isOfTheDay })
  func `A rule's finding stands on the page, in the HTML and on the terminal`(_ rule: Rule) throws {
    var sample = Sample()
    FindingTests.provoke(&sample, for: rule)
    let coverage = sample.coverage
    #expect(coverage.findings.contains { $0.rule == rule.rawValue })
    #expect(try ParityPage(coverage).rendered().contains(rule.rawValue))
    #expect(try HTMLReport(coverage, sample.record).rendered().contains(rule.rawValue))
    if rule.severity != .note {
      #expect(TerminalSummary(coverage, sample.record).rendered().contains(rule.rawValue))
    }
  }

  @Test(arguments: CheckKind.allCases, Outcome.Word.allCases)
  func `What an outcome does to the exit status it does to JUnit`(
    _ kind: CheckKind,
    _ word: Outcome.Word
  ) throws {
    var sample = Sample()
    let id =
      switch kind {
      case .generic: CheckID.generic(.restore, "serving")
      case .overlay: CheckID(folder: "overlays", stem: "restore", name: "test_more")
      case .functional: Sample.first
      case .integrity: CheckID.integrity("db", "survives_restore")
      }
    if kind == .overlay { sample.add(id, .overlay, .restore) }
    sample.set(id, Outcome(word, reason: "because"))
    try agree(sample)
  }

  @Test(arguments: Outcome.Word.allCases)
  func `What a stage's end does to the exit status it does to JUnit`(_ word: Outcome.Word) throws {
    var sample = Sample()
    sample.setStage(.backup) { $0.outcome = Outcome(word, reason: "because") }
    if word == .skipped || word == .notRun { sample.setAll(.backup, Outcome(word, reason: "why")) }
    try agree(sample)
  }

  @Test(arguments: [Sample.first, CheckID.integrity("db", "survives_restore")])
  func `What a control does to the exit status it does to JUnit`(_ id: CheckID) throws {
    for result: ControlRecord.Result? in [
      nil, .failed, .passed, .broken(reason: "no answer"), .notPossible(reason: "a capture"),
    ] {
      var sample = Sample()
      sample.setControl(id, result)
      try agree(sample)
    }
  }

  @Test(arguments: [Outcome.failed(reason: "not ready"), .broken(reason: "interrupted")])
  func `A gate that was not reached is an error only where the run cannot tell`(_ end: Outcome)
    throws
  {
    var sample = Sample()
    sample.setStage(.install) {
      $0.outcome = end
      $0.readiness = ReadinessRecord(
        gate: "GET /",
        spans: [],
        ready: false,
        microseconds: 1,
        within: 1
      )
    }
    sample.set(.generic(.install, "serving"), end)
    try agree(sample)
  }
}
