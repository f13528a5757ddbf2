internal import CLinux
internal import Files
internal import Glibc

/// What the guardian does to files below the run's folder, with the rights of the services' user.
///
/// Services may change everything there at any moment: every part of a path is opened by itself and
/// no link is followed, and whoever holds a descriptor has a regular file.
struct RunFiles {
  /// Of the run's folder.
  let root: String

  /// Makes a folder where it is not there, and those above it.
  func makeFolder(_ path: String) throws(GuardianError) {
    close(try open(Self.parts(path)[...], makesMissing: true))
  }

  /// Opens a regular file.
  func open(_ path: String, _ access: RunFileAccess) throws(GuardianError) -> Int32 {
    let (folder, name) = try parent(of: path, makesMissing: access != .read)
    defer { close(folder) }
    // Not blocking, in case a service has put a pipe there, or holds a lease.
    let common = O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC
    let descriptor =
      switch access {
      case .read: shim_linux_openat(folder, name, O_RDONLY | common, 0)
      case .create: shim_linux_openat(folder, name, O_RDWR | O_CREAT | O_EXCL | common, 0o600)
      case .replace: shim_linux_openat(folder, name, O_WRONLY | O_CREAT | common, 0o600)
      }
    guard descriptor >= 0 else { throw .system(path) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw GuardianError(.notAFile, path)
    }
    switch access {
    case .read: break
    case .create(let mode): fchmod(descriptor, mode_t(mode) & 0o777 | 0o400)
    case .replace: ftruncate(descriptor, 0)
    }
    return descriptor
  }

  /// Makes a symbolic link.
  func link(_ path: String, to target: String) throws(GuardianError) {
    let (folder, name) = try parent(of: path, makesMissing: true)
    defer { close(folder) }
    guard symlinkat(target, folder, name) == 0 else { throw .system(path) }
  }

  /// The regular files at a path and below it, by their paths from the run's folder; those in folders
  /// that cannot be read are left out.
  func files(at path: String) throws(GuardianError) -> [RunFile] {
    var found: [RunFile] = []
    let (folder, name) = try parent(of: path, makesMissing: false)
    defer { close(folder) }
    collect(name, in: folder, path, depth: 0, &found)
    return found
  }

  private func collect(
    _ name: String,
    in folder: Int32,
    _ path: String,
    depth: Int,
    _ found: inout [RunFile]
  ) {
    var status = stat()
    guard fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else { return }
    switch status.st_mode & S_IFMT {
    case S_IFREG: found.append(RunFile(path, status))
    case S_IFDIR where depth < 64:
      let below = shim_linux_openat(folder, name, Self.folderFlags, 0)
      guard below >= 0 else { return }
      defer { close(below) }
      for child in FolderRemoval.names(in: below) {
        collect(child, in: below, "\(path)/\(child)", depth: depth + 1, &found)
      }
    default: break
    }
  }

  /// Removes a file, or a folder with all that is in it; nothing there is as good.
  func remove(_ path: String) throws(GuardianError) {
    let folder: Int32
    let name: String
    do throws(GuardianError) {
      (folder, name) = try parent(of: path, makesMissing: false)
    } catch {
      if case .system(ENOENT) = error.code { return }
      throw error
    }
    defer { close(folder) }
    let remaining = FolderRemoval.remove(name, in: folder, named: path)
    guard remaining.isEmpty else { throw GuardianError(.system(EBUSY), remaining[0]) }
  }

  // MARK: Paths

  private static let folderFlags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC

  private static func parts(_ path: String) -> [String] {
    path.split(separator: "/").map(String.init).filter { $0 != "." }
  }

  private func parent(
    of path: String,
    makesMissing: Bool
  ) throws(GuardianError) -> (folder: Int32, name: String) {
    let parts = Self.parts(path)
    guard let name = parts.last, name != ".." else {
      throw GuardianError(.invalid, "\(path): names no file of the run")
    }
    return (try open(parts.dropLast(), makesMissing: makesMissing), name)
  }

  private func open(
    _ parts: ArraySlice<String>,
    makesMissing: Bool
  ) throws(GuardianError) -> Int32 {
    var folder = shim_linux_openat(AT_FDCWD, root, Self.folderFlags, 0)
    guard folder >= 0 else { throw .system(root) }
    for part in parts {
      guard part != ".." else {
        close(folder)
        throw GuardianError(.invalid, "\(parts.joined(separator: "/")): leads out")
      }
      var next = shim_linux_openat(folder, part, Self.folderFlags, 0)
      if next < 0, errno == ENOENT, makesMissing {
        mkdirat(folder, part, 0o700)
        next = shim_linux_openat(folder, part, Self.folderFlags, 0)
      }
      let failure = errno
      close(folder)
      guard next >= 0 else {
        throw GuardianError(.system(failure), parts.joined(separator: "/"))
      }
      folder = next
    }
    return folder
  }
}

/// How a file of the run is opened.
package enum RunFileAccess: Sendable, Codable, Equatable {
  case read
  /// A new one, where nothing of that name is; its user may always read it.
  case create(mode: UInt32)
  /// A new one, or what is there emptied.
  case replace
}

/// A regular file of the run as it is now; another one after it was written again.
package struct RunFile: Sendable, Codable, Equatable {
  /// From the run's folder.
  package var path: String
  private var inode: UInt64
  private var size: Int64
  private var seconds: Int64
  private var nanoseconds: Int64

  /// The same for as long as nobody writes it.
  package var stamp: String { "\(inode) \(size) \(seconds).\(nanoseconds)" }

  init(_ path: String, _ status: stat) {
    self.path = path
    inode = UInt64(status.st_ino)
    size = Int64(status.st_size)
    seconds = Int64(status.st_mtim.tv_sec)
    nanoseconds = Int64(status.st_mtim.tv_nsec)
  }
}
