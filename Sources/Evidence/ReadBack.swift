/// The later look that shows that an act of the same check was kept.
package struct ReadBack: Codable, Hashable, Sendable {
  /// The act, as an index into the check's steps; a group counts as one.
  package var actIndex: Int
  /// Later steps that expect the fresh value, in order; each must fail when it is a decoy.
  package var readIndices: [Int]
  /// Fresh values by name, as the read-back expects them: `unique`, `site`, a captured `id`.
  package var freshNames: [String]
  /// Whether the read-back can be run again with values that were never sent.
  package var decoyPossible: Bool
  /// Why it can, or why it cannot.
  package var why: String

  package init(
    actIndex: Int,
    readIndices: [Int],
    freshNames: [String],
    decoyPossible: Bool,
    why: String
  ) {
    self.actIndex = actIndex
    self.readIndices = readIndices
    self.freshNames = freshNames
    self.decoyPossible = decoyPossible
    self.why = why
  }
}
