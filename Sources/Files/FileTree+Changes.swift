internal import CLinux
import Glibc

extension FileTree {
  /// Removes what lies at a path, folders with all that is in them; links are removed, not followed.
  ///
  /// - Returns: the paths that are still there; empty also where nothing was.
  @discardableResult
  package func remove(_ path: String) -> [String] {
    guard let place = try? parent(of: path) else { return kind(path) == nil ? [] : [path] }
    defer { close(place.folder) }
    return Self.remove(DiskPath(place.name), in: place.folder, shown: path, depth: 0)
  }

  private static func remove(
    _ name: DiskPath,
    in parent: Int32,
    shown path: String,
    depth: Int
  ) -> [String] {
    func unlink(_ flags: Int32) -> Bool {
      name.withCString { unlinkat(parent, $0, flags) } == 0 || errno == ENOENT
    }
    if unlink(0) { return [] }
    let flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC
    let folder = name.withCString { shim_linux_openat(parent, $0, flags, 0) }
    guard folder >= 0 else { return [path] }
    defer { close(folder) }
    var left: [String] = []
    // What reads the names closes its descriptor.
    let copy = depth < 100 ? fcntl(folder, F_DUPFD_CLOEXEC, 0) : -1
    for child in copy < 0 ? [] : (try? DiskPath.names(of: copy)) ?? [] {
      let shown = "\(path)/\(DiskPath.shown(child))"
      left += remove(DiskPath(child), in: folder, shown: shown, depth: depth + 1)
    }
    if unlink(AT_REMOVEDIR) { return [] }
    return left.isEmpty ? [path] : left
  }

  /// Copies regular files and folders into a place that does not exist yet.
  ///
  /// - Throws: `.exists`; for a link, a pipe, a socket or a device, before anything of it is read.
  package func copy(_ path: String, to target: String, in other: FileTree) throws(FileError) {
    switch kind(path) {
    case nil: throw FileError(.absent, path)
    case .file:
      let bytes = try contents(path)
      let file = try other.open(target, O_WRONLY | O_CREAT | O_EXCL)
      defer { close(file) }
      guard let failure = DiskPath.write(bytes, to: file) else { return }
      throw FileError(failure, target)
    case .folder:
      guard other.kind(target) == nil else { throw FileError(.exists, target) }
      try other.makeFolder(target)
      for name in try names(in: path) {
        try copy("\(path)/\(name)", to: "\(target)/\(name)", in: other)
      }
    case .link: throw FileError(.link, path)
    case .other: throw FileError(.notAFile, path)
    }
  }
}
