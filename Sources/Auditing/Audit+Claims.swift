import Evidence
import Suites

extension Audit {
  // MARK: P1

  func lifecycleClaims() -> [Claim] {
    Stage.allCases.filter { $0 != .functional }.map { stage in
      Claim(
        id: "P1/\(stage)",
        part: .p1,
        verdict: lifecycleVerdict(stage),
        checks: lifecycleChecks(stage)
      )
    } + dependencyClaims
  }

  /// What the recipes beside it came to is said of them, and of no stage of this one.
  private var dependencyClaims: [Claim] {
    guard record.header.dependencies != nil else { return [] }
    let found = outcome(of: .dependencies).map(verdict)
    return [
      Claim(
        id: "P1/dependencies",
        part: .p1,
        verdict: found ?? .unproven(reason: Reason(.stageDidNotRun)),
        checks: [.dependencies]
      )
    ]
  }

  private func lifecycleChecks(_ stage: Stage) -> [CheckID] {
    record.header.planned
      .filter { $0.stage == stage && ($0.kind == .generic || $0.kind == .overlay) }.map(\.id)
      .filter { $0 != .dependencies }
  }

  private func lifecycleVerdict(_ stage: Stage) -> Verdict {
    let ids = lifecycleChecks(stage)
    guard let stageRecord = record[stage] else {
      return .unproven(reason: Reason(.stageDidNotRun))
    }
    let placeholders = Placeholders(record)
    let whole = verdict(of: placeholders.apply(to: stageRecord.outcome))
    // What nothing is known of speaks against a stage, and never for it.
    let verdicts = ids.compactMap { id -> Verdict? in
      guard let outcome = outcome(of: id) else { return nil }
      return outcome.isPassed && planned(id)?.strength == .opaque ? nil : verdict(of: outcome)
    }
    // What failed is refuted, whatever else is to be said of the stage.
    if let failed = verdicts.first(where: { $0.word == .refuted }) { return failed }
    if [.skipped, .notRun].contains(stageRecord.outcome.word) { return whole }
    let own = stageRecord.operations.filter { [.failed, .broken].contains($0.outcome.word) }
      .filter { $0.facts[OperationRecord.dependency] == nil }
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
    // The stage itself comes last: it may have broken after the last of its checks. What a store came to
    // is said of the store, and so it is with a recipe beside this one.
    let isOfStores = record.checks.contains {
      ($0.kind == .integrity || $0.id == .dependencies) && $0.stage == stage
        && $0.outcome == stageRecord.outcome
    }
    return verdict(of: verdicts + own + (isOfStores ? [] : [whole]))
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
    if isAnsweredElsewhere(check) { return unproven(.addressElsewhere) }
    if check.strength < .state, let doubt = doubts(check.id).first { return unproven(doubt.code) }
    switch check.strength {
    case .none: return unproven(.assertsNothing(check: nil))
    case .ack: return unproven(.onlyAcknowledged)
    case .content where check.control?.result == .passed:
      guard check.control?.kind != .sibling else { return unproven(.answeredByAnyPath) }
    case .content where check.control?.result.word == .broken: break
    case .content: return mayBeStale(check.id) ? unproven(.mayBeStale) : proven
    case .opaque where isPassedNowhere(check.control): return unproven(.passesNowhere(check: nil))
    case .opaque: return unproven(.onlyExited(check: nil))
    case .state, .durable: break
    }
    if isKeptInNoStore(check.id) { return unproven(.keptInNoStore) }
    if let store = storeMissed(by: check.id) { return unproven(.storeNeverWritten(store: store)) }
    switch check.control?.result {
    case .failed?, .notPossible?: return proven
    case .passed?: return unproven(.controlPassed(check: nil))
    case .broken(let reason)?: return unproven(.controlBroken(check: nil, because: reason))
    case nil: return unproven(.controlMissing)
    }
  }

  func isPassedNowhere(_ control: ControlCoverage?) -> Bool {
    control?.kind == .nowhere && control?.result == .passed
  }

  /// Proven checks of state whose control was seen; of several that do the same the first alone.
  func deepChecks(_ checks: [CheckCoverage]) -> [CheckCoverage] {
    let deep = checks.filter {
      functionalVerdict($0).isProven && $0.strength >= .state && $0.control?.result == .failed
    }
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

  /// A store that the app never wrote to, where it wrote to none: what its checks read back is kept
  /// nowhere that is known.
  private var unwritten: String? {
    let judged = record.header.stores.filter {
      planned(.integrity($0.name, "written_by_app")) != nil
    }
    return judged.allSatisfy { isNeverWritten($0.name) } ? judged.first?.name : nil
  }

  private var unwrittenStores: [String] {
    record.header.stores.map(\.name).filter(isNeverWritten)
  }

  /// Whether what the check sent after the backup outlived everything that a backup brings back.
  func isKeptInNoStore(_ check: CheckID) -> Bool {
    record[check: .carried(check, in: .recover)]?.control?.result == .passed
  }

  /// A store that the app never wrote to, where what the check sent was seen to be kept in none and did
  /// not last: it may be kept nowhere.
  private func storeMissed(by check: CheckID) -> String? {
    guard storesWritten(by: .carried(check, in: .install)).isEmpty else { return nil }
    let isLost = [Stage.upgrade, .restore, .recover].contains { stage in
      outcome(of: .carried(check, in: stage))?.word == .failed
    }
    return isLost ? unwrittenStores.first : nil
  }

  /// Whether the run looked at what the app did to a store, and saw that it did nothing.
  func isNeverWritten(_ store: String) -> Bool {
    if case .storeNeverWritten? = outcome(of: .integrity(store, "written_by_app"))?.reason?.code {
      true
    } else {
      false
    }
  }

  private func floorClaim(_ checks: [CheckCoverage]) -> Claim {
    let deep = deepChecks(checks)
    let wanted = policy.functionalChecks
    func tooFew(_ failed: CheckID?) -> Reason {
      Reason(.tooFew(proven: deep.count, wanted: wanted, failed: failed))
    }
    let verdict: Verdict =
      if deep.count >= wanted, let unwritten {
        .unproven(reason: Reason(.storeNeverWritten(store: unwritten)))
      } else if deep.count >= wanted {
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
      recovered: missing,
      result: missing
    )
    if let why = store.holdsNothing {
      let apart = Verdict.notApplicable(reason: .declared(why))
      (row.upgrade, row.dropped, row.restored, row.recovered) = (apart, apart, apart, apart)
      row.result = apart
      row.holdsNothing = why
      return row
    }
    guard store.hasMarker else { return row }
    if let entry = suite.integrity[store.name] {
      row.marker = entry.seed.map(\.shortTitle).joined(separator: "; ")
      row.words = entry.marker
      row.planted = entry.seed.placesWritten
      row.drop = entry.drop.map(\.shortTitle)
      row.change = entry.change.isEmpty ? nil : entry.change.map(\.shortTitle)
    }
    row.volatile = store.volatile?.map(\.pattern)
    row.upgrade = storeVerdict(.integrity(store.name, "survives_upgrade"))
    row.dropped = droppedVerdict(.integrity(store.name, "survives_restore"))
    row.restored = storeVerdict(.integrity(store.name, "survives_restore"))
    if row.restored.isProven, !row.dropped.isProven {
      let reason = Reason(.controlOfStoreMissing(because: row.dropped.reason))
      row.restored = .unproven(reason: reason)
    }
    row.recovered = storeVerdict(.integrity(store.name, "recovered"))
    row.upgrade = verdict(of: [row.upgrade] + carried(.upgrade, store.name))
    row.restored = verdict(of: [row.restored] + carried(.restore, store.name))
    row.recovered = verdict(of: [row.recovered] + carried(.recover, store.name))
    let upgrade = lifecycleVerdict(.upgrade)
    if row.upgrade.isProven, !upgrade.isProven {
      row.upgrade = .unproven(reason: Reason(.upgradeNotProven(because: upgrade.reason)))
    }
    if isNeverWritten(store.name) {
      let unknown = Verdict.unproven(reason: Reason(.storeNeverWritten(store: store.name)))
      row.upgrade = verdict(of: [row.upgrade, unknown])
      row.restored = verdict(of: [row.restored, unknown])
      row.recovered = verdict(of: [row.recovered, unknown])
    }
    row.result = StorePart.result(of: row)
    return row
  }

  /// What the carried checks of a stage take away from every store that they may have written.
  private func carried(_ stage: Stage, _ store: String) -> [Verdict] {
    record.header.planned.filter { check in
      guard check.stage == stage, let origin = check.origin else { return false }
      let written = storesWritten(by: .carried(origin, in: .install))
      // What changed no store is kept somewhere else: in one of those that the app never wrote to, as far
      // as there are any.
      if written.isEmpty { return unwrittenStores.isEmpty || unwrittenStores.contains(store) }
      return written.contains(store)
    }
    .compactMap { outcome(of: $0.id) }
    .filter { [.failed, .broken, .notRun].contains($0.word) }
    .map(verdict)
  }

  /// Empty where that is not known.
  private func storesWritten(by check: CheckID) -> [String] {
    (record[check: check]?.steps ?? []).flatMap(\.assertions).compactMap { assertion in
      guard case .inventory(let store) = assertion.subject, assertion.predicate == .not(.isWell)
      else {
        return nil
      }
      return store
    }
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

extension Doubt {
  fileprivate var code: Reason.Code {
    switch self {
    case .elsewhere: .addressElsewhere
    case .absenceUnseen: .absenceUnseen
    }
  }
}

/// What is claimed of each store.
enum StorePart: String, CaseIterable {
  case upgrade, dropped, restored, recovered

  /// All parts together. One that does not apply leaves the whole unknown: it is no pass.
  static func result(of store: StoreCoverage) -> Verdict {
    let verdicts = allCases.map { $0.verdict(in: store) }
    let worst = Audit.worst(of: verdicts)
    return worst.isProven ? verdicts.first { $0.word == .notApplicable } ?? worst : worst
  }

  func claim(of store: String) -> String { "P4/\(store)/\(rawValue)" }

  /// The name of the integrity check that it rests on; a drop rests on that check's control.
  var check: String {
    switch self {
    case .upgrade: "survives_upgrade"
    case .dropped, .restored: "survives_restore"
    case .recovered: "recovered"
    }
  }

  func verdict(in store: StoreCoverage) -> Verdict {
    switch self {
    case .upgrade: store.upgrade
    case .dropped: store.dropped
    case .restored: store.restored
    case .recovered: store.recovered
    }
  }
}
