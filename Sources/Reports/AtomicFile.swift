import Glibc

/// A file that is replaced as a whole or not at all.
///
/// What is written goes to a temporary file in the same folder, is flushed to the disk and takes the
/// old file's name at the end. Until `commit()`, and after any failure, the old file stands.
package struct AtomicFile: ~Copyable {
  private let path: String
  /// Nil while the file has no name at all, so that nothing is left of a process that is killed.
  private var temporary: String?
  private var descriptor: Int32

  /// Begins a file; its folder must exist.
  package init(_ path: String) throws(RenderingError) { try self.init(path, mayBeNameless: true) }

  /// - Parameter mayBeNameless: open(2) makes files without a name; not on every file system.
  init(_ path: String, mayBeNameless: Bool) throws(RenderingError) {
    self.path = path
    let flags = O_WRONLY | Self.withoutName | O_CLOEXEC
    let nameless = mayBeNameless ? open(Self.folder(of: path), flags, 0o666) : -1
    if nameless >= 0 {
      descriptor = nameless
    } else {
      (descriptor, temporary) = try Self.openTemporary(beside: path)
    }
  }

  /// O_TMPFILE, a macro that Swift does not import: __O_TMPFILE | O_DIRECTORY.
  private static let withoutName: Int32 = 0o20_000_000 | O_DIRECTORY

  private static func folder(of path: String) -> String {
    path.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(path[...$0]) } ?? "."
  }

  private static func names(beside path: String) -> some Sequence<String> {
    let slash = path.utf8.lastIndex(of: UInt8(ascii: "/"))
    let folder = slash.map { String(path[...$0]) } ?? ""
    let name = slash.map { String(path[path.utf8.index(after: $0)...]) } ?? path
    return (0..<1_000).lazy.map { "\(folder).\(name).\(getpid()).\($0)" }
  }

  private static func openTemporary(
    beside path: String
  ) throws(RenderingError) -> (Int32, String) {
    for temporary in names(beside: path) {
      let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
      if descriptor >= 0 { return (descriptor, temporary) }
      if errno != EEXIST { break }
    }
    throw error(path, "cannot be written")
  }

  deinit {
    if descriptor >= 0 {
      close(descriptor)
      if let temporary { unlink(temporary) }
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

  /// Brings what was written to the disk, after which only the name is missing.
  package func flush() throws(RenderingError) {
    if fsync(descriptor) != 0 { throw Self.error(path, "cannot be flushed to the disk") }
  }

  /// Puts the file in its place.
  package consuming func commit() throws(RenderingError) {
    try flush()
    if temporary == nil { temporary = try named() }
    if let temporary, rename(temporary, path) != 0 { throw Self.error(path, "cannot be replaced") }
    close(descriptor)
    descriptor = -1
  }

  /// linkat(2) replaces nothing, so that the file has a name of its own for a moment.
  private func named() throws(RenderingError) -> String {
    for name in Self.names(beside: path) {
      let source = "/proc/self/fd/\(descriptor)"
      if linkat(AT_FDCWD, source, AT_FDCWD, name, AT_SYMLINK_FOLLOW) == 0 { return name }
      if errno != EEXIST { break }
    }
    throw Self.error(path, "cannot be replaced")
  }

  /// A whole file that waits, on the disk, for its `commit()`.
  package static func prepared(
    _ bytes: some Sequence<UInt8>,
    at path: String
  ) throws(RenderingError) -> AtomicFile {
    let file = try AtomicFile(path)
    try file.write(bytes)
    try file.flush()
    return file
  }

  /// Writes a whole file.
  package static func write(
    _ bytes: some Sequence<UInt8>,
    to path: String
  ) throws(RenderingError) {
    try prepared(bytes, at: path).commit()
  }

  private static func error(_ path: String, _ what: String) -> RenderingError {
    let number = errno
    return RenderingError(.io(number), path, "\(what): \(String(cString: strerror(number)))")
  }
}
