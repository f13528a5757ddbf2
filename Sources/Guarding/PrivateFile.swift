internal import Files
internal import Glibc

/// A file that only its owner can read.
package enum PrivateFile {
  /// Makes it with its content, where nothing of that name is.
  package static func write(_ bytes: [UInt8], to path: String) throws(GuardianError) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw .system(path) }
    defer { close(descriptor) }
    guard DiskPath.write(bytes, to: descriptor) == nil else { throw .system(path) }
  }
}
