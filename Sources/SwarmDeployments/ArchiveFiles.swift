internal import CLinux
internal import Deployments
internal import Glibc
internal import Guarding

/// A file that is made where nothing of that name is, by a runner that may be root, in a folder that
/// is not.
final class NewFile: Sendable {
  private let folder: Int32
  let descriptor: Int32
  private let name: String

  init(in path: String, named name: String) throws(DeploymentError) {
    self.name = name
    let folder = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    guard folder >= 0 else { throw .system("\(path)/\(name)") }
    let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
    let descriptor = shim_linux_openat(folder, name, flags, 0o600)
    guard descriptor >= 0 else {
      defer { close(folder) }
      throw .system("\(path)/\(name)")
    }
    self.folder = folder
    self.descriptor = descriptor
  }

  deinit {
    close(descriptor)
    close(folder)
  }

  func give(to identity: ServiceIdentity) throws(DeploymentError) {
    guard geteuid() == 0 else { return }
    guard fchown(descriptor, identity.user, identity.group) == 0 else {
      throw .system(name)
    }
  }

  func remove() { unlinkat(folder, name, 0) }
}

/// A file that an unprivileged program has written; links are not followed.
final class OpenFile: Sendable {
  let descriptor: Int32
  private let name: String
  /// In bytes, when it was opened.
  let size: Int

  init(in path: String, named name: String) throws(DeploymentError) {
    self.name = name
    let folder = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    guard folder >= 0 else { throw .system(path) }
    defer { close(folder) }
    let flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC
    descriptor = shim_linux_openat(folder, name, flags, 0)
    guard descriptor >= 0 else { throw .system(name) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw DeploymentError(.driverBroken, "\(name): not a file")
    }
    size = Int(status.st_size)
  }

  deinit { close(descriptor) }

  /// The next bytes; nil at the end.
  func next() throws(DeploymentError) -> [UInt8]? {
    var count = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: 1 << 18) { buffer, length in
      count = Glibc.read(descriptor, buffer.baseAddress, 1 << 18)
      length = max(count, 0)
    }
    guard count >= 0 else { throw .system(name) }
    return count == 0 ? nil : bytes
  }

  func read(at offset: Int, count: Int) throws(DeploymentError) -> [UInt8] {
    var bytes: [UInt8] = []
    while bytes.count < count {
      let wanted = count - bytes.count
      var part = [UInt8](repeating: 0, count: wanted)
      let got = pread(descriptor, &part, wanted, off_t(offset + bytes.count))
      guard got > 0 else { throw .system(name) }
      bytes += part[..<got]
    }
    return bytes
  }
}
