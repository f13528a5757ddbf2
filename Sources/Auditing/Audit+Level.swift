import Evidence

extension Audit {
  func rungs(_ claims: [Claim], _ stores: [StoreCoverage]) -> [RungCoverage] {
    let lower = Self.lowerVerdicts(claims, stores)
    return [
      Self.rung(1, "install", rung(of: lower.install, .p1)),
      Self.rung(2, "upgrade", rung(of: lower.upgrade, .p1, .p4)),
      Self.rung(3, "backup, restore and recover", rung(of: lower.restore, .p1, .p4)),
      Self.rung(4, "functional", rung(of: functionalRung(claims), .p3)),
      RungCoverage(
        level: 5,
        name: "lint",
        state: .unver,
        reason: Reason(.lintDidNotRun(driver: record.header.driver))
      ),
    ]
  }

  /// What L1 to L3 come to, which follows from claims and stores alone.
  static func lowerVerdicts(_ claims: [Claim], _ stores: [StoreCoverage])
    -> (install: Verdict, upgrade: Verdict, restore: Verdict)
  {
    func claim(_ id: String) -> Verdict {
      claims.first { $0.id == id }?.verdict
        ?? .unproven(reason: Reason(.nothingLookedAt(claim: id)))
    }
    // What holds nothing is nobody's to keep.
    let stores = stores.filter { $0.holdsNothing == nil }
    let upgrade = claim("P1/upgrade")
    let ways = [claim("P1/backup"), claim("P1/restore"), claim("P1/recover")]
    // A backup that is never restored shows nothing of a restore.
    let both = worst(of: ways)
    let backup = both.isProven ? ways.first { $0.word == .notApplicable } ?? both : both
    // Every store counts: two backed up and one verified is not a restore that works. A stage that
    // does not apply carries no store with it.
    let upgraded =
      upgrade.word == .notApplicable ? upgrade : worst(of: [upgrade] + stores.map(\.upgrade))
    // Data that no backup was seen to bring back are not kept by saying so. Of a disaster a recipe may
    // say that it has no part in it.
    let isOnlyOfDisaster = !ways.dropLast().contains { $0.word == .notApplicable }
    let unkept: Verdict = stores.isEmpty || isOnlyOfDisaster ? backup : looked(backup)
    let restored =
      backup.word == .notApplicable
      ? unkept
      : worst(
        of: [backup]
          + stores.flatMap { [looked($0.dropped), looked($0.restored), looked($0.recovered)] }
      )
    return (claim("P1/install"), upgraded, restored)
  }

  /// L1 to L3 of a run that asked for all of them.
  static func lowerRungs(_ claims: [Claim], _ stores: [StoreCoverage]) -> [RungCoverage] {
    let lower = lowerVerdicts(claims, stores)
    return [
      rung(1, "install", lower.install),
      rung(2, "upgrade", lower.upgrade),
      rung(3, "backup, restore and recover", lower.restore),
    ]
  }

  /// Of a stage that applies: a store that was passed over in it is not known.
  private static func looked(_ verdict: Verdict) -> Verdict {
    guard case .notApplicable(let reason) = verdict else { return verdict }
    return .unproven(reason: reason)
  }

  private func functionalRung(_ claims: [Claim]) -> Verdict {
    let own = record.checks.filter { $0.stage == .functional }
    let outcomes = own.compactMap { outcome(of: $0.id) }
    let ill =
      outcomes.first { $0.word == .failed }
      ?? outcomes.first { [.broken, .notRun].contains($0.word) }
    if let ill { return verdict(of: ill) }
    if let beside = outcome(of: .dependencies), !beside.isPassed { return verdict(of: beside) }
    if let stage = record[.functional]?.outcome, [.failed, .broken].contains(stage.word) {
      return verdict(of: Placeholders(record).apply(to: stage))
    }
    for check in own where check.kind == .functional {
      switch check.control?.result {
      case .passed? where check.control?.kind == .nowhere:
        return .unproven(reason: Reason(.passesNowhere(check: check.id)))
      case .passed? where check.control?.kind != .sibling:
        return .unproven(reason: Reason(.controlPassed(check: check.id)))
      case .broken(let reason)?:
        let cause = Placeholders(record, fresh: check.fresh).apply(to: reason)
        return .unproven(reason: Reason(.controlBroken(check: check.id, because: cause)))
      case .passed?, .failed?, .notPossible?, nil: continue
      }
    }
    return claims.first { $0.id == "P3" }?.verdict
      ?? .unproven(reason: Reason(.nothingLookedAt(claim: "P3")))
  }

  private static func rung(_ level: Int, _ name: String, _ verdict: Verdict) -> RungCoverage {
    let state: RungCoverage.State =
      switch verdict.word {
      case .proven, .provenOnStandin: .pass
      case .refuted: .fail
      case .unproven: .unver
      case .vacuous, .declared, .deferred, .notApplicable: .skip
      }
    return RungCoverage(
      level: level,
      name: name,
      state: state,
      reason: state == .pass ? nil : verdict.reason
    )
  }

  static func level(of rungs: [RungCoverage]) -> Int {
    var level = 0
    for rung in rungs {
      switch rung.state {
      case .pass: level = rung.level
      case .skip: continue
      case .fail, .unver: return level
      }
    }
    return level
  }
}
