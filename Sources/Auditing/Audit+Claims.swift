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
        verdict: lifecycleVerdict(stage, ids),
        checks: ids
      )
    }
  }

  private func lifecycleVerdict(_ stage: Stage, _ ids: [CheckID]) -> Verdict {
    guard let stageRecord = record[stage] else {
      return .unproven(reason: Reason(.stageDidNotRun))
    }
    let placeholders = Placeholders(record)
    let whole = verdict(of: placeholders.apply(to: stageRecord.outcome))
    let verdicts = ids.compactMap(outcome).map(verdict)
    // What failed is refuted, whatever else is to be said of the stage.
    if let failed = verdicts.first(where: { $0.word == .refuted }) { return failed }
    if [.skipped, .notRun].contains(stageRecord.outcome.word) { return whole }
    let own = stageRecord.operations.filter { [.failed, .broken].contains($0.outcome.word) }
      .map { operation in
        verdict(
          of: placeholders.apply(to: operation.outcome).mapReason { reason in
            var reason = reason
            reason.act = reason.act ?? operation.name
            return reason
          }
        )
      }
    guard hasGenericTier(stage) else {
      return own.first { $0.word == .refuted }
        ?? .unproven(reason: Reason(.noGenericCheck(in: stage)))
    }
    if stage == .upgrade, stageRecord.outcome.isPassed, let sameFiles {
      return .unproven(reason: sameFiles)
    }
    // The stage itself comes last: it may have broken after the last of its checks.
    return verdict(of: verdicts + own + [whole])
  }

  /// Why an upgrade shows nothing; nil where it goes from one version to another.
  private var sameFiles: Reason? {
    let target = record.header.target
    guard let base = record.header.base, base.tree == target.tree else { return nil }
    return Reason(.sameFiles(base: base.version, target: target.version))
  }

  /// Whether a generic check of the stage gave an answer.
  func hasGenericTier(_ stage: Stage) -> Bool {
    record.checks.contains {
      $0.kind == .generic && $0.stage == stage
        && [.passed, .failed, .broken].contains($0.outcome.word)
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
        about: check.about,
        verdict: functionalVerdict(check),
        checks: [check.id]
      )
    }
    return [floorClaim(counted)] + each
  }

  /// Passing is not enough: the evidence must carry the claim, and the control must have failed.
  func functionalVerdict(_ check: CheckCoverage) -> Verdict {
    guard check.outcome.isPassed else { return verdict(of: check.outcome) }
    func unproven(_ code: Reason.Code) -> Verdict { .unproven(reason: Reason(code)) }
    switch check.strength {
    case .none: return unproven(.assertsNothing(check: nil))
    case .ack: return unproven(.onlyAcknowledged)
    case .content where check.control?.result == .passed: break
    case .content: return mayBeStale(check.id) ? unproven(.mayBeStale) : proven
    case .opaque: return proven
    case .state, .durable: break
    }
    switch check.control?.result {
    case .failed?, .notPossible?: return proven
    case .passed?: return unproven(.controlPassed(check: nil))
    case .broken(let reason)?: return unproven(.controlBroken(check: nil, because: reason))
    case nil: return unproven(.controlMissing)
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

  func mayBeStale(_ id: CheckID) -> Bool { planned(id)?.mayBeStale ?? false }

  private func floorClaim(_ checks: [CheckCoverage]) -> Claim {
    let deep = deepChecks(checks)
    let wanted = policy.functionalChecks
    func tooFew(_ failed: CheckID?) -> Reason {
      Reason(.tooFew(proven: deep.count, wanted: wanted, failed: failed))
    }
    let verdict: Verdict =
      if deep.count >= wanted {
        proven
      } else if let failed = checks.first(where: { functionalVerdict($0).word == .refuted }) {
        .refuted(reason: tooFew(failed.id))
      } else {
        .unproven(reason: tooFew(nil))
      }
    return Claim(id: "P3", part: .p3, verdict: verdict, checks: deep.map(\.id))
  }

  // MARK: P4

  func coverage(_ store: StoreFacts) -> StoreCoverage {
    let missing = Verdict.unproven(reason: Reason(.noMarker(store: store.name)))
    var row = StoreCoverage(
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
    guard store.hasMarker else { return row }
    row.marker = suite.integrity[store.name].map {
      $0.seed.map(\.shortTitle).joined(separator: "; ")
    }
    row.upgrade = storeVerdict(.integrity(store.name, "survives_upgrade"))
    row.dropped = droppedVerdict(.integrity(store.name, "survives_restore"))
    row.restored = storeVerdict(.integrity(store.name, "survives_restore"))
    if row.restored.isProven, !row.dropped.isProven {
      let reason = Reason(.controlOfStoreMissing(because: row.dropped.reason))
      row.restored = .unproven(reason: reason)
    }
    row.result = verdict(of: [row.upgrade, row.dropped, row.restored])
    return row
  }

  private func storeVerdict(_ id: CheckID) -> Verdict {
    outcome(of: id).map(verdict) ?? .unproven(reason: Reason(.notPlanned(check: id)))
  }

  private func droppedVerdict(_ id: CheckID) -> Verdict {
    guard let check = record[check: id] else {
      return .unproven(reason: Reason(.notPlanned(check: id)))
    }
    switch check.control?.result {
    case .failed?: return proven
    case .passed?: return .refuted(reason: Reason(.markerStillThere))
    case .broken(let reason)?, .notPossible(let reason)?:
      let cause = Placeholders(record, fresh: check.fresh).apply(to: reason)
      return .unproven(reason: Reason(.controlBroken(check: nil, because: cause)))
    case nil:
      return check.outcome.word == .skipped
        ? storeVerdict(id) : .unproven(reason: Reason(.markerWasNotDropped))
    }
  }

  func storeClaims(_ stores: [StoreCoverage]) -> [Claim] {
    stores.flatMap { store in
      StorePart.allCases.map { part in
        let id = CheckID.integrity(store.name, part.check)
        return Claim(
          id: part.claim(of: store.name),
          part: .p4,
          verdict: part.verdict(in: store),
          checks: record[check: id] == nil ? [] : [id]
        )
      }
    }
  }
}

/// What is claimed of each store.
enum StorePart: String, CaseIterable {
  case upgrade, dropped, restored

  func claim(of store: String) -> String { "P4/\(store)/\(rawValue)" }

  /// The name of the integrity check that it rests on; a drop rests on that check's control.
  var check: String { self == .upgrade ? "survives_upgrade" : "survives_restore" }

  func verdict(in store: StoreCoverage) -> Verdict {
    switch self {
    case .upgrade: store.upgrade
    case .dropped: store.dropped
    case .restored: store.restored
    }
  }
}
