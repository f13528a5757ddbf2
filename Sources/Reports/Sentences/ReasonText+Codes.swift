import Evidence

extension Reason {
  /// Whether it is itself what follows from something earlier.
  fileprivate var isOfEarlier: Bool {
    switch code {
    case .blocked, .notReached, .unended, .stopped, .notSelected, .notNeeded, .interrupted: true
    default: false
    }
  }
}

extension Reason.UnendedPart {
  fileprivate func sentence(_ run: RunEnd, _ stage: Stage?) -> String {
    let said = "the run \(run.shown)" + (stage.map { " in \($0)" } ?? "")
    switch (self, run) {
    case (.notBegun, .finished): return "the run did not come to it"
    case (.stage, .finished), (.check, .finished): return "its end is missing in the run's events"
    case (.notBegun, _): return said
    case (.stage, _): return "\(said) before the stage ended"
    case (.check, _): return "\(said) before the check ended"
    }
  }
}

extension Reason.Code {
  /// Of what the run did not do.
  var sentenceOfRun: String {
    switch self {
    case .notDeployed: "nothing is deployed"
    case .noSnapshot: "there is no snapshot"
    case .versionUnknown(let detail): "the running version is unknown: \(detail)"
    case .sameFiles(let base, let target):
      "base \(base) and target \(target) have the same files: nothing was upgraded"
    case .blocked(let stage, _): "because \(stage) failed"
    case .notReached(let stage, let reason):
      reason.isOfEarlier ? reason.cause : "because \(stage) failed"
    case .notPerformed: "the run did not perform it"
    case .noChecks(let stage): "\(stage) has no checks"
    case .unended(let part, let run, let stage): part.sentence(run, stage)
    case .eventsUnreadable: "its events cannot be read"
    case .stopped(let end, let failures, let detail):
      "the run \(end.shown)" + (failures.map { " (\(Words.count($0, "failure")))" } ?? "")
        + (detail.map { ": \($0)" } ?? "")
    case .notSelected(let stage): "not selected: the run ends after \(stage)"
    case .notNeeded(let selection): "not selected, and not needed for \(selection.shown)"
    case .needs(let check): "because \(check) did not pass"
    case .onlyOn(let drivers, let driver):
      "only on driver \(drivers.joined(separator: ", ")), not on \(driver)"
    case .onlyFor(let versions, let version): "only for version \(versions), not for \(version)"
    case .noOlderVersion: "there is no older version to upgrade from"
    case .noRepository(let path): "\(path) is not a git repository of its own"
    case .runLost(let run): run.map { "run \($0) left no readable events" } ?? "no run was found"
    case .shardLost(let shard, let isMissing):
      "shard \(shard) \(isMissing ? "is missing" : "ended before this recipe")"
    case .versionNotShown(let doubts): doubts.joined(separator: "; ")
    case .noBackupLabel: "no service asks for a backup"
    case .dependencyDown(let name, let reason): "dependency \(name) is not up: \(reason.cause)"
    default: ""
    }
  }

  /// Of markers, counts and controls.
  var sentenceOfControl: String {
    switch self {
    case .noMarkerPlanted(let store, let stage):
      "because no marker was planted in \(store) in \(stage)"
    case .markerNotDropped(let reason): "the marker could not be dropped: \(reason.cause)"
    case .inventoryNotTaken(let phase, let detail): phase.sentence("inventory", detail)
    case .storeNeverWritten(let store): "the app never wrote to \(store) in this run"
    case .keptInNoStore:
      "no store keeps it: what was sent after the backup was there once the backup was put back on "
        + "empty stores"
    case .notCarried(let reason):
      "the version that was installed first does not pass it: \(reason.cause)"
    case .sessionNotMadeAgain(let reason):
      "not carried: the session was made by steps that are not done again: \(reason.cause)"
    case .rowsNotCounted(let table, let phase, let detail):
      phase.sentence(table.map { "rows of \($0)" } ?? "rows", detail)
    case .controlMissedItsPoint(let problem, let reason): "\(problem.sentence): \(reason.cause)"
    case .controlPassed(let check):
      "\(Self.control(of: check)) passed: the check cannot fail for a value that was never sent"
    case .controlBroken(let check, let reason):
      "\(Self.control(of: check)) got no answer: \(reason.cause)"
    case .controlMissing: "its control did not run"
    case .answeredByAnyPath: "a page that does not exist satisfies it too"
    case .controlOfStoreMissing(let reason):
      "the marker was not seen to be gone before the restore"
        + (reason.map { ": \($0.cause)" } ?? "")
    case .upgradeNotProven(let reason):
      "the upgrade itself was not shown to happen" + (reason.map { ": \($0.cause)" } ?? "")
    case .markerStillThere: "the marker was still there after it was dropped"
    case .markerWasNotDropped: "the marker was not dropped before the restore"
    case .noMarker(let store): "\(store) has no marker"
    default: ""
    }
  }

  private static func control(of check: CheckID?) -> String {
    check.map { "the control of \($0)" } ?? "its control"
  }

  /// Of what the evidence does not carry.
  var sentenceOfClaim: String {
    switch self {
    case .standin(let service): "shown on the stand-in for \(service)"
    case .checkFailed(let check, let reason): "\(check) failed: \(reason.cause)"
    case .checkDidNotTell(let check, let outcome, let reason):
      "\(check) \(outcome.verb): \(reason.cause)"
    case .assertsNothing(let check): "\(check.map(\.description) ?? "the check") asserts nothing"
    case .onlyAcknowledged: "only an acknowledgement was seen"
    case .onlyExited(let check):
      (check.map { "\($0) " } ?? "") + "exited with 0; what it checked is unknown"
    case .imported(let file, let finished, let age): Self.imported(file, finished, age)
    case .passesNowhere(let check):
      (check.map { "\($0) " } ?? "") + "passed also where nothing answered"
    case .mayBeStale: "all that it expects could have been there before"
    case .addressElsewhere: "it asks another host than the deployment"
    case .absenceUnseen: "what is gone was never seen there"
    case .tooFew(let proven, let wanted, let failed):
      "\(proven) of \(Words.count(wanted, "required functional check")) "
        + (proven == 1 ? "reads its own data back" : "read their own data back")
        + (failed.map { "; \($0) failed" } ?? "")
    case .stageDidNotRun: "the stage did not run"
    case .noGenericCheck(let stage): "no generic check of \(stage) ran"
    case .notPlanned(let check): "\(check) is not in the plan"
    case .notInRun(let check): "\(check) is not in the run"
    case .nothingLookedAt(let claim): "\(claim ?? "it") was not checked"
    case .partNotAsked(let part): "not all of \(part.rawValue) was selected in this run"
    case .lintDidNotRun(let driver): "abra recipe lint did not run on driver \(driver)"
    case .corpus(let state): state.shown
    case .notPorted: "no check covers it"
    case .nothingRan: "nothing has run yet"
    case .portGaps(let gaps):
      "the original checks more: "
        + Reason.list(gaps.prefix(3).map(\.sentence), of: gaps.count)
    case .portUnread(let gaps):
      "the original is not known in full: "
        + Reason.list(gaps.prefix(3).map(\.sentence), of: gaps.count)
    case .originalChanged(let changes):
      "the original changed since it was pinned: "
        + Reason.list(Array(changes.prefix(3)), of: changes.count)
    case .units(let worst, let count): Self.sentence(of: worst, count)
    default: ""
    }
  }

  private static func imported(
    _ file: String,
    _ finished: String?,
    _ age: ImportedSource.Age
  ) -> String {
    let source = "imported from \(file)" + (finished.map { " of \($0)" } ?? "")
    return switch age {
    case .current: "\(source); what it checked is unknown"
    case .stale: "stale: \(source), before the last change of what it tests"
    case .unknown: "\(source), its age is unknown; what it checked is unknown"
    }
  }

  /// `1 of 10 older tests has no check: restart.py`.
  private static func sentence(of worst: [Reason.UnitWord], _ count: Int) -> String {
    let head = "\(worst.count) of \(Words.count(count, "older test"))"
    let isMissing = worst.allSatisfy { $0.disposition == .missing }
    let names = worst.prefix(3).map { isMissing ? $0.unit : "\($0.unit) (\($0.disposition.shown))" }
    return head + (isMissing ? worst.count == 1 ? " has no check: " : " have no check: " : ": ")
      + Reason.list(Array(names), of: worst.count)
  }
}

extension Reason.CountPhase {
  fileprivate func sentence(_ rows: String, _ detail: String) -> String {
    let why = detail.isEmpty ? "" : ": \(detail)"
    return switch self {
    case .before: "\(rows) could not be counted before the operation\(why)"
    case .after: "\(rows) could not be counted after the operation\(why)"
    case .notCounted: "\(rows) were not counted before the operation\(why)"
    }
  }
}

extension Reason.ControlProblem {
  fileprivate var sentence: String {
    switch self {
    case .statementRefused: "failed for another reason, a refused statement"
    case .appFailed: "failed for another reason, an error of the app"
    case .looksForNoValue: "failed in a step that looks for no fresh value"
    }
  }
}

extension Outcome.Word {
  /// After a check's id.
  fileprivate var verb: String {
    switch self {
    case .passed: "passed"
    case .failed: "failed"
    case .broken: "broke"
    case .skipped: "was skipped"
    case .notRun: "did not run"
    }
  }
}
