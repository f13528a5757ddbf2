import Files

/// One line of a tree.
struct TreeEntry: Hashable, Sendable {
  enum Kind: Hashable, Sendable { case file, executable, link, folder, submodule }

  var kind: Kind
  var id: String
  /// In bytes; 0 for a folder, and where sizes were not asked for.
  var size: Int
  var path: [UInt8]
}

extension GitRepository {
  /// The object id of the tree that a revision has at a folder.
  ///
  /// - Parameter path: Of a folder; empty for the whole tree.
  package func treeHash(of revision: String, path: String = "") async throws(GitError) -> String {
    let path = try Self.normalized(path)
    if path.isEmpty { return try await resolve(revision, to: "tree") }
    let commit = try await resolve(revision)
    guard let entry = try await entry(at: path, in: commit), entry.kind == .folder else {
      throw GitError(.noSuchPath, "\(revision) has no folder \(DiskPath(path))")
    }
    return entry.id
  }

  /// What a file held at a revision; nil where there is no file, but nothing or a folder or a link.
  ///
  /// - Parameter limit: In bytes; a longer file is an error.
  package func read(
    _ path: String,
    at revision: String,
    limit: Int = 64 << 20
  ) async throws(GitError) -> [UInt8]? {
    let commit = try await resolve(revision)
    let path = try Self.normalized(path)
    guard !path.isEmpty, let entry = try await entry(at: path, in: commit),
      entry.kind == .file || entry.kind == .executable
    else { return nil }
    guard entry.size <= limit else {
      throw GitError(.tooLarge, "\(DiskPath(path)) has \(entry.size) bytes, more than \(limit)")
    }
    return try await command.output(["cat-file", "blob", entry.id], limit: max(entry.size, 1))
  }

  private func entry(at path: String, in commit: String) async throws(GitError) -> TreeEntry? {
    let lines = try await treeLines(["-z", "-l", "--full-tree", commit, "--", path])
    return lines.first { $0.path.elementsEqual(path.utf8) }
  }

  /// The files of a tree and of those below it, paths relative to it.
  func files(ofTree tree: String) async throws(GitError) -> [TreeEntry] {
    try await treeLines(["-r", "-z", "-l", "--full-tree", tree])
  }

  /// What `git ls-tree` says with `-z`; sizes only with `-l`, for which a clone needs the objects.
  func treeLines(_ arguments: [String]) async throws(GitError) -> [TreeEntry] {
    let output = try await command.output(["ls-tree"] + arguments, limit: 64 << 20)
    var entries: [TreeEntry] = []
    for line in output.split(separator: 0) {
      guard let tab = line.firstIndex(of: UInt8(ascii: "\t")) else { continue }
      let fields = line[..<tab].split(separator: UInt8(ascii: " "))
        .map { String(decoding: $0, as: UTF8.self) }
      guard (3...4).contains(fields.count), let kind = TreeEntry.Kind(mode: fields[0]) else {
        throw GitError(.unsupported, "git ls-tree said \(DiskPath.shown(line))")
      }
      let path = Array(line[(tab + 1)...])
      let size = fields.count > 3 ? Int(fields[3]) ?? 0 : 0
      entries.append(TreeEntry(kind: kind, id: fields[2], size: size, path: path))
    }
    return entries
  }

  /// A path without empty parts and `.`, refused where it leads up or out.
  static func normalized(_ path: String) throws(GitError) -> String {
    let parts = path.utf8.split(separator: UInt8(ascii: "/")).map { Array($0) }
    let dots = Array("..".utf8)
    guard path.utf8.first != UInt8(ascii: "/"), !path.utf8.contains(0), !parts.contains(dots) else {
      throw GitError(.malformed, "\(DiskPath(path)) is not a path inside a repository")
    }
    let kept = parts.filter { $0 != [UInt8(ascii: ".")] }.joined(separator: [UInt8(ascii: "/")])
    return String(decoding: Array(kept), as: UTF8.self)
  }
}

extension TreeEntry.Kind {
  /// From the six digits of a tree's line; 100664 is in old repositories.
  init?(mode: String) {
    switch mode {
    case "100644", "100664": self = .file
    case "100755": self = .executable
    case "120000": self = .link
    case "040000": self = .folder
    case "160000": self = .submodule
    default: return nil
    }
  }
}
