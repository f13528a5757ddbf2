package import Evidence
package import Suites

/// Says what a run proved: outcomes become verdicts, verdicts a level. A pure function; it looks
/// at no clock, no file and no process.
package struct Audit: Sendable {
  let record: RunRecord
  let suite: Suite
  let corpus: CorpusCoverage
  let policy: Project.Policy
  private let ports: PortAudit
  /// The record's checks, to be found by thousands.
  let records: [CheckID: CheckRecord]
  private let plan: [CheckID: PlannedCheck]
  /// Checks that not all attempts agree on, where the record was merged from several runs.
  private let flaky: [CheckID: FlakyOutcome]
  /// The values of rows of `cases`, by their columns.
  private let columns: [CheckID: [String: Template]]

  package init(
    record: RunRecord,
    suite: Suite,
    corpus: CorpusCoverage,
    policy: Project.Policy,
    held: HeldCorpus = HeldCorpus()
  ) {
    self.record = record
    self.suite = suite
    self.corpus = corpus
    self.policy = policy
    ports = PortAudit(held, corpus: corpus, suite: suite, record: record)
    records = Dictionary(record.checks.map { ($0.id, $0) }) { first, _ in first }
    plan = Dictionary(record.header.planned.map { ($0.id, $0) }) { first, _ in first }
    flaky = record.flakyChecks
    columns = Dictionary(
      suite.checks.filter { !$0.columns.isEmpty }.map { ($0.id, $0.columnValues) }
    ) { first, _ in first }
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
    var model = CoverageModel(
      recipe: record.header.recipe,
      driver: record.header.driver,
      standins: record.standins,
      base: record.header.base,
      target: record.header.target,
      suiteTree: record.header.suiteTree,
      corpus: ports.coverage(hasUnits ? units : []),
      policy: CoveragePolicy(functionalChecks: policy.functionalChecks),
      level: Self.level(of: rungs),
      rungs: rungs,
      gate: suite.health.coverage,
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
    model.access = record.header.access
    model.dependencies = record.header.dependencies
    model.origin = record.header.origin.map {
      RecipeOrigin(address: $0.address, ref: $0.ref, commit: $0.commit)
    }
    let hooks = Hook.allCases.compactMap { hook in
      suite.hooks[hook].map { HookCoverage(name: hook.rawValue, steps: $0.planned) }
    }
    model.about = suite.about
    model.hooks = hooks.isEmpty ? nil : hooks
    model.restarts = suite.restartAfterRestore.isEmpty ? nil : suite.restartAfterRestore
    return model
  }

  // MARK: Checks

  private func coverage(_ planned: PlannedCheck) -> CheckCoverage? {
    guard let check = records[planned.id] else { return nil }
    let placeholders = Placeholders(record, fresh: check.fresh)
    return CheckCoverage(
      id: check.id,
      kind: check.kind,
      stage: check.stage,
      about: planned.about,
      place: planned.place,
      outcome: told(check),
      strength: strength(of: check, planned),
      isHealth: planned.isHealth,
      control: check.control.map {
        ControlCoverage(kind: $0.kind, result: placeholders.apply(to: $0.result))
      },
      evidence: evidence(of: check, planned, placeholders),
      ports: planned.ports,
      body: planned.behaviour.map { String($0.prefix(16)) },
      scripts: planned.scripts
    )
  }

  /// What it did and asserted; of a check that did not come to its first step what it would.
  private func evidence(
    of check: CheckRecord,
    _ planned: PlannedCheck,
    _ placeholders: Placeholders
  ) -> [EvidenceStep] {
    if check.steps.isEmpty { return planned.steps }
    var plan = planned.steps[...]
    // A group is told by the steps inside it.
    return check.steps.filter { $0.kind != "group" }.map { step in
      var made = EvidenceStep(act: step.title, assertions: step.assertions.map(placeholders.apply))
      if let place = plan.firstIndex(where: { $0.act == step.title }) {
        made.within = plan[place].within
        made.never = plan[place].never
        made.shared = plan[place].shared
        plan = plan[(place + 1)...]
      }
      return made.filling(columns[check.id] ?? [:])
    }
  }

  /// State that came back from a restore, with its control seen, is durable.
  private func strength(of check: CheckRecord, _ planned: PlannedCheck) -> Strength {
    guard check.kind == .integrity, check.outcome.isPassed, planned.strength >= .state else {
      return planned.strength
    }
    // What was taken away as a whole needs no further control.
    let isBack =
      check.stage == .recover || check.stage == .restore && check.control?.result == .failed
    return isBack ? .durable : planned.strength
  }

  // MARK: Verdicts

  /// What stands for the real app takes the plain green away from everything that it showed.
  var proven: Verdict {
    guard let first = record.standins.first else { return .proven }
    return .provenOnStandin(reason: Reason(.standin(service: first.service)))
  }

  func verdict(of outcome: Outcome) -> Verdict {
    switch outcome {
    case .passed: proven
    case .failed(let reason): .refuted(reason: reason)
    case .broken(let reason): .unproven(reason: reason)
    case .skipped(let reason) where reason.code.isTooLittle: .unproven(reason: reason)
    case .skipped(let reason): .notApplicable(reason: reason)
    case .notRun(let reason): .unproven(reason: reason)
    }
  }

  func verdict(of verdicts: [Verdict]) -> Verdict { Self.worst(of: verdicts) }

  /// Several together: what refutes comes first, then what is not known.
  static func worst(of verdicts: [Verdict]) -> Verdict {
    verdicts.first { $0.word == .refuted } ?? verdicts.first { $0.word == .unproven }
      ?? verdicts.first { $0.isProven } ?? verdicts.first { $0.word == .deferred }
      ?? verdicts.first { $0.word == .declared } ?? verdicts.first { $0.word == .vacuous }
      ?? verdicts.first
      ?? .unproven(reason: Reason(.nothingLookedAt(claim: nil)))
  }

  func planned(_ id: CheckID) -> PlannedCheck? { plan[id] }

  func outcome(of id: CheckID) -> Outcome? { records[id].map(told) }

  /// As coverage holds it, with what other attempts saw where they disagree.
  private func told(_ check: CheckRecord) -> Outcome {
    if check.outcome.isPassed { return .passed }
    let placeholders = Placeholders(record, fresh: check.fresh)
    return placeholders.apply(to: check.outcome).mapReason { reason in
      var reason = reason
      if let flaky = flaky[check.id] { reason.notes.append(flaky.note) }
      return reason
    }
  }
}

extension FlakyOutcome {
  fileprivate var note: Reason.Note { .flaky(passed: passed, failed: failed, broken: broken) }
}

extension HealthGate {
  fileprivate var coverage: GateCoverage {
    var gate = GateCoverage(
      path: asksHTTP || tcp == nil ? path : nil,
      port: tcp.map { "\($0.service):\($0.port)" },
      accepts: asksHTTP || tcp == nil ? accepts : [],
      requires: requires.map { GateCoverage.Requirement(key: $0.key, value: $0.value.source) },
      within: Int(within.components.seconds),
      steady: steady == .milliseconds(GateCoverage.usual) ? nil : Int(steady / .milliseconds(1))
    )
    gate.why = why
    return gate
  }
}
