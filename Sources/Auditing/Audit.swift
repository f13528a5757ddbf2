package import Evidence
package import Suites

/// Says what a run proved: outcomes become verdicts, verdicts a level. A pure function; it looks
/// at no clock, no file and no process.
package struct Audit: Sendable {
  let record: RunRecord
  let suite: Suite
  let corpus: CorpusCoverage
  /// What the state of the corpus says, with its proof.
  let corpusStatement: String
  let policy: Project.Policy
  private let ports: PortAudit
  /// The record's checks, to be found by thousands.
  private let records: [CheckID: CheckRecord]
  private let plan: [CheckID: PlannedCheck]
  /// Checks that not all attempts agree on, where the record was merged from several runs.
  private let flaky: [CheckID: FlakyOutcome]

  package init(
    record: RunRecord,
    suite: Suite,
    corpus: CorpusCoverage,
    corpusStatement: String,
    policy: Project.Policy,
    held: HeldCorpus = HeldCorpus()
  ) {
    self.record = record
    self.suite = suite
    self.corpus = corpus
    self.corpusStatement = corpusStatement
    self.policy = policy
    ports = PortAudit(held, corpus: corpus, suite: suite, record: record)
    records = Dictionary(record.checks.map { ($0.id, $0) }) { first, _ in first }
    plan = Dictionary(record.header.planned.map { ($0.id, $0) }) { first, _ in first }
    flaky = record.flakyChecks
  }

  /// - Parameter today: `YYYY-MM-DD`, to hear also what has expired by that day; nil for what is
  ///   stored, which no day changes.
  package func coverage(today: String? = nil) -> CoverageModel {
    let checks = record.header.planned.compactMap(coverage)
    let stores = record.header.stores.map(coverage).sorted {
      $0.name.utf8.lexicographicallyPrecedes($1.name.utf8)
    }
    let units = ports.judged()
    let claims =
      lifecycleClaims() + corpusClaims(units) + functionalClaims(checks) + storeClaims(stores)
    let rungs = rungs(claims, stores)
    let hasUnits = isAsked(.p2)
    return CoverageModel(
      recipe: record.header.recipe,
      driver: record.header.driver,
      standins: record.header.standins,
      base: record.header.base,
      target: record.header.target,
      suiteTree: record.header.suiteTree,
      corpus: ports.coverage(hasUnits ? units : []),
      level: Self.level(of: rungs),
      rungs: rungs,
      gate: GateCoverage(
        asked: suite.health.askedText,
        accepts: suite.health.acceptedText,
        within: Int(suite.health.within.components.seconds)
      ),
      claims: claims.filter(isAsked),
      checks: checks,
      stores: stores.filter(isAsked),
      deferrals: suite.deferred,
      notes: suite.notes,
      findings: findings(
        checks,
        stores.filter(isAsked),
        hasUnits ? ports.findings(units) : [],
        today: today
      )
    )
  }

  // MARK: Checks

  private func coverage(_ planned: PlannedCheck) -> CheckCoverage? {
    guard let check = records[planned.id] else { return nil }
    let normalizer = Normalizer(record: record, fresh: check.fresh)
    return CheckCoverage(
      id: check.id,
      kind: check.kind,
      stage: check.stage,
      about: planned.about,
      place: planned.place,
      outcome: told(check, normalizer),
      strength: strength(of: check, planned),
      isHealth: planned.isHealth,
      control: check.control.map {
        ControlCoverage(kind: $0.kind, result: normalized($0.result, normalizer))
      },
      evidence: check.steps.map { line($0, normalizer) },
      failsWhen: planned.failsWhen,
      ports: planned.ports,
      body: planned.behaviour.map { String($0.prefix(16)) }
    )
  }

  /// State that came back from a restore, with its control seen, is durable.
  private func strength(of check: CheckRecord, _ planned: PlannedCheck) -> Strength {
    let isRestored = check.kind == .integrity && check.stage == .restore
    return isRestored && check.outcome.isPassed && check.control?.result == .failed
      ? .durable : planned.strength
  }

  static func normalized(_ check: CheckRecord, _ normalizer: Normalizer) -> Outcome {
    guard let reason = check.outcome.reason else { return .passed }
    let missed = check.steps.filter { !$0.outcome.isPassed && $0.outcome.word != .skipped }
    // Of a group, the step inside it that was not as expected says more.
    let step = missed.first { $0.assertions.contains { !$0.holds } } ?? missed.first
    let violated = step?.assertions.filter { !$0.holds } ?? []
    guard let step, !violated.isEmpty else {
      return Outcome(check.outcome.word, reason: normalizer.text(reason))
    }
    let complaints = violated.map { Self.complaint($0, normalizer) }.joined(separator: "; ")
    return Outcome(check.outcome.word, reason: "\(step.title): \(complaints)")
  }

  private func normalized(_ result: ControlRecord.Result, _ normalizer: Normalizer)
    -> ControlRecord.Result
  {
    switch result {
    case .failed, .passed: result
    case .broken(let reason): .broken(reason: normalizer.text(reason))
    case .notPossible(let reason): .notPossible(reason: normalizer.text(reason))
    }
  }

  private func line(_ step: StepRecord, _ normalizer: Normalizer) -> EvidenceLine {
    EvidenceLine(
      act: normalizer.text(step.title),
      asserted: step.assertions.map { normalizer.text("\($0.subject) \($0.expected)") },
      violated: step.assertions.filter { !$0.holds }.map { Self.complaint($0, normalizer) }
    )
  }

  private static func complaint(_ assertion: AssertionRecord, _ normalizer: Normalizer) -> String {
    let was = assertion.actual.map { ", was \($0)" } ?? ", there was none"
    return normalizer.text("\(assertion.subject) \(assertion.expected)\(was)")
  }

  // MARK: Verdicts

  /// What stands for the real app takes the plain green away from everything that it showed.
  var proven: Verdict {
    guard let first = record.header.standins.first else { return .proven }
    return .provenOnStandin(reason: "shown on the stand-in for \(first.service)")
  }

  func verdict(of outcome: Outcome) -> Verdict {
    switch outcome {
    case .passed: proven
    case .failed(let reason): .refuted(reason: reason)
    case .broken(let reason): .unproven(reason: reason)
    case .skipped(let reason): .notApplicable(reason: reason)
    case .notRun(let reason): .unproven(reason: reason)
    }
  }

  func verdict(of verdicts: [Verdict]) -> Verdict { Self.worst(of: verdicts) }

  /// Several together: what refutes comes first, then what is not known.
  static func worst(of verdicts: [Verdict]) -> Verdict {
    verdicts.first { $0.word == .refuted } ?? verdicts.first { $0.word == .unproven }
      ?? verdicts.first { $0.isProven } ?? verdicts.first { $0.word == .deferred }
      ?? verdicts.first { $0.word == .vacuous } ?? verdicts.first
      ?? .unproven(reason: "nothing was looked at")
  }

  func planned(_ id: CheckID) -> PlannedCheck? { plan[id] }

  func outcome(of id: CheckID) -> Outcome? {
    records[id].map { told($0, Normalizer(record: record, fresh: $0.fresh)) }
  }

  /// The normalised outcome, with what other attempts saw where they disagree.
  private func told(_ check: CheckRecord, _ normalizer: Normalizer) -> Outcome {
    let outcome = Self.normalized(check, normalizer)
    guard let reason = outcome.reason, let flaky = flaky[check.id] else { return outcome }
    return Outcome(outcome.word, reason: "flaky, \(flaky.shown): \(reason)")
  }
}
