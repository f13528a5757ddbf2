import Evidence
import Suites

extension Audit {
  /// - Parameter today: nil for what is stored, which no day changes.
  func findings(
    _ checks: [CheckCoverage],
    _ stores: [StoreCoverage],
    _ ports: [Finding],
    today: String?
  ) -> [Finding] {
    var all =
      runFindings() + checkFindings(checks) + storeFindings(stores) + ports + attemptFindings()
      + record.findings
    if let today { all += expiredDeferrals(today: today) }
    all = all.uniqued
    let waivers = Waivers(suite.waivers, today: today)
    return (all.map(waivers.applied) + waivers.findings(on: all, seesAll: seesAll))
      .sorted(by: Self.precedes)
  }

  /// Whether a finding that is not there would have been there, had there been a reason for it.
  private var seesAll: Bool { record.header.isFull && record.end == .finished }

  private func runFindings() -> [Finding] {
    var result: [Finding] = []
    if record.end != .finished {
      result.append(Rule.runNotFinished.finding("the run \(Self.word(record.end))"))
    }
    if record.unreadableLines > 0 {
      let lines = record.unreadableLines == 1 ? "1 line" : "\(record.unreadableLines) lines"
      result.append(
        Rule.runNotFinished.finding(
          "\(lines) of the run's events cannot be read: it may not say all"
        )
      )
    }
    for stage in Stage.allCases where stage != .functional {
      guard let outcome = record[stage]?.outcome,
        [.passed, .failed, .broken].contains(outcome.word),
        record.header.isFull, !hasGenericTier(stage), outcome.isPassed
      else { continue }
      result.append(
        Rule.genericTierMissing.finding(
          "\(stage) ran without its generic checks",
          about: [stage.rawValue]
        )
      )
    }
    if let base = record.header.base, base.tree == record.header.target.tree {
      result.append(
        Rule.baseEqualsTarget.finding(
          "base \(base.version) and target \(record.header.target.version) are the same files"
        )
      )
    }
    for operation in record.stages.flatMap(\.operations) {
      guard let difference = operation.difference else { continue }
      result.append(
        Rule.operationDiffers.finding(
          "\(operation.name): \(Placeholders(record).apply(to: difference))",
          about: [operation.name] + [operation.command?.service].compactMap { $0 }
        )
      )
    }
    if let left = outcome(of: .generic(.teardown, "nothing_left")), left.word == .failed {
      result.append(
        Rule.teardownLeftSomething.finding(
          "\(record.header.recipe) was not taken down in full",
          because: left.reason
        )
      )
    }
    return result
  }

  private static func word(_ end: RunEnd) -> String {
    switch end {
    case .finished: "finished"
    case .failuresReached: "was stopped by its failures"
    case .interrupted: "was interrupted"
    case .deadlineReached: "reached its deadline"
    case .died: "died"
    }
  }

  private func checkFindings(_ checks: [CheckCoverage]) -> [Finding] {
    let counted = checks.filter { $0.kind == .functional && !$0.isHealth }
    var result = counted.compactMap(weakness)
    result += checks.compactMap { check in
      guard case .broken(let reason)? = check.control?.result else { return nil }
      return Self.finding(
        .controlBroken,
        check,
        "has a control that gave no answer",
        because: reason
      )
    }
    for twins in twins(among: counted) {
      for twin in twins.dropFirst() where !twin.id.isRow(beside: twins[0].id) {
        result.append(Self.finding(.sameBehaviourTwice, twin, "does the same as \(twins[0].id)"))
      }
    }
    let deep = deepChecks(counted).count
    if isAsked(.p3), deep < policy.functionalChecks, record[.functional]?.outcome.word != .notRun {
      result.append(
        Rule.tooFewFunctionalChecks.finding(
          "\(deep) of \(policy.functionalChecks) required functional checks "
            + (deep == 1 ? "reads its own data back" : "read their own data back")
        )
      )
    }
    return result
  }

  /// What keeps a functional check from showing what it claims.
  private func weakness(of check: CheckCoverage) -> Finding? {
    switch (check.strength, check.control?.result) {
    case (_, .passed?):
      Self.finding(.checkCannotFail, check, "passed for a value that was never sent")
    case (.content, _) where check.outcome.isPassed && mayBeStale(check.id):
      Self.finding(.checkMayBeStale, check, "expects only what could have been there before")
    case (.ack, _): Self.finding(.checkOnlyAcknowledges, check, "looks at no content")
    case (.state, nil) where check.outcome.isPassed:
      Self.finding(.controlMissing, check, "passed without its control")
    case (.state, .notPossible(let reason)?):
      Self.finding(.controlMissing, check, "can have no control", because: reason)
    default: nil
    }
  }

  private static func finding(
    _ rule: Rule,
    _ check: CheckCoverage,
    _ words: String,
    because: Reason? = nil
  ) -> Finding {
    rule.finding(
      "\(check.id) \(words)",
      because: because,
      at: check.place,
      about: ["\(check.id)"]
    )
  }

  private func storeFindings(_ stores: [StoreCoverage]) -> [Finding] {
    stores.flatMap { store -> [Finding] in
      if store.marker == nil {
        return [
          Rule.storeWithoutMarker.finding(
            "\(store.name) (\(store.kind)) has no marker",
            about: [store.name]
          )
        ]
      }
      if store.dropped.word == .refuted {
        return [
          Rule.markerNotDropped.finding(
            "\(store.name) still held its marker after that had been dropped",
            at: suite.integrity[store.name]?.place,
            about: [store.name]
          )
        ]
      }
      return []
    }
  }

  private static func precedes(_ a: Finding, _ b: Finding) -> Bool {
    if a.severity != b.severity { return a.severity < b.severity }
    if a.rule != b.rule { return a.rule.utf8.lexicographicallyPrecedes(b.rule.utf8) }
    if a.message != b.message { return a.message.utf8.lexicographicallyPrecedes(b.message.utf8) }
    guard let first = a.place, let second = b.place else { return a.place == nil && b.place != nil }
    return (first.file, first.line, first.column) < (second.file, second.line, second.column)
  }

  /// Deferrals whose date is past; a trigger in words never expires by itself.
  private func expiredDeferrals(today: String) -> [Finding] {
    suite.deferred.compactMap { deferral in
      guard Waivers.isPast(deferral.until, today: today) else { return nil }
      return Rule.deferralExpired.finding(
        "\(deferral.what) was deferred until \(deferral.until)",
        about: [deferral.what]
      )
    }
  }
}

extension CheckID {
  /// Whether both are rows of one check's `cases`.
  fileprivate func isRow(beside other: CheckID) -> Bool {
    row != nil && withoutRow == other.withoutRow
  }
}
