internal import CLinux
import Glibc

/// Removes a folder tree that somebody else may be changing meanwhile.
///
/// Everything goes by descriptor and name: a symbolic link is removed, never followed; folders of
/// any mode are opened up first; another file system's root is left alone; depth has no limit.
package struct FolderRemoval {
  private let root: String
  private let keepsRoot: Bool
  private var device: dev_t = 0
  private var top: Int32 = -1
  private var moved = 0
  private var remaining: [String] = []

  /// Deeper folders are first moved to the top, so that neither stack nor descriptors run out.
  private static let maximumDepth = 32

  private init(root: String, keepsRoot: Bool) {
    self.root = root
    self.keepsRoot = keepsRoot
  }

  /// - Parameter keepsRoot: whether only what is in the folder goes, for whoever may not remove it.
  /// - Returns: the paths that are still there; empty if there was nothing at `path`.
  @discardableResult
  package static func remove(_ path: String, keepsRoot: Bool = false) -> [String] {
    let slash = path.lastIndex(of: "/")
    guard path.first == "/", let slash, slash != path.index(before: path.endIndex) else {
      return [path]
    }
    let name = String(path[path.index(after: slash)...])
    let parentPath = slash == path.startIndex ? "/" : String(path[..<slash])
    guard name != ".", name != ".." else { return [path] }
    let parent = shim_linux_open_folder_path(AT_FDCWD, parentPath)
    guard parent >= 0 else { return errno == ENOENT ? [] : [path] }
    defer { close(parent) }
    var removal = FolderRemoval(root: path, keepsRoot: keepsRoot)
    return removal.remove(name, in: parent)
  }

  /// - Parameter path: what the paths that are still there begin with.
  package static func remove(_ name: String, in parent: Int32, named path: String) -> [String] {
    var removal = FolderRemoval(root: path, keepsRoot: false)
    return removal.remove(name, in: parent)
  }

  private mutating func remove(_ name: String, in parent: Int32) -> [String] {
    for _ in 0..<8 {
      if !keepsRoot, unlinkat(parent, name, 0) == 0 || errno == ENOENT { return [] }
      guard let folder = Self.openFolder(name, in: parent) else { return [root] }
      defer { close(folder) }
      var status = stat()
      guard fstat(folder, &status) == 0 else { return [root] }
      device = status.st_dev
      top = folder
      var movedBefore = -1
      while movedBefore != moved {
        movedBefore = moved
        remaining = []
        empty(folder, path: root, depth: 0)
      }
      if keepsRoot {
        if Self.children(of: folder).isEmpty { return [] }
        continue
      }
      if unlinkat(parent, name, AT_REMOVEDIR) == 0 || errno == ENOENT { return [] }
      // Not empty: something was written after the look.
      if errno != ENOTEMPTY && errno != EEXIST { break }
    }
    return remaining.isEmpty ? [root] : remaining
  }

  private mutating func empty(_ folder: Int32, path: String, depth: Int) {
    for name in Self.children(of: folder) {
      let childPath = "\(path)/\(name)"
      func unlink(_ flags: Int32) -> Bool {
        name.withCString { unlinkat(folder, $0, flags) } == 0 || errno == ENOENT
      }
      if unlink(0) { continue }
      guard errno == EISDIR || errno == EPERM,
        let child = name.withCString({ Self.openFolder($0, in: folder) })
      else {
        remaining.append(childPath)
        continue
      }
      defer { close(child) }
      var status = stat()
      guard fstat(child, &status) == 0, status.st_dev == device else {
        remaining.append(childPath)
        continue
      }
      if depth >= Self.maximumDepth {
        moved += 1
        let isMoved = name.withCString { renameat(folder, $0, top, ".removing-\(moved)") } == 0
        if !isMoved { remaining.append(childPath) }
        continue
      }
      let before = remaining.count
      let movedBefore = moved
      empty(child, path: childPath, depth: depth + 1)
      let isGone = unlink(AT_REMOVEDIR)
      if !isGone, remaining.count == before, moved == movedBefore { remaining.append(childPath) }
    }
  }

  /// The folder `name`, made readable and writable for its owner; nil if it is none.
  private static func openFolder(_ name: UnsafePointer<CChar>, in parent: Int32) -> Int32? {
    let path = shim_linux_open_folder_path(parent, name)
    guard path >= 0 else { return nil }
    defer { close(path) }
    // fchmod(2) refuses a descriptor that was opened as a path only; this name is its own.
    let link = "/proc/self/fd/\(path)"
    var status = stat()
    if fstat(path, &status) == 0, status.st_mode & 0o700 != 0o700 { chmod(link, 0o700) }
    let folder = shim_linux_openat(path, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0)
    return folder >= 0 ? folder : nil
  }

  /// Empty if it cannot be read. A name need not be UTF-8.
  private static func children(of folder: Int32) -> [DiskPath] {
    let copy = shim_linux_openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0)
    guard copy >= 0 else { return [] }
    return ((try? DiskPath.names(of: copy)) ?? []).map { DiskPath($0) }
  }

  /// The names in a folder, in the order of their bytes; empty if it cannot be read.
  package static func names(in folder: Int32) -> [String] {
    children(of: folder).map { String(decoding: $0.bytes, as: UTF8.self) }
  }

  /// The same of the folder at a path, if it is one itself and no link.
  package static func names(inFolderAt path: String) -> [String] {
    let folder = shim_linux_open_folder_path(AT_FDCWD, path)
    guard folder >= 0 else { return [] }
    defer { close(folder) }
    return names(in: folder)
  }
}
