import Files

extension GitRepository {
  /// Writes the files of a revision's folder into an empty or new folder.
  ///
  /// The contents are those of the objects: no filter, no line ending, no `export-ignore` has a
  /// say, so the tree id of what is written is that of the revision. The work tree and the index
  /// are not looked at. Everything is checked before the first byte is written; after an error of
  /// the disk the folder holds a part.
  ///
  /// - Parameters:
  ///   - path: A folder of the revision; empty for all of it.
  ///   - folder: Empty or absent; folders above it are made.
  ///   - limit: Of all files together, in bytes.
  ///   - leavingOutSubmodules: Whether they are left out; else one is an error.
  package func export(
    _ revision: String,
    path: String = "",
    to folder: String,
    limit: Int = 1 << 30,
    leavingOutSubmodules: Bool = false
  ) async throws(GitError) {
    let tree = try await treeHash(of: revision, path: path)
    let entries = try await files(ofTree: tree).filter {
      !leavingOutSubmodules || $0.kind != .submodule
    }
    try SafeTree.check(entries)
    guard entries.reduce(0, { $0 + $1.size }) <= limit else {
      throw GitError(.tooLarge, "\(revision) has more than \(limit) bytes of files")
    }

    // Links are small and come first, since where they lead must be known before writing.
    var links: [(path: [UInt8], target: [UInt8])] = []
    for (entry, contents) in try await contents(of: entries.filter { $0.kind == .link }) {
      links.append((entry.path, contents))
    }
    try SafeTree.check(links: links)

    let top = DiskPath(folder)
    try Self.writing(top) { path throws(DiskPath.Failure) in
      try path.createFolder()
      guard try path.entries().isEmpty else { throw .exists }
    }
    var batch: [TreeEntry] = []
    for entry in entries where entry.kind != .link {
      if batch.reduce(entry.size, { $0 + $1.size }) > 16 << 20 || batch.count == 1000 {
        try await write(batch, below: top)
        batch = []
      }
      batch.append(entry)
    }
    try await write(batch, below: top)
    // Last, so that no file can be written through one.
    for link in links {
      try Self.writing(try Self.place(link.path, below: top)) { path throws(DiskPath.Failure) in
        try path.createLink(to: link.target)
      }
    }
  }

  private func write(_ entries: [TreeEntry], below top: DiskPath) async throws(GitError) {
    for (entry, contents) in try await contents(of: entries) {
      try Self.writing(try Self.place(entry.path, below: top)) { path throws(DiskPath.Failure) in
        try path.createFile(contents, isExecutable: entry.kind == .executable)
      }
    }
  }

  /// The place on disk of a path of the tree, its folder made.
  private static func place(_ path: [UInt8], below top: DiskPath) throws(GitError) -> DiskPath {
    if let slash = path.lastIndex(of: UInt8(ascii: "/")) {
      try writing(top.appending(Array(path[..<slash]))) { folder throws(DiskPath.Failure) in
        try folder.createFolder()
      }
    }
    return top.appending(path)
  }

  /// The contents of blobs, in the order asked for.
  private func contents(
    of entries: [TreeEntry]
  ) async throws(GitError) -> [(TreeEntry, [UInt8])] {
    let blobs = entries.map { GitBlob(id: $0.id, path: DiskPath.shown($0.path)) }
    let limit = entries.reduce(0) { $0 + $1.size }
    return Array(zip(entries, try await contents(of: blobs, limit: limit)))
  }

  private static func writing(
    _ path: DiskPath,
    _ body: (DiskPath) throws(DiskPath.Failure) -> Void
  ) throws(GitError) {
    do {
      try body(path)
    } catch .exists {
      throw GitError(.unreadable(.exists), "\(path) is not empty")
    } catch {
      throw GitError(.unreadable(error), "\(path) \(error)")
    }
  }
}
