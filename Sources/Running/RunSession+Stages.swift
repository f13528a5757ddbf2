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
    } else if let reason = suite.notApplicable.first(where: { $0.stage == stage })?.why {
      outcome = .skipped(reason: reason)
    } else if let blocked {
      outcome = .notRun(reason: blocked)
    } else {
      outcome = await perform(stage)
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
    case .passed: .notRun(reason: "nothing performed it")
    case .skipped, .notRun: outcome
    case .failed(let reason), .broken(let reason):
      .notRun(reason: "\(stage) did not get to it: \(reason)")
    }
  }

  /// - Returns: `passed` where the checks decide, else why they were not performed.
  private func perform(_ stage: Stage) async -> Outcome {
    switch stage {
    case .install: await install()
    case .upgrade: await upgrade()
    case .backup: await backup()
    case .restore: await restore()
    case .functional: await functional()
    case .teardown: .passed
    }
  }

  // MARK: Install

  private func install() async -> Outcome {
    if let failure = await runHook(.preInstall, in: .install) { return block(failure, "install") }
    let version = version
    let failure = await operate("deploy \(version)", in: .install) { () throws(DeploymentError) in
      let deployment = try await driver.deploy(version)
      self.deployment = deployment
      probes = Probes(options: Self.options(suite), deployment: deployment, http: http)
    }
    await tellValues()
    if let failure { return block(failure, "install") }
    let ready = await gate(.install)
    await lookAtServices(.install)
    await serving(.install, ready)
    guard ready.isPassed else { return block(ready, "install") }
    if let failure = await runHook(.postInstall, in: .install) { return block(failure, "install") }
    await seedStores(.install, name: "seeded")
    await runChecks(.overlay, in: .install)
    return .passed
  }

  private func tellValues() async {
    var values = await driver.values()
    if let deployment {
      values["base_url"] = deployment.baseURL
      values["domain"] = deployment.domain
    }
    tell(.valuesMade(values: values))
  }

  /// Nothing after a stage that left no working app can run.
  private func block(_ outcome: Outcome, _ stage: String) -> Outcome {
    blocked = "\(stage) did not succeed: \(outcome.reason ?? "")"
    return outcome
  }

  // MARK: Upgrade

  private func upgrade() async -> Outcome {
    guard let base = plan.base, let deployment else {
      return .skipped(reason: plan.stageSkips[.upgrade] ?? "there is no older version")
    }
    guard base.tree != plan.target.tree else {
      return .failed(
        reason: "base \(base.version) and target \(plan.target.version) are the same files: "
          + "nothing would be upgraded"
      )
    }
    if let failure = await runHook(.preUpgrade, in: .upgrade) { return failure }
    await takeCounts()
    let target = plan.target.version
    let failure = await operate("upgrade to \(target)", in: .upgrade) {
      () throws(DeploymentError) in
      try await deployment.upgrade(to: target)
    }
    if let failure { return block(failure, "upgrade") }
    version = target
    let ready = await gate(.upgrade)
    await lookAtVersion()
    await lookAtServices(.upgrade)
    await serving(.upgrade, ready)
    guard ready.isPassed else { return block(ready, "upgrade") }
    await verifyStores(.upgrade, markersOf: .install, name: "survives_upgrade")
    await runChecks(.overlay, in: .upgrade)
    return .passed
  }

  // MARK: Backup

  private func backup() async -> Outcome {
    if let reason = plan.stageSkips[.backup] { return .skipped(reason: reason) }
    guard let deployment else { return .broken(reason: "nothing is deployed") }
    await seedStores(.backup, name: "seeded_for_backup")
    if let failure = await runHook(.preBackup, in: .backup) { return failure }
    await takeCounts()
    let failure = await operate("back up", in: .backup) { () throws(DeploymentError) in
      snapshot = try await deployment.backUp()
    }
    if let failure { return failure }
    probes.snapshot = snapshot
    await lookAtSnapshot()
    await lookAtServices(.backup)
    await runChecks(.overlay, in: .backup)
    return .passed
  }

  // MARK: Restore

  private func restore() async -> Outcome {
    if let reason = plan.stageSkips[.restore] { return .skipped(reason: reason) }
    guard let deployment else { return .broken(reason: "nothing is deployed") }
    guard let snapshot else {
      return .notRun(reason: "backup did not succeed: there is no snapshot to restore")
    }
    let dropped = await dropMarkers()
    if let failure = await runHook(.preRestore, in: .restore) { return failure }
    let failure = await operate("restore \(snapshot.id)", in: .restore) {
      () throws(DeploymentError) in
      try await deployment.restore(snapshot)
    }
    let ready = await gate(.restore)
    if let failure {
      if !ready.isPassed { return block(failure, "restore") }
      return failure
    }
    await lookAtServices(.restore)
    await serving(.restore, ready)
    guard ready.isPassed else { return block(ready, "restore") }
    await verifyRestored(dropped)
    await runChecks(.overlay, in: .restore)
    return .passed
  }

  // MARK: Functional

  private func functional() async -> Outcome {
    await runChecks(.functional, in: .functional)
    return .passed
  }

  // MARK: Teardown

  /// Runs whatever happened before, also when the run was cancelled: the caller's task is another.
  func tearDown() async {
    let start = ContinuousClock.now
    progress.entering(.teardown)
    tell(.stageStarted(stage: .teardown))
    await probes.disconnect()
    // Servers wait for kept connections before they stop.
    await http.shutDown()
    let report = await driver.tearDown()
    for operation in await driver.takeOperations() {
      tell(.operationFinished(stage: .teardown, operation: OperationRecord(operation)))
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
        "look for what is left",
        [
          AssertionRecord(
            subject: "left",
            expected: "== []",
            wanted: "== []",
            actual: JSONValue.array(report.leftovers.map { .string($0) }).description,
            holds: report.leftovers.isEmpty
          )
        ],
        outcome: report.leftovers.isEmpty ? report.doubt.map { .broken(reason: $0) } : nil
      )
    }
    if let doubt = report.doubt { stop.give(.died, doubt) }
    await noteEnd()
    endAll(.teardown, .notRun(reason: "nothing performed it"))
    let outcome = stageOutcome(.teardown)
    tell(.stageFinished(stage: .teardown, outcome: outcome))
    progress.left(.teardown, outcome, after: ContinuousClock.now - start)
  }
}
