import Checks
import Deployments
import Evidence
import Formats
import HTTPRequests
import Suites

extension RunSession {
  /// Goes through all stages; teardown always comes last.
  func runStages() async {
    for stage in Stage.allCases where stage != .teardown {
      if let reason = plan.reasonAgainst(stage) {
        let skipped = Outcome.skipped(reason: reason)
        endAll(stage, skipped)
        tell(.stageFinished(stage: stage, outcome: skipped))
        continue
      }
      await run(stage)
    }
  }

  private func run(_ stage: Stage) async {
    let start = ContinuousClock.now
    progress.entering(stage)
    tell(.stageStarted(stage: stage))
    var outcome: Outcome
    if let why = await stopped() {
      outcome = .notRun(reason: why)
    } else if let why = suite.notApplicable.first(where: { $0.stage == stage })?.why {
      outcome = .skipped(reason: .declared(why))
    } else if let blocked {
      outcome = .notRun(reason: blocked)
    } else {
      outcome = await perform(stage)
      let isWell = outcome.isPassed ? await lookAtEnd(of: stage) : false
      await runControls(isWell)
    }
    endAll(stage, Self.left(over: outcome, stage))
    // What went wrong in no check of the stage is counted here.
    if outcome.isWrong, !stageOutcome(stage).isWrong { failures.add() }
    if outcome.isPassed { outcome = stageOutcome(stage) }
    tell(.stageFinished(stage: stage, outcome: outcome))
    progress.left(stage, outcome, after: ContinuousClock.now - start)
  }

  /// What checks come to that their stage did not get to: they did not fail themselves.
  private static func left(over outcome: Outcome, _ stage: Stage) -> Outcome {
    switch outcome {
    case .passed: .notRun(reason: Reason(.notPerformed))
    case .skipped, .notRun: outcome
    case .failed(let reason), .broken(let reason):
      .notRun(reason: Reason(.notReached(in: stage, because: reason)))
    }
  }

  /// - Returns: `passed` where the checks decide, else why they were not performed.
  private func perform(_ stage: Stage) async -> Outcome {
    switch stage {
    case .install: await install()
    case .upgrade: await upgrade()
    case .backup: await backup()
    case .restore: await restore()
    case .recover: await recover()
    case .functional: await functional()
    case .teardown: .passed
    }
  }

  // MARK: Install

  private func install() async -> Outcome {
    if let failure = await runHook(.preInstall, in: .install) { return block(failure, .install) }
    let version = version
    hasDeployed = true
    let failure = await operate("deploy \(version)", in: .install) { () throws(DeploymentError) in
      let deployment = try await driver.deploy(version)
      self.deployment = deployment
      appNames["base_url"] = await deployment.baseURL
      appNames["domain"] = await deployment.domain
      appNames.merge(await dependencies?.names() ?? [:]) { $1 }
      probes = Probes(options: options, deployment: deployment, http: http)
    }
    await tellValues()
    if let failure { return block(failure, .install) }
    let start = ContinuousClock.now
    let ready = await gate(.install)
    installed = ContinuousClock.now - start
    await lookAtServices(.install)
    await serving(.install, ready)
    guard ready.isPassed else { return block(ready, .install) }
    if let failure = await runHook(.postInstall, in: .install) { return block(failure, .install) }
    await seedStores(.install, name: "seeded")
    await noteActivity(of: .tool)
    await actEarly()
    await noteActivity(of: .app)
    await runChecks(.overlay, in: .install)
    return .passed
  }

  private func tellValues() async {
    tell(.valuesMade(values: await driver.values().merging(appNames) { $1 }))
  }

  /// Nothing after a stage that left no working app can run.
  func block(_ outcome: Outcome, _ stage: Stage) -> Outcome {
    if let reason = outcome.reason { blocked = Reason(.blocked(by: stage, because: reason)) }
    return outcome
  }

  // MARK: Upgrade

  private func upgrade() async -> Outcome {
    guard let base = plan.base, let deployment else {
      return .skipped(reason: plan.stageSkips[.upgrade] ?? Reason(.noOlderVersion))
    }
    guard base.tree != plan.target.tree else {
      return .failed(
        reason: Reason(.sameFiles(base: base.version, target: plan.target.version))
      )
    }
    if let failure = await runHook(.preUpgrade, in: .upgrade) { return failure }
    await takeCounts()
    let before = await inventoriesBeforeUpgrade()
    let target = plan.target.version
    let failure = await operate("upgrade to \(target)", in: .upgrade) {
      () throws(DeploymentError) in
      try await deployment.upgrade(to: target)
    }
    if let failure { return block(failure, .upgrade) }
    version = target
    let ready = await gate(.upgrade)
    await lookAtVersion()
    await lookAtServices(.upgrade)
    await serving(.upgrade, ready)
    guard ready.isPassed else { return block(ready, .upgrade) }
    if let failure = await runHook(.postUpgrade, in: .upgrade) { return block(failure, .upgrade) }
    await verifyStores(.upgrade, markersOf: .install, name: "survives_upgrade")
    await tellMigration(from: before)
    await lookAgain(.upgrade)
    await runChecks(.overlay, in: .upgrade)
    return .passed
  }

  // MARK: Functional

  private func functional() async -> Outcome {
    await noteActivity(of: .tool)
    await runChecks(.functional, in: .functional)
    await noteActivity(of: .app)
    await judgeActivity()
    return .passed
  }

  // MARK: Dependencies

  /// What was done with the recipes that this one needs.
  func tellDependencies(_ stage: Stage) async {
    for record in await dependencies?.takeRecords() ?? [] {
      tell(.operationFinished(stage: stage, operation: record))
    }
  }

  /// While they are still there: whether all of them are, and that each was deployed once.
  private func lookAtDependencies() async {
    guard let dependencies, hasDeployed else { return }
    let id = CheckID.dependencies
    await check(id) {
      let down = await dependencies.down()
      let looks = await dependencies.looks()
      return note(id, 1, "dependencies", looks, outcome: down.map { .broken(reason: $0) })
    }
  }

  // MARK: Teardown

  /// Runs whatever happened before, also when the run was cancelled: the caller's task is another.
  func tearDown() async {
    let start = ContinuousClock.now
    progress.entering(.teardown)
    tell(.stageStarted(stage: .teardown))
    await tellBeside()
    await probes.disconnect()
    // Servers wait for kept connections before they stop.
    await http.shutDown()
    await lookAtDependencies()
    let report = await driver.tearDown()
    await tellDependencies(.teardown)
    for operation in await driver.takeOperations() {
      tell(
        .operationFinished(
          stage: .teardown,
          operation: OperationRecord(operation, without: log.redactor)
        )
      )
    }
    tell(
      .operationFinished(
        stage: .teardown,
        operation: OperationRecord(
          name: "undeploy",
          outcome: .passed,
          microseconds: report.duration.inMicroseconds,
          facts: report.removed.mapValues(String.init)
        )
      )
    )
    let id = CheckID.generic(.teardown, "nothing_left")
    await check(id) {
      note(
        id,
        1,
        "what is left",
        [
          Assertion(
            .leftovers,
            .isEmpty,
            actual: Assertion.Actual(.array(report.leftovers.map { .string($0) })),
            holds: report.leftovers.isEmpty
          )
        ],
        outcome: report.leftovers.isEmpty
          ? report.doubt.map { .broken(reason: Reason(.operationFailed(detail: $0))) } : nil
      )
    }
    if let doubt = report.doubt { stop.give(.died, detail: doubt) }
    await noteEnd()
    endAll(.teardown, .notRun(reason: Reason(.notPerformed)))
    let outcome = stageOutcome(.teardown)
    tell(.stageFinished(stage: .teardown, outcome: outcome))
    progress.left(.teardown, outcome, after: ContinuousClock.now - start)
  }
}
