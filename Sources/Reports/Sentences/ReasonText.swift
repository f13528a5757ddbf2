package import Evidence
import Formats

/// Why something is what it is. Each switch is exhaustive, so that a new code does not compile before
/// it has its sentence.
extension Reason {
  /// Characters of a cause that are shown; the details have all.
  static let causeLimit = 400

  /// The cause in one line, the same in every report. What is known to have died comes before what
  /// that led to.
  package var cause: String {
    let first = notes.lazy.compactMap(\.cause).first ?? codeText
    let line = ReportText.line(
      TerminalText.stripped(([first] + notes.compactMap(\.remark)).joined(separator: "; "))
    )
    return ReportText.cut(line, Self.causeLimit)
  }

  /// All that is known of it, for reports with room: every assertion with its values, the last log
  /// lines of what died. It says what the cause says, too.
  var details: [String] {
    notes.flatMap(\.details)
      + (violated.isEmpty ? codeText.split(separator: "\n").map(String.init) : [])
      + violated.map { assertion in
        // One alone has the place of its step.
        let place = violated.count == 1 ? nil : assertion.place
        return assertion.sentence(isFilled: true) + (place.map { " (\($0))" } ?? "")
      }
  }

  /// Those details that say more than the cause.
  var furtherDetails: [String] { details.filter { $0 != cause } }

  private var codeText: String {
    switch code {
    case .violated(let assertions):
      Self.list(assertions.prefix(1).map { $0.sentence() }, of: assertions.count)
    case .happened(let milliseconds):
      doing("happened within \(Words.limit(milliseconds)), must never happen")
    case .noAnswer(let detail): doing(detail.isEmpty ? "no answer" : "no answer: \(detail)")
    case .inconclusive(let answer, let never):
      doing(answer.sentence + (never ? "; whether it never happens is unknown" : ""))
    case .searchGivenUp(let detail): doing(detail)
    case .outputTruncated: doing("output exceeds its limit; not checked")
    case .unknownName(let name): doing("{{\(name)}} has no value")
    case .form(let selector, let problem): problem.sentence(of: selector)
    case .interrupted: doing("interrupted")
    case .script(let path, let problem, let exit, let detail):
      problem.sentence(path, exit, detail ?? "")
    case .notReady(let gate, let milliseconds, let last):
      "not ready within \(Words.limit(milliseconds)): \(gate) \(last.sentence)"
    case .gateTakesAnyPath(let gate):
      "\(gate) is no proof of readiness: a path that does not exist gets the same page"
    case .operationFailed(let detail): "\(act ?? "operation") failed: \(detail)"
    case .told(let text): text
    case .declared(let why): doing(why)
    case .controlNotPossible(let why): why
    case .notDeployed, .noSnapshot, .versionUnknown, .versionNotShown, .sameFiles, .blocked,
      .notReached,
      .notPerformed, .noChecks, .unended, .eventsUnreadable, .stopped, .notSelected, .notNeeded,
      .needs, .onlyOn, .onlyFor, .noOlderVersion, .noRepository, .runLost, .shardLost,
      .noBackupLabel, .dependencyDown:
      code.sentenceOfRun
    case .noMarkerPlanted, .markerNotDropped, .notCarried, .sessionNotMadeAgain,
      .inventoryNotTaken, .storeNeverWritten, .keptInNoStore,
      .rowsNotCounted, .controlMissedItsPoint,
      .controlMissing, .controlOfStoreMissing, .upgradeNotProven, .markerStillThere,
      .markerWasNotDropped, .noMarker,
      .controlPassed, .controlBroken, .answeredByAnyPath:
      code.sentenceOfControl
    case .standin, .checkFailed, .checkDidNotTell, .assertsNothing, .onlyAcknowledged, .onlyExited,
      .imported, .passesNowhere, .mayBeStale,
      .addressElsewhere, .absenceUnseen, .tooFew, .stageDidNotRun, .noGenericCheck, .notPlanned,
      .notInRun, .nothingLookedAt,
      .partNotAsked, .lintDidNotRun, .corpus, .notPorted, .nothingRan, .portGaps, .portUnread,
      .originalChanged, .units:
      code.sentenceOfClaim
    }
  }

  /// With what was being done before it: `POST /api/event: no answer: connection refused`.
  private func doing(_ text: String) -> String {
    act.map { "\(ReportText.cut($0, 80)): \(text)" } ?? text
  }

  /// Some of several, and how many more there are.
  static func list(_ shown: [String], of count: Int) -> String {
    shown.joined(separator: "; ")
      + (count > shown.count ? " (and \(count - shown.count) more)" : "")
  }
}

extension Reason.Note {
  /// Of what comes before anything that an answer says.
  fileprivate var cause: String? {
    switch self {
    case .died(let service, let ending, _): "\(service) died (\(ending))"
    case .lost(let detail): detail
    case .foreignPage, .flaky: nil
    }
  }

  /// Of what is said beside the cause.
  fileprivate var remark: String? {
    switch self {
    case .died, .lost: nil
    case .foreignPage(let owner): "the answer looks like \(owner)"
    case .flaky(let passed, let failed, let broken):
      "flaky: "
        + FlakyOutcome.shown(passed: passed, failed: failed, broken: broken)
    }
  }

  fileprivate var details: [String] {
    let lines = [cause, remark].compactMap { $0 }
    guard case .died(let service, _, let log) = self, !log.isEmpty else { return lines }
    return lines + ["last log lines of \(service):"]
      + log.split(separator: "\n").map { "  \($0)" }
  }
}

extension Reason.Inconclusive {
  fileprivate var sentence: String {
    switch self {
    case .status(let status): "\(status) is inconclusive"
    case .unexpectedStatus(let status): "\(status) is inconclusive: the step expects no status"
    case .foreignPage(let status, let owner): "\(status) is inconclusive: it looks like \(owner)"
    case .programMissing(let exit): "the program could not be run (exit code \(exit))"
    case .unreadable(let subject, let why): "\(subject): \(why.sentence)"
    case .unexpectedExit(let exit):
      "exit code \(exit) is inconclusive: the step expects no exit code"
    }
  }
}

extension Reason.ScriptProblem {
  fileprivate func sentence(_ path: String, _ exit: Int, _ detail: String) -> String {
    let said = detail.isEmpty ? "" : ": \(detail)"
    return switch self {
    case .failed: "\(path): expected exit code 0, got \(exit)\(said)"
    case .noTests: "\(path) ran no tests\(said)"
    case .allSkipped: "\(path) skipped all of its tests, or expects them to fail\(said)"
    case .runnerMissing: "\(path): its test runner is not installed\(said)"
    case .didNotRun: "\(path) could not be run (exit code \(exit))\(said)"
    case .skipped: detail.isEmpty ? "\(path) was skipped" : detail
    case .leftOut: "\(path) was not run: its runner left it out\(said)"
    case .testFailed: "\(path) failed\(said)"
    }
  }
}

extension Reason.GateAnswer {
  fileprivate var sentence: String {
    switch self {
    case .none(let detail): "did not answer: \(detail)"
    case .status(let status, let accepted):
      "answered \(status), expected \(accepted.map(String.init).joined(separator: " or "))"
    case .missing(let status, let keys):
      "answered \(status) without \(keys.joined(separator: ", "))"
    case .foreignPage(let status, let owner): "answered \(status) with what looks like \(owner)"
    }
  }
}
