internal import Files
internal import Formats
import Glibc

/// The files of a suite's folder.
package struct SuiteFiles: Sendable {
  /// Absolute or relative to the current folder, without a slash at the end.
  package let folder: String

  package init(folder: String) {
    var folder = folder
    while folder.count > 1, folder.hasSuffix("/") { folder.removeLast() }
    self.folder = folder
  }

  package struct Entry: Sendable, Hashable {
    package var name: String
    package var isFolder: Bool
    package var isExecutable: Bool
  }

  /// Names in a folder below this one, hidden ones left out, in UTF-8 order; nil where it is none. A link
  /// that leads out is none: whoever reads may see more than whoever made it.
  package func entries(in path: String) -> [Entry]? {
    guard let folder = try? FileTree(folder, links: .inside).openFolder(path),
      let directory = fdopendir(folder)
    else { return nil }
    defer { closedir(directory) }
    var found: [Entry] = []
    while let item = readdir(directory) {
      let name = withUnsafePointer(to: &item.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name.hasPrefix(".") { continue }
      var status = stat()
      guard stat(absolute(path.isEmpty ? name : "\(path)/\(name)"), &status) == 0 else {
        found.append(Entry(name: name, isFolder: false, isExecutable: false))
        continue
      }
      found.append(
        Entry(
          name: name,
          isFolder: status.st_mode & S_IFMT == S_IFDIR,
          isExecutable: status.st_mode & 0o111 != 0
        )
      )
    }
    return found.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
  }

  package func exists(_ path: String) -> Bool {
    var status = stat()
    return stat(absolute(path), &status) == 0
  }

  /// True also for a link that leads nowhere.
  package func isNamed(_ path: String) -> Bool {
    var status = stat()
    return lstat(absolute(path), &status) == 0
  }

  /// Why a file cannot be read, as the end of a sentence: `is a folder`.
  func reasonUnread(_ path: String) -> String {
    var status = stat()
    if stat(absolute(path), &status) != 0 {
      if errno == ELOOP { return "is a link that leads to itself" }
      return isNamed(path) ? "is a link that leads nowhere" : "does not exist"
    }
    switch status.st_mode & S_IFMT {
    case S_IFDIR: return "is a folder"
    case S_IFREG: return "cannot be read; look at its permissions"
    default: return "is no ordinary file"
    }
  }

  /// The bytes of a file, at most one more than the limit, so that a longer one is noticed; nil
  /// where there is no such file or it cannot be read.
  package func read(_ path: String, limit: Int = YAMLReader.sizeLimit) -> [UInt8]? {
    guard let descriptor = try? FileTree(folder, links: .inside).open(path, O_RDONLY) else {
      return nil
    }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while bytes.count <= limit {
      let count = Glibc.read(descriptor, &buffer, min(buffer.count, limit + 1 - bytes.count))
      if count < 0 { return nil }
      if count == 0 { break }
      bytes += buffer[..<count]
    }
    return bytes
  }

  /// Why a path of the suite cannot be used; nil where it can: it is there, and inside the folder
  /// also once links are followed.
  package func problem(withPath path: String) -> (message: String, nearest: String?)? {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    if path.hasPrefix("/") || parts.contains("..") {
      return ("\"\(path)\" is outside of the suite's folder", nil)
    }
    guard let real = resolved(path), let root = resolved("") else {
      let parent = parts.dropLast().joined(separator: "/")
      let names = (entries(in: parent) ?? []).map {
        parent.isEmpty ? $0.name : "\(parent)/\($0.name)"
      }
      return ("\"\(path)\" does not exist", NearestName.of(path, among: names))
    }
    if real != root, !real.hasPrefix(root == "/" ? root : root + "/") {
      return ("\"\(path)\" leads outside of the suite's folder", nil)
    }
    return nil
  }

  /// With all links followed; nil where there is nothing.
  package func resolved(_ path: String) -> String? {
    guard let pointer = realpath(absolute(path), nil) else { return nil }
    defer { free(pointer) }
    return String(cString: pointer)
  }

  private func absolute(_ path: String) -> String {
    path.isEmpty ? folder : path.hasPrefix("/") ? path : "\(folder)/\(path)"
  }
}
