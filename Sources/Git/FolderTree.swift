package import Files
import Formats

/// Git's object ids (SHA-1 format) of folders and files as they are on disk, without git and
/// without an index.
///
/// The id of a folder is what `git write-tree` gives for the same files: modes 100644, 100755 and
/// 120000, folders without files left out, `.git` left out, pipes and sockets left out. Files are
/// taken as they are: no line endings are changed, no filters run, `.gitignore` is not read. A
/// repository inside the folder counts as its files, not as a submodule.
package enum FolderTree {
  /// What programs leave behind, wherever it lies.
  package static let caches = [
    "__pycache__", "*.pyc", "*.pyo", ".pytest_cache", ".mypy_cache", ".ruff_cache", "node_modules",
  ]

  /// What is left out of the hash of a suite: caches, the page that is generated into it and so must
  /// not change the hash of its own suite, and the pins of its ports, which no run looks at.
  package static let generated = ["/PARITY.md", "/parity.lock"] + caches

  /// The tree id of a folder, in 40 hexadecimal digits.
  ///
  /// - Parameters:
  ///   - patterns: Names that are left out: `name` and `*.ending` at any depth, `/name` only at the
  ///     top.
  ///   - files: Paths of the only files that count; nil for all.
  package static func hash(
    of folder: DiskPath,
    ignoring patterns: [String] = caches,
    only files: Set<[UInt8]>? = nil
  ) throws(GitError) -> String {
    let kind = try reading(folder) { path throws(DiskPath.Failure) in
      try path.kind(followingLinks: true)
    }
    guard kind == .folder else {
      throw GitError(.unreadable(.notAFolder), "\(folder) is not a folder")
    }
    let ignored = NamePatterns(patterns)
    let id = try tree(of: folder, ignored: ignored, only: files, at: [])
    return Hexadecimal.text(of: id ?? ObjectDigest.bytes(ofKind: "tree", []))
  }

  package static func hash(
    of folder: String,
    ignoring patterns: [String] = caches,
    only files: Set<[UInt8]>? = nil
  ) throws(GitError) -> String {
    try hash(of: DiskPath(folder), ignoring: patterns, only: files)
  }

  /// The 20 bytes of a tree's id, nil where it has no files.
  private static func tree(
    of folder: DiskPath,
    ignored: NamePatterns,
    only files: Set<[UInt8]>?,
    at place: [UInt8]
  ) throws(GitError) -> [UInt8]? {
    var lines: [(key: [UInt8], line: [UInt8])] = []
    let entries = try reading(folder) { path throws(DiskPath.Failure) in try path.entries() }
    for entry in entries where entry.name != Array(".git".utf8) {
      if ignored.match(entry.name, isTop: place.isEmpty) { continue }
      let inside = place.isEmpty ? entry.name : place + [UInt8(ascii: "/")] + entry.name
      if entry.kind != .folder, let files, !files.contains(inside) { continue }
      let path = folder.appending(entry.name)
      var key = entry.name
      let mode: String
      let id: [UInt8]
      switch entry.kind {
      case .other: continue
      case .folder:
        guard let below = try tree(of: path, ignored: ignored, only: files, at: inside)
        else { continue }
        (mode, id) = ("40000", below)
        // Git sorts a folder as if its name ended in a slash.
        key.append(UInt8(ascii: "/"))
      case .link:
        mode = "120000"
        id = ObjectDigest.bytes(
          ofKind: "blob",
          try reading(path) { path throws(DiskPath.Failure) in try path.linkTarget() }
        )
      case .file(let isExecutable, _):
        mode = isExecutable ? "100755" : "100644"
        id = ObjectDigest.bytes(
          ofKind: "blob",
          try reading(path) { path throws(DiskPath.Failure) in
            try path.contents(limit: 1 << 30)
          }
        )
      }
      lines.append((key, Array(mode.utf8) + [UInt8(ascii: " ")] + entry.name + [0] + id))
    }
    guard !lines.isEmpty else { return nil }
    lines.sort { $0.key.lexicographicallyPrecedes($1.key) }
    return ObjectDigest.bytes(ofKind: "tree", lines.flatMap(\.line))
  }

  private static func reading<R>(
    _ path: DiskPath,
    _ body: (DiskPath) throws(DiskPath.Failure) -> R
  ) throws(GitError) -> R {
    do {
      return try body(path)
    } catch {
      throw GitError(.unreadable(error), "\(path) \(error)")
    }
  }
}

/// The names that a walk leaves out.
package struct NamePatterns: Sendable {
  private var names: Set<[UInt8]> = []
  private var topNames: Set<[UInt8]> = []
  private var endings: [[UInt8]] = []

  /// `name` and `*.ending` match at any depth, `/name` only at the top.
  package init(_ patterns: [String]) {
    for pattern in patterns.map({ Array($0.utf8) }) {
      switch pattern.first {
      case UInt8(ascii: "/"): topNames.insert(Array(pattern.dropFirst()))
      case UInt8(ascii: "*"): endings.append(Array(pattern.dropFirst()))
      default: names.insert(pattern)
      }
    }
  }

  package func match(_ name: [UInt8], isTop: Bool) -> Bool {
    names.contains(name) || (isTop && topNames.contains(name))
      || endings.contains { name.count >= $0.count && name.suffix($0.count).elementsEqual($0) }
  }
}
