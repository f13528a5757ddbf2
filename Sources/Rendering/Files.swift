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

/// Reading what replaces embedded templates.
enum Folder {
  /// Names of the files in a folder, sorted; none where there is no folder.
  static func names(in path: String) throws(RenderingError) -> [String] {
    guard let folder = opendir(path) else {
      if errno == ENOENT { return [] }
      throw RenderingError(.io(errno), path, String(cString: strerror(errno)))
    }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  /// A file's text; nil where there is none.
  static func text(of path: String) throws(RenderingError) -> String? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    if descriptor < 0 {
      if errno == ENOENT { return nil }
      throw RenderingError(.io(errno), path, String(cString: strerror(errno)))
    }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = read(descriptor, &chunk, chunk.count)
      if count < 0, errno == EINTR { continue }
      if count < 0 { throw RenderingError(.io(errno), path, String(cString: strerror(errno))) }
      if count == 0 { break }
      bytes.append(contentsOf: chunk[..<count])
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw RenderingError(.badTag, path, "is not UTF-8")
    }
    return text
  }
}
