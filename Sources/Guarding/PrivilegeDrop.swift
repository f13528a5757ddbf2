internal import CLinux
internal import Glibc

/// Gives up root for good, but for what a guardian needs of it.
enum PrivilegeDrop {
  /// Becoming the services' user, and signalling their processes.
  private static let kept: UInt32 = 1 << 7 | 1 << 5

  /// Becomes the guardian of `identity`: a process that was root becomes a user that no service can
  /// signal, goes by path as the services' user, and has two of root's capabilities left. Another one
  /// must be all of `identity` already.
  ///
  /// - Throws: `.privileged` if anything of the run would be root.
  static func become(_ identity: ServiceIdentity) throws(GuardianError) {
    guard identity.user != 0, identity.group != 0, identity.guardian != 0 else {
      throw GuardianError(.privileged, "user \(identity.user)")
    }
    if getuid() == 0 || geteuid() == 0 {
      try leaveRoot(identity)
    }
    var real: uid_t = 0
    var effective: uid_t = 0
    var saved: uid_t = 0
    guard shim_linux_get_user_ids(&real, &effective, &saved) == 0,
      [real, effective, saved].allSatisfy({ $0 == identity.guardian }),
      shim_linux_get_group_ids(&real, &effective, &saved) == 0,
      [real, effective, saved].allSatisfy({ $0 == identity.group })
    else { throw GuardianError(.invalid, "user \(identity.user) cannot be had by \(geteuid())") }
    if !identity.isRunsOwn {
      guard shim_linux_set_user_ids(0, 0, 0) != 0, shim_linux_set_group_ids(0, 0, 0) != 0 else {
        throw GuardianError(.privileged, "user \(identity.user)")
      }
    }
    guard FileRights.become(identity.user, identity.group) else {
      throw .system("setfsuid \(identity.user)")
    }
    // Set-user-id programs and file capabilities no longer give anything, here or in any child.
    guard shim_linux_set_no_new_privileges() == 0 else { throw .system("PR_SET_NO_NEW_PRIVS") }
    // It knows the secrets: no core, no ptrace(2). Reading proc(5) of its children asks nothing of
    // its own flag.
    guard shim_linux_set_dumpable(0) == 0 else { throw .system("PR_SET_DUMPABLE") }
  }

  private static func leaveRoot(_ identity: ServiceIdentity) throws(GuardianError) {
    let kept = identity.isRunsOwn ? kept : 0
    guard shim_linux_keep_capabilities(1) == 0 else { throw .system("PR_SET_KEEPCAPS") }
    // In this order: without root's user id the other two may not be set.
    guard setgroups(0, nil) == 0 else { throw .system("setgroups") }
    guard shim_linux_set_group_ids(identity.group, identity.group, identity.group) == 0 else {
      throw .system("setresgid \(identity.group)")
    }
    let user = identity.guardian
    guard shim_linux_set_user_ids(user, user, user) == 0 else { throw .system("setresuid \(user)") }
    guard shim_linux_set_capabilities(kept) == 0 else { throw .system("capset") }
    guard getgroups(0, nil) == 0, capabilities() == UInt64(kept) else {
      throw GuardianError(.privileged, "user \(user)")
    }
  }

  /// What is permitted, effective or ambient, as the kernel's bits; all ones if it cannot be told.
  private static func capabilities() -> UInt64 {
    guard let text = ProcessTable.text(of: "/proc/self/status") else { return .max }
    var found: UInt64 = 0
    for line in text.split(separator: "\n") {
      for name in ["CapPrm:", "CapEff:", "CapAmb:"] where line.hasPrefix(name) {
        let digits = line.dropFirst(name.utf8.count).filter { !$0.isWhitespace }
        found |= UInt64(digits, radix: 16) ?? .max
      }
    }
    return found
  }
}

/// Whose rights this thread has where it goes by path.
enum FileRights {
  static func become(_ user: UInt32, _ group: UInt32) -> Bool {
    shim_linux_set_file_ids(user, group) == 0
  }

  /// Does something with the rights of the guardian's user, who owns the base of the run's folder.
  static func asGuardian<Result>(_ identity: ServiceIdentity, _ body: () -> Result) -> Result {
    _ = become(identity.guardian, identity.group)
    defer { _ = become(identity.user, identity.group) }
    return body()
  }
}
