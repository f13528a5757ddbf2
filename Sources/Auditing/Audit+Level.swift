import Evidence

extension Audit {
  func rungs(_ claims: [Claim], _ stores: [StoreCoverage]) -> [RungCoverage] {
    let lower = Self.lowerVerdicts(claims, stores)
    return [
      Self.rung(1, "install", rung(of: lower.install, .p1)),
      Self.rung(2, "upgrade", rung(of: lower.upgrade, .p1, .p4)),
      Self.rung(3, "backup and restore", rung(of: lower.restore, .p1, .p4)),
      Self.rung(4, "functional", rung(of: functionalRung(claims), .p3)),
      RungCoverage(
        level: 5,
        name: "lint",
        state: .unver,
        reason: "abra's lint did not run on this driver"
      ),
    ]
  }

  /// What L1 to L3 come to, which follows from claims and stores alone.
  static func lowerVerdicts(_ claims: [Claim], _ stores: [StoreCoverage])
    -> (install: Verdict, upgrade: Verdict, restore: Verdict)
  {
    func claim(_ id: String) -> Verdict {
      claims.first { $0.id == id }?.verdict ?? .unproven(reason: "\(id) was not looked at")
    }
    let upgrade = claim("P1/upgrade")
    let ways = [claim("P1/backup"), claim("P1/restore")]
    // A backup that is never restored shows nothing of a restore.
    let both = worst(of: ways)
    let backup = both.isProven ? ways.first { $0.word == .notApplicable } ?? both : both
    // Every store counts: two backed up and one verified is not a restore that works. A stage that
    // does not apply carries no store with it.
    let upgraded =
      upgrade.word == .notApplicable ? upgrade : worst(of: [upgrade] + stores.map(\.upgrade))
    let restored =
      backup.word == .notApplicable
      ? backup
      : worst(of: [backup] + stores.flatMap { [looked($0.dropped), looked($0.restored)] })
    return (claim("P1/install"), upgraded, restored)
  }

  /// L1 to L3 of a run that asked for all of them.
  static func lowerRungs(_ claims: [Claim], _ stores: [StoreCoverage]) -> [RungCoverage] {
    let lower = lowerVerdicts(claims, stores)
    return [
      rung(1, "install", lower.install),
      rung(2, "upgrade", lower.upgrade),
      rung(3, "backup and restore", lower.restore),
    ]
  }

  /// Of a stage that applies: a store that was passed over in it is not known.
  private static func looked(_ verdict: Verdict) -> Verdict {
    verdict.word == .notApplicable ? .unproven(reason: verdict.reason ?? "skipped") : verdict
  }

  private func functionalRung(_ claims: [Claim]) -> Verdict {
    let failed = record.checks.first { $0.stage == .functional && $0.outcome.word == .failed }
    if let failed {
      return .refuted(reason: outcome(of: failed.id)?.reason ?? "\(failed.id) failed")
    }
    let unknown = record.checks.first {
      $0.stage == .functional && [.broken, .notRun].contains($0.outcome.word)
    }
    if let unknown {
      return .unproven(reason: outcome(of: unknown.id)?.reason ?? "\(unknown.id) did not end")
    }
    switch record[.functional].map({ normalized($0.outcome) }) {
    case .failed(let reason)?: return .refuted(reason: reason)
    case .broken(let reason)?: return .unproven(reason: reason)
    case .passed?, .skipped?, .notRun?, nil: break
    }
    for check in record.checks where check.stage == .functional && check.kind == .functional {
      switch check.control?.result {
      case .passed?: return .unproven(reason: "\(check.id) passed for a value that was never sent")
      case .broken?: return .unproven(reason: "the control of \(check.id) gave no answer")
      case .failed?, .notPossible?, nil: continue
      }
    }
    return claims.first { $0.id == "P3" }?.verdict ?? .unproven(reason: "nothing was looked at")
  }

  private static func rung(_ level: Int, _ name: String, _ verdict: Verdict) -> RungCoverage {
    let state: RungCoverage.State =
      switch verdict.word {
      case .proven, .provenOnStandin: .pass
      case .refuted: .fail
      case .unproven: .unver
      case .vacuous, .deferred, .notApplicable: .skip
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
