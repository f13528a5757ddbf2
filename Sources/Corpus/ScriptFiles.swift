/// The files of a `tests` folder that a script may import or source: other scripts and helpers.
package struct ScriptFiles: Hashable, Sendable {
  /// By path.
  private let contents: [String: [UInt8]]

  package init(_ contents: [String: [UInt8]] = [:]) { self.contents = contents }

  subscript(path: String) -> [UInt8]? { contents[path] }

  /// The path of a Python module that stands beside a script, above it, or at the top of the
  /// folder; nil for one of a library.
  func module(_ name: String, from script: String) -> String? {
    let dots = name.prefix { $0 == "." }.count
    let parts = name.dropFirst(dots).split(separator: ".").joined(separator: "/")
    var folder = Self.folder(of: script)
    for _ in 0..<max(dots - 1, 0) { folder = Self.folder(of: folder) }
    guard !parts.isEmpty else { return nil }
    var folders = [folder]
    if dots == 0 {
      while let above = folders.last, !above.isEmpty { folders.append(Self.folder(of: above)) }
    }
    for folder in folders {
      let base = folder.isEmpty ? parts : "\(folder)/\(parts)"
      for path in ["\(base).py", "\(base)/__init__.py"] where path != script {
        if contents[path] != nil { return path }
      }
    }
    return nil
  }

  /// The `conftest.py` files that pytest would read for a script, the nearest first.
  func conftests(for script: String) -> [String] {
    var folder = Self.folder(of: script)
    var paths: [String] = []
    while true {
      let path = folder.isEmpty ? "conftest.py" : "\(folder)/conftest.py"
      if contents[path] != nil { paths.append(path) }
      if folder.isEmpty { return paths }
      folder = Self.folder(of: folder)
    }
  }

  /// The file that a shell script sources, by the end of what it is called.
  ///
  /// - Parameter words: Such as `{…}/lib/http.sh`: what stands before is only known at run time.
  func sourced(_ words: String, from script: String) -> String? {
    let pieces = words.split(separator: "/").drop { $0 == "." || $0.contains("{…}") }
    var parts: [Substring] = Self.folder(of: script).split(separator: "/")
    for piece in pieces where piece != "." {
      if piece == ".." { _ = parts.popLast() } else { parts.append(piece) }
    }
    let beside = parts.joined(separator: "/")
    if contents[beside] != nil { return beside }
    let above = pieces.filter { $0 != ".." }.joined(separator: "/")
    return contents[above] == nil ? nil : above
  }

  private static func folder(of path: String) -> String {
    path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
  }
}
