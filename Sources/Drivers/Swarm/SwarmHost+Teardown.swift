import Deployments
import FoundationEssentials

extension SwarmHost {
  /// Keeps the logs, removes the stack and all else that the run made, ends what runs on this
  /// machine, gives the lease back, and looks at what is still there.
  func performTeardown() async -> TeardownReport {
    let start = ContinuousClock.now
    var report = TeardownReport(removed: [:], leftovers: [], duration: .zero)
    for task in tunnels.values { try? await task.value.get().endConnections() }
    tunnels = [:]
    appTunnel = nil
    watch?.stop()
    if lease != nil {
      await waitForEngine()
      await keepLogs()
      let removal = await SwarmRemains(
        engine: configuration.engine,
        runs: [configuration.runID],
        stack: lease?.isArmed == true ? stack : nil
      ).remove()
      report.removed = removal.removed
      report.leftovers = removal.leftovers
      // Nobody else may have the name while something of this run carries it.
      if removal.leftovers.isEmpty, lease?.lost == nil {
        if let problem = await lease?.giveBack() { report.leftovers.append(problem) }
      }
    }
    watch = nil
    doorway = nil
    if let shutdown = await guardian?.shutDown() {
      report.removed["processes killed"] = shutdown.killed.count
      report.leftovers += shutdown.leftovers.map { "process \($0.processID) \($0.program)" }
      report.leftovers += shutdown.remainingPaths.map { "path \($0)" }
      if shutdown.guardianDied { report.doubt = "the run's guardian died" }
    } else if let folder {
      report.leftovers += folder.remove().map { "path \($0)" }
    }
    if let folder {
      report.removed["folders"] = 1
      if FileManager.default.fileExists(atPath: folder.path) {
        report.leftovers.append("folder \(folder.path)")
      }
    }
    report.leftovers += (privateFolder?.remove() ?? []).map { "path \($0)" }
    await restic?.end()
    restic = nil
    guardian = nil
    lock = nil
    for engine in configuration.engine.all { engine.disconnect() }
    report.duration = ContinuousClock.now - start
    return report
  }

  /// An engine that is being started again answers soon; one that stays away leaves everything, and
  /// the report says so.
  private func waitForEngine() async {
    let start = ContinuousClock.now
    let manager = manager
    while ContinuousClock.now - start < .seconds(60) {
      // A node that has just come back lists nothing until its Swarm has a leader.
      if (try? await manager.get("/services")) != nil { return }
      await Task.detached { try? await Task.sleep(for: .milliseconds(250)) }.value
    }
  }

  /// The end of every service's log, beside the run's events.
  private func keepLogs() async {
    guard let now = try? await SwarmStack.read(stack, on: manager) else { return }
    for service in now.services {
      var text = ""
      for task in now.tasks(of: service).sorted(by: { $0.id < $1.id }) {
        guard let container = task.containerID,
          let engine = task.nodeID.flatMap({ configuration.engine.nodes[$0] })
        else { continue }
        text += await Self.log(container, on: engine, lines: 5000, 1 << 20, configuration.redact)
      }
      _ = FileManager.default.createFile(
        atPath: "\(configuration.logFolder)/\(service.name).log",
        contents: Data(text.utf8)
      )
    }
  }
}
