import Files
import Formats

/// A commit of a repository that was fetched, and what is to be known of it.
package struct GitFetch: Sendable {
  package let repository: GitRepository
  package let commit: String
  package let tree: String
  /// Folders of the commit that are submodules: their files are in other repositories.
  package let submodules: [[UInt8]]
  /// All other paths of the commit.
  package let files: Set<[UInt8]>
  /// Whether older commits are missing, because the server has none or gives none.
  package let isShallow: Bool
  /// Whether nothing was fetched because nobody was to be asked.
  package let isOffline: Bool
  /// The commit that it was before, where what it is now does not come from it; nil else.
  package internal(set) var rewrittenFrom: String?
  /// Tags that named something else before, in UTF-8 order.
  package internal(set) var movedTags: [String] = []

  /// A commit of a repository on this machine, which is read where it is.
  package init(folder: String, ref: String?) async throws(GitError) {
    try await self.init(try await GitRepository(at: folder, allowsBare: true), ref ?? "HEAD")
  }

  /// - Parameters:
  ///   - name: of the revision in the repository.
  ///   - shownAs: the repository in a message, with `ref`, what was asked for; nil where the
  ///     repository's own message will do.
  init(
    _ repository: GitRepository,
    _ name: String,
    isOffline: Bool = false,
    shownAs: String? = nil,
    ref: String? = nil
  ) async throws(GitError) {
    self.repository = repository
    self.isOffline = isOffline
    do throws(GitError) {
      commit = try await repository.resolve(name)
    } catch {
      guard error.code == .unknownRevision, let shownAs else { throw error }
      throw GitError(.unknownRevision, "\(shownAs) has no branch, tag or commit \(ref ?? "HEAD")")
    }
    tree = try await repository.treeHash(of: commit)
    let entries = try await repository.files(ofTree: tree)
    submodules = entries.filter { $0.kind == .submodule }.map(\.path)
    files = Set(entries.filter { $0.kind != .submodule }.map(\.path))
    isShallow = try await repository.isShallow
  }
}

extension GitRepository {
  /// Takes over what a server has: all branches and tags, and what `HEAD` or a commit's id is there.
  ///
  /// - Parameters:
  ///   - url: what git is given.
  ///   - address: the same with its password.
  func fetch(
    _ url: String,
    _ address: GitAddress,
    _ ref: String?,
    within limit: Duration
  ) async throws(GitError) {
    let command = GitCommand(folder: topLevel, timeLimit: limit, address: address)
    let options = [
      "fetch", "--quiet", "--force", "--prune", "--no-tags", "--no-write-fetch-head",
      "--no-auto-maintenance", "--no-recurse-submodules", "--update-shallow", "--", url,
    ]
    // Without HEAD a server that names nothing, such as a page in one line, would empty the clone.
    _ = try await command.output(
      options + [
        "+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*", "+HEAD:\(GitCache.head)",
      ]
    )
    // A commit that no branch or tag leads to; many servers give it all the same.
    guard let ref, ref.utf8.count == 40, Hexadecimal.bytes(of: ref) != nil,
      (try? await resolve(ref)) == nil
    else { return }
    _ = try await command.output(options + ["+\(ref):refs/parity/\(ref)"])
  }

  /// The objects that tags name, by tag.
  func tagObjects() async throws(GitError) -> [String: String] {
    let output = try await command.output([
      "for-each-ref", "--format=%(objectname) %(refname:lstrip=2)", "refs/tags",
    ])
    var result: [String: String] = [:]
    for line in output.split(separator: UInt8(ascii: "\n")) {
      let fields = String(decoding: line, as: UTF8.self).split(separator: " ", maxSplits: 1)
      if fields.count == 2 { result[String(fields[1])] = String(fields[0]) }
    }
    return result
  }

  func isAncestor(_ commit: String, of other: String) async throws(GitError) -> Bool {
    try await command.run(["merge-base", "--is-ancestor", commit, other]).status == 0
  }
}
