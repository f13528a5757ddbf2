internal import CLinux
internal import Glibc
internal import Threads

/// A run of which neither runner nor guardian lives, to be cleared away with no more rights than its
/// own users have.
struct DeadRun: Codable, Sendable {
  var identity: ServiceIdentity
  var runID: String
  /// Around the run's folder; nil where it had none.
  var base: String?
  /// The first part of each of its units' tags.
  var token: String
  /// The guardian's start, in clock ticks since boot.
  var since: UInt64
  /// Processes that its orphans fall to.
  var adopters: [ProcessIdentity]
  /// Whether its processes may live: none outlives a restart of the machine.
  var hasProcesses = true
  /// The name of its lock, where somebody who is not seen from here may hold it.
  var lockName: String?
  var removesFolder = true

  /// What was done about it.
  struct Report: Codable, Sendable {
    var killed: [GuardedProcess] = []
    var leftovers: [GuardedProcess] = []
    var bystanders: [GuardedProcess] = []
    var remainingPaths: [String] = []
    /// It lives: its lock is held under its id. Nothing was done.
    var isHeld = false
  }

  /// Kills what is its, and removes its folder; in a process with the rights of its users.
  func sweep() -> Report {
    var report = Report()
    if let lockName, !identity.isRunsOwn {
      report.isHeld = RuntimeFolder.paths(of: identity.user).contains {
        RunLock.currentHolder(of: lockName, folder: $0)?.runID == runID
      }
      if report.isHeld { return report }
    }
    if hasProcesses {
      if identity.isRunsOwn {
        (report.killed, report.leftovers) = killAll()
      } else {
        let remains = RunRemains(
          token: token,
          folder: base.map { RunFolder.path(in: $0) },
          user: identity.user,
          since: since,
          adopters: adopters
        )
        let grouped = RunGroup.clear(killing: token)
        (report.killed, report.leftovers) = remains.kill()
        report.killed = grouped + report.killed
        report.bystanders = remains.bystanders()
      }
    }
    guard removesFolder, let base else { return report }
    report.remainingPaths =
      report.leftovers.isEmpty ? RunFolder.remove(base, of: identity) : [base]
    return report
  }

  /// Whatever the users' processes are, they are the run's.
  private func killAll() -> (killed: [GuardedProcess], leftovers: [GuardedProcess]) {
    let deadline = ContinuousClock.now + .seconds(10)
    var killed = KilledProcesses()
    while true {
      let found = ProcessTable.processes(of: identity.user)
      for process in found { killed.insert(process) }
      if found.isEmpty || ContinuousClock.now > deadline { return (killed.list, found) }
      _ = shim_linux_kill_user(identity.user, identity.killer)
      usleep(2000)
    }
  }

  /// Does the same by a process that has become the run's users first, where this one is root.
  ///
  /// - Parameter executable, arguments: what becomes a guardian.
  func sweep(
    by executable: String,
    _ arguments: [String]
  ) async throws(GuardianError) -> Report {
    guard geteuid() == 0 else { return await DedicatedThread.value { sweep() } ?? Report() }
    let guardian = try await Guardian.start(
      GuardianConfiguration(
        runID: "sweep",
        identity: identity,
        logFolder: "/",
        executable: executable,
        arguments: arguments
      )
    )
    var report = try await guardian.sweep(self)
    _ = await guardian.shutDown(removingFolder: false)
    // In a folder that is not sticky its owner could not remove the last of it.
    if let base, report.remainingPaths == [base],
      RunFolder.removeHull(base, ownedBy: identity.guardian)
    {
      report.remainingPaths = []
    }
    return report
  }
}
