import Checks
import Evidence
import Suites

/// The suite's own checks: overlays and functional ones.
extension RunSession {
  func runChecks(_ kind: CheckKind, in stage: Stage) async {
    for planned in plan.planned where planned.kind == kind && planned.stage == stage {
      if let why = await stopped() {
        end(planned.id, .notRun(reason: why))
      } else {
        await run(planned)
      }
    }
  }

  private func run(_ planned: PlannedCheck) async {
    guard let body = bodies[planned.id] else { return }
    if let reason = planned.skip
      ?? Circumstances(driver: plan.driver, version: version).reasonAgainst(body.when)
    {
      return end(planned.id, .skipped(reason: reason))
    }
    if let missing = body.needs.first(where: { outcomes[$0] != .passed }) {
      return end(planned.id, .notRun(reason: Reason(.needs(check: missing))))
    }
    let fresh = ["unique": token()]
    await check(planned.id, fresh: fresh) {
      var scope = scope(fresh: fresh, variables: body.vars)
      switch body.body {
      case .script(let path, let runner):
        return await runScript(path, runner, planned.id, scope)
      case .steps(let steps):
        let performer = performer()
        let outcome = await performer.perform(steps, of: planned.id, in: &scope)
        for step in steps { keepRunCaptures(of: step, scope.captures) }
        if outcome.isPassed { await control(planned.id, steps, performer, scope) }
        return outcome
      }
    }
  }

  /// The read-back once more, with every fresh value replaced by one that was never sent: it must
  /// fail now, or the check cannot fail at all.
  private func control(
    _ id: CheckID,
    _ steps: [Step],
    _ performer: CheckPerformer,
    _ scope: Scope
  ) async {
    guard let readBack = planned[id]?.readBack else { return }
    guard readBack.decoyPossible else {
      return tell(
        .controlFinished(
          check: id,
          control: ControlRecord(
            kind: .decoy,
            result: .notPossible(reason: Reason(.controlNotPossible(why: readBack.why)))
          )
        )
      )
    }
    let decoys = scope.withDecoys { _ in token("decoy") }
    let control = await performer.performControl(
      .decoy,
      readBack.readIndices.map { steps[$0] },
      in: decoys
    )
    tell(.controlFinished(check: id, control: control))
  }

  private func runScript(
    _ path: String,
    _ runner: Check.ScriptRunner,
    _ id: CheckID,
    _ scope: Scope
  ) async -> Outcome {
    let start = ContinuousClock.now
    let ending = await probes.runScript(
      argv: runner.argv(for: path),
      scope: scope,
      within: suite.deadlines.operation
    )
    var step = StepRecord(
      number: "1",
      kind: "script",
      title: "script \(path)",
      place: SourcePlace(file: path, line: 1, column: 1),
      outcome: .passed
    )
    step.microseconds = (ContinuousClock.now - start).inMicroseconds
    switch ending {
    case .unanswered(let code, let exchange, _):
      step.outcome = .broken(reason: Reason(code, during: step.title))
      step.exchange = exchange
    case .answered(let answer, let exchange):
      step.exchange = exchange
      let exit = answer.exit ?? -1
      step.assertions = [
        Assertion(.exit, .equals(number: 0), actual: .number(exit), holds: exit == 0)
      ]
      step.outcome = runner.outcome(
        exit: exit,
        path: path,
        printed: Self.text(answer.stdout),
        Self.text(answer.stderr)
      )
    }
    tell(.stepFinished(check: id, step: step))
    return step.outcome
  }

  private static func text(_ bytes: [UInt8]?) -> String {
    String(decoding: bytes ?? [], as: UTF8.self)
  }
}

extension Check.ScriptRunner {
  /// The command that runs a script of the suite.
  func argv(for path: String) -> [String] {
    switch self {
    case .executable: ["./" + path]
    case .shell: ["sh", path]
    case .bats: ["bats", path]
    // No cache folder beside the suite, and no test run without its name in the output.
    case .pytest: ["python3", "-m", "pytest", "-v", "-p", "no:cacheprovider", path]
    }
  }

  /// What an exit status says. pytest: 1 tests failed, 5 none were collected, 2 to 4 it could not
  /// run; `sh` and `env`: 126 and 127 where the program is missing. Both pytest and bats exit with 0
  /// where every test was skipped, and bats where there is none.
  func outcome(exit: Int, path: String, printed: String, _ errors: String = "") -> Outcome {
    func reason(_ problem: Reason.ScriptProblem) -> Reason {
      Reason(.script(path: path, problem: problem, exit: exit))
    }
    switch (self, exit) {
    case (.pytest, 1) where errors.contains("No module named pytest"):
      return .broken(reason: reason(.runnerMissing))
    case (.pytest, 0), (.bats, 0):
      if self == .bats, printed.utf8.starts(with: "1..0".utf8) {
        return .failed(reason: reason(.noTests))
      }
      return skippedAll(printed) ? .skipped(reason: reason(.allSkipped)) : .passed
    case (_, 0): return .passed
    case (.pytest, 2...4), (_, 126), (_, 127): return .broken(reason: reason(.didNotRun))
    case (.pytest, 5): return .failed(reason: reason(.noTests))
    default: return .failed(reason: reason(.failed))
    }
  }

  /// pytest ends with a line such as `=== 2 passed, 1 skipped in 0.01s ===`, without its frame under
  /// `-q`; a test that is expected to fail shows nothing either. bats has a line for each test,
  /// `ok 1 name # skip why`.
  private func skippedAll(_ printed: String) -> Bool {
    let lines = printed.split(separator: "\n")
    if self == .bats {
      let tests = lines.filter { $0.hasPrefix("ok ") }
      return !tests.isEmpty && tests.allSatisfy { $0.contains(" # skip") }
    }
    func isSummary(_ line: Substring) -> Bool {
      line.contains(" in ") && line.drop { "= ".contains($0) }.first?.isNumber == true
    }
    guard let summary = lines.last(where: isSummary) else { return false }
    return (summary.contains(" skipped") || summary.contains(" xfailed"))
      && !summary.contains(" passed") && !summary.contains(" xpassed")
  }
}
