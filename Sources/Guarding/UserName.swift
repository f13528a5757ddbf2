internal import CLinux
internal import Glibc

/// Names of users.
package enum UserName {
  /// As the machine has it; nil where it has none.
  static func of(_ user: UInt32) -> String? {
    var record = passwd()
    var found: UnsafeMutablePointer<passwd>?
    var buffer = [CChar](repeating: 0, count: 16_384)
    guard getpwuid_r(user, &record, &buffer, buffer.count, &found) == 0, found != nil else {
      return nil
    }
    return String(cString: record.pw_name)
  }

  /// `mallory (user 1001)`.
  static func shown(_ user: UInt32) -> String {
    of(user).map { "\($0) (user \(user))" } ?? "user \(user)"
  }

  /// Gives the run's users a name for this process and its children alone: programs such as
  /// PostgreSQL refuse to be a user that has none.
  ///
  /// The files with the names are laid over `/etc/passwd` and `/etc/group` in a table of mounts of
  /// this process's own, which only a root that may mount can have. Where it cannot, they have none,
  /// and what they leave of System V's and POSIX's means of communication is not the run's alone.
  static func give(_ identity: ServiceIdentity) {
    guard identity.isRunsOwn, shim_linux_unshare_mounts_and_ipc() == 0,
      of(identity.user) == nil, let folder = try? RuntimeFolder.make("users")
    else { return }
    let user = identity.user
    let lines = [
      "passwd": "parity:x:\(user):\(identity.group)::/nonexistent:/usr/sbin/nologin\n",
      "group": "parity:x:\(identity.group):\n",
    ]
    for (name, line) in lines {
      let path = "\(folder)/\(identity.guardian).\(name)"
      unlink(path)
      let known = ProcessTable.bytes(of: "/etc/\(name)") ?? []
      let separator: [UInt8] = known.isEmpty || known.last == 0x0A ? [] : [0x0A]
      guard (try? PrivateFile.write(known + separator + Array(line.utf8), to: path)) != nil else {
        continue
      }
      chmod(path, 0o644)
      _ = shim_linux_bind_mount(path, "/etc/\(name)")
      unlink(path)
    }
  }
}
