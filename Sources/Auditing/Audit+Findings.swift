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
    if let today { all += suite.expiredDeferrals(today: today) }
    all = all.uniqued
    let waivers = Waivers(suite.waivers, today: today)
    return (all.map(waivers.applied) + waivers.findings(on: all, seesAll: seesAll))
      .sorted(by: Self.precedes)
  }

  /// Whether a finding that is not there would have been there, had there been a reason for it.
  private var seesAll: Bool { record.header.isFull && record.end == .finished }

  private func runFindings() -> [Finding] {
    var result: [Finding] = []
    func add(_ rule: Rule, _ message: String, because: Reason? = nil, about: String?...) {
      result.append(rule.finding(message, because: because, about: about.compactMap(\.self)))
    }
    if record.end != .finished { add(.runNotFinished, "the run \(record.end.shown)") }
    if record.unreadableLines > 0 {
      let lines = record.unreadableLines == 1 ? "1 line" : "\(record.unreadableLines) lines"
      add(.runNotFinished, "\(lines) of the run's events cannot be read: it may not say all")
    }
    for stage in Stage.allCases where stage != .functional {
      guard let outcome = record[stage]?.outcome, outcome.isPassed, record.header.isFull,
        !hasGenericTier(stage)
      else { continue }
      add(.genericTierMissing, "\(stage) ran without its generic checks", about: stage.rawValue)
    }
    if let base = record.header.base, base.tree == record.header.target.tree {
      let target = record.header.target
      add(.baseEqualsTarget, "base \(base.version) and target \(target.version) are the same files")
    }
    if let gate = record[.install]?.readiness, [.accepted, .same].contains(gate.decoy), gate.ready {
      add(.gateTakesAnyPath, "\(gate.gate) is answered by a path that does not exist too")
    }
    for operation in record.stages.flatMap(\.operations) {
      let name = operation.name
      if operation.outcome.isPassed, let error = operation.facts[OperationRecord.printedError] {
        let printed = Placeholders(record).apply(to: error)
        let log = operation.facts[OperationRecord.log].map { " (all of it: \($0))" } ?? ""
        let message = "\(name) ended with 0 and printed: \(printed)\(log)"
        add(.hookPrintedErrors, message, about: name, operation.command?.service)
      }
      if let difference = operation.difference {
        let message = "\(name): \(Placeholders(record).apply(to: difference))"
        add(.operationDiffers, message, about: name, operation.command?.service)
      }
      if let files = operation.facts[OperationRecord.filesBeside] {
        let service = name.split(separator: " ").last.map(String.init)
        add(.writesBesideVolumes, "\(name): \(files)", about: service)
      }
      if let tables = operation.facts[OperationRecord.tablesOutside] {
        let service = name.split(separator: " ").last.map(String.init)
        add(.tablesOutsideTransactions, "\(name): \(tables)", about: service)
      }
    }
    if let left = outcome(of: .generic(.teardown, "nothing_left")), left.word == .failed {
      let message = "\(record.header.recipe) was not taken down in full"
      add(.teardownLeftSomething, message, because: left.reason)
    }
    return result
  }

  private func checkFindings(_ checks: [CheckCoverage]) -> [Finding] {
    let counted = checks.filter { $0.kind == .functional && !$0.isHealth }
    var result = counted.compactMap(weakness)
    // What an overlay asks for must be able to fail too.
    result += checks.filter { $0.kind == .overlay }.compactMap(controlPassed)
    result += checks.flatMap(doubtful) + checks.flatMap(hidden)
    result += checks.filter { $0.kind == .overlay || $0.kind == .functional }.compactMap(opacity)
    result += checks.compactMap(unseen)
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
      // However many rows each of them has.
      var told: Set<CheckID> = [twins[0].id.withoutRow]
      for twin in twins where told.insert(twin.id.withoutRow).inserted {
        let first = twins[0].id.withoutRow
        result.append(Self.finding(.sameBehaviourTwice, twin, "does the same as \(first)"))
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
    if let found = controlPassed(check) { return found }
    if check.outcome.isPassed,
      isAnsweredElsewhere(check) || check.strength < .state && !doubts(check.id).isEmpty
    {
      return nil
    }
    return switch (check.strength, check.control?.result) {
    case (.content, _) where check.outcome.isPassed && mayBeStale(check.id):
      Self.finding(.checkMayBeStale, check, "expects only what could have been there before")
    case (.ack, _): Self.finding(.checkOnlyAcknowledges, check, "looks at no content")
    case (.state, nil) where check.outcome.isPassed:
      Self.finding(.controlMissing, check, "passed without its control")
    case (.state, .notPossible(let reason)?), (.content, .notPossible(let reason)?):
      Self.finding(.controlMissing, check, "has no control and does not count", because: reason)
    default: nil
    }
  }

  private func controlPassed(_ check: CheckCoverage) -> Finding? {
    if isKeptInNoStore(check.id) {
      return Self.finding(.checkCannotFail, check, "finds what no store keeps")
    }
    guard check.control?.result == .passed else { return nil }
    if isPassedNowhere(check.control) { return nil }
    return check.control?.kind == .sibling
      ? Self.finding(.answeredByAnyPath, check, "is satisfied by a page that does not exist")
      : Self.finding(.checkCannotFail, check, "passed for a value that was never sent")
  }

  func doubts(_ id: CheckID) -> [Doubt] { planned(id)?.doubts ?? [] }

  /// Whether what a check rests on, its act or all that it looks at, was answered by another host than
  /// the deployment.
  func isAnsweredElsewhere(_ check: CheckCoverage) -> Bool {
    let steps = records[check.id]?.steps ?? []
    func places(_ steps: [StepRecord]) -> Set<Int> {
      Set(steps.compactMap { $0.number.split(separator: ".").first.flatMap { Int($0) } })
    }
    let away = places(
      steps.filter {
        if case .http(let http)? = $0.exchange { http.isElsewhere == true } else { false }
      }
    )
    if away.isEmpty { return false }
    if check.strength >= .state, let readBack = planned(check.id)?.readBack {
      return away.contains(readBack.actIndex + 1)
        || away.isSuperset(of: readBack.readIndices.map { $0 + 1 })
    }
    let looks = steps.filter { $0.assertions.contains { !$0.subject.isAcknowledgement } }
    return !looks.isEmpty && away.isSuperset(of: places(looks))
  }

  /// What of a check shows nothing of the deployment, whatever came back.
  private func doubtful(_ check: CheckCoverage) -> [Finding] {
    (isAnsweredElsewhere(check) ? [.elsewhere] : doubts(check.id)).map { doubt in
      switch doubt {
      case .elsewhere:
        Self.finding(.addressElsewhere, check, "asks another host than the deployment")
      case .absenceUnseen:
        Self.finding(
          .absenceWithoutPresence,
          check,
          "says that something is gone, and never saw it there"
        )
      }
    }
  }

  /// Acts that the server failed over before they passed.
  private func hidden(_ check: CheckCoverage) -> [Finding] {
    guard check.outcome.isPassed, let steps = records[check.id]?.steps else { return [] }
    return steps.filter { $0.failedAttempts != nil && $0.outcome.isPassed }.map { step in
      Rule.retryHidFailures.finding(
        "\(check.id): \(step.title) failed before it passed under retry",
        at: step.place,
        about: ["\(check.id)"]
      )
    }
  }

  /// What a script leaves unsaid, and whether it can fail at all.
  private func opacity(of check: CheckCoverage) -> Finding? {
    guard check.outcome.isPassed else { return nil }
    if isPassedNowhere(check.control) {
      return Self.finding(.scriptCannotFail, check, "passed also where nothing answered")
    }
    guard check.strength == .opaque else { return nil }
    return Self.finding(.scriptIsOpaque, check, "exited with 0; what it checked is unknown")
  }

  /// A proxy was there to see what a script asks, and saw nothing; what goes through the fixture is seen
  /// without one.
  private func unseen(_ check: CheckCoverage) -> Finding? {
    guard check.outcome.isPassed, let record = records[check.id],
      record.isRecorded, !record.recordedCounts.contains(where: { $0 > 0 }),
      !record.steps.contains(where: { if case .http? = $0.exchange { true } else { false } })
    else { return nil }
    return Self.finding(
      .scriptUnseen,
      check,
      "has `record: true`, and the recording proxy saw no request"
    )
  }

  private static func finding(
    _ rule: Rule,
    _ check: CheckCoverage,
    _ words: String,
    because: Reason? = nil
  ) -> Finding {
    rule.finding("\(check.id) \(words)", because: because, at: check.place, about: ["\(check.id)"])
  }

  private func storeFindings(_ stores: [StoreCoverage]) -> [Finding] {
    stores.filter { $0.holdsNothing == nil }.compactMap { store in
      let name = store.name
      let place = suite.integrity[name]?.place
      func finding(_ rule: Rule, _ words: String, at place: SourcePlace? = nil) -> Finding {
        rule.finding("\(name) \(words)", at: place, about: [name])
      }
      if store.marker == nil {
        return finding(.storeWithoutMarker, "(\(store.kind)) has no marker")
      }
      if store.dropped.word == .refuted {
        let words = "still held its marker after that had been dropped"
        return finding(.markerNotDropped, words, at: place)
      }
      guard isNeverWritten(name) else { return nil }
      return finding(.storeNeverWritten, "was never written by the app in this run", at: place)
    }
  }

  private static func precedes(_ a: Finding, _ b: Finding) -> Bool {
    if a.severity != b.severity { return a.severity < b.severity }
    if a.rule != b.rule { return a.rule.utf8.lexicographicallyPrecedes(b.rule.utf8) }
    if a.message != b.message { return a.message.utf8.lexicographicallyPrecedes(b.message.utf8) }
    guard let first = a.place, let second = b.place else { return a.place == nil && b.place != nil }
    return (first.file, first.line, first.column) < (second.file, second.line, second.column)
  }
}

extension Suite {
  /// Deferrals whose date is past; a trigger in words never expires by itself.
  func expiredDeferrals(today: String) -> [Finding] {
    deferred.filter { Waivers.isPast($0.until, today: today) }.map {
      Rule.deferralExpired.finding("\($0.what) was deferred until \($0.until)", about: [$0.what])
    }
  }
}
