import Files

/// What a commit made of one file.
package struct GitFileChange: Hashable, Sendable {
  package let commit: String
  /// Of the committer, `YYYY-MM-DD`.
  package let day: String
  /// The content from then on; nil where the file was removed.
  package let blob: GitBlob?
}

extension GitRepository {
  /// The commits that changed a file, the newest first, followed through renames.
  ///
  /// Git follows by likeness, so that a change may be one of another file that was alike: whoever
  /// reads the contents must look whose they are. A shallow clone ends where it was cut.
  ///
  /// - Parameters:
  ///   - path: Relative to the top level.
  ///   - limit: The most commits to look at.
  package func history(
    of path: String,
    from revision: String = "HEAD",
    limit: Int
  ) async throws(GitError) -> [GitFileChange] {
    let commit = try await resolve(revision)
    let output = try await command.output(
      [
        "log", "--follow", "-M", "--raw", "-z", "--no-abbrev", "--no-show-signature", "--no-color",
        "--no-ext-diff", "--no-textconv", "--format=%H%x09%cs", "-n", "\(limit)", commit, "--",
        try Self.normalized(path),
      ],
      limit: limit * 10_000
    )
    var changes: [GitFileChange] = []
    var current: (commit: String, day: String)?
    var tokens = output.split(separator: 0, omittingEmptySubsequences: true)[...]
    while let token = tokens.popFirst() {
      let text = String(decoding: token.drop { $0 == UInt8(ascii: "\n") }, as: UTF8.self)
      guard text.hasPrefix(":") else {
        let fields = text.split(separator: "\t")
        guard fields.count == 2 else { throw Self.strange(text) }
        current = (String(fields[0]), String(fields[1]))
        continue
      }
      let fields = text.split(separator: " ")
      guard fields.count == 5, let current, var name = tokens.popFirst() else {
        throw Self.strange(text)
      }
      // A rename has the old name first.
      if fields[4].hasPrefix("R") || fields[4].hasPrefix("C") {
        guard let new = tokens.popFirst() else { throw Self.strange(text) }
        name = new
      }
      let isGone = fields[4] == "D"
      changes.append(
        GitFileChange(
          commit: current.commit,
          day: current.day,
          blob: isGone
            ? nil : GitBlob(id: String(fields[3]), path: String(decoding: name, as: UTF8.self))
        )
      )
    }
    return changes
  }

  private static func strange(_ text: String) -> GitError {
    GitError(.unsupported, "git log said \(DiskPath.shown(Array(text.utf8.prefix(80))))")
  }
}
