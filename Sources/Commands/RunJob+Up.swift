import Auditing
import Deployments
import Evidence
import Files
import FoundationEssentials
import Glibc
import HTTPRequests
import Reports
import Running
import Suites
import Synchronization

extension RunJob {
  /// Deploys the recipe, waits until it is ready, says how it is reached, and takes it down once it
  /// is interrupted. Nothing is tested, planted or reported.
  ///
  /// - Parameters:
  ///   - keepsFailed: whether it stays up also where it does not become ready.
  func stayUp(showsSecrets: Bool, keepsFailed: Bool) async throws -> ExitStatus {
    let start = Date.now
    let folder = "\(workspace.reportsFolder(recipe))/up"
    workspace.reportsTree.remove(folder)
    try makeFolder(folder + "/logs")
    let id = RunID.new(at: start, after: nil)
    let equipment = try equip(id, folder: folder, events: nil)
    var runner = runner(equipment, folder: folder)
    let wasUp = Mutex(false)
    runner.hold = { [self] deployment, isWrong in
      wasUp.withLock { $0 = !isWrong }
      guard !isWrong || keepsFailed else { return }
      await stay(deployment, equipment, showsSecrets: showsSecrets, logs: folder + "/logs")
    }
    let header = RunHeader(
      candidate.plan,
      id: id,
      startedAt: start,
      host: ProcessInfo.processInfo.hostName
    )
    let ready = runner
    await ended(Task { await ready.run(header) }, equipment.progress)
    await equipment.http.shutDown()
    if let holder { throw Failure(.broken, "\(recipe): not deployed: held by \(holder)") }
    guard let record = equipment.log.record() else {
      throw Failure(.broken, "the deployment left no record")
    }
    return conclude(record, wasUp: wasUp.withLock { $0 }, logs: folder + "/logs")
  }

  private func conclude(_ record: RunRecord, wasUp: Bool, logs: String) -> ExitStatus {
    let install = record[.install]?.outcome
    let teardown = record[.teardown]?.outcome
    if !wasUp {
      Console.error("logs: \(workspace.shown(logs))")
      if let reason = (install?.reason ?? record.header.plan.stageSkips[.install]) {
        Console.complain("\(recipe) is not up: \(reason.cause)")
      }
    }
    if teardown?.word == .failed { return .refuted }
    if teardown?.word == .broken { return .broken }
    return wasUp ? .proven : install?.word == .failed ? .refuted : .broken
  }

  /// Prints how everything is reached, and waits for the end.
  func stay(
    _ deployment: any Deployment,
    _ equipment: RunEquipment,
    showsSecrets: Bool,
    logs: String
  ) async {
    let guide = AccessGuide(
      suite: suite,
      access: await deployment.access(),
      baseURL: await deployment.baseURL,
      domain: await deployment.domain,
      secrets: equipment.secrets.values,
      showsSecrets: showsSecrets
    )
    // Before anybody is told how to end it.
    hold.begin()
    // Not by way of the log, which would mask what is to be shown here.
    equipment.progress.clear()
    Console.out(guide.text(logs: workspace.shown(logs)))
    var told: Set<String> = []
    await hold.wait {
      for dead in await deployment.deadServices() where told.insert(dead.service).inserted {
        equipment.progress.say("\(dead.service) ended: \(dead.ending); \(dead.lastWords)")
      }
    }
  }
}
