internal import CLinux
internal import FoundationEssentials
internal import Glibc

/// The scratch folder of one run: a short path, owned by the user that services run as.
///
/// Its services may change everything in it. A runner that is root must not follow paths into it
/// once a service has been started; it has commands do that through the guardian.
package struct RunFolder: Sendable, Equatable {
  /// Absolute; by default 20 bytes long, so that a unix socket's name (107 bytes) has room.
  package let path: String
  package let runID: String
  package let identity: ServiceIdentity

  static let prefix = "parity-"
  private static let alphabet = "abcdefghijkmnpqrstuvwxyz23456789"

  /// Makes a new folder `parity-<8 characters>` in `root`, with mode 0711.
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
    var path = ""
    repeat {
      path = "\(root)/\(newName())"
    } while mkdir(path, 0o700) != 0 && errno == EEXIST
    let folder = RunFolder(path: path, runID: runID, identity: identity)
    let owner = RunOwner(
      runID: runID,
      bootID: RunOwner.currentBootID(),
      lockName: lockName,
      runner: runner,
      guardian: nil,
      adopters: RunOwner.adopters(above: getpid())
    )
    let descriptor = try folder.open(ownedBy: geteuid())
    defer { close(descriptor) }
    try owner.write(in: descriptor)
    guard fchmod(descriptor, 0o711) == 0,
      fchown(descriptor, identity.user, identity.group) == 0
    else { throw .system(path) }
    return folder
  }

  /// Removes the folder with all that is in it. Symbolic links are removed, never followed; other
  /// file systems are left alone.
  ///
  /// - Returns: the paths that are still there.
  package func remove() -> [String] {
    FolderRemoval.remove(path)
  }

  /// The folder's own name, which no other run has while it exists.
  var token: String {
    String(path.split(separator: "/").last ?? "")
  }

  static func newName() -> String {
    prefix + String((0..<8).compactMap { _ in alphabet.randomElement() })
  }

  func recordGuardian(_ processID: Int32) throws(GuardianError) {
    let descriptor = try open(ownedBy: identity.user)
    defer { close(descriptor) }
    guard var owner = RunOwner.read(in: descriptor) else { throw GuardianError(.unsafePath, path) }
    owner.guardian = ProcessIdentity(processID)
    try owner.write(in: descriptor)
  }

  /// The folder by descriptor, because its name may be given another meaning by its owner.
  private func open(ownedBy user: UInt32) throws(GuardianError) -> Int32 {
    let flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC
    let descriptor = shim_linux_openat(AT_FDCWD, path, flags, 0)
    guard descriptor >= 0 else { throw .system(path) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_uid == user else {
      close(descriptor)
      throw GuardianError(.unsafePath, path)
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
