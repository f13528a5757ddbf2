package import Formats

// What came from outside of the suite (answers, messages of clients and drivers) can be changed in
// one place: to mask a secret, or to put a name where its value stands.

extension Reason {
  /// The same with every text that came from outside replaced.
  package func mapTexts(_ transform: (String) -> String) -> Reason {
    mapOutside(text: transform) {
      $0.mapTexts(transform)
    } note: {
      $0.mapTexts(transform)
    }
  }

  /// The same with what came from outside replaced, at every depth: what clients and drivers say,
  /// what assertions found, what was noted beside it.
  package func mapOutside(
    text: (String) -> String,
    assertion: (Assertion) -> Assertion,
    note: (Note) -> Note
  ) -> Reason {
    let code = code.mapOutside(text: text, assertion: assertion) {
      $0.mapOutside(text: text, assertion: assertion, note: note)
    }
    return Reason(code, during: act, notes: notes.map(note))
  }
}

extension Reason.Note {
  package func mapTexts(_ transform: (String) -> String) -> Reason.Note {
    switch self {
    case .died(let service, let ending, let log):
      .died(service: service, ending: ending, log: transform(log))
    case .lost(let detail): .lost(detail: transform(detail))
    case .foreignPage, .flaky: self
    }
  }
}

extension Reason.Code {
  fileprivate func mapOutside(
    text transform: (String) -> String,
    assertion: (Assertion) -> Assertion,
    reason inner: (Reason) -> Reason
  ) -> Reason.Code {
    switch self {
    case .violated(let assertions): return .violated(assertions: assertions.map(assertion))
    case .noAnswer(let detail): return .noAnswer(detail: transform(detail))
    case .form(let selector, let problem):
      return .form(selector: selector, problem.mapTexts(transform))
    case .searchGivenUp(let detail): return .searchGivenUp(detail: transform(detail))
    case .operationFailed(let detail): return .operationFailed(detail: transform(detail))
    case .versionNotShown(let doubts): return .versionNotShown(doubts: doubts.map(transform))
    case .versionUnknown(let detail): return .versionUnknown(detail: transform(detail))
    case .notReady(let gate, let milliseconds, .none(let detail)):
      let last = Reason.GateAnswer.none(detail: transform(detail))
      return .notReady(gate: gate, milliseconds: milliseconds, last: last)
    case .stopped(let end, let failures, let detail):
      return .stopped(end, failures: failures, detail: detail.map(transform))
    case .inconclusive(.unreadable(let subject, let why), let never):
      return .inconclusive(.unreadable(subject, why.mapTexts(transform)), never: never)
    case .rowsNotCounted(let table, let phase, let detail):
      return .rowsNotCounted(table: table, phase: phase, detail: transform(detail))
    case .inventoryNotTaken(let phase, let detail):
      return .inventoryNotTaken(phase: phase, detail: transform(detail))
    case .told(let text): return .told(text: transform(text))
    case .blocked(let stage, let because): return .blocked(by: stage, because: inner(because))
    case .notReached(let stage, let because): return .notReached(in: stage, because: inner(because))
    case .dependencyDown(let name, let because):
      return .dependencyDown(dependency: name, because: inner(because))
    case .markerNotDropped(let because): return .markerNotDropped(because: inner(because))
    case .notCarried(let because): return .notCarried(because: inner(because))
    case .sessionNotMadeAgain(let because): return .sessionNotMadeAgain(because: inner(because))
    case .controlMissedItsPoint(let problem, let because):
      return .controlMissedItsPoint(problem, because: inner(because))
    case .checkFailed(let check, let because):
      return .checkFailed(check: check, because: inner(because))
    case .checkDidNotTell(let check, let outcome, let because):
      return .checkDidNotTell(check: check, outcome: outcome, because: inner(because))
    case .controlBroken(let check, let because):
      return .controlBroken(check: check, because: inner(because))
    case .controlOfStoreMissing(let because):
      return .controlOfStoreMissing(because: because.map(inner))
    case .upgradeNotProven(let because): return .upgradeNotProven(because: because.map(inner))
    case .script(let path, let problem, let exit, let detail):
      return .script(path: path, problem: problem, exit: exit, detail: detail.map(transform))
    case .happened, .inconclusive, .outputTruncated, .unknownName, .interrupted,
      .notReady, .notDeployed, .noSnapshot, .sameFiles, .notPerformed, .noChecks, .unended,
      .eventsUnreadable, .notSelected, .notNeeded, .needs, .onlyOn, .onlyFor, .declared,
      .noOlderVersion, .noRepository, .runLost, .shardLost, .noBackupLabel, .noMarkerPlanted,
      .controlNotPossible, .standin,
      .assertsNothing, .onlyAcknowledged, .onlyExited, .imported, .passesNowhere, .mayBeStale,
      .controlPassed,
      .controlMissing,
      .storeNeverWritten, .keptInNoStore, .markerStillThere, .markerWasNotDropped, .noMarker,
      .tooFew,
      .stageDidNotRun,
      .answeredByAnyPath, .gateTakesAnyPath, .addressElsewhere, .absenceUnseen,
      .noGenericCheck, .notPlanned, .notInRun, .nothingLookedAt, .partNotAsked, .lintDidNotRun,
      .corpus, .notPorted, .nothingRan, .portGaps, .portUnread, .originalChanged, .units:
      return self
    }
  }
}

extension Assertion {
  /// The same with every text that came from outside, and every filled-in value, replaced.
  package func mapTexts(_ transform: (String) -> String) -> Assertion {
    var copy = self
    copy.actual = actual.mapTexts(transform)
    copy.filled = filled?.mapOperands {
      TemplateTree(literal: $0.written.mapTexts(transform))
    } text: {
      Template(literal: transform($0.source))
    }
    return copy
  }
}

extension Assertion.Actual {
  package func mapTexts(_ transform: (String) -> String) -> Assertion.Actual {
    switch self {
    case .value(let value): .value(value.mapTexts(transform))
    case .excerpt(let text, let rest): .excerpt(transform(text), rest: rest)
    case .unreadable(let why): .unreadable(why.mapTexts(transform))
    case .absent: .absent
    }
  }
}

extension JSONValue {
  /// The same with every text at every depth replaced; keys stay.
  package func mapTexts(_ transform: (String) -> String) -> JSONValue {
    switch self {
    case .string(let text): .string(transform(text))
    case .array(let items): .array(items.map { $0.mapTexts(transform) })
    case .object(let object):
      .object(JSONObject(object.members.map { ($0.key, $0.value.mapTexts(transform)) }))
    case .null, .bool, .int, .number: self
    }
  }
}
