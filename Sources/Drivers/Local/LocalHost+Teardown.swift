import Deployments
import FoundationEssentials

extension LocalHost {
  /// Stops services, kills what is left, removes the folder, and looks at what is still there.
  func performTeardown() async -> TeardownReport {
    let start = ContinuousClock.now
    var report = TeardownReport(removed: [:], leftovers: [], duration: .zero)
    if let shutdown = await guardian?.shutDown() {
      report.removed["services"] = started.count
      if shutdown.guardianDied {
        report.doubt =
          "the run's guardian died: what was known of its services was killed, and nobody can tell "
          + "whether that was all"
      }
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
    // The lock lives as long as anything of the run, and that is also whoever knows the guardian.
    await restic?.end()
    restic = nil
    guardian = nil
    lock = nil
    if await !isLockFree() { report.leftovers.append("lock \(lockName)") }
    report.duration = ContinuousClock.now - start
    return report
  }

  /// Whether this run no longer holds its lock.
  ///
  /// A process that is just being started elsewhere in the runner has copies of all descriptors
  /// until it is executed, the lock's too: for a moment that is no leftover.
  private func isLockFree() async -> Bool {
    guard let runID = folder?.runID else { return true }
    for _ in 0..<100 {
      let holder = RunLock.currentHolder(of: lockName, folder: configuration.lockFolder)
      if holder?.runID != runID { return true }
      try? await Task.sleep(for: .milliseconds(20))
    }
    return false
  }
}
