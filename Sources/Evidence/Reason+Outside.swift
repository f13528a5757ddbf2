package import Formats

extension Reason {
  /// The same with what came from outside replaced, at every depth: what clients and drivers say,
  /// what assertions found, what was noted beside it.
  package func mappingOutside(
    text: (String) -> String,
    assertion: (Assertion) -> Assertion,
    note: (Note) -> Note
  ) -> Reason {
    func inner(_ reason: Reason) -> Reason {
      reason.mappingOutside(text: text, assertion: assertion, note: note)
    }
    var copy = self
    copy.code = code.mappingOutside(text: text, assertion: assertion, reason: inner)
    copy.notes = notes.map(note)
    return copy
  }
}

extension Reason.Code {
  fileprivate func mappingOutside(
    text: (String) -> String,
    assertion: (Assertion) -> Assertion,
    reason: (Reason) -> Reason
  ) -> Reason.Code {
    switch self {
    case .violated(let assertions): .violated(assertions: assertions.map(assertion))
    case .noAnswer(let detail): .noAnswer(detail: text(detail))
    case .notReady(let gate, let milliseconds, .none(let detail)):
      .notReady(gate: gate, milliseconds: milliseconds, last: .none(detail: text(detail)))
    case .operationFailed(let detail): .operationFailed(detail: text(detail))
    case .versionUnknown(let detail): .versionUnknown(detail: text(detail))
    case .rowsNotCounted(let table, let phase, let detail):
      .rowsNotCounted(table: table, phase: phase, detail: text(detail))
    case .stopped(let end, let failures, let detail):
      .stopped(end, failures: failures, detail: detail.map(text))
    case .told(let told): .told(text: text(told))
    case .blocked(let stage, let cause): .blocked(by: stage, because: reason(cause))
    case .notReached(let stage, let cause): .notReached(in: stage, because: reason(cause))
    case .markerNotDropped(let cause): .markerNotDropped(because: reason(cause))
    case .controlMissedItsPoint(let problem, let cause):
      .controlMissedItsPoint(problem, because: reason(cause))
    case .checkFailed(let check, let cause): .checkFailed(check: check, because: reason(cause))
    case .checkDidNotTell(let check, let outcome, let cause):
      .checkDidNotTell(check: check, outcome: outcome, because: reason(cause))
    case .controlBroken(let check, let cause): .controlBroken(check: check, because: reason(cause))
    case .controlOfStoreMissing(let cause): .controlOfStoreMissing(because: cause.map(reason))
    // Nothing of these came from outside.
    case .happened, .inconclusive, .outputTruncated, .unknownName, .interrupted, .script, .notReady,
      .notDeployed, .noSnapshot, .sameFiles, .notPerformed, .noChecks, .unended, .eventsUnreadable,
      .notSelected, .notNeeded, .needs, .onlyOn, .onlyFor, .declared, .noOlderVersion,
      .noBackupLabel, .noMarkerPlanted, .controlNotPossible, .standin, .assertsNothing,
      .onlyAcknowledged, .mayBeStale, .controlPassed, .controlMissing, .markerStillThere,
      .markerWasNotDropped, .noMarker, .tooFew, .stageDidNotRun, .noGenericCheck, .notPlanned,
      .notInRun, .nothingLookedAt, .partNotAsked, .lintDidNotRun, .corpus, .notPorted, .nothingRan,
      .portGaps, .portUnread, .originalChanged, .units:
      self
    }
  }
}

extension Assertion.Actual {
  /// The same with the value or the text in it replaced.
  package func mapping(value: (JSONValue) -> JSONValue, text: (String) -> String)
    -> Assertion.Actual
  {
    switch self {
    case .value(let found): .value(value(found))
    case .excerpt(let beginning, let rest): .excerpt(text(beginning), rest: rest)
    case .unreadable(let why): .unreadable(text(why))
    case .absent: .absent
    }
  }
}
