internal import CLinux
import Deployments
import Glibc

/// A file that is made where nothing of that name is, by a runner that may be root, in a folder that
/// is not.
final class NewFile: Sendable {
  private let folder: Int32
  private let descriptor: Int32
  private let name: String

  init(in path: String, named name: String) throws(DeploymentError) {
    func problem() -> DeploymentError {
      DeploymentError(.driverBroken, "\(path)/\(name): \(String(cString: strerror(errno)))")
    }
    self.name = name
    let folder = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    guard folder >= 0 else { throw problem() }
    let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
    let descriptor = shim_linux_openat(folder, name, flags, 0o600)
    guard descriptor >= 0 else {
      defer { close(folder) }
      throw problem()
    }
    self.folder = folder
    self.descriptor = descriptor
  }

  deinit {
    close(descriptor)
    close(folder)
  }

  func write(_ bytes: [UInt8]) throws(EngineError) {
    var start = 0
    while start < bytes.count {
      let count = bytes.withUnsafeBytes {
        Glibc.write(descriptor, $0.baseAddress?.advanced(by: start), bytes.count - start)
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw .system(.unreachable, name, errno) }
      start += count
    }
  }

  func give(to identity: ServiceIdentity) throws(DeploymentError) {
    guard geteuid() == 0 else { return }
    guard fchown(descriptor, identity.user, identity.group) == 0 else {
      throw DeploymentError(.driverBroken, "\(name): \(String(cString: strerror(errno)))")
    }
  }

  func remove() { unlinkat(folder, name, 0) }
}

/// A file that an unprivileged program has written; links are not followed.
final class OpenFile: Sendable {
  private let descriptor: Int32
  private let name: String
  /// In bytes, when it was opened.
  let size: Int

  init(in path: String, named name: String) throws(EngineError) {
    self.name = name
    let folder = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    guard folder >= 0 else { throw .system(.unreachable, path, errno) }
    defer { close(folder) }
    let flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC
    descriptor = shim_linux_openat(folder, name, flags, 0)
    guard descriptor >= 0 else { throw .system(.unreachable, name, errno) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw EngineError(.unreachable, "\(name) is no file")
    }
    size = Int(status.st_size)
  }

  deinit { close(descriptor) }

  /// The next bytes; nil at the end.
  func next() throws(EngineError) -> [UInt8]? {
    var count = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: 1 << 18) { buffer, length in
      count = Glibc.read(descriptor, buffer.baseAddress, 1 << 18)
      length = max(count, 0)
    }
    guard count >= 0 else { throw .system(.unreachable, name, errno) }
    return count == 0 ? nil : bytes
  }

  func read(at offset: Int, count: Int) throws(EngineError) -> [UInt8] {
    var bytes: [UInt8] = []
    while bytes.count < count {
      let wanted = count - bytes.count
      var part = [UInt8](repeating: 0, count: wanted)
      let got = pread(descriptor, &part, wanted, off_t(offset + bytes.count))
      guard got > 0 else { throw .system(.unreachable, name, errno) }
      bytes += part[..<got]
    }
    return bytes
  }
}
