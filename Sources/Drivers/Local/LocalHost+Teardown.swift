import Deployments
import FoundationEssentials

extension LocalHost {
  /// Stops services, kills what is left, removes the folder, and looks at what is still there.
  func performTeardown() async -> TeardownReport {
    let start = ContinuousClock.now
    repositoryTask?.cancel()
    var report = TeardownReport(removed: [:], leftovers: [], duration: .zero)
    if let guardian {
      let shutdown = await guardian.shutDown()
      report.removed["services"] = started.count
      report.removed["processes killed"] = shutdown.killed.count
      report.leftovers += shutdown.leftovers.map { "process \($0.processID) \($0.program)" }
      report.leftovers += shutdown.remainingPaths.map { "path \($0)" }
    } else if let folder {
      report.leftovers += folder.remove().map { "path \($0)" }
    }
    if let folder {
      report.removed["folders"] = 1
      if FileManager.default.fileExists(atPath: folder.path) {
        report.leftovers.append("folder \(folder.path)")
      }
    }
    for (service, numbers) in ports.sorted(by: { $0.key < $1.key }) {
      for port in numbers.values.sorted() where PortProbe.accepts(port) {
        report.leftovers.append("port \(port) of \(service)")
      }
    }
    report.removed["ports"] = ports.values.map(\.count).reduce(0, +)
    // The lock lives as long as anything of the run: the guardian has its descriptor too.
    guardian = nil
    lock = nil
    if let folder, RunLock.currentHolder(of: lockName)?.runID == folder.runID {
      report.leftovers.append("lock \(lockName)")
    }
    report.duration = ContinuousClock.now - start
    return report
  }
}
