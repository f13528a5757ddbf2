internal import CLinux
internal import Glibc

/// A folder of one run that only the runner's own user can enter: what no service may reach, such as
/// sockets that lead to an engine.
///
/// It is called as the run's scratch folder is, and dead with it: the janitor removes those whose
/// scratch folder has gone.
package struct PrivateFolder: Sendable, Equatable {
  package let path: String

  /// Not called as scratch folders are, or the janitor would take an empty one for a dead run's.
  private static func root(of user: UInt32) -> String { "/tmp/parity.private-\(user)" }

  /// Makes the private folder of a run.
  package static func create(for folder: RunFolder) throws(GuardianError) -> PrivateFolder {
    let root = root(of: geteuid())
    if mkdir(root, 0o700) != 0, errno != EEXIST { throw .system(root) }
    var status = stat()
    guard lstat(root, &status) == 0 else { throw .system(root) }
    guard status.st_mode & S_IFMT == S_IFDIR, status.st_uid == geteuid(),
      status.st_mode & 0o077 == 0
    else { throw GuardianError(.unsafePath, root) }
    let path = "\(root)/\(folder.token)"
    guard mkdir(path, 0o700) == 0 else { throw .system(path) }
    return PrivateFolder(path: path)
  }

  /// - Returns: the paths that are still there.
  package func remove() -> [String] { FolderRemoval.remove(path) }

  /// Removes the private folders of this user whose runs' scratch folders have gone.
  ///
  /// - Parameter scratch: where scratch folders are.
  static func removeOrphans(scratch: String) {
    let root = root(of: geteuid())
    for name in FolderRemoval.names(inFolderAt: root) where name.hasPrefix(RunFolder.prefix) {
      var status = stat()
      if lstat("\(scratch)/\(name)", &status) != 0, errno == ENOENT {
        _ = FolderRemoval.remove("\(root)/\(name)")
      }
    }
  }
}
