package import Deployments
internal import FoundationEssentials
internal import Glibc
internal import Programs

/// What a run has on this machine before it starts anything: the lock of the deployment's name, a
/// folder, and a guardian that holds both.
///
/// The lock lives as long as anything of the run, and that is also whoever knows this.
package struct RunSite: Sendable {
  let settings: RunSettings
  package let lockName: String
  package let bench: Workbench
  private let lock: RunLock

  package var root: String { bench.root }
  package var guardian: Guardian { bench.guardian }

  /// Takes the lock, makes the folder, and starts the guardian at once: whatever is made from here
  /// on, the guardian removes.
  ///
  /// - Parameters:
  ///   - folders: made in the run's folder, by the services' user.
  ///   - patterns: where the suite wants programs to be looked for; see `ProgramSearch`.
  package static func open(
    _ settings: RunSettings,
    lock lockName: String,
    recipe: String,
    folders: [String],
    patterns: [String] = []
  ) async throws(DeploymentError) -> RunSite {
    let lock = try await RunLock.take(lockName, for: settings, recipe: recipe)
    do throws(GuardianError) {
      let lease = try UserLease.take()
      let folder = try RunFolder.create(
        runID: settings.runID,
        identity: lease.identity,
        lockName: lockName
      )
      do throws(GuardianError) {
        try lease.note(folder)
        // Of a dead run that had the same users.
        _ = OutsideRemains(identity: lease.identity, base: folder.base).remove()
        let guardian = try await Guardian.start(
          GuardianConfiguration(
            runID: settings.runID,
            identity: lease.identity,
            logFolder: settings.logFolder,
            logTree: settings.logTree,
            executable: settings.guardianExecutable,
            arguments: settings.guardianArguments,
            secrets: Array(settings.secrets.values),
            folder: folder,
            lock: lock,
            lease: lease
          )
        )
        try await guardian.makeFolders(folders)
        let search = ProgramSearch(
          patterns: patterns,
          toolFolder: settings.toolFolder,
          path: settings.path ?? ProcessInfo.processInfo.environment["PATH"]
        )
        let bench = Workbench(folder: folder, guardian: guardian, search: search)
        return RunSite(settings: settings, lockName: lockName, bench: bench, lock: lock)
      } catch {
        // What else is in it the guardian removes, if it has begun at all.
        _ = folder.removeHull()
        throw error
      }
    } catch {
      throw DeploymentError(error)
    }
  }

  /// Why nothing can be said of the run's processes any more; nil while it can.
  package var lost: String? {
    if let asked = guardian.unanswered {
      return "the run's guardian did not answer in time (\(asked)) and was killed"
    }
    return guardian.isAlive ? nil : "the run's guardian died (killed from outside?)"
  }

  /// Ends every process of the run and removes its folder.
  ///
  /// - Returns: what there was and what is still there.
  package func close() async -> TeardownReport {
    let shutdown = await guardian.shutDown()
    var report = TeardownReport(removed: [:], leftovers: [], duration: .zero)
    if shutdown.guardianDied {
      report.doubt =
        "the run's guardian died: its known processes were killed, others may be left"
    }
    report.removed["processes killed"] = shutdown.killed.count
    report.removed["folders"] = 1
    report.leftovers = shutdown.leftovers.map { "process \($0.processID) \($0.program)" }
    report.leftovers += shutdown.remainingPaths.map { "path \($0)" }
    let outside = OutsideRemains(identity: bench.folder.identity, base: bench.folder.base)
    let outsiders = outside.remove().map { "path \($0), of the run's own user" }
    // Services that were killed with their guardian could not clear up; what it is, is said above.
    if !shutdown.guardianDied { report.leftovers += outsiders }
    if bench.folder.exists { report.leftovers.append("folder \(root)") }
    return report
  }
}

extension RunLock {
  /// Takes the lock of a deployment's name for a run of this process.
  fileprivate static func take(
    _ name: String,
    for settings: RunSettings,
    recipe: String
  ) async throws(DeploymentError) -> RunLock {
    let holder = LockHolder(
      processID: getpid(),
      since: Int64(Date().timeIntervalSince1970),
      host: ProcessInfo.processInfo.hostName,
      runID: settings.runID,
      recipe: recipe
    )
    do {
      return try await RunLock.acquire(
        name,
        holder: holder,
        wait: settings.waiting,
        folder: settings.lockFolder
      )
    } catch let error as GuardianError {
      throw DeploymentError(error)
    } catch {
      throw DeploymentError(.interrupted, "interrupted while waiting for the lock")
    }
  }
}

extension DeploymentError {
  /// As a driver tells what the supervision of a run's processes says.
  package init(_ error: GuardianError) {
    let code: Code =
      switch error.code {
      case .locked(let holder): .held(by: holder?.description ?? "another run")
      case .cancelled: .interrupted
      default: .driverBroken
      }
    self.init(code, error.description)
  }
}

extension DeploymentError {
  /// What the machine refused in the call just made; reads `errno`.
  package static func system(_ subject: String) -> DeploymentError {
    DeploymentError(.driverBroken, "\(subject): \(String(cString: strerror(errno)))")
  }
}
