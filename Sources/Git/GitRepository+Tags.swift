extension GitRepository {
  /// The names of all tags that lead to a commit, in the order of their bytes.
  package func tags() async throws(GitError) -> [String] {
    let fields = ["refname:lstrip=2", "objecttype", "objectname", "*objecttype"]
    let format = fields.map { "%(\($0))" }.joined(separator: "%00")
    let output = try await command.output(["for-each-ref", "--format=\(format)", "refs/tags"])
    var names: [String] = []
    for line in output.split(separator: UInt8(ascii: "\n")) {
      let fields = line.split(separator: 0, omittingEmptySubsequences: false)
        .map { String(decoding: $0, as: UTF8.self) }
      guard fields.count == 4 else { continue }
      // A tag on a tag: before git 2.45 only the first one of a chain is followed.
      let isOnTag = fields[1] == "tag" && fields[3] == "tag"
      let type = fields[1] == "tag" ? fields[3] : fields[1]
      guard type == "commit" || isOnTag else { continue }
      if isOnTag, (try? await resolve(fields[2])) == nil { continue }
      names.append(fields[0])
    }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }
}
