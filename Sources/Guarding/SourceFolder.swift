internal import CLinux
package import Deployments
internal import Files
internal import Glibc

/// A folder whose files are copied. Each is opened once and looked at by what was opened; no link is
/// followed, and pipes and devices are left out.
package struct SourceFolder {
  enum Item {
    /// Open during the call only.
    case file(Int32, mode: UInt32)
    case link(to: String)
  }

  typealias Visitor = (_ path: String, Item) async throws(DeploymentError) -> Void

  private let path: String

  package init(_ path: String) { self.path = path }

  /// Copies files and links into an empty folder of this process's own; modes stay.
  ///
  /// - Parameter isWanted: gets paths from the folder.
  package func copy(
    to target: String,
    where isWanted: @escaping @Sendable (_ path: String) -> Bool
  ) async throws(DeploymentError) {
    try await visit { path, item async throws(DeploymentError) in
      guard isWanted(path) else { return }
      let place = "\(target)/\(path)"
      try Self.makeParents(of: path, in: target)
      switch item {
      case .link(let goal):
        guard symlink(goal, place) == 0 else { throw .system(place) }
      case .file(let source, let mode):
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
        let file = open(place, flags, 0o600)
        guard file >= 0 else { throw .system(place) }
        defer { close(file) }
        guard DescriptorList.copy(source, to: file), fchmod(file, mode_t(mode)) == 0 else {
          throw .system(place)
        }
      }
    }
  }

  private static func makeParents(of path: String, in target: String) throws(DeploymentError) {
    var folder = target
    for part in path.split(separator: "/").dropLast() {
      folder += "/\(part)"
      guard mkdir(folder, 0o700) == 0 || errno == EEXIST else { throw .system(folder) }
    }
  }

  /// Visits what is below, with paths from the folder, in the order of names.
  func visit(_ visitor: Visitor) async throws(DeploymentError) {
    let folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard folder >= 0 else { throw .system(path) }
    defer { close(folder) }
    try await visit(folder, "", visitor)
  }

  private func visit(
    _ folder: Int32,
    _ prefix: String,
    _ visitor: Visitor
  ) async throws(DeploymentError) {
    for name in FolderRemoval.names(in: folder) {
      let path = prefix + name
      // A link's own open fails, and so does that of a socket.
      let flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC
      let descriptor = shim_linux_openat(folder, name, flags, 0)
      guard descriptor >= 0 else {
        if errno == ENOENT || errno == ENXIO { continue }
        guard errno == ELOOP, let goal = Self.goal(of: name, in: folder) else {
          throw .system("\(self.path)/\(path)")
        }
        try await visitor(path, .link(to: goal))
        continue
      }
      defer { close(descriptor) }
      var status = stat()
      guard fstat(descriptor, &status) == 0 else { throw .system("\(self.path)/\(path)") }
      switch status.st_mode & S_IFMT {
      case S_IFREG: try await visitor(path, .file(descriptor, mode: status.st_mode & 0o777))
      case S_IFDIR: try await visit(descriptor, path + "/", visitor)
      default: continue
      }
    }
  }

  private static func goal(of name: String, in folder: Int32) -> String? {
    var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
    let count = buffer.withUnsafeMutableBytes { bytes in
      bytes.withMemoryRebound(to: CChar.self) { field in
        field.baseAddress.map { readlinkat(folder, name, $0, field.count) } ?? -1
      }
    }
    return count > 0 ? String(decoding: buffer[..<count], as: UTF8.self) : nil
  }
}
