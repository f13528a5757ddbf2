import Evidence

extension Audit {
  /// P2 as a whole, then one claim for each unit.
  func corpusClaims(_ units: [PortAudit.Judged]) -> [Claim] {
    [PortAudit.claim(corpus: corpus, units)] + units.map(\.claim)
  }
}

extension PortAudit {
  /// The claim for the whole corpus: as bad as the worst of its units.
  static func claim(corpus: CorpusCoverage, _ units: [Judged]) -> Claim {
    let state = Reason(.corpus(corpus.state))
    var claim = Claim(id: "P2", part: .p2, verdict: .unproven(reason: state), checks: [])
    switch corpus.state {
    case .none: claim.verdict = .notApplicable(reason: state)
    case .noEntry, .noScripts: claim.verdict = .vacuous(reason: state)
    case .rootMissing: break
    case .unreadable, .scripts:
      let worst = worst(of: units)
      let isKnown = corpus.state == .scripts && !units.isEmpty
      if let worst, isKnown || worst.verdict.word == .refuted {
        claim.verdict = worst.verdict
        claim.checks = worst.checks
      }
    }
    return claim
  }

  private static let order: [Verdict.Word] = [
    .refuted, .unproven, .deferred, .declared, .provenOnStandin, .proven, .vacuous, .notApplicable,
  ]

  private static func worst(of units: [Judged]) -> (verdict: Verdict, checks: [CheckID])? {
    guard
      let word = order.first(where: { word in units.contains { $0.claim.verdict.word == word } })
    else { return nil }
    let same = units.filter { $0.claim.verdict.word == word }
    guard let first = same.first?.claim.verdict else { return nil }
    let words = same.map {
      Reason.UnitWord(unit: $0.unit.id, disposition: $0.unit.disposition)
    }
    let told = Reason(.units(worst: words, of: units.count))
    // Only what is not proven is told by its checks: a claim of all would name all.
    let checks = same.flatMap(\.claim.checks).uniqued
    switch first {
    case .refuted: return (.refuted(reason: told), checks)
    case .unproven: return (.unproven(reason: told), checks)
    case .declared: return (.declared(reason: told), checks)
    case .deferred(_, let until): return (.deferred(reason: told, until: until), [])
    case .proven, .provenOnStandin, .vacuous: return (first, [])
    case .notApplicable: return (.notApplicable(reason: told), [])
    }
  }
}
