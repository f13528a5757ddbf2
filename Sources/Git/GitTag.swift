/// A tag that leads to a commit.
package struct GitTag: Hashable, Sendable {
  package let name: String
  /// False for a lightweight tag, on which abra's versions break.
  package let isAnnotated: Bool
  /// The commit, also where a tag stands on a tag.
  package let commit: String

  package init(name: String, isAnnotated: Bool, commit: String) {
    self.name = name
    self.isAnnotated = isAnnotated
    self.commit = commit
  }
}

extension GitRepository {
  /// Every tag that leads to a commit, in the order of the bytes of their names.
  package func tags() async throws(GitError) -> [GitTag] {
    let fields = ["refname:lstrip=2", "objecttype", "objectname", "*objecttype", "*objectname"]
    let format = fields.map { "%(\($0))" }.joined(separator: "%00")
    let output = try await command.output(["for-each-ref", "--format=\(format)", "refs/tags"])
    var tags: [GitTag] = []
    for line in output.split(separator: UInt8(ascii: "\n")) {
      let fields = line.split(separator: 0, omittingEmptySubsequences: false)
        .map { String(decoding: $0, as: UTF8.self) }
      guard fields.count == 5 else { continue }
      let isAnnotated = fields[1] == "tag"
      let (type, id) = isAnnotated ? (fields[3], fields[4]) : (fields[1], fields[2])
      switch type {
      case "commit": tags.append(GitTag(name: fields[0], isAnnotated: isAnnotated, commit: id))
      case "tag":
        // Before git 2.45 only the first tag of a chain is followed.
        guard let commit = try? await resolve(id) else { continue }
        tags.append(GitTag(name: fields[0], isAnnotated: true, commit: commit))
      default: continue
      }
    }
    return tags.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
  }
}
