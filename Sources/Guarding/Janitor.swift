internal import CLinux
internal import Glibc
internal import Threads

/// Clears away what runs have left whose runner and guardian were both killed.
///
/// It never does to a folder's owner what that user could not do: it kills only processes of that
/// user, and removes only the folder itself.
package enum Janitor {
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

  /// Finds the run folders in `root` whose owners are dead, kills what provably belongs to those
  /// runs, and removes the folders. A live run's folder is never touched, nor is one that says
  /// nothing of its owner.
  ///
  /// - Parameter lockFolder: where runs of this user have their locks; a run whose lock is held
  ///   under its own id is alive.
  package static func reap(
    root: String = "/tmp",
    lockFolder: String = RunLock.defaultFolder()
  ) async -> [Reaped] {
    await DedicatedThread.value { reapNow(root: root, lockFolder: lockFolder) } ?? []
  }

  static func reapNow(root: String, lockFolder: String) -> [Reaped] {
    guard let root = try? RunFolder.safeRoot(root) else { return [] }
    defer { PrivateFolder.removeOrphans() }
    return FolderRemoval.names(inFolderAt: root).sorted().compactMap { name in
      guard name.hasPrefix(RunFolder.prefix) else { return nil }
      return reap(root + "/" + name, lockFolder: lockFolder)
    }
  }

  private static func reap(_ path: String, lockFolder: String) -> Reaped? {
    let folder = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    guard folder >= 0 else { return nil }
    defer { close(folder) }
    var status = stat()
    guard fstat(folder, &status) == 0 else { return nil }
    if isHull(path, status) {
      // rmdir(2) does nothing to a folder that has got something in it by now.
      return rmdir(path) == 0 ? Reaped(runID: "unknown", folder: path) : nil
    }
    guard status.st_uid != 0,
      geteuid() == 0 || status.st_uid == geteuid(),
      let owner = RunOwner.read(in: folder),
      // A run in another process namespace cannot be seen, but its lock can: it is with whoever
      // started the run, root or the services' own user.
      isDead(owner, lockFolders: [lockFolder, RunLock.defaultFolder(of: status.st_uid)])
    else { return nil }

    var killed: [GuardedProcess] = []
    var leftovers: [GuardedProcess] = []
    var bystanders: [GuardedProcess] = []
    // Nothing outlives a restart of the machine, and its process ids mean nothing now.
    if owner.bootID == RunOwner.currentBootID(), let slash = path.lastIndex(of: "/") {
      let remains = RunRemains(
        token: String(path[path.index(after: slash)...]),
        folder: path,
        user: status.st_uid,
        since: owner.guardian?.startTime ?? owner.runner.startTime,
        adopters: owner.adopters
      )
      (killed, leftovers) = remains.kill()
      bystanders = remains.bystanders()
    }
    return Reaped(
      runID: owner.runID,
      folder: path,
      killed: killed,
      leftovers: leftovers,
      bystanders: bystanders,
      remainingPaths: leftovers.isEmpty ? FolderRemoval.remove(path) : [path]
    )
  }

  /// Whether a folder is what is left of a runner that was killed while it made it, or of a guardian
  /// that was killed while it removed it: empty, and older than either takes.
  private static func isHull(_ path: String, _ status: stat) -> Bool {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    let isMine = geteuid() == 0 || status.st_uid == geteuid()
    return isMine && abs(now.tv_sec - status.st_mtim.tv_sec) > 60
      && FolderRemoval.names(inFolderAt: path).isEmpty
  }

  private static func isDead(_ owner: RunOwner, lockFolders: [String]) -> Bool {
    guard owner.bootID == RunOwner.currentBootID() else { return true }
    if owner.runner.isAlive || owner.guardian?.isAlive == true { return false }
    guard let lockName = owner.lockName else { return true }
    return lockFolders.allSatisfy {
      RunLock.currentHolder(of: lockName, folder: $0)?.runID != owner.runID
    }
  }
}
