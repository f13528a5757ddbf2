import Glibc

extension DiskPath {
  /// Makes a folder, and those above it that are not there.
  func createFolder() throws(Failure) {
    if withCString({ mkdir($0, 0o777) }) == 0 { return }
    let number = errno
    switch number {
    case ENOENT:
      guard let slash = bytes.lastIndex(of: UInt8(ascii: "/")), slash > 0 else {
        throw Failure(errno: number)
      }
      try DiskPath(Array(bytes[..<slash])).createFolder()
      guard withCString({ mkdir($0, 0o777) }) == 0 else { throw Failure(errno: errno) }
    case EEXIST:
      guard try kind(followingLinks: true) == .folder else { throw .exists }
    default: throw Failure(errno: number)
    }
  }

  /// Writes a new file; one that is there is an error, and so is a link.
  func createFile(_ contents: some Collection<UInt8>, isExecutable: Bool) throws(Failure) {
    let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
    let descriptor = withCString { open($0, flags, mode_t(isExecutable ? 0o777 : 0o666)) }
    guard descriptor >= 0 else { throw Failure(errno: errno) }
    var failure: Failure?
    Array(contents).withUnsafeBytes { raw in
      var done = 0
      while done < raw.count, let base = raw.baseAddress {
        let count = write(descriptor, base.advanced(by: done), raw.count - done)
        if count < 0 && errno == EINTR { continue }
        if count < 0 {
          failure = Failure(errno: errno)
          break
        }
        done += count
      }
    }
    // A full disk may only be told when the file is closed.
    if close(descriptor) != 0, failure == nil { failure = Failure(errno: errno) }
    if let failure { throw failure }
  }

  func createLink(to target: [UInt8]) throws(Failure) {
    let result = withCString { path in DiskPath(target).withCString { symlink($0, path) } }
    guard result == 0 else { throw Failure(errno: errno) }
  }
}
