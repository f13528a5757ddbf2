internal import Deployments
internal import Glibc
internal import Guarding

/// A file of the run, open; its path is not gone by again.
final class ArchiveFile: Sendable {
  let descriptor: Int32
  private let name: String

  /// Takes over `descriptor`, of a regular file.
  init(_ descriptor: Int32, named name: String) {
    self.descriptor = descriptor
    self.name = name
  }

  deinit { close(descriptor) }

  /// In bytes.
  var size: Int {
    get throws(DeploymentError) {
      var status = stat()
      guard fstat(descriptor, &status) == 0 else { throw .system(name) }
      return Int(status.st_size)
    }
  }

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
