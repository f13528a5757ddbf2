import Files
import Formats

extension GitRepository {
  /// When something changed for the last time.
  package struct LastChange: Hashable, Sendable {
    /// Of the committer, since 1970; nil where no commit is known that changed it.
    package var seconds: Int?
    /// Whether the work tree has something else than `HEAD`.
    package var isUncommitted: Bool
  }

  /// When the folder that was asked for changed for the last time.
  ///
  /// Files are compared with `HEAD` by their own bytes: git itself would run the filters that a
  /// repository's configuration names.
  ///
  /// - Parameter patterns: Names that are left out, as `FolderTree` has them.
  package func lastChange(ignoring patterns: [String]) async throws(GitError) -> LastChange {
    let ignored = NamePatterns(patterns)
    let place = prefix.isEmpty ? [] : ["--", prefix]
    let start = prefix.isEmpty ? [] : Array("\(prefix)/".utf8)
    func counts(_ path: some Collection<UInt8>) -> Bool {
      let parts = path.split(separator: UInt8(ascii: "/")).map { Array($0) }
      return !parts.enumerated().contains { ignored.match($1, isTop: $0 == 0) }
    }
    let commit = try await head
    let log = try await command.output(
      [
        "log", "-n", "500", "--format=%x01%ct", "--name-only", "-z", "--no-color",
        "--no-show-signature", "--no-ext-diff", "--no-textconv", commit,
      ] + place,
      limit: 16 << 20
    )
    var last: Int?
    commits: for entry in log.split(separator: 1) {
      let parts = entry.split(whereSeparator: { $0 == 0 || $0 == UInt8(ascii: "\n") })
      for path in parts.dropFirst()
      where path.starts(with: start) && counts(path.dropFirst(start.count)) {
        last = parts.first.flatMap { Int(String(decoding: $0, as: UTF8.self)) }
        break commits
      }
    }
    var known: Set<[UInt8]> = []
    for entry in try await treeLines(["-r", "-z", "--full-tree", commit] + place) {
      let path = Array(entry.path.dropFirst(start.count))
      known.insert(path)
      guard counts(path), entry.kind == .file || entry.kind == .executable else { continue }
      let file = DiskPath(topLevel).appending(entry.path)
      guard let bytes = try? file.contents(), ObjectDigest.blobID(of: bytes) == entry.id else {
        return LastChange(seconds: last, isUncommitted: true)
      }
    }
    let new = Set(try await trackedFiles()).union(try await otherFiles()).subtracting(known)
    return LastChange(seconds: last, isUncommitted: new.contains(where: counts))
  }
}
