internal import CLinux
internal import Files
internal import Glibc

/// Clears away what runs have left whose runner and guardian were both killed.
///
/// It believes a folder no more than its owner could do without it: processes are ended, and folders
/// removed, by a process that has become that user first.
package struct Janitor: Sendable {
  /// One dead run and what was done about it.
  package struct Reaped: Sendable, Equatable {
    package var runID: String
    package var folder: String
    package var killed: [GuardedProcess] = []
    /// Processes that belong to the run and could not be killed.
    package var leftovers: [GuardedProcess] = []
    /// Processes that use the folder, but are not proven to be of the run; left alone.
    package var bystanders: [GuardedProcess] = []
    package var remainingPaths: [String] = []
  }

  private let root: String
  private let lockFolder: String
  private let executable: String
  private let arguments: [String]

  /// - Parameters:
  ///   - lockFolder: where runs of this user have their locks; a run whose lock is held under its own
  ///     id is alive.
  ///   - executable, arguments: what becomes a guardian.
  package init(
    root: String = "/tmp",
    lockFolder: String = RuntimeFolder.path,
    executable: String = "/proc/self/exe",
    arguments: [String] = ["guardian"]
  ) {
    self.root = root
    self.lockFolder = lockFolder
    self.executable = executable
    self.arguments = arguments
  }

  /// Finds the run folders whose owners are dead, kills what provably belongs to those runs, and
  /// removes the folders. A live run's folder is never touched, nor is one that says nothing of its
  /// owner.
  package func reap() async -> [Reaped] {
    guard let root = try? RunFolder.safeRoot(root) else { return [] }
    defer {
      PrivateFolder.removeOrphans()
      RunGroup.clear()
    }
    var reaped: [Reaped] = []
    for name in FolderRemoval.names(inFolderAt: root) where RunFolder.isName(name) {
      if let run = await reap("\(root)/\(name)") { reaped.append(run) }
    }
    return reaped
  }

  private func reap(_ base: String) async -> Reaped? {
    // Neither waits for a pipe's other end nor follows a link.
    let folder = open(base, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    guard folder >= 0 else { return nil }
    defer { close(folder) }
    var status = stat()
    guard fstat(folder, &status) == 0, let identity = Self.identity(of: status) else { return nil }
    if isHull(folder, status) {
      // Only what is empty goes by this.
      let isGone = RunFolder.removeHull(base, ownedBy: status.st_uid)
      return isGone ? Reaped(runID: "unknown", folder: base) : nil
    }
    guard let owner = RunOwner.read(in: folder), isDead(owner, identity) else { return nil }
    if identity.guardian == 0 {
      // Its runner was killed before it gave the folder away.
      let isGone = RunFolder.removeHull(base, ownedBy: 0)
      return Reaped(runID: owner.runID, folder: base, remainingPaths: isGone ? [] : [base])
    }
    // So that no new run is given its users meanwhile.
    let lease = await Self.lease(identity)
    guard !identity.isRunsOwn || lease != nil else { return nil }
    defer { withExtendedLifetime(lease) {} }
    let killed = RunGroup.clear(killing: RunFolder.token(of: base))
    let run = DeadRun(
      identity: identity,
      runID: owner.runID,
      base: base,
      token: RunFolder.token(of: base),
      since: owner.guardian?.startTime ?? owner.runner.startTime,
      adopters: owner.adopters,
      // Process ids of before a restart mean nothing now.
      hasProcesses: owner.bootID == RunOwner.currentBootID(),
      lockName: geteuid() == 0 ? owner.lockName : nil
    )
    guard let report = try? await run.sweep(by: executable, arguments) else {
      return Reaped(runID: owner.runID, folder: base, killed: killed, remainingPaths: [base])
    }
    guard !report.isHeld else { return nil }
    return Reaped(
      runID: owner.runID,
      folder: base,
      killed: killed + report.killed,
      leftovers: report.leftovers,
      bystanders: report.bystanders,
      remainingPaths: report.remainingPaths
    )
  }

  /// The hold on a dead run's users; nil where somebody else has it.
  private static func lease(_ identity: ServiceIdentity) async -> UserLease? {
    guard identity.isRunsOwn else { return nil }
    // A process that is just being killed lets go of one thing after the other.
    for _ in 0..<50 {
      if let lease = try? UserLease.hold(identity) { return lease }
      try? await Task.sleep(for: .milliseconds(20))
    }
    return nil
  }

  /// Whose a folder is; nil where it is nobody's whom this process may act for.
  private static func identity(of status: stat) -> ServiceIdentity? {
    guard geteuid() == 0 else {
      return status.st_uid == geteuid() ? .current : nil
    }
    if status.st_uid == 0 { return ServiceIdentity(user: 0, group: 0) }
    return ServiceIdentity(guardian: status.st_uid)
      ?? ServiceIdentity(user: status.st_uid, group: status.st_gid)
  }

  /// Whether a folder is what is left of a runner that was killed while it made it, or of a guardian
  /// that was killed while it removed it: empty, and older than either takes.
  private func isHull(_ folder: Int32, _ status: stat) -> Bool {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    let names = Set(FolderRemoval.names(in: folder))
    return names.isSubset(of: ["run", RunOwner.temporaryName])
      && abs(now.tv_sec - status.st_mtim.tv_sec) > 60
      && (geteuid() != 0 || status.st_uid == 0 || ServiceIdentity(guardian: status.st_uid) != nil)
  }

  private func isDead(_ owner: RunOwner, _ identity: ServiceIdentity) -> Bool {
    guard owner.bootID == RunOwner.currentBootID() else { return true }
    if owner.runner.isAlive { return false }
    if let guardian = owner.guardian, guardian.isAlive {
      // One that works is about to remove it all itself; one that was stopped never will.
      guard endStopped(guardian, of: identity.guardian) else { return false }
    }
    // A run in another process namespace cannot be seen, but its lock can.
    guard let lockName = owner.lockName else { return true }
    return RunLock.currentHolder(of: lockName, folder: lockFolder)?.runID != owner.runID
  }

  /// Kills a process that was stopped, if it is this user's, and waits until it has gone.
  private func endStopped(_ guardian: ProcessIdentity, of user: UInt32) -> Bool {
    guard let status = ProcessTable.status(of: guardian.processID), "Tt".contains(status.state),
      let process = ProcessTable.guarded(guardian.processID, unit: nil),
      process.identity == guardian, ProcessTable.user(of: guardian.processID) == user,
      ProcessTable.send(SIGKILL, to: process)
    else { return false }
    for _ in 0..<200 where guardian.isAlive { usleep(10_000) }
    return !guardian.isAlive
  }
}
