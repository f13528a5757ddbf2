import Glibc

/// The unprivileged user that a run's guardian, services and commands run as.
package struct ServiceIdentity: Sendable, Codable, Equatable {
  /// Never 0: the guardian refuses to run anything as root.
  package var user: UInt32
  package var group: UInt32

  package init(user: UInt32, group: UInt32) {
    self.user = user
    self.group = group
  }

  /// The user and group that this process runs as.
  package static var current: ServiceIdentity {
    ServiceIdentity(user: geteuid(), group: getegid())
  }

  /// Who services run as: `user` if this process is root, else this process's own user, because
  /// nobody else may be had.
  ///
  /// - Throws: `.unknownUser` if the user database has no such user, `.privileged` if it is root.
  package static func forServices(
    user: String = "nobody"
  ) throws(GuardianError) -> ServiceIdentity {
    guard geteuid() == 0 else { return .current }
    var record = passwd()
    var found: UnsafeMutablePointer<passwd>?
    var buffer = [CChar](repeating: 0, count: 16_384)
    let status = getpwnam_r(user, &record, &buffer, buffer.count, &found)
    guard status == 0, found != nil else { throw GuardianError(.unknownUser, user) }
    guard record.pw_uid != 0 else { throw GuardianError(.privileged, user) }
    return ServiceIdentity(user: record.pw_uid, group: record.pw_gid)
  }
}
