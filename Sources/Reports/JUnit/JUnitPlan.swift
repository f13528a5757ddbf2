import Evidence

/// Which suites and cases the document has, before any text is made.
struct JUnitPlan: Sendable {
  /// One case to come.
  enum Entry: Sendable {
    /// By its place among the coverage's checks.
    case check(Int)
    /// An operation that did not pass, by stage and place.
    case operation(Stage, Int)
    /// A gate that was not reached.
    case readiness(Stage)
    /// A stage whose end nothing else explains.
    case stage(Stage)
    /// By its place among the coverage's claims.
    case claim(Int)
    /// By its place among the coverage's stores.
    case store(Int)
    /// A rule's error that no other case tells, by its place among the coverage's findings.
    case finding(Int)
    /// The run did not come to its own end.
    case end
  }

  struct Suite: Sendable {
    /// `functional/event_tracking`, `generic/install`, `parity`.
    var path: String
    /// `<recipe>.<folder>.<stem>`; `stand-in` behind the recipe where one was shown, so that no reader shows
    /// it as plain green.
    var classname: String
    var entries: [Entry] = []
    var tests = 0
    var failures = 0
    var errors = 0
    var skipped = 0
    var microseconds = 0
  }

  let coverage: CoverageModel
  let record: RunRecord
  private(set) var suites: [Suite] = []
  let index: CheckIndex
  private var places: [String: Int] = [:]
  let units: [String: UnitCoverage]
  /// Checks on which other attempts disagree.
  let flaky: [CheckID: FlakyOutcome]

  init(_ coverage: CoverageModel, _ record: RunRecord) {
    self.coverage = coverage
    self.record = record
    index = CheckIndex(coverage, record)
    units = coverage.corpus.unitsByID
    flaky = record.flakyChecks
    for (place, check) in coverage.checks.enumerated() {
      // What a partial run did not select has no case.
      if index.record(at: place) == nil, !record.header.isFull { continue }
      add(.check(place), to: "\(check.id.folder)/\(check.id.stem)")
    }
    addStages()
    for (index, claim) in coverage.claims.enumerated() where hasCase(claim) {
      add(.claim(index), to: "parity")
    }
    for index in coverage.stores.indices { add(.store(index), to: "parity") }
    for (index, finding) in coverage.findings.enumerated() where hasCase(finding) {
      add(.finding(index), to: "parity")
    }
    if record.end != .finished { add(.end, to: "parity") }
  }

  /// Where in the suite to look: the expectation that failed, else the check; of a rule what it is about.
  func place(of entry: Entry) -> SourcePlace? {
    switch entry {
    case .check(let place):
      index.outcome(at: place).reason?.violated.first?.place ?? coverage.checks[place].place
    case .finding(let place): coverage.findings[place].place
    case .operation, .readiness, .stage, .claim, .store, .end: nil
    }
  }

  /// Of the checks that a claim rests on.
  func outcomes(of claim: Claim) -> [Outcome] {
    claim.checks.compactMap { index.place(of: $0) }.map { index.outcome(at: $0) }
  }

  private mutating func add(_ entry: Entry, to path: String) {
    let place = places[path] ?? suites.count
    if place == suites.count {
      let standin = coverage.isOnStandin ? ".stand-in" : ""
      let classname = "\(coverage.recipe)\(standin)." + path.replacing("/", with: ".")
      suites.append(Suite(path: path, classname: JUnitCase.filled(classname)))
      places[path] = place
    }
    suites[place].entries.append(entry)
    suites[place].tests += 1
    switch result(of: entry) {
    case .passed: break
    case .failure: suites[place].failures += 1
    case .error: suites[place].errors += 1
    case .skipped: suites[place].skipped += 1
    }
    suites[place].microseconds += microseconds(of: entry)
  }

  /// What went wrong in a stage outside its checks; a red stage always has a red case.
  private mutating func addStages() {
    for stage in record.stages {
      let path = "generic/\(stage.stage.rawValue)"
      // What did not run for the stage's sake explains nothing of it.
      var isExplained = coverage.checks.indices.contains {
        coverage.checks[$0].stage == stage.stage && isRed(index.outcome(at: $0))
          && index.outcome(at: $0).word != .notRun
      }
      for (index, operation) in stage.operations.enumerated() where isRed(operation.outcome) {
        add(.operation(stage.stage, index), to: path)
        isExplained = true
      }
      if let readiness = stage.readiness, !readiness.ready {
        add(.readiness(stage.stage), to: path)
        isExplained = true
      }
      let isOver = stage.outcome.word == .failed || stage.outcome.word == .broken
      if isOver, !isExplained { add(.stage(stage.stage), to: path) }
    }
  }

  private func isRed(_ outcome: Outcome) -> Bool {
    switch outcome.word {
    case .failed, .broken, .notRun: true
    case .passed, .skipped: false
    }
  }

  /// A claim has a case of its own where the cases of its checks do not tell its verdict.
  private func hasCase(_ claim: Claim) -> Bool {
    if claim.part == .p4, coverage.stores.contains(where: { claim.id.isPart(of: "P4/\($0.name)") })
    {
      return false
    }
    if claim.part == .p2 || claim.checks.isEmpty { return true }
    let outcomes = self.outcomes(of: claim)
    return !claim.verdict.isProven && outcomes.allSatisfy(\.isPassed)
  }

  /// Rules whose errors are in the cases of checks, stores, claims or the run's end.
  private static let told: Set = [
    "check-flaky", "control-broken", "corpus-unreachable", "marker-not-dropped", "run-not-finished",
    "teardown-left-something",
  ]

  /// An open error ends the process with 1: so that nobody reads this file as green.
  private func hasCase(_ finding: Finding) -> Bool {
    finding.severity == .error && !finding.isWaived && !Self.told.contains(finding.rule)
  }

  /// What the gate waited for the app, which the check of the same stage has seen the end of.
  private func waited(for place: Int) -> Int {
    let check = coverage.checks[place]
    guard check.id == .generic(check.stage, "serving") else { return 0 }
    return record[check.stage]?.readiness?.microseconds ?? 0
  }

  func microseconds(of entry: Entry) -> Int {
    switch entry {
    case .check(let place): (index.record(at: place)?.microseconds ?? 0) + waited(for: place)
    case .operation(let stage, let index): record[stage]?.operations[index].microseconds ?? 0
    case .readiness(let stage): record[stage]?.readiness?.microseconds ?? 0
    case .stage(let stage): record[stage]?.microseconds ?? 0
    case .claim, .store, .finding, .end: 0
    }
  }
}

extension String {
  /// Whether this is the path itself or something below it.
  fileprivate func isPart(of path: String) -> Bool {
    self == path || hasPrefix(path + "/")
  }
}

/// What a case comes to in JUnit's words.
enum JUnitResult: String, CaseIterable, Sendable {
  case passed, failure, error, skipped
}

extension Outcome.Word {
  var junit: JUnitResult {
    switch self {
    case .passed: .passed
    case .failed: .failure
    case .broken, .notRun: .error
    case .skipped: .skipped
    }
  }
}

extension JUnitPlan {
  func result(of entry: Entry) -> JUnitResult {
    switch entry {
    case .check(let place): result(of: index.outcome(at: place))
    case .operation(let stage, let index):
      (record[stage]?.operations[index].outcome.word ?? .broken).junit
    case .readiness(let stage): record[stage]?.outcome.word == .broken ? .error : .failure
    case .stage(let stage): (record[stage]?.outcome.word ?? .broken).junit
    case .claim(let index): result(of: coverage.claims[index])
    case .store(let index): result(of: coverage.stores[index])
    case .finding: .failure
    case .end: .error
    }
  }

  /// One cause is one failed case: what follows from it is skipped.
  private func result(of outcome: Outcome) -> JUnitResult {
    guard outcome.word == .notRun, let code = outcome.reason?.code else {
      return outcome.word.junit
    }
    return switch code {
    case .blocked, .notReached, .needs: .skipped
    // The run's end has a case of its own.
    case .stopped, .unended, .interrupted: record.end == .finished ? .error : .skipped
    default: .error
    }
  }

  private func result(of claim: Claim) -> JUnitResult {
    let isUnread = coverage.corpus.state == .rootMissing || coverage.corpus.state == .unreadable
    return result(
      of: claim.verdict.word,
      isBlind: claim.checks.contains(where: isBlind) || claim.part == .p2 && isUnread
    )
  }

  private func result(of store: StoreCoverage) -> JUnitResult {
    let own = coverage.checks.filter { $0.id.folder == "integrity" && $0.id.stem == store.name }
    return result(
      of: store.result.word,
      isBlind: store.marker != nil && own.contains { isBlind($0.id) }
    )
  }

  private func result(of verdict: Verdict.Word, isBlind: @autoclosure () -> Bool) -> JUnitResult {
    switch verdict {
    case .proven, .provenOnStandin: .passed
    case .refuted: .failure
    case .vacuous, .declared, .deferred, .notApplicable: .skipped
    // The run cannot tell: an error. Nobody wrote it: a skip, and a finding elsewhere.
    case .unproven: isBlind() ? .error : .skipped
    }
  }

  /// Whether a check cannot tell: it gave no answer, or its control gave none.
  private func isBlind(_ id: CheckID) -> Bool {
    guard let place = index.place(of: id) else { return false }
    return result(of: index.outcome(at: place)) == .error
      || coverage.checks[place].control?.result.word == .broken
  }
}
