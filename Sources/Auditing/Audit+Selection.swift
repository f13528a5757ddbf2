import Evidence

/// What a run was asked for decides what is claimed: of the rest nothing is said.
extension Audit {
  private var selection: RunSelection? { record.header.selection }

  func isAsked(_ part: ClaimPart) -> Bool { selection?.parts.contains(part) ?? true }

  func isAsked(_ claim: Claim) -> Bool {
    guard selection != nil, !isAsked(claim.part) else { return true }
    // Of a part that was not asked for, the claims that rest on what was run all the same.
    let isOfChecks = claim.part != .p1 && claim.id != claim.part.rawValue
    return isOfChecks && !claim.checks.isEmpty && claim.checks.allSatisfy { planned($0) != nil }
  }

  func isAsked(_ store: StoreCoverage) -> Bool {
    isAsked(.p4)
      || StorePart.allCases.allSatisfy { planned(.integrity(store.name, $0.check)) != nil }
  }

  /// A rung is climbed by all that belongs to it, or not at all.
  func rung(of verdict: Verdict, _ parts: ClaimPart...) -> Verdict {
    guard let missing = parts.first(where: { !isAsked($0) }) else { return verdict }
    return verdict.word == .refuted
      ? verdict : .unproven(reason: Reason(.partNotAsked(part: missing)))
  }

  // MARK: Attempts

  func attemptFindings() -> [Finding] {
    record.flaky.map { flaky in
      let rule = flaky.failed.isEmpty ? Rule.checkUnsteady : .checkFlaky
      return rule.finding(
        "\(flaky.name) \(flaky.shown)",
        at: flaky.check.flatMap { planned($0)?.place },
        about: [flaky.check?.description ?? flaky.stage.rawValue]
      )
    }
  }
}
