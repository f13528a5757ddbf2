package import Evidence
import Suites

extension Audit {
  func findings(_ checks: [CheckCoverage], _ stores: [StoreCoverage]) -> [Finding] {
    let all =
      runFindings() + corpusFindings() + checkFindings(checks) + storeFindings(stores)
      + record.findings
    return Array(Set(all)).map(waived).sorted(by: Self.precedes)
  }

  private func runFindings() -> [Finding] {
    var result: [Finding] = []
    if record.end != .finished {
      result.append(Rule.runNotFinished.finding("the run \(Self.word(record.end))"))
    }
    for stage in Stage.allCases where stage != .functional {
      guard let outcome = record[stage]?.outcome,
        [.passed, .failed, .broken].contains(outcome.word),
        record.header.isFull, !hasGenericTier(stage), outcome.isPassed
      else { continue }
      result.append(Rule.genericTierMissing.finding("\(stage) ran without its generic checks"))
    }
    if let base = record.header.base, base.tree == record.header.target.tree {
      result.append(
        Rule.baseEqualsTarget.finding(
          "base \(base.version) and target \(record.header.target.version) are the same files"
        )
      )
    }
    for stage in record.stages {
      for operation in stage.operations {
        guard let difference = operation.difference else { continue }
        result.append(
          Rule.operationDiffers.finding(
            Normalizer(record: record).text("\(operation.name): \(difference)")
          )
        )
      }
    }
    if let check = record[check: .generic(.teardown, "nothing_left")],
      check.outcome.word == .failed
    {
      result.append(
        Rule.teardownLeftSomething.finding(outcome(of: check.id)?.reason ?? "teardown")
      )
    }
    return result
  }

  private static func word(_ end: RunEnd) -> String {
    switch end {
    case .finished: "finished"
    case .interrupted: "was interrupted"
    case .deadlineReached: "reached its deadline"
    case .died: "died"
    }
  }

  private func corpusFindings() -> [Finding] {
    switch corpus.state {
    case .rootMissing, .unreadable: [Rule.corpusUnreachable.finding(corpusStatement)]
    case .none, .noEntry, .noScripts, .scripts: []
    }
  }

  private func checkFindings(_ checks: [CheckCoverage]) -> [Finding] {
    let counted = checks.filter { $0.kind == .functional && !$0.isHealth }
    var result = counted.flatMap { check -> [Finding] in
      switch (check.strength, check.control?.result) {
      case (_, .passed?):
        [
          Rule.checkCannotFail.finding(
            "\(check.id) passed for a value that was never sent",
            at: check.place
          )
        ]
      case (.content, _) where check.outcome.isPassed:
        weakness(of: check.id).map { reason in
          [Rule.checkMayBeStale.finding("\(check.id) \(reason)", at: check.place)]
        } ?? []
      case (.ack, _):
        [Rule.checkOnlyAcknowledges.finding("\(check.id) looks at no content", at: check.place)]
      case (.state, nil) where check.outcome.isPassed:
        [Rule.controlMissing.finding("\(check.id) passed without its control", at: check.place)]
      case (.state, .notPossible(let reason)?):
        [
          Rule.controlMissing.finding(
            "\(check.id) can have no control: \(reason)",
            at: check.place
          )
        ]
      default: []
      }
    }
    result += checks.compactMap { check in
      guard case .broken(let reason)? = check.control?.result else { return nil }
      return Rule.controlBroken.finding(
        "\(check.id) has a control that gave no answer: \(reason)",
        at: check.place
      )
    }
    for twins in twins(among: counted) {
      for twin in twins.dropFirst() where !twin.id.isRow(beside: twins[0].id) {
        result.append(
          Rule.sameBehaviourTwice.finding(
            "\(twin.id) does the same as \(twins[0].id)",
            at: twin.place
          )
        )
      }
    }
    let deep = deepChecks(counted).count
    if deep < policy.functionalChecks, record[.functional]?.outcome.word != .notRun {
      result.append(
        Rule.tooFewFunctionalChecks.finding(
          "\(record.header.recipe) has \(deep) proven functional checks of state, "
            + "\(policy.functionalChecks) are asked for"
        )
      )
    }
    return result
  }

  private func storeFindings(_ stores: [StoreCoverage]) -> [Finding] {
    stores.flatMap { store -> [Finding] in
      if store.marker == nil {
        return [Rule.storeWithoutMarker.finding("\(store.name) (\(store.kind)) has no marker")]
      }
      if store.dropped.word == .refuted {
        return [
          Rule.markerNotDropped.finding(
            "\(store.name): \(store.dropped.reason ?? "the marker was still there")",
            at: suite.integrity[store.name]?.place
          )
        ]
      }
      return []
    }
  }

  private func waived(_ finding: Finding) -> Finding {
    var finding = finding
    let waiver = suite.waivers.first { waiver in
      waiver.rule == finding.rule
        && (waiver.subject.map { finding.message.names($0) } ?? true)
    }
    if let waiver { finding.waived = "\(waiver.why) (until \(waiver.until))" }
    return finding
  }

  private static func precedes(_ a: Finding, _ b: Finding) -> Bool {
    if a.severity != b.severity { return a.severity < b.severity }
    if a.rule != b.rule { return a.rule.utf8.lexicographicallyPrecedes(b.rule.utf8) }
    if a.message != b.message { return a.message.utf8.lexicographicallyPrecedes(b.message.utf8) }
    guard let first = a.place, let second = b.place else { return a.place == nil && b.place != nil }
    return (first.file, first.line, first.column) < (second.file, second.line, second.column)
  }

  /// Deferrals whose date is past. What day it is, is an argument: nothing of it is stored.
  ///
  /// - Parameter today: `YYYY-MM-DD`; a trigger in words never expires by itself.
  package func expired(today: String) -> [Finding] {
    suite.deferred.compactMap { deferral in
      guard deferral.until.isDay, deferral.until < today else { return nil }
      return waived(
        Rule.deferralExpired.finding("\(deferral.what) was deferred until \(deferral.until)")
      )
    }.sorted(by: Self.precedes)
  }

  /// The findings of a coverage and those that only this day makes, in their one order.
  package static func merged(_ findings: [Finding], _ more: [Finding]) -> [Finding] {
    (findings + more).sorted(by: precedes)
  }
}

extension CheckID {
  /// Whether both are rows of one check's `cases`.
  fileprivate func isRow(beside other: CheckID) -> Bool {
    func check(_ id: CheckID) -> Substring { id.name.prefix { $0 != "[" } }
    return folder == other.folder && stem == other.stem && name.hasSuffix("]")
      && check(self) == check(other)
  }
}

extension String {
  /// Whether the text holds a name as a whole: `db` is not named by `events_db`.
  fileprivate func names(_ name: String) -> Bool {
    guard !name.isEmpty else { return true }
    func isOfName(_ byte: UInt8?) -> Bool {
      guard let byte else { return false }
      return switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F, 0x2D: true
      default: false
      }
    }
    var rest = utf8[...]
    while let found = rest.firstRange(of: name.utf8) {
      let before = utf8[..<found.lowerBound].last
      let after = utf8[found.upperBound...].first
      if !isOfName(before), !isOfName(after) { return true }
      rest = rest[rest.index(after: found.lowerBound)...]
    }
    return false
  }

  /// `YYYY-MM-DD`.
  var isDay: Bool {
    let bytes = Array(utf8)
    return bytes.count == 10 && bytes[4] == 0x2D && bytes[7] == 0x2D
      && bytes.enumerated().allSatisfy { [4, 7].contains($0) || (0x30...0x39).contains($1) }
  }
}
