internal import CLinux
import Glibc

/// The files below one folder. The folder is trusted as it was named; whatever lies below it may
/// have been put there by somebody else, and may be changed by them meanwhile.
///
/// Every path is opened from the root's descriptor, by the kernel's own rules (openat2(2)), so that
/// no link leads elsewhere. Only regular files and folders are opened, and none is waited for: a
/// pipe, a socket or a device is `notAFile`.
package struct FileTree: Hashable, Sendable {
  /// What is done with symbolic links below the root.
  package enum Links: Sendable {
    /// A link is an error, wherever it leads.
    case refused
    /// A link is followed while it stays inside.
    case inside
  }

  /// Without a slash at its end.
  package let root: String
  private let links: Links

  package init(_ root: String, links: Links = .refused) {
    var root = root
    while root.utf8.count > 1, root.utf8.last == UInt8(ascii: "/") { root.removeLast() }
    self.root = root
    self.links = links
  }

  /// The folder that a file lies in which a person named, and the file's name in it.
  package static func place(of path: String) -> (tree: FileTree, name: String) {
    guard let slash = path.lastIndex(of: "/") else { return (FileTree("."), path) }
    let folder = slash == path.startIndex ? "/" : String(path[..<slash])
    return (FileTree(folder), String(path[path.index(after: slash)...]))
  }

  /// A path relative to the root, "" for the root itself; nil where it is outside.
  ///
  /// - Parameter path: absolute, or relative to the root already.
  package func relative(_ path: String) -> String? {
    var rest = path[...]
    if path.hasPrefix("/") {
      if path == root { return "" }
      let prefix = root == "/" ? "/" : root + "/"
      guard path.hasPrefix(prefix) else { return nil }
      rest = path.dropFirst(prefix.count)
    }
    let parts = rest.split(separator: "/").filter { $0 != "." }
    return parts.contains("..") ? nil : parts.joined(separator: "/")
  }

  /// What lies at a path, a link as a link; nil where nothing does.
  package func kind(_ path: String) -> DiskPath.Kind? {
    guard let place = try? parent(of: path) else { return nil }
    defer { close(place.folder) }
    var facts = stat()
    guard fstatat(place.folder, place.name, &facts, AT_SYMLINK_NOFOLLOW) == 0 else { return nil }
    return DiskPath.kind(of: facts)
  }

  package func isFolder(_ path: String) -> Bool {
    guard let folder = try? openFolder(path) else { return false }
    close(folder)
    return true
  }

  /// The whole of a regular file.
  ///
  /// - Parameter limit: in bytes; a longer file is `tooLarge`.
  package func contents(_ path: String, limit: Int = 1 << 30) throws(FileError) -> [UInt8] {
    let file = try open(path, O_RDONLY)
    defer { close(file) }
    do { return try DiskPath.contents(of: file, limit: limit) } catch {
      throw FileError(error, path)
    }
  }

  /// The same; nil where there is no such file.
  package func contentsIfThere(
    _ path: String,
    limit: Int = 1 << 30
  ) throws(FileError) -> [UInt8]? {
    do {
      return try contents(path, limit: limit)
    } catch {
      if error.isAbsent { return nil }
      throw error
    }
  }

  /// The names in a folder, in the order of their bytes; those that are not UTF-8 are left out.
  package func names(in path: String) throws(FileError) -> [String] {
    let folder = try openFolder(path)
    do {
      return try DiskPath.names(of: folder).compactMap { String(validating: $0, as: UTF8.self) }
    } catch {
      throw FileError(error, path)
    }
  }

  /// A descriptor of a regular file, which the caller closes.
  ///
  /// - Parameters:
  ///   - flags: of open(2); with O_CREAT the file is made where there is none.
  ///   - mode: of a file that is made.
  package func open(
    _ path: String,
    _ flags: Int32,
    mode: UInt32 = 0o666
  ) throws(FileError) -> Int32 {
    // A folder is no file, and neither is what ends with a slash.
    let file = try opened(path, flags | O_NONBLOCK, mode: mode)
    var facts = stat()
    guard fstat(file, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else {
      close(file)
      throw FileError(.notAFile, path)
    }
    return file
  }

  /// Makes a folder and those above it, below the root, that are not there; the root as well.
  package func makeFolder(_ path: String, mode: UInt32 = 0o777) throws(FileError) {
    guard let relative = relative(path) else { throw FileError(.outside, path) }
    if !isFolder(""), mkdir(root, mode) != 0, errno != EEXIST {
      throw FileError(DiskPath.Failure(errno: errno), root)
    }
    var made = ""
    for part in relative.split(separator: "/") {
      let place = try parent(of: made + part)
      defer { close(place.folder) }
      if mkdirat(place.folder, place.name, mode) != 0, errno != EEXIST {
        throw FileError(DiskPath.Failure(errno: errno), path)
      }
      made += part + "/"
    }
    close(try openFolder(path))
  }

  // MARK: Descriptors

  /// A descriptor of the folder that a path lies in, which the caller closes, and the name there.
  func parent(of path: String) throws(FileError) -> (folder: Int32, name: String) {
    guard let relative = relative(path), let name = relative.split(separator: "/").last else {
      throw FileError(relative(path) == nil ? .outside : .notAFile, path)
    }
    let folder = relative.dropLast(name.count)
    return (try openFolder(String(folder)), String(name))
  }

  /// A descriptor of a folder, which the caller closes.
  package func openFolder(_ path: String) throws(FileError) -> Int32 {
    try opened(path, O_RDONLY | O_DIRECTORY, mode: 0)
  }

  private func opened(_ path: String, _ flags: Int32, mode: UInt32) throws(FileError) -> Int32 {
    guard let relative = relative(path) else { throw FileError(.outside, path) }
    let top = shim_linux_openat(AT_FDCWD, root, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0)
    guard top >= 0 else { throw FileError(DiskPath.Failure(errno: errno), path) }
    if relative.isEmpty { return top }
    defer { close(top) }
    let found = shim_linux_open_beneath(
      top,
      relative,
      flags | O_CLOEXEC,
      mode,
      links == .inside ? 1 : 0
    )
    if found >= 0 { return found }
    switch errno {
    // An older kernel, or a container that forbids the call.
    case ENOSYS, EPERM: return try walked(relative, from: top, flags, mode: mode, path)
    case EXDEV: throw FileError(.outside, path)
    default: throw error(path)
    }
  }

  private func error(_ path: String) -> FileError {
    switch errno {
    // A pipe that nobody reads, a socket.
    case ENXIO, EISDIR: FileError(.notAFile, path)
    case ELOOP where links == .refused: FileError(.link, path)
    case let number: FileError(DiskPath.Failure(errno: number), path)
    }
  }

  /// Part by part, where no link is followed.
  private func walked(
    _ relative: String,
    from top: Int32,
    _ flags: Int32,
    mode: UInt32,
    _ path: String
  ) throws(FileError) -> Int32 {
    var folder = top
    defer { if folder != top { close(folder) } }
    let parts = relative.split(separator: "/").map(String.init)
    for (index, part) in parts.enumerated() {
      let isLast = index == parts.count - 1
      let own = (isLast ? flags : O_RDONLY | O_DIRECTORY) | O_NOFOLLOW | O_CLOEXEC
      let next = shim_linux_openat(folder, part, own, mode)
      guard next >= 0 else { throw error(path) }
      if isLast { return next }
      if folder != top { close(folder) }
      folder = next
    }
    throw FileError(.notAFile, path)
  }
}
