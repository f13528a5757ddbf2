internal import CLinux
internal import Glibc

/// Gives up root for good.
enum PrivilegeDrop {
  /// Becomes `identity`, and verifies that root cannot be had back. A process that is not root
  /// must be `identity` already.
  ///
  /// - Throws: `.privileged` if it is root or could become root again.
  static func become(_ identity: ServiceIdentity) throws(GuardianError) {
    guard identity.user != 0, identity.group != 0 else {
      throw GuardianError(.privileged, "user \(identity.user)")
    }
    if getuid() == 0 || geteuid() == 0 {
      // In this order: without root's user id the other two may not be set.
      guard setgroups(0, nil) == 0 else { throw .system("setgroups") }
      guard shim_linux_set_group_ids(identity.group, identity.group, identity.group) == 0 else {
        throw .system("setresgid \(identity.group)")
      }
      guard shim_linux_set_user_ids(identity.user, identity.user, identity.user) == 0 else {
        throw .system("setresuid \(identity.user)")
      }
      guard getgroups(0, nil) == 0, capabilities() == 0 else {
        throw GuardianError(.privileged, "user \(identity.user)")
      }
    }
    var real: uid_t = 0
    var effective: uid_t = 0
    var saved: uid_t = 0
    guard shim_linux_get_user_ids(&real, &effective, &saved) == 0,
      [real, effective, saved].allSatisfy({ $0 == identity.user }),
      shim_linux_get_group_ids(&real, &effective, &saved) == 0,
      [real, effective, saved].allSatisfy({ $0 == identity.group })
    else { throw GuardianError(.invalid, "user \(identity.user) cannot be had by \(geteuid())") }
    guard shim_linux_set_user_ids(0, 0, 0) != 0, shim_linux_set_group_ids(0, 0, 0) != 0 else {
      throw GuardianError(.privileged, "user \(identity.user)")
    }
    // Set-user-id programs and file capabilities no longer give anything, here or in any child.
    guard shim_linux_set_no_new_privileges() == 0 else { throw .system("PR_SET_NO_NEW_PRIVS") }
    // It knows the secrets, and its services run as the same user: no core, no ptrace(2). Reading
    // proc(5) of its children asks nothing of its own flag.
    guard shim_linux_set_dumpable(0) == 0 else { throw .system("PR_SET_DUMPABLE") }
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
