import Checks
import Deployments
import Evidence
import Suites

/// Backup, restore in place, and the disaster: everything lost, and a new deployment filled from the
/// backup.
extension RunSession {
  func backup() async -> Outcome {
    if let reason = plan.stageSkips[.backup] { return .skipped(reason: reason) }
    guard let deployment else { return .broken(reason: Reason(.notDeployed)) }
    // An earlier one first: a hook that writes its dump only once, and a restore that takes the oldest
    // one, look right as long as there is only one.
    let earlier = await operate("back up, the first time", in: .backup) {
      () throws(DeploymentError) in
      _ = try await deployment.backUp()
    }
    if let earlier { return earlier }
    await actForBackup()
    await seedStores(.backup, name: "seeded_for_backup")
    if let failure = await runHook(.preBackup, in: .backup) { return failure }
    await takeCounts()
    await inventoriesBeforeBackup()
    let failure = await operate("back up", in: .backup) { () throws(DeploymentError) in
      snapshot = try await deployment.backUp()
    }
    if let failure { return failure }
    probes.snapshot = snapshot
    await lookAtSnapshot()
    await lookAtServices(.backup)
    await askOnce()
    await inventoriesAfterBackup()
    await runChecks(.overlay, in: .backup)
    return .passed
  }

  // MARK: Restore

  func restore() async -> Outcome {
    if let reason = plan.stageSkips[.restore] { return .skipped(reason: reason) }
    guard let deployment else { return .broken(reason: Reason(.notDeployed)) }
    guard let snapshot else { return .notRun(reason: Reason(.noSnapshot)) }
    await actAgain()
    let dropped = await dropMarkers()
    if let failure = await backUpLater() { return failure }
    switch await putBack(snapshot, into: deployment, .restore) {
    case .stopped(let outcome): return outcome
    case .ready: break
    }
    await verifyRestored(dropped)
    await lookAgain(.restore)
    await runChecks(.overlay, in: .restore)
    return .passed
  }

  /// A hook may write more than what is backed up, and a restore may load that: it looks right as long
  /// as nothing newer stands in its place. What was backed up is what the restore is asked for.
  private func backUpLater() async -> Outcome? {
    guard let deployment, plan.stores.contains(where: { $0.isHooked == true }) else { return nil }
    return await operate("back up, a later time", in: .restore) { () throws(DeploymentError) in
      _ = try await deployment.backUp()
    }
  }

  // MARK: Recover

  func recover() async -> Outcome {
    if let reason = plan.stageSkips[.recover] { return .skipped(reason: reason) }
    guard let deployment else { return .broken(reason: Reason(.notDeployed)) }
    guard let snapshot else { return .notRun(reason: Reason(.noSnapshot)) }
    let failure = await operate("deploy \(version) anew, on empty stores", in: .recover) {
      () throws(DeploymentError) in
      try await deployment.rebuild()
    }
    if let failure { return block(failure, .recover) }
    await awaitEmptyApp()
    await watchBeside()
    switch await putBack(snapshot, into: deployment, .recover) {
    case .stopped(let outcome): return outcome
    case .ready: break
    }
    await verifyStores(.recover, markersOf: .backup, name: "recovered")
    await lookAgain(.recover)
    await lookForLater()
    return .passed
  }

  /// What a look at the app's health writes is nothing that a restore has to bring back.
  private func askOnce() async {
    guard let deployment else { return }
    var health = suite.health
    health.within = .seconds(1)
    health.steady = .zero
    _ = await readinessGate(health).wait(for: deployment, in: scope())
  }

  /// An app may make its tables while a restore loads them; one that is not ready before it has data
  /// never gets them otherwise. So it is waited for, about as long as the first time, and no longer.
  private func awaitEmptyApp() async {
    guard let deployment else { return }
    var health = suite.health
    health.within = min(health.within, installed * 2 + .seconds(2))
    _ = await readinessGate(health).wait(for: deployment, in: scope())
  }

  // MARK: Both

  private enum Restored {
    case ready
    case stopped(Outcome)
  }

  /// Hooks, the restore, the restarts that the recipe asks for, and the gate.
  private func putBack(
    _ snapshot: Snapshot,
    into deployment: any Deployment,
    _ stage: Stage
  ) async -> Restored {
    if let failure = await runHook(.preRestore, in: stage) { return .stopped(failure) }
    let restarts = suite.restartAfterRestore
    var failure = await operate("restore \(snapshot.id)", in: stage) {
      () throws(DeploymentError) in
      try await deployment.restore(snapshot)
    }
    if failure == nil, !restarts.isEmpty {
      failure = await operate("restart \(restarts.joined(separator: ", "))", in: stage) {
        () throws(DeploymentError) in
        try await deployment.restart(restarts)
      }
    }
    let ready = await gate(stage)
    if let failure { return .stopped(ready.isPassed ? failure : block(failure, stage)) }
    await lookAtServices(stage)
    await serving(stage, ready)
    guard ready.isPassed else { return .stopped(block(ready, stage)) }
    if let failure = await runHook(.postRestore, in: stage) { return .stopped(failure) }
    await inventoriesAfterRestore()
    return .ready
  }
}
