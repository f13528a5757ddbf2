/// Why an outcome, a verdict or a rung is what it is: a code with its fields. The sentence for it is
/// made in the reports.
package struct Reason: Codable, Hashable, Sendable {
  package var code: Code
  /// What was being done: a step as written in the suite, an operation by its name.
  package var act: String?
  /// What else was known at that moment; it may be the cause.
  package var notes: [Note]

  package init(_ code: Code, during act: String? = nil, notes: [Note] = []) {
    self.code = code
    self.act = act
    self.notes = notes
  }

  /// A sentence that another tool or an older version of this one wrote.
  package static func told(_ text: String) -> Reason { Reason(.told(text: text)) }

  /// A person's word from a suite or a project: why something is left out.
  package static func declared(_ why: String) -> Reason { Reason(.declared(why: why)) }

  package enum Note: Codable, Hashable, Sendable {
    /// A service had ended for good. `log` holds its last lines; coverage leaves them out.
    case died(service: String, ending: String, log: String)
    /// The answer looks like a page of a proxy or an unconfigured server.
    case foreignPage(owner: String)
    /// Attempts that were merged do not agree; their numbers, from 1.
    case flaky(passed: [Int], failed: [Int], broken: [Int])
    /// The driver lost what it had put up.
    case lost(detail: String)
  }

  package indirect enum Code: Codable, Hashable, Sendable {
    // MARK: An answer, or none

    /// Assertions that do not hold; never empty.
    case violated(assertions: [Assertion])
    /// What must never be there was there, within so many milliseconds.
    case happened(milliseconds: Int)
    /// No answer came. `detail` is the client's or the driver's own message.
    case noAnswer(detail: String)
    /// An answer from which nothing can be concluded; where `never`, not even that it never happens.
    case inconclusive(Inconclusive, never: Bool)
    /// A search in the answer came to its limit: a pattern, a path.
    case searchGivenUp(detail: String)
    /// More was printed than is kept, so that it cannot be judged.
    case outputTruncated
    /// A name between braces that has no value here.
    case unknownName(name: String)
    /// A form of the page before cannot be filled in and sent.
    case form(selector: String, FormProblem)
    case interrupted
    /// `path` is the file, or a test of it: `a.py::test_x`. `detail` is what the script or its runner
    /// said, in one line, or why it was skipped.
    case script(path: String, problem: ScriptProblem, exit: Int, detail: String? = nil)

    // MARK: Stages and operations

    /// Not ready within so many milliseconds; what the gate saw last.
    case notReady(gate: String, milliseconds: Int, last: GateAnswer)
    /// A path that does not exist gets the same page as the gate's.
    case gateTakesAnyPath(gate: String)
    /// The operation that `act` names did not succeed. `detail` is the driver's own message.
    case operationFailed(detail: String)
    case notDeployed
    case noSnapshot
    case versionUnknown(detail: String)
    /// Nothing shows that another program runs than before the upgrade.
    case versionNotShown(doubts: [String])
    case sameFiles(base: String, target: String)
    /// An earlier stage left no working app.
    case blocked(by: Stage, because: Reason)
    /// The stage ended before this check.
    case notReached(in: Stage, because: Reason)
    case notPerformed
    case noChecks(in: Stage)
    /// A run or a part of it that has no end in the events.
    case unended(UnendedPart, run: RunEnd, in: Stage?)
    case eventsUnreadable
    /// The run was stopped. `failures` is the limit that was reached.
    case stopped(RunEnd, failures: Int?, detail: String?)
    case notSelected(after: Stage)
    case notNeeded(RunSelection)
    case needs(check: CheckID)
    case onlyOn(drivers: [String], driver: String)
    case onlyFor(versions: String, version: String)
    case declared(why: String)
    case noOlderVersion
    /// The recipe is no git repository, so that there is nothing to upgrade from.
    case noRepository(path: String)
    /// Of a merge: the run left no events, or nothing tells of the recipe's run.
    case runLost(run: String?)
    /// Of a merge: the shard that was to run it is missing, or ended before it.
    case shardLost(Shard, isMissing: Bool)
    case noBackupLabel
    /// A recipe that this one needs is not up.
    case dependencyDown(dependency: String, because: Reason)

    // MARK: Stores

    case noMarkerPlanted(store: String, stage: Stage)
    case markerNotDropped(because: Reason)
    case inventoryNotTaken(phase: CountPhase, detail: String)
    /// The app was not seen to write to it, and no look through the app finds what stands in it.
    case storeNeverWritten(store: String)
    /// What was sent after the backup was still there when everything was lost and the backup put back.
    case keptInNoStore
    /// A carried check did not pass on the version that was installed first.
    case notCarried(because: Reason)
    /// What a carried check sent cannot be looked for again by who begins without cookies: its session
    /// was made by steps that send something fresh.
    case sessionNotMadeAgain(because: Reason)
    case rowsNotCounted(table: String?, phase: CountPhase, detail: String)

    // MARK: Controls

    /// It failed, but not for want of the value.
    case controlMissedItsPoint(ControlProblem, because: Reason)
    case controlNotPossible(why: String)
    /// What is expected of a page holds of one that does not exist.
    case answeredByAnyPath

    // MARK: Claims

    case standin(service: String)
    case checkFailed(check: CheckID, because: Reason)
    case checkDidNotTell(check: CheckID, outcome: Outcome.Word, because: Reason)
    case assertsNothing(check: CheckID?)
    case onlyAcknowledged
    /// A script exited with 0, and nothing is known of what it looked at.
    case onlyExited(check: CheckID?)
    /// Another tool says that it passed, at a time by its own word; nothing is known of what it looked
    /// at.
    case imported(file: String, finished: String?, age: ImportedSource.Age)
    /// A script passed also where nothing answered.
    case passesNowhere(check: CheckID?)
    case mayBeStale
    /// All that it looks at is another host's.
    case addressElsewhere
    /// What is said to be gone was never seen there.
    case absenceUnseen
    case controlPassed(check: CheckID?)
    case controlBroken(check: CheckID?, because: Reason)
    case controlMissing
    case controlOfStoreMissing(because: Reason?)
    /// What was to survive an upgrade may have survived nothing.
    case upgradeNotProven(because: Reason?)
    case markerStillThere
    case markerWasNotDropped
    case noMarker(store: String)
    case tooFew(proven: Int, wanted: Int, failed: CheckID?)
    case stageDidNotRun
    case noGenericCheck(in: Stage)
    case notPlanned(check: CheckID)
    case notInRun(check: CheckID)
    case nothingLookedAt(claim: String?)
    case partNotAsked(part: ClaimPart)
    case lintDidNotRun(driver: String)
    /// What the state of the corpus says; its proof is in the coverage's corpus.
    case corpus(CorpusCoverage.State)
    case notPorted
    case nothingRan
    case portGaps([PortGap])
    case portUnread([PortGap])
    case originalChanged(changes: [String])
    /// Units that share the worst verdict, of all that there are.
    case units(worst: [UnitWord], of: Int)

    /// A sentence of a coverage file of schema 1 or 2, or of another tool's results.
    case told(text: String)
  }

  package enum Inconclusive: Codable, Hashable, Sendable {
    /// Nobody was there to answer: a proxy spoke, or the app refused to.
    case status(Int)
    /// An error that the step does not reckon with.
    case unexpectedStatus(Int)
    case foreignPage(status: Int, owner: String)
    /// The program could not be run.
    case programMissing(exit: Int)
    case unexpectedExit(Int)
    /// What was looked at could not be read, or is not of the kind that could have it.
    case unreadable(Subject, Unreadable)
  }

  package enum ScriptProblem: String, Codable, CaseIterable, Sendable {
    case failed, noTests, allSkipped, runnerMissing, didNotRun
    /// Of one test: it was skipped, or expected to fail.
    case skipped
    /// Of one test that the file declares: the runner left it out.
    case leftOut
    /// Of one test: it failed, where the exit status is that of all of them.
    case testFailed
  }

  package enum GateAnswer: Codable, Hashable, Sendable {
    case none(detail: String)
    case status(Int, accepted: [Int])
    /// Keys of the answer that have another value than is asked for: `clickhouse = ok`.
    case missing(status: Int, keys: [String])
    case foreignPage(status: Int, owner: String)
  }

  package enum UnendedPart: String, Codable, CaseIterable, Sendable { case stage, check, notBegun }

  package enum CountPhase: String, Codable, CaseIterable, Sendable {
    case before, after, notCounted
  }

  package enum ControlProblem: String, Codable, CaseIterable, Sendable {
    /// The statement was refused, or the app failed over a value.
    case statementRefused, appFailed
    /// The step that failed looks for no fresh value.
    case looksForNoValue
  }

  /// A unit of the corpus and what became of it.
  package struct UnitWord: Codable, Hashable, Sendable {
    package var unit: String
    package var disposition: UnitCoverage.Disposition

    package init(unit: String, disposition: UnitCoverage.Disposition) {
      self.unit = unit
      self.disposition = disposition
    }
  }
}

extension Reason {
  /// What does not hold; empty where that is not the reason.
  package var violated: [Assertion] {
    if case .violated(let assertions) = code { assertions } else { [] }
  }
}

extension Reason.Code {
  /// What the client or the driver said; empty where the code says it all.
  package var detail: String {
    switch self {
    case .noAnswer(let detail), .operationFailed(let detail), .versionUnknown(let detail),
      .searchGivenUp(let detail):
      detail
    case .rowsNotCounted(_, _, let detail): detail
    default: ""
    }
  }
}

/// A part of an original that its ports do not show, or that cannot be compared.
package struct PortGap: Codable, Hashable, Sendable {
  package enum Kind: String, Codable, CaseIterable, Sendable {
    // What the ports do less.
    case neverAsked, askedWithoutQuery, neverDone, neverLookedAt, becameOther
    // What cannot be compared.
    case addressUnknown, systemUnknown, assertionUnknown, incomparable, nothingRead, notRead
    /// A sentence of a coverage file of schema 1 or 2, as its `source`.
    case told
  }

  package var kind: Kind
  /// Of the original's script; nil where the gap is about all of the unit.
  package var line: Int?
  /// The request, system or answer that the original looks at, as the corpus words it.
  package var source: String
  /// What it wants to see there: `status is 200`; empty for requests and systems.
  package var wanted: String
  /// What the port asserts in its place.
  package var own: [Assertion]

  package init(
    _ kind: Kind,
    line: Int? = nil,
    source: String = "",
    wanted: String = "",
    own: [Assertion] = []
  ) {
    self.kind = kind
    self.line = line
    self.source = source
    self.wanted = wanted
    self.own = own
  }
}
