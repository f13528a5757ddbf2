import Glibc

/// A file that is replaced as a whole or not at all.
///
/// What is written goes to a temporary file in the same folder, is flushed to the disk and takes the
/// old file's name at the end. Until `commit()`, and after any failure, the old file stands.
package struct AtomicFile: ~Copyable {
  private let path: String
  private let temporary: String
  private var descriptor: Int32

  /// Begins a file; its folder must exist.
  package init(_ path: String) throws(RenderingError) {
    (descriptor, temporary) = try Self.openTemporary(beside: path)
    self.path = path
  }

  private static func openTemporary(
    beside path: String
  ) throws(RenderingError) -> (Int32, String) {
    let slash = path.utf8.lastIndex(of: UInt8(ascii: "/"))
    let folder = slash.map { String(path[...$0]) } ?? ""
    let name = slash.map { String(path[path.utf8.index(after: $0)...]) } ?? path
    for attempt in 0..<1_000 {
      let temporary = "\(folder).\(name).\(getpid()).\(attempt)"
      let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
      if descriptor >= 0 { return (descriptor, temporary) }
      if errno != EEXIST { break }
    }
    throw error(path, "cannot be written")
  }

  deinit {
    if descriptor >= 0 {
      close(descriptor)
      unlink(temporary)
    }
  }

  package func write(_ bytes: some Sequence<UInt8>) throws(RenderingError) {
    let array = Array(bytes)
    let failed: Int32 = array.withUnsafeBytes { buffer in
      var offset = 0
      while offset < buffer.count {
        let count = Glibc.write(
          descriptor,
          buffer.baseAddress?.advanced(by: offset),
          buffer.count - offset
        )
        if count < 0, errno == EINTR { continue }
        if count <= 0 { return errno }
        offset += count
      }
      return 0
    }
    if failed != 0 {
      errno = failed
      throw Self.error(path, "cannot be written")
    }
  }

  /// Puts the file in its place.
  package consuming func commit() throws(RenderingError) {
    if fsync(descriptor) != 0 { throw Self.error(path, "cannot be flushed to the disk") }
    if rename(temporary, path) != 0 { throw Self.error(path, "cannot be replaced") }
    close(descriptor)
    descriptor = -1
  }

  /// Writes a whole file.
  package static func write(
    _ bytes: some Sequence<UInt8>,
    to path: String
  ) throws(RenderingError) {
    let file = try AtomicFile(path)
    try file.write(bytes)
    try file.commit()
  }

  private static func error(_ path: String, _ what: String) -> RenderingError {
    let number = errno
    return RenderingError(.io(number), path, "\(what): \(String(cString: strerror(number)))")
  }
}
