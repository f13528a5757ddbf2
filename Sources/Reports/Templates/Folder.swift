import Glibc

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
