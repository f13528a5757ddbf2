internal import CLinux
internal import Glibc

/// The folder of this user's locks, in which nobody else can make anything.
///
/// `/run/parity` for root, `parity` in `XDG_RUNTIME_DIR` where that is the user's own, else a folder
/// below `/tmp`, which somebody else may have made first.
package enum RuntimeFolder {
  static var path: String {
    if geteuid() == 0, isClosed("/run", to: 0o022) { return "/run/parity" }
    if let own = getenv("XDG_RUNTIME_DIR").map({ String(cString: $0) }), own.hasPrefix("/"),
      isClosed(own, to: 0o077)
    {
      return own + "/parity"
    }
    return "/tmp/parity-locks-\(geteuid())"
  }

  /// Where a user's locks may be, as seen by another process of that user.
  static func paths(of user: UInt32) -> [String] {
    [path, "/run/user/\(user)/parity", "/tmp/parity-locks-\(user)"]
  }

  /// Makes a folder in it, and it where it is not there.
  static func make(_ name: String) throws(GuardianError) -> String {
    try makeOwn(path)
    try makeOwn("\(path)/\(name)")
    return "\(path)/\(name)"
  }

  /// Makes a folder that only this user can enter.
  ///
  /// - Throws: `.foreign` where it is somebody else's, `.unsafePath`, `.system`.
  static func makeOwn(_ path: String) throws(GuardianError) {
    if mkdir(path, 0o700) != 0, errno != EEXIST { throw .system(path) }
    var status = stat()
    guard lstat(path, &status) == 0 else { throw .system(path) }
    guard status.st_uid == geteuid() else {
      throw GuardianError(.foreign(owner: status.st_uid), path)
    }
    guard status.st_mode & S_IFMT == S_IFDIR, status.st_mode & 0o022 == 0 else {
      throw GuardianError(.unsafePath, path)
    }
  }

  private static func isClosed(_ path: String, to others: mode_t) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
      && status.st_uid == geteuid() && status.st_mode & others == 0
  }
}
