internal import CLinux
internal import Glibc

/// A run's hold on its users.
///
/// An flock(2) that the guardian shares, as it does the deployment's lock. A process that is not
/// root has one user only, its own, and holds nothing.
package final class UserLease: Sendable {
  package let identity: ServiceIdentity
  /// Nil where there is nothing to hold.
  let descriptor: Int32?

  private init(_ identity: ServiceIdentity, _ descriptor: Int32?) {
    self.identity = identity
    self.descriptor = descriptor
  }

  deinit {
    if let descriptor { close(descriptor) }
  }

  /// The first users of the range that no other run has, that have no name but one made for runs,
  /// that no process runs as, and of which no dead run's folder is left.
  ///
  /// - Throws: `.noUsers` where there are none, `.unsafePath`, `.system`.
  package static func take() throws(GuardianError) -> UserLease {
    guard geteuid() == 0 else { return UserLease(.current, nil) }
    let taken = ProcessTable.users()
    for identity in ServiceIdentity.all {
      guard let lease = try hold(identity) else { continue }
      let isFree =
        !lease.isFolderLeft && taken.isDisjoint(with: identity.users)
        && identity.users.allSatisfy { UserName.of($0)?.hasPrefix("parity") ?? true }
      if isFree { return lease }
    }
    throw GuardianError(.noUsers, RuntimeFolder.path)
  }

  /// The hold on users that no run has; nil where one has them.
  static func hold(_ identity: ServiceIdentity) throws(GuardianError) -> UserLease? {
    let path = "\(try RuntimeFolder.make("users"))/\(identity.guardian)"
    let descriptor = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw .system(path) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      close(descriptor)
      return nil
    }
    return UserLease(identity, descriptor)
  }

  /// Notes the run's folder, which nobody else may have as long as it is there.
  package func note(_ folder: RunFolder) throws(GuardianError) {
    guard let descriptor else { return }
    let bytes = Array(folder.base.utf8)
    guard ftruncate(descriptor, 0) == 0, pwrite(descriptor, bytes, bytes.count, 0) == bytes.count
    else { throw .system(folder.base) }
  }

  private var isFolderLeft: Bool {
    guard let descriptor else { return false }
    var bytes = [UInt8](repeating: 0, count: Int(PATH_MAX))
    let count = pread(descriptor, &bytes, bytes.count, 0)
    guard count > 0 else { return false }
    var status = stat()
    return lstat(String(decoding: bytes[..<count], as: UTF8.self), &status) == 0
      && status.st_uid == identity.guardian
  }
}
