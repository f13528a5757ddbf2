internal import CLinux
import Glibc

/// A file that is replaced as a whole or not at all.
///
/// What is written goes to a temporary file in the same folder, is flushed to the disk and takes the
/// old file's name at the end. Until `commit()`, and after any failure, the old file stands. The
/// folder is held open from the beginning: the file ends where it began.
package struct AtomicFile: ~Copyable {
  private let path: String
  private let folder: Int32
  private let name: String
  /// Nil while the file has no name at all, so that nothing is left of a process that is killed.
  private var temporary: String?
  private var descriptor: Int32

  /// Begins a file; its folder must exist.
  package init(_ path: String, in tree: FileTree) throws(FileError) {
    try self.init(path, in: tree, mayBeNameless: true)
  }

  /// - Parameter mayBeNameless: open(2) makes files without a name; not on every file system.
  init(_ path: String, in tree: FileTree, mayBeNameless: Bool) throws(FileError) {
    let place: (folder: Int32, name: String)
    do {
      place = try tree.parent(of: path)
    } catch {
      throw FileError(error.code, path, Self.unwritten)
    }
    var temporary: String?
    let flags = O_WRONLY | O_CLOEXEC
    var file = mayBeNameless ? Self.opened(".", flags | Self.withoutName, place.folder) : -1
    if file < 0 {
      for name in Self.names(beside: place.name) {
        temporary = name
        file = Self.opened(name, flags | O_CREAT | O_EXCL, place.folder)
        if file >= 0 || errno != EEXIST { break }
      }
    }
    guard file >= 0 else {
      let code = DiskPath.Failure(errno: errno)
      close(place.folder)
      throw FileError(code, path, Self.unwritten)
    }
    self.path = path
    (folder, name) = place
    self.temporary = temporary
    descriptor = file
  }

  private static func opened(_ name: String, _ flags: Int32, _ folder: Int32) -> Int32 {
    shim_linux_openat(folder, name, flags, 0o666)
  }

  private static let unwritten = "cannot be written"
  private static let unreplaced = "cannot be replaced"

  /// O_TMPFILE, a macro that Swift does not import: __O_TMPFILE | O_DIRECTORY.
  private static let withoutName: Int32 = 0o20_000_000 | O_DIRECTORY

  private static func names(beside name: String) -> some Sequence<String> {
    (0..<1_000).lazy.map { ".\(name).\(getpid()).\($0)" }
  }

  deinit {
    if descriptor >= 0 {
      close(descriptor)
      if let temporary { unlinkat(folder, temporary, 0) }
    }
    close(folder)
  }

  package func write(_ bytes: some Collection<UInt8>) throws(FileError) {
    guard let code = DiskPath.write(bytes, to: descriptor) else { return }
    throw FileError(code, path, Self.unwritten)
  }

  /// Brings what was written to the disk, after which only the name is missing.
  package func flush() throws(FileError) {
    if fsync(descriptor) != 0 { throw error("cannot be flushed to the disk") }
  }

  /// Puts the file in its place. A link there is replaced, not followed.
  package consuming func commit() throws(FileError) {
    try flush()
    if temporary == nil { temporary = try named() }
    if let temporary, renameat(folder, temporary, folder, name) != 0 {
      throw error(Self.unreplaced)
    }
    close(descriptor)
    descriptor = -1
  }

  /// linkat(2) replaces nothing, so that the file has a name of its own for a moment.
  private func named() throws(FileError) -> String {
    for name in Self.names(beside: name) {
      let source = "/proc/self/fd/\(descriptor)"
      if linkat(AT_FDCWD, source, folder, name, AT_SYMLINK_FOLLOW) == 0 { return name }
      if errno != EEXIST { break }
    }
    throw error(Self.unreplaced)
  }

  /// A whole file that waits, on the disk, for its `commit()`.
  package static func prepared(
    _ bytes: some Collection<UInt8>,
    at path: String,
    in tree: FileTree
  ) throws(FileError) -> AtomicFile {
    let file = try AtomicFile(path, in: tree)
    try file.write(bytes)
    try file.flush()
    return file
  }

  /// Writes a whole file.
  package static func write(
    _ bytes: some Collection<UInt8>,
    to path: String,
    in tree: FileTree
  ) throws(FileError) {
    try prepared(bytes, at: path, in: tree).commit()
  }

  private func error(_ action: String) -> FileError {
    FileError(DiskPath.Failure(errno: errno), path, action)
  }
}
