import Checks
import Evidence
import Formats
import Suites

/// Checks that are scripts: a file is run once for all of its tests, then those that passed once more
/// where they must fail.
extension RunSession {
  /// Runs the file that a check is, or is a test of, with all of its tests that are to run now.
  func runScript(_ script: SuiteScript, _ first: PlannedCheck) async {
    let group = group(of: script, first)
    let hasTests = script.runner.hasTests
    let tests = hasTests ? selected(group, of: script) : nil
    var whole = script
    whole.test = nil
    let recording = recording(of: script)
    let desk = ScriptDesk(
      whole,
      performer(),
      declared: declared(by: script),
      recording: recording
    ) { [self] name in await begin(name, group) }
    // A file of tests has a fresh value of its own, and each test is told another one.
    let scope = hasTests ? scriptScope(first.stage) : begin("", group)
    if !hasTests { await desk.beginWhole(scope) }
    let ending = await probes.runScript(
      whole,
      tests: tests,
      scope: scope,
      at: .deployment,
      desk: desk,
      within: suite.deadlines.operation
    )
    let told = told(await desk.tests, group, whole)
    let halt = await desk.halt
    let names = Set(told.map(\.name))
    let isComplete = group.allSatisfy { scriptOf($0)?.test.map(names.contains) ?? true }
    let unexplained =
      isComplete
      ? ScriptOutcome(whole, ending, halt: halt, without: log.redactor).failure(besides: told) : nil
    for test in told {
      await finish(test, group, whole, ending, halt, unexplained, recording)
    }
    for check in group where outcomes[check.id] == nil {
      await finishUntold(check, ending, halt)
    }
    await control(group, whole, told, Self.duration(of: ending))
  }

  /// bats does not tell when a test begins: what it asks cannot be told apart.
  private func recording(of script: SuiteScript) -> Recording? {
    guard suite.scripts.record, script.runner != .bats else { return nil }
    return Recording(hasTests: script.runner.hasTests)
  }

  /// Of a file whose tests nobody could know before it ran, all of them together are the one check.
  private func told(
    _ tests: [ScriptTest],
    _ group: [PlannedCheck],
    _ script: SuiteScript
  ) -> [ScriptTest] {
    guard script.runner.hasTests, group.allSatisfy({ scriptOf($0)?.test == nil }) else {
      return tests
    }
    return ScriptTest(together: tests).map { [$0] } ?? []
  }

  private static func duration(of ending: Probes.Ending) -> Duration {
    if case .answered(let answer, _) = ending { .microseconds(answer.microseconds) } else { .zero }
  }

  /// The checks that one run of the file is for, by their tests' names.
  private func group(of script: SuiteScript, _ first: PlannedCheck) -> [PlannedCheck] {
    plan.planned.filter { check in
      guard check.kind == first.kind, check.stage == first.stage, outcomes[check.id] == nil,
        check.skip == nil, case .script(let other)? = bodies[check.id]?.body
      else { return false }
      return other.path == script.path
    }
  }

  private func scriptOf(_ check: PlannedCheck) -> SuiteScript? {
    guard case .script(let script)? = bodies[check.id]?.body else { return nil }
    return script
  }

  /// Nil where all tests of the file are in the plan: then those that nobody knew of run too.
  private func selected(_ group: [PlannedCheck], of script: SuiteScript) -> [String]? {
    let names = group.compactMap { scriptOf($0)?.test }
    return names.count == declared(by: script).count || names.isEmpty ? nil : names
  }

  private func declared(by script: SuiteScript) -> Set<String> {
    Set(
      bodies.values.compactMap { check in
        guard case .script(let other) = check.body, other.path == script.path else { return nil }
        return other.test
      }
    )
  }

  private func scriptScope(_ stage: Stage, _ unique: String? = nil) -> Scope {
    var scope = scope(fresh: ["unique": unique ?? token()])
    scope.constants["stage"] = .string(stage.rawValue)
    return scope
  }

  // MARK: What is told

  /// The check that a test is; nil where nobody planned it.
  private func check(_ name: String, in group: [PlannedCheck]) -> PlannedCheck? {
    group.first { scriptOf($0)?.test == name }
      ?? (group.count == 1 ? group.first { scriptOf($0)?.test == nil } : nil)
  }

  private func begin(_ name: String, _ group: [PlannedCheck]) -> Scope {
    let unique = token()
    let check = check(name, in: group) ?? added(name, beside: group[0])
    if started.insert(check.id).inserted {
      tell(.checkStarted(check: check.id, fresh: ["unique": unique]))
      progress.checking(check.id)
    }
    return scriptScope(check.stage, unique)
  }

  /// A test that its file does not declare where it can be read: made by a loop, or inherited.
  private func added(_ name: String, beside first: PlannedCheck) -> PlannedCheck {
    var check = first
    check.id.name = name
    if let known = planned[check.id] { return known }
    check.about = ""
    check.steps = [EvidenceStep(act: "script \(check.place?.file ?? "")::\(name)", assertions: [])]
    planned[check.id] = check
    unplanned.append(check)
    tell(.checkLearned(check: check))
    return check
  }

  private func finish(
    _ test: ScriptTest,
    _ group: [PlannedCheck],
    _ script: SuiteScript,
    _ ending: Probes.Ending,
    _ halt: (word: ScriptTest.Word, text: String)?,
    _ unexplained: Outcome?,
    _ recording: Recording?
  ) async {
    let check = check(test.name, in: group) ?? added(test.name, beside: group[0])
    guard outcomes[check.id] == nil else { return }
    var file = script
    file.test = test.name.isEmpty ? nil : test.name
    let judge = ScriptOutcome(file, ending, halt: halt, without: log.redactor)
    for step in test.records { tell(.stepFinished(check: check.id, step: step)) }
    learn(check, test)
    let wrong = test.records.first { !$0.outcome.isPassed }?.outcome
    var own = script.runner.hasTests ? judge.outcome(of: test) : wrong ?? judge.whole
    if own.isPassed { own = unexplained ?? own }
    let outcome = await settled(own)
    var step = record(file, test, ending, outcome, at: check.place)
    let name = script.runner.hasTests && test.name.isEmpty ? nil : test.name
    if suite.scripts.record, case .command(var command)? = step.exchange {
      command.recorded = recording?.count(of: name) ?? 0
      step.exchange = .command(command)
    }
    tell(.stepFinished(check: check.id, step: step))
    if let recording {
      let seen = probes.steps(of: recording, test: name, inside: step.number, in: test.scope)
      for step in seen { tell(.stepFinished(check: check.id, step: step)) }
    }
    end(check.id, outcome)
  }

  /// What a test turned out to do.
  private func learn(_ check: PlannedCheck, _ test: ScriptTest) {
    guard let planned = planned[check.id], let learned = suite.learned(planned, from: test.steps)
    else { return }
    self.planned[check.id] = learned
    tell(.checkLearned(check: learned))
  }

  /// The script itself, as the last step of its check.
  private func record(
    _ script: SuiteScript,
    _ test: ScriptTest?,
    _ ending: Probes.Ending,
    _ outcome: Outcome,
    at place: SourcePlace?
  ) -> StepRecord {
    var step = StepRecord(
      number: String((test?.records.count ?? 0) + 1),
      kind: "script",
      title: "script \(script.name)",
      place: place,
      outcome: outcome
    )
    switch ending {
    case .answered(let answer, let exchange):
      step.exchange = exchange
      step.microseconds = answer.microseconds
      if script.test == nil, let exit = answer.exit {
        let holds = exit == 0
        step.assertions = [
          Assertion(.exit, .equals(number: 0), actual: .number(exit), holds: holds)
        ]
      }
    case .unanswered(_, let exchange, _): step.exchange = exchange
    }
    // What all tests of a file printed together is the file's; of one test its own failure is kept.
    if script.test != nil, case .command(var command)? = step.exchange, let test {
      let report = Array(test.report.utf8)
      command.stdout = TextCut.end(report, limit: 4096, without: log.redactor).text
      step.exchange = .command(command)
    }
    return step
  }

  private func finishUntold(
    _ check: PlannedCheck,
    _ ending: Probes.Ending,
    _ halt: (word: ScriptTest.Word, text: String)?
  ) async {
    guard let script = scriptOf(check) else { return }
    let judge = ScriptOutcome(script, ending, halt: halt, without: log.redactor)
    if started.insert(check.id).inserted { tell(.checkStarted(check: check.id, fresh: [:])) }
    let outcome = await settled(judge.withoutTests)
    tell(
      .stepFinished(check: check.id, step: record(script, nil, ending, outcome, at: check.place))
    )
    end(check.id, outcome)
  }

  // MARK: Controls

  /// Those that passed once more where they must fail: what reads back, with values that were never
  /// sent; what says nothing of itself, where nothing answers.
  private func control(
    _ group: [PlannedCheck],
    _ script: SuiteScript,
    _ told: [ScriptTest],
    _ duration: Duration
  ) async {
    var readBacks: [String: ReadBack] = [:]
    var opaque: [String] = []
    for test in told {
      guard let id = check(test.name, in: group)?.id ?? self.id(of: test.name, beside: group),
        outcomes[id] == .passed, let learned = planned[id]
      else { continue }
      if learned.strength == .opaque {
        opaque.append(test.name)
      } else if let readBack = learned.readBack {
        if readBack.decoyPossible, !script.runner.hasTests || !test.name.isEmpty {
          readBacks[test.name] = readBack
        } else {
          let why =
            readBack.decoyPossible
            ? "the tests of the file are known only once it runs" : readBack.why
          let reason = Reason(.controlNotPossible(why: why))
          let control = ControlRecord(kind: .decoy, result: .notPossible(reason: reason))
          tell(.controlFinished(check: id, control: control))
        }
      }
    }
    if !readBacks.isEmpty {
      let decoys = ScriptDesk.Decoys(readBacks: readBacks, value: token("decoy"))
      let names = readBacks.keys.sorted()
      await repeated(.decoy, names, group, script, decoys, within: suite.deadlines.operation)
    }
    if !opaque.isEmpty {
      // What takes much longer than it did waits for something, and so does not pass.
      let limit = min(max(.seconds(15), duration * 3), suite.deadlines.operation)
      await repeated(.nowhere, opaque, group, script, nil, within: limit)
    }
  }

  private func id(of name: String, beside group: [PlannedCheck]) -> CheckID? {
    guard var id = group.first?.id else { return nil }
    id.name = name
    return planned[id] == nil ? nil : id
  }

  private func repeated(
    _ kind: ControlRecord.Kind,
    _ names: [String],
    _ group: [PlannedCheck],
    _ script: SuiteScript,
    _ decoys: ScriptDesk.Decoys?,
    within limit: Duration
  ) async {
    if await stopped() != nil { return }
    let stage = group[0].stage
    let address: ScriptAddress = kind == .nowhere ? .nowhere : .deployment
    let desk = ScriptDesk(
      script,
      performer(),
      declared: declared(by: script),
      at: address,
      decoys: decoys,
      recording: recording(of: script)
    ) { [self] _ in await scriptScope(stage) }
    let scope = scriptScope(stage)
    if !script.runner.hasTests { await desk.beginWhole(scope) }
    let ending = await probes.runScript(
      script,
      tests: script.runner.hasTests && names != [""] ? names : nil,
      scope: scope,
      at: address,
      desk: desk,
      within: limit
    )
    let tests = told(await desk.tests, group, script)
    for name in names {
      guard let id = check(name, in: group)?.id ?? self.id(of: name, beside: group) else {
        continue
      }
      let test = tests.first { $0.name == name }
      var own = script
      own.test = name.isEmpty ? nil : name
      let judge = ScriptOutcome(own, ending, halt: nil, without: log.redactor)
      let outcome =
        script.runner.hasTests
        ? test.map(judge.outcome) ?? judge.withoutTests : judge.whole
      let result =
        kind == .decoy ? Self.result(outcome, test) : outcome.isPassed ? .passed : .failed
      let steps =
        (test?.records ?? []) + [record(own, test, ending, outcome, at: planned[id]?.place)]
      tell(
        .controlFinished(
          check: id,
          control: ControlRecord(kind: kind, result: result, steps: steps)
        )
      )
    }
  }

  /// A decoy must be what it failed for.
  private static func result(_ outcome: Outcome, _ test: ScriptTest?) -> ControlRecord.Result {
    guard let test else { return .broken(reason: outcome.reason ?? Reason(.notPerformed)) }
    guard let reason = outcome.reason else {
      // Another way through the script, on which nothing was read back.
      return test.decoyed.isEmpty ? .broken(reason: Reason(.notPerformed)) : .passed
    }
    let wrong = test.records.firstIndex { !$0.outcome.isPassed }
    guard let wrong, case .failed = outcome else { return .broken(reason: reason) }
    let problem =
      test.decoyed.contains(wrong)
      ? CheckPerformer.refusal(in: [test.records[wrong]], .decoy) : .looksForNoValue
    guard let problem else { return .failed }
    return .broken(reason: Reason(.controlMissedItsPoint(problem, because: reason)))
  }
}
