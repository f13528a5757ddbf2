import Evidence
import Suites

extension Audit {
  // MARK: P1

  func lifecycleClaims() -> [Claim] {
    Stage.allCases.filter { $0 != .functional }.map { stage in
      let ids = record.header.planned
        .filter { $0.stage == stage && ($0.kind == .generic || $0.kind == .overlay) }.map(\.id)
      return Claim(
        id: "P1/\(stage)",
        part: .p1,
        statement: Self.statement(of: stage),
        verdict: lifecycleVerdict(stage, ids),
        checks: ids
      )
    }
  }

  private func lifecycleVerdict(_ stage: Stage, _ ids: [CheckID]) -> Verdict {
    let normalizer = Normalizer(record: record)
    guard let stageRecord = record[stage] else {
      return .unproven(reason: "the stage did not run")
    }
    let verdicts = ids.compactMap(outcome).map(verdict)
    // What failed is refuted, whatever else is to be said of the stage.
    if let failed = verdicts.first(where: { $0.word == .refuted }) { return failed }
    switch stageRecord.outcome {
    case .skipped(let reason): return .notApplicable(reason: normalizer.text(reason))
    case .notRun(let reason): return .unproven(reason: normalizer.text(reason))
    case .passed, .failed, .broken: break
    }
    let own = stageRecord.operations.compactMap { operation -> Verdict? in
      switch operation.outcome {
      case .failed(let reason):
        .refuted(reason: normalizer.text(Self.told(reason, of: operation)))
      case .broken(let reason):
        .unproven(reason: normalizer.text(Self.told(reason, of: operation)))
      case .passed, .skipped, .notRun: nil
      }
    }
    guard hasGenericTier(stage) else {
      return own.first { $0.word == .refuted }
        ?? .unproven(reason: "no generic check of \(stage) ran")
    }
    if stage == .upgrade, let base = record.header.base, base.tree == record.header.target.tree,
      stageRecord.outcome.isPassed
    {
      return .unproven(reason: "base and target are the same files: nothing was upgraded")
    }
    // The stage itself comes last: it may have broken after the last of its checks.
    return verdict(of: verdicts + own + [verdict(of: normalized(stageRecord.outcome))])
  }

  /// A stage's or an operation's outcome without what differs between two equal runs.
  func normalized(_ outcome: Outcome) -> Outcome {
    guard let reason = outcome.reason else { return outcome }
    return Outcome(outcome.word, reason: Normalizer(record: record).text(reason))
  }

  private static func told(_ reason: String, of operation: OperationRecord) -> String {
    reason.hasPrefix(operation.name) ? reason : "\(operation.name): \(reason)"
  }

  /// Whether a generic check of the stage gave an answer.
  func hasGenericTier(_ stage: Stage) -> Bool {
    record.checks.contains {
      $0.kind == .generic && $0.stage == stage
        && [.passed, .failed, .broken].contains($0.outcome.word)
    }
  }

  private static func statement(of stage: Stage) -> String {
    switch stage {
    case .install: "The recipe installs and becomes ready."
    case .upgrade: "The recipe upgrades from base to target, and the target is what runs."
    case .backup: "The backup holds a file for every path that the recipe declares."
    case .restore: "The restore runs, and the app is ready after it."
    case .functional: "The app does what it is for."
    case .teardown: "The recipe comes down and nothing of it is left."
    }
  }

  // MARK: P3

  /// One claim per functional check that counts, and one for the floor.
  func functionalClaims(_ checks: [CheckCoverage]) -> [Claim] {
    let counted = checks.filter { $0.kind == .functional && !$0.isHealth }
    let each = counted.map { check in
      Claim(
        id: "P3/\(check.id)",
        part: .p3,
        statement: check.about.isEmpty ? "\(check.id.name) holds." : check.about,
        verdict: functionalVerdict(check),
        checks: [check.id]
      )
    }
    return [floorClaim(counted)] + each
  }

  /// Passing is not enough: the evidence must carry the claim, and the control must have failed.
  func functionalVerdict(_ check: CheckCoverage) -> Verdict {
    guard check.outcome.isPassed else { return verdict(of: check.outcome) }
    switch check.strength {
    case .none: return .unproven(reason: "the check asserts nothing")
    case .ack: return .unproven(reason: "only an acknowledgement was seen")
    case .content where check.control?.result == .passed: break
    case .content:
      return weakness(of: check.id).map { .unproven(reason: "the check \($0)") } ?? proven
    case .opaque: return proven
    case .state, .durable: break
    }
    switch check.control?.result {
    case .failed?, .notPossible?: return proven
    case .passed?:
      return .unproven(reason: "its control passed: it cannot fail for a value never sent")
    case .broken(let reason)?: return .unproven(reason: "its control gave no answer: \(reason)")
    case nil: return .unproven(reason: "its control did not run")
    }
  }

  /// Proven checks of state; of several that do the same the first alone.
  func deepChecks(_ checks: [CheckCoverage]) -> [CheckCoverage] {
    let deep = checks.filter { functionalVerdict($0).isProven && $0.strength >= .state }
    let repeated = Set(twins(among: deep).flatMap { $0.dropFirst() }.map(\.id))
    return deep.filter { !repeated.contains($0.id) }
  }

  /// Checks whose steps have the same form, together, in the order of the plan.
  func twins(among checks: [CheckCoverage]) -> [[CheckCoverage]] {
    var groups: [String: [CheckCoverage]] = [:]
    var order: [String] = []
    for check in checks {
      guard let form = planned(check.id)?.behaviour else { continue }
      if groups[form] == nil { order.append(form) }
      groups[form, default: []].append(check)
    }
    return order.compactMap { groups[$0] }.filter { $0.count > 1 }
  }

  func weakness(of id: CheckID) -> String? { planned(id)?.weakness }

  private func floorClaim(_ checks: [CheckCoverage]) -> Claim {
    let deep = deepChecks(checks)
    let wanted = policy.functionalChecks
    let statement = "At least \(wanted) functional checks read back what they did."
    let verdict: Verdict =
      if deep.count >= wanted {
        proven
      } else if let failed = checks.first(where: { functionalVerdict($0).word == .refuted }) {
        .refuted(reason: "\(failed.id) failed; \(deep.count) of \(wanted) are proven")
      } else {
        .unproven(reason: "\(deep.count) of \(wanted) are proven")
      }
    return Claim(
      id: "P3",
      part: .p3,
      statement: statement,
      verdict: verdict,
      checks: deep.map(\.id)
    )
  }

  // MARK: P4

  func coverage(_ store: StoreFacts) -> StoreCoverage {
    guard store.hasMarker else {
      let missing = Verdict.unproven(reason: "\(store.name) has no marker")
      return StoreCoverage(
        name: store.name,
        kind: store.kind,
        marker: nil,
        counts: store.counts,
        mechanism: store.mechanism,
        upgrade: missing,
        dropped: missing,
        restored: missing,
        result: missing
      )
    }
    let upgrade = storeVerdict(store, "survives_upgrade")
    let dropped = droppedVerdict(store)
    var restored = storeVerdict(store, "survives_restore")
    if restored.isProven, !dropped.isProven {
      restored = .unproven(reason: "its control is missing: \(dropped.reason ?? "not dropped")")
    }
    return StoreCoverage(
      name: store.name,
      kind: store.kind,
      marker: suite.integrity[store.name].map { $0.seed.map(\.shortTitle).joined(separator: "; ") },
      counts: store.counts,
      mechanism: store.mechanism,
      upgrade: upgrade,
      dropped: dropped,
      restored: restored,
      result: verdict(of: [upgrade, dropped, restored])
    )
  }

  private func storeVerdict(_ store: StoreFacts, _ name: String) -> Verdict {
    guard let outcome = outcome(of: .integrity(store.name, name)) else {
      return .unproven(reason: "\(name) is not in the plan")
    }
    return verdict(of: outcome)
  }

  private func droppedVerdict(_ store: StoreFacts) -> Verdict {
    guard let check = record[check: .integrity(store.name, "survives_restore")] else {
      return .unproven(reason: "survives_restore is not in the plan")
    }
    let normalizer = Normalizer(record: record, fresh: check.fresh)
    switch check.control?.result {
    case .failed?: return proven
    case .passed?:
      return .refuted(reason: "the marker was still there after it had been dropped")
    case .broken(let reason)?, .notPossible(let reason)?:
      return .unproven(reason: normalizer.text("the look after the drop gave no answer: \(reason)"))
    case nil:
      return check.outcome.word == .skipped
        ? verdict(of: outcome(of: check.id) ?? check.outcome)
        : .unproven(reason: "the marker was not dropped before the restore")
    }
  }

  func storeClaims(_ stores: [StoreCoverage]) -> [Claim] {
    stores.flatMap { store in
      func claim(_ name: String, _ statement: String, _ verdict: Verdict, _ check: String) -> Claim
      {
        let id = CheckID.integrity(store.name, check)
        return Claim(
          id: "P4/\(store.name)/\(name)",
          part: .p4,
          statement: statement,
          verdict: verdict,
          checks: record[check: id] == nil ? [] : [id]
        )
      }
      return [
        claim(
          "upgrade",
          "The data of \(store.name) survive the upgrade.",
          store.upgrade,
          "survives_upgrade"
        ),
        claim(
          "dropped",
          "The marker of \(store.name) was gone before the restore.",
          store.dropped,
          "survives_restore"
        ),
        claim(
          "restored",
          "The data of \(store.name) come back from the backup.",
          store.restored,
          "survives_restore"
        ),
      ]
    }
  }
}
