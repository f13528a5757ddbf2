internal import CLinux
internal import Files
internal import Glibc

/// What a run's own users have left in the folders that everybody may write to.
///
/// Only where the run had users of its own, which nobody else had meanwhile: then whose files they are is
/// beyond doubt, and they would be the next run's that gets the same users.
struct OutsideRemains {
  let identity: ServiceIdentity
  /// The run's own folder, which is looked at by itself.
  let base: String

  static let folders = [
    "/tmp", "/var/tmp", "/dev/shm", "/dev/mqueue", "/run/lock", "/var/crash",
  ]

  /// Removes what there is, after all processes of the run have ended.
  ///
  /// - Returns: the paths that there were, sorted.
  func remove(from folders: [String] = Self.folders) -> [String] {
    guard identity.isRunsOwn else { return [] }
    var found: [String] = []
    for path in folders {
      let folder = shim_linux_open_folder_path(AT_FDCWD, path)
      guard folder >= 0 else { continue }
      defer { close(folder) }
      for name in FolderRemoval.names(in: folder) {
        var status = stat()
        guard fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) == 0,
          identity.users.contains(status.st_uid), "\(path)/\(name)" != base
        else { continue }
        found.append("\(path)/\(name)")
        _ = FolderRemoval.remove(name, in: folder, named: "\(path)/\(name)")
      }
    }
    return found.sorted()
  }
}
