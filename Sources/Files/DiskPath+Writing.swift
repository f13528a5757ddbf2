import Glibc

extension DiskPath {
  /// Makes a folder, and those above it that are not there.
  package func createFolder() throws(Failure) {
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
  package func createFile(_ contents: some Collection<UInt8>, isExecutable: Bool) throws(Failure) {
    let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
    let descriptor = withCString { open($0, flags, mode_t(isExecutable ? 0o777 : 0o666)) }
    guard descriptor >= 0 else { throw Failure(errno: errno) }
    var failure = Self.write(contents, to: descriptor)
    // A full disk may only be told when the file is closed.
    if close(descriptor) != 0, failure == nil { failure = Failure(errno: errno) }
    if let failure { throw failure }
  }

  /// Writes all of it; nil where that went well.
  package static func write(_ contents: some Collection<UInt8>, to descriptor: Int32) -> Failure? {
    var rest = Array(contents)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0 && errno == EINTR { continue }
      if count <= 0 { return Failure(errno: errno) }
      rest = rest.dropFirst(count)
    }
    return nil
  }

  package func createLink(to target: [UInt8]) throws(Failure) {
    let result = withCString { path in DiskPath(target).withCString { symlink($0, path) } }
    guard result == 0 else { throw Failure(errno: errno) }
  }
}
