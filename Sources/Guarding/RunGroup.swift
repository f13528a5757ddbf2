internal import CLinux
internal import Files
internal import Glibc

/// The control group of one run: whatever its guardian and services fork is in it, and is killed with
/// it at once.
///
/// It lies below the group that the runner itself is in, has the name of the run's folder, and only
/// its maker can enter it. An flock(2) on it, which the guardian shares, lasts as long as the run does.
/// There is none where version 2 is not mounted, or where this user may make none.
final class RunGroup: Sendable {
  private let name: String
  private let path: String
  private let parent: Int32
  /// The folder of the group; locked.
  let descriptor: Int32
  /// The same in version 1's hierarchy of the controller `pids`, where version 2 does not have it here.
  private let limit: (parent: Int32, descriptor: Int32)?

  /// What the guardian needs for itself beside the services' processes.
  private static let ownProcesses = 16
  private static let controller = "pids"

  /// Makes a group for a run that is just being made.
  ///
  /// - Parameter processes: how many the services may have, with their threads, where a controller
  ///   counts them.
  static func make(_ name: String, processes: Int) -> RunGroup? {
    guard let hierarchy = GroupHierarchy.here(), let made = makeFolder(name, in: hierarchy) else {
      return nil
    }
    let most = "\(processes + ownProcesses)"
    var limit: (parent: Int32, descriptor: Int32)?
    if !write(most, to: "pids.max", in: made.descriptor) {
      limit = GroupHierarchy.here(controller).flatMap { makeFolder(name, in: $0) }
      if let limit { _ = write(most, to: "pids.max", in: limit.descriptor) }
    }
    let path = [hierarchy.mount, hierarchy.own, name].filter { !$0.isEmpty }.joined(separator: "/")
    return RunGroup(name, path, made, limit)
  }

  private init(
    _ name: String,
    _ path: String,
    _ made: (parent: Int32, descriptor: Int32),
    _ limit: (parent: Int32, descriptor: Int32)?
  ) {
    self.name = name
    self.path = path
    (parent, descriptor) = made
    self.limit = limit
  }

  deinit {
    removeFolders()
    for folder in [(parent, descriptor), limit].compactMap({ $0 }) {
      close(folder.0)
      close(folder.1)
    }
  }

  /// Moves a process into it, before it has forked.
  ///
  /// - Returns: whether it is in; not where this user may not move it.
  func take(_ process: Int32) -> Bool {
    guard Self.write("\(process)", to: "cgroup.procs", in: descriptor) else { return false }
    if let limit { _ = Self.write("\(process)", to: "cgroup.procs", in: limit.descriptor) }
    return true
  }

  /// Kills whatever is in it, for 10 seconds at most, and removes it. A second time is harmless.
  ///
  /// - Returns: what was killed, and the paths that are still there.
  func end() -> (killed: [GuardedProcess], remainingPaths: [String]) {
    let killed = Self.killAll(in: descriptor)
    for _ in 0..<100 {
      if removeFolders() { return (killed, []) }
      // A process that was killed is just leaving.
      usleep(10_000)
    }
    return (killed, [path])
  }

  @discardableResult
  private func removeFolders() -> Bool {
    let isGone = Self.remove(name, in: parent)
    return limit.map { Self.remove(name, in: $0.parent) } ?? true && isGone
  }

  // MARK: Dead runs

  /// Removes the groups of this user's dead runs that are empty.
  ///
  /// - Parameter name: of a run that is known to be dead: what is left in its group is killed.
  /// - Returns: what was killed.
  @discardableResult
  static func clear(killing name: String? = nil) -> [GuardedProcess] {
    var killed: [GuardedProcess] = []
    for hierarchy in [GroupHierarchy.here(), .here(controller)] {
      guard let first = hierarchy?.open(own: false) else { continue }
      defer { close(first) }
      each(below: first) { found, parent in
        guard let folder = hold(found, in: parent) else { return }
        defer { close(folder) }
        if found == name { killed += killAll(in: folder) }
        _ = remove(found, in: parent)
      }
    }
    return killed
  }

  private static func each(below folder: Int32, _ body: (String, _ parent: Int32) -> Void) {
    for name in FolderRemoval.names(in: folder) {
      if RunFolder.isName(name) {
        body(name, folder)
      } else if let child = openFolder(name, in: folder) {
        defer { close(child) }
        each(below: child, body)
      }
    }
  }

  // MARK: Groups by their folders

  /// Kills what is in a group and in those below it, whatever it forks meanwhile. This very process,
  /// too, if it is in there.
  ///
  /// - Parameter command: the file that kills all at once, of Linux 5.14.
  static func killAll(in folder: Int32, by command: String = "cgroup.kill") -> [GuardedProcess] {
    let deadline = ContinuousClock.now + .seconds(10)
    var killed = KilledProcesses()
    while read("cgroup.events", in: folder).contains("populated 1"), ContinuousClock.now < deadline
    {
      // Those of a process namespace that is not seen from here have the number 0.
      let members = read("cgroup.procs", in: folder).split(separator: "\n")
        .compactMap { Int32($0) }.filter { $0 > 0 }
      for process in members.compactMap({ ProcessTable.guarded($0, unit: nil) }) {
        killed.insert(process)
      }
      if !write("1", to: command, in: folder) {
        // Who does not run does not fork.
        _ = write("1", to: "cgroup.freeze", in: folder)
        for process in members { kill(process, SIGKILL) }
      }
      usleep(2000)
    }
    return killed.list
  }

  private static func makeFolder(
    _ name: String,
    in hierarchy: GroupHierarchy
  ) -> (parent: Int32, descriptor: Int32)? {
    guard let parent = hierarchy.open(own: true) else { return nil }
    for other in FolderRemoval.names(in: parent) where RunFolder.isName(other) {
      guard let folder = hold(other, in: parent) else { continue }
      _ = remove(other, in: parent)
      close(folder)
    }
    // Another run's look for dead ones may come between.
    for _ in 0..<8 {
      guard mkdirat(parent, name, 0o700) == 0 || errno == EEXIST else { break }
      if let folder = hold(name, in: parent) { return (parent, folder) }
    }
    close(parent)
    return nil
  }

  /// A group of this user's that no run has any more; locked.
  private static func hold(_ name: String, in parent: Int32) -> Int32? {
    guard let folder = openFolder(name, in: parent) else { return nil }
    var status = stat()
    var now = stat()
    guard flock(folder, LOCK_EX | LOCK_NB) == 0, fstat(folder, &status) == 0,
      status.st_uid == geteuid(), fstatat(parent, name, &now, AT_SYMLINK_NOFOLLOW) == 0,
      now.st_ino == status.st_ino
    else {
      close(folder)
      return nil
    }
    return folder
  }

  /// - Returns: whether it is gone; the kernel removes none in which a process is.
  private static func remove(_ name: String, in parent: Int32) -> Bool {
    if unlinkat(parent, name, AT_REMOVEDIR) == 0 || errno == ENOENT { return true }
    guard let folder = openFolder(name, in: parent) else { return false }
    defer { close(folder) }
    for child in FolderRemoval.names(in: folder) { _ = remove(child, in: folder) }
    return unlinkat(parent, name, AT_REMOVEDIR) == 0
  }

  private static func openFolder(_ name: String, in parent: Int32) -> Int32? {
    let flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC
    let folder = shim_linux_openat(parent, name, flags, 0)
    return folder >= 0 ? folder : nil
  }

  private static func write(_ text: String, to file: String, in folder: Int32) -> Bool {
    let descriptor = shim_linux_openat(folder, file, O_WRONLY | O_NOFOLLOW | O_CLOEXEC, 0)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    return Glibc.write(descriptor, text, text.utf8.count) == text.utf8.count
  }

  private static func read(_ file: String, in folder: Int32) -> String {
    let descriptor = shim_linux_openat(folder, file, O_RDONLY | O_NOFOLLOW | O_CLOEXEC, 0)
    guard descriptor >= 0 else { return "" }
    defer { close(descriptor) }
    return String(decoding: ProcessTable.bytes(from: descriptor) ?? [], as: UTF8.self)
  }
}
