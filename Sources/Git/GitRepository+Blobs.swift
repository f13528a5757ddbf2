import Files

/// A file of a commit that was found and not read.
package struct GitBlob: Hashable, Sendable {
  /// Equal for equal contents, whatever the path and the commit.
  package let id: String
  /// Relative to the top level.
  package let path: String
}

extension GitRepository {
  /// The files `<folder>/<one name>/<file>` of a commit, in the order of git's trees.
  ///
  /// No content is read, so that files with equal ids need not be. Links and what lies deeper are
  /// passed over. Empty where the commit has no such folder.
  ///
  /// - Parameter folder: Relative to the top level; empty for the top level itself.
  package func blobs(
    named file: String,
    oneBelow folder: String,
    at revision: String
  ) async throws(GitError) -> [GitBlob] {
    let commit = try await resolve(revision)
    let folder = try Self.normalized(folder)
    let entries = try await treeLines(
      ["-r", "-z", "--full-tree", commit] + (folder.isEmpty ? [] : ["--", folder])
    )
    let depth = folder.utf8.isEmpty ? 0 : folder.utf8.split(separator: UInt8(ascii: "/")).count
    let ending = Array("/\(file)".utf8)
    var blobs: [GitBlob] = []
    for entry in entries {
      guard entry.kind == .file || entry.kind == .executable,
        entry.path.suffix(ending.count).elementsEqual(ending),
        entry.path.count(where: { $0 == UInt8(ascii: "/") }) == depth + 1
      else { continue }
      guard let path = String(validating: entry.path, as: UTF8.self) else {
        throw GitError(.unsupported, "\(DiskPath(entry.path)) has a name that is not UTF-8")
      }
      blobs.append(GitBlob(id: entry.id, path: path))
    }
    return blobs
  }

  /// The ordinary files of a commit, in the order of git's trees. No content is read; those whose names
  /// are not UTF-8 are passed over.
  package func blobs(at revision: String) async throws(GitError) -> [GitBlob] {
    try await files(ofTree: try await resolve(revision)).compactMap { entry in
      guard entry.kind == .file || entry.kind == .executable else { return nil }
      return String(validating: entry.path, as: UTF8.self).map { GitBlob(id: entry.id, path: $0) }
    }
  }

  /// How many bytes each blob has, in one call of git.
  ///
  /// A clone may lack objects (`--filter`); nothing is fetched, and one that is not there is a
  /// `missingObject`.
  package func sizes(of blobs: [GitBlob]) async throws(GitError) -> [Int] {
    guard !blobs.isEmpty else { return [] }
    // What git says to standard error counts too.
    let limit = 4096 + blobs.count * 120
    let output = try await answers("--batch-check", to: blobs, limit: limit)
    let lines = output.split(separator: UInt8(ascii: "\n"))
    guard lines.count == blobs.count else {
      throw GitError(.unsupported, "git cat-file answers \(lines.count) of \(blobs.count) objects")
    }
    var sizes: [Int] = []
    for (blob, line) in zip(blobs, lines) { sizes.append(try await size(blob, header: line)) }
    return sizes
  }

  /// The contents of blobs, in the order asked for, in one call of git.
  ///
  /// - Parameter limit: Of all of them together, in bytes.
  package func contents(
    of blobs: [GitBlob],
    limit: Int = 256 << 20
  ) async throws(GitError) -> [[UInt8]] {
    guard !blobs.isEmpty else { return [] }
    let output = try await answers("--batch", to: blobs, limit: limit + blobs.count * 120)
    var contents: [[UInt8]] = []
    var place = 0
    for blob in blobs {
      guard let end = output[place...].firstIndex(of: UInt8(ascii: "\n")) else {
        throw GitError(.unsupported, "git cat-file ended before \(blob.path)")
      }
      let start = end + 1
      let size = try await size(blob, header: output[place..<end])
      guard output.count - start > size else {
        throw GitError(.unsupported, "git cat-file ended inside \(blob.path)")
      }
      contents.append(Array(output[start..<(start + size)]))
      place = start + size + 1
    }
    return contents
  }

  /// The newest commit that both come from.
  package func mergeBase(_ a: String, _ b: String) async throws(GitError) -> String {
    let commits = [try await resolve(a), try await resolve(b)]
    let answer = try await command.run(["merge-base", "--end-of-options"] + commits)
    guard answer.status == 0, !answer.output.isEmpty else {
      let hint = try await isShallow ? "; this clone is shallow and may lack it" : ""
      throw GitError(.unknownRevision, "\(a) and \(b) have no commit in common\(hint)")
    }
    return String(decoding: answer.output.dropLast(), as: UTF8.self)
  }

  /// Whether the clone was made without its older commits (`--depth`).
  package var isShallow: Bool {
    get async throws(GitError) {
      try await command.output(["rev-parse", "--is-shallow-repository"]) == Array("true\n".utf8)
    }
  }

  private func answers(
    _ mode: String,
    to blobs: [GitBlob],
    limit: Int
  ) async throws(GitError) -> [UInt8] {
    let arguments = ["cat-file", mode]
    let lines = Array(blobs.map { "\($0.id)\n" }.joined().utf8)
    let answer = try await command.run(arguments, input: lines, limit: limit)
    if answer.status == 0 { return answer.output }
    // Before 2.45 git ends where it may not fetch an object, and does not say which one it was.
    for blob in blobs where try await command.run(["cat-file", "-e", blob.id]).status != 0 {
      throw await lacks(blob)
    }
    throw await command.failure(arguments, answer)
  }

  private func lacks(_ blob: GitBlob) async -> GitError {
    let remedy = await command.remedyOfPartialClone ?? ""
    return GitError(
      .missingObject,
      "\(topLevel) lacks the contents of \(blob.path) (object \(blob.id.prefix(12)))\(remedy)"
    )
  }

  /// The size that a line `<id> blob <size>` tells.
  private func size(_ blob: GitBlob, header: ArraySlice<UInt8>) async throws(GitError) -> Int {
    let start = Array("\(blob.id) blob ".utf8)
    if header.starts(with: start),
      let size = Int(String(decoding: header.dropFirst(start.count), as: UTF8.self))
    {
      return size
    }
    throw await lacks(blob)
  }
}
