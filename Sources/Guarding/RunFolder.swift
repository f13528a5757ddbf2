internal import CLinux
internal import Files
internal import Glibc

/// The scratch folder of one run: a short path, which nobody but the services' user can enter.
///
/// It is `run` in a folder that is the guardian's user's, so that no service can replace it. A runner
/// that is root makes both while they are still its own and empty, and goes by no path below them
/// afterwards: what is in `run` is made, read and removed by the guardian, as the services' user.
package struct RunFolder: Sendable, Equatable {
  /// Around `run`; absolute, by default 20 bytes long, so that a unix socket's name (107 bytes) has
  /// room. Everybody may go through it.
  let base: String
  let runID: String
  let identity: ServiceIdentity

  /// Where services work.
  package var path: String { Self.path(in: base) }

  static let prefix = "parity-"
  private static let alphabet = "abcdefghijkmnpqrstuvwxyz23456789"
  private static let nameLength = 8

  static func path(in base: String) -> String { base + "/run" }

  /// Whether a name is one that `newName` gives.
  static func isName(_ name: String) -> Bool {
    guard name.hasPrefix(prefix) else { return false }
    let rest = name.dropFirst(prefix.count)
    return rest.utf8.count == nameLength && rest.allSatisfy(alphabet.contains)
  }

  /// Makes a new folder `parity-<8 characters>` in `root`, and `run` in it.
  ///
  /// - Parameter lockName: the name of the deployment's lock, for the janitor.
  /// - Parameter root: an existing folder that is the user's own, or root's and sticky like `/tmp`:
  ///   nobody else may replace what is in it. Only in a sticky one can a guardian that gave up root
  ///   remove the folder itself, and not only all that is in it.
  /// - Throws: `.unsafePath`, `.system`.
  package static func create(
    runID: String,
    identity: ServiceIdentity,
    lockName: String? = nil,
    root: String = "/tmp"
  ) throws(GuardianError) -> RunFolder {
    guard UnitName.isValid(runID) else {
      throw GuardianError(.invalid, "run id \(runID): not allowed in a tag")
    }
    let root = try safeRoot(root)
    guard let runner = ProcessIdentity(getpid()) else { throw .system("/proc/self/stat") }
    var base = ""
    repeat {
      base = "\(root)/\(newName())"
    } while mkdir(base, 0o700) != 0 && errno == EEXIST
    let folder = RunFolder(base: base, runID: runID, identity: identity)
    let descriptor = try openBase(base, ownedBy: geteuid())
    defer { close(descriptor) }
    do throws(GuardianError) {
      let owner = RunOwner(
        runID: runID,
        bootID: RunOwner.currentBootID(),
        lockName: lockName,
        runner: runner,
        guardian: nil,
        adopters: RunOwner.adopters(above: getpid())
      )
      try owner.write(in: descriptor)
      guard mkdirat(descriptor, "run", 0o700) == 0 else { throw .system(folder.path) }
      // Nobody but this process's user can enter the base until it is given away, last of all.
      try give(named: "run", in: descriptor, to: identity.user, identity.group, mode: 0o700)
      try give(named: RunOwner.fileName, in: descriptor, to: identity.guardian, identity.group)
      try give(named: ".", in: descriptor, to: identity.guardian, identity.group, mode: 0o711)
    } catch {
      removeHull(base, ownedBy: geteuid())
      throw error
    }
    return folder
  }

  private static func give(
    named name: String,
    in folder: Int32,
    to user: UInt32,
    _ group: UInt32,
    mode: mode_t? = nil
  ) throws(GuardianError) {
    let descriptor = shim_linux_openat(folder, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC, 0)
    guard descriptor >= 0 else { throw .system(name) }
    defer { close(descriptor) }
    if let mode, fchmod(descriptor, mode) != 0 { throw .system(name) }
    if user != geteuid(), fchown(descriptor, user, group) != 0 { throw .system(name) }
  }

  /// Removes what is around `run`, which must be empty; as the user who owns it, or root. By
  /// descriptor, so that nothing is followed, whoever it belongs to.
  ///
  /// - Returns: whether it is gone.
  @discardableResult
  static func removeHull(_ base: String, ownedBy user: UInt32) -> Bool {
    guard let descriptor = try? openBase(base, ownedBy: user) else { return !exists(base) }
    defer { close(descriptor) }
    // A folder that is not empty keeps what says whose it is, for the janitor.
    if unlinkat(descriptor, "run", AT_REMOVEDIR) != 0, errno != ENOENT { return false }
    for name in [RunOwner.fileName, RunOwner.temporaryName] { unlinkat(descriptor, name, 0) }
    return rmdir(base) == 0
  }

  /// Removes a run's folder with all that is in it, by a process with the rights of its users.
  /// Symbolic links are removed, never followed; other file systems are left alone.
  ///
  /// - Returns: the paths that are still there.
  static func remove(_ base: String, of identity: ServiceIdentity) -> [String] {
    let remaining = FolderRemoval.remove(path(in: base), keepsRoot: true)
    guard remaining.isEmpty else { return remaining }
    let isGone = FileRights.asGuardian(identity) {
      removeHull(base, ownedBy: identity.guardian)
    }
    return isGone ? [] : [base]
  }

  private static func exists(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0
  }

  /// Removes what a guardian without root's rights had to leave.
  func removeHull() -> Bool { Self.removeHull(base, ownedBy: identity.guardian) }

  /// Whether anything of it is still there.
  var exists: Bool { Self.exists(base) }

  /// The base folder's own name, which no other run has while it exists.
  var token: String { Self.token(of: base) }

  static func token(of base: String) -> String {
    base.lastIndex(of: "/").map { String(base[base.index(after: $0)...]) } ?? base
  }

  static func newName() -> String {
    prefix + String((0..<nameLength).compactMap { _ in alphabet.randomElement() })
  }

  /// A base by descriptor, if it is a folder of this user's.
  static func openBase(_ base: String, ownedBy user: UInt32) throws(GuardianError) -> Int32 {
    let flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC
    let descriptor = shim_linux_openat(AT_FDCWD, base, flags, 0)
    guard descriptor >= 0 else { throw .system(base) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_uid == user else {
      close(descriptor)
      throw GuardianError(.unsafePath, base)
    }
    return descriptor
  }

  /// The root without symbolic links in it, if nobody but its owner can replace what is in it.
  static func safeRoot(_ root: String) throws(GuardianError) -> String {
    guard let resolved = realpath(root, nil) else { throw .system(root) }
    defer { free(resolved) }
    var status = stat()
    guard lstat(resolved, &status) == 0 else { throw .system(root) }
    let isTrusted = status.st_uid == 0 || status.st_uid == geteuid()
    let isClosed = status.st_mode & 0o022 == 0 || status.st_mode & S_ISVTX != 0
    guard status.st_mode & S_IFMT == S_IFDIR, isTrusted, isClosed else {
      throw GuardianError(.unsafePath, root)
    }
    return String(cString: resolved)
  }
}
