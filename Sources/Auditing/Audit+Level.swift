import Evidence

extension Audit {
  func rungs(_ claims: [Claim], _ stores: [StoreCoverage]) -> [RungCoverage] {
    func verdict(_ ids: String...) -> Verdict {
      self.verdict(of: claims.filter { ids.contains($0.id) }.map(\.verdict))
    }
    // Every store counts: two backed up and one verified is not a restore that works.
    let data = verdict(
      "P1/backup",
      "P1/restore",
      of: stores.map(\.dropped) + stores.map(\.restored),
      claims
    )
    return [
      Self.rung(1, "install", verdict("P1/install")),
      Self.rung(
        2,
        "upgrade",
        self.verdict(of: [verdict("P1/upgrade")] + stores.map(\.upgrade), claims)
      ),
      Self.rung(3, "backup and restore", data),
      Self.rung(4, "functional", functionalRung(claims)),
      RungCoverage(
        level: 5,
        name: "lint",
        state: .unver,
        reason: "abra's lint did not run on this driver"
      ),
    ]
  }

  private func verdict(_ ids: String..., of more: [Verdict], _ claims: [Claim]) -> Verdict {
    let own = claims.filter { ids.contains($0.id) }.map(\.verdict)
    return verdict(of: own + more, claims)
  }

  /// A stage that does not apply carries no store with it.
  private func verdict(of verdicts: [Verdict], _ claims: [Claim]) -> Verdict {
    if let first = verdicts.first, first.word == .notApplicable { return first }
    return verdict(of: verdicts)
  }

  private func functionalRung(_ claims: [Claim]) -> Verdict {
    let failed = record.checks.first { $0.stage == .functional && $0.outcome.word == .failed }
    if let failed {
      return .refuted(reason: outcome(of: failed.id)?.reason ?? "\(failed.id) failed")
    }
    let broken = record.checks.first { $0.stage == .functional && $0.outcome.word == .broken }
    if let broken {
      return .unproven(reason: outcome(of: broken.id)?.reason ?? "\(broken.id) broke")
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
