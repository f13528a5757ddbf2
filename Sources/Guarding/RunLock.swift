internal import CLinux
internal import Formats
internal import FoundationEssentials
internal import Glibc

/// One run per deployment name at a time.
///
/// An flock(2) on a file that is never unlinked. The lock belongs to the open file, which the
/// guardian shares: it lasts until both the runner's hold and the guardian have gone, however they
/// go. Services never inherit it. It binds the runs of one user on one machine.
package final class RunLock: Sendable {
  package enum Waiting: Sendable {
    /// Throw `.locked` if another run holds the lock; who it is is told first.
    case refuse(@Sendable (LockHolder?) -> Void)
    /// Wait, and name the holder at once and then every so often. The holder is nil while it has
    /// not said who it is.
    case every(Duration, @Sendable (LockHolder?) -> Void)

    /// Throw `.locked`, and tell nobody.
    package static let no = Waiting.refuse { _ in }
  }

  let name: String
  let holder: LockHolder
  /// Open as long as this object lives; never closed on its own by anybody else.
  let descriptor: Int32

  /// Takes the lock of `name`, a deployment's name of any characters.
  ///
  /// - Parameter folder: made with mode 0700 if it is not there; must be this user's own.
  /// - Throws: `.locked`, `.foreign`, `.unsafePath`, `.system`; `CancellationError` if the task was cancelled
  ///   while it waited.
  package static func acquire(
    _ name: String,
    holder: LockHolder,
    wait: Waiting,
    folder: String = RuntimeFolder.path
  ) async throws -> RunLock {
    try RuntimeFolder.makeOwn(folder)
    let path = path(of: name, folder: folder)
    let flags = O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC
    let descriptor = open(path, flags, 0o600)
    guard descriptor >= 0 else { throw GuardianError.system(path) }
    do {
      try await take(descriptor, name: name, wait: wait)
      try describe(holder, in: descriptor, path: path)
    } catch {
      close(descriptor)
      throw error
    }
    return RunLock(name: name, holder: holder, descriptor: descriptor)
  }

  /// Who holds the lock of `name`; nil if nobody does. Never waits.
  package static func currentHolder(
    of name: String,
    folder: String = RuntimeFolder.path
  ) -> LockHolder? {
    let flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC
    let descriptor = open(path(of: name, folder: folder), flags)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    // Shared, so that two who look do not take each other for a holder.
    guard flock(descriptor, LOCK_SH | LOCK_NB) != 0 else { return nil }
    return read(descriptor)
  }

  private init(name: String, holder: LockHolder, descriptor: Int32) {
    self.name = name
    self.holder = holder
    self.descriptor = descriptor
  }

  deinit {
    // Closed, not unlocked: LOCK_UN would take the lock from the guardian as well.
    close(descriptor)
  }

  private static func take(_ descriptor: Int32, name: String, wait: Waiting) async throws {
    let clock = ContinuousClock()
    var next = clock.now
    while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      guard errno == EWOULDBLOCK || errno == EINTR else { throw GuardianError.system(name) }
      let interval: Duration
      let report: @Sendable (LockHolder?) -> Void
      switch wait {
      case .refuse(let tell):
        let holder = read(descriptor)
        tell(holder)
        throw GuardianError(.locked(holder: holder), name)
      case .every(let every, let tell): (interval, report) = (every, tell)
      }
      if clock.now >= next {
        report(read(descriptor))
        next = clock.now + interval
      }
      try await Task.sleep(for: .milliseconds(100))
    }
  }

  private static func describe(
    _ holder: LockHolder,
    in descriptor: Int32,
    path: String
  ) throws(GuardianError) {
    guard let bytes = try? JSONTextEncoder().bytes(of: holder) else {
      throw GuardianError(.invalid, path)
    }
    let written = bytes.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, 0) }
    guard written == bytes.count, ftruncate(descriptor, off_t(bytes.count)) == 0 else {
      throw .system(path)
    }
  }

  private static func read(_ descriptor: Int32) -> LockHolder? {
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = pread(descriptor, &bytes, bytes.count, 0)
    guard count > 0 else { return nil }
    return try? JSONTextDecoder().decode(from: Array(bytes[..<count]))
  }

  /// Every byte that is not plain is written as `%XX`, so that two names never share a file.
  private static func path(of name: String, folder: String) -> String {
    let hex = Array("0123456789ABCDEF".utf8)
    var file: [UInt8] = []
    for byte in name.utf8 {
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x5F: file.append(byte)
      default: file += [0x25, hex[Int(byte >> 4)], hex[Int(byte & 15)]]
      }
    }
    return "\(folder)/\(String(decoding: file, as: UTF8.self)).lock"
  }
}
