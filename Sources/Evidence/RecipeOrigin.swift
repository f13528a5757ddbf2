/// Where a recipe was fetched from.
package struct RecipeOrigin: Codable, Hashable, Sendable {
  /// Without a password.
  package var address: String
  /// A branch, tag or commit, as it was asked for; nil for what `HEAD` was there.
  package var ref: String?
  package var commit: String
  /// Whether the server has not all older commits, so that versions may be missing.
  package var isShallow: Bool?
  /// Whether no server was asked, so that it is what an earlier fetch gave.
  package var isOffline: Bool?
  /// What the ref was when it was fetched before, where its commit does not come from that one.
  package var rewrittenFrom: String?
  /// Tags that named another commit when they were fetched before, in UTF-8 order.
  package var movedTags: [String]?

  package init(address: String, ref: String?, commit: String) {
    self.address = address
    self.ref = ref
    self.commit = commit
  }
}
