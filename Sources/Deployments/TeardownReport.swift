/// What a driver removed when it was done, and what it found left after that.
package struct TeardownReport: Sendable, Hashable {
  /// What was removed, by kind: `services` → 3.
  package var removed: [String: Int]
  /// What is still there: `process 4711 postgres`, `folder …`.
  package var leftovers: [String]
  /// Why nobody can tell whether that is all; nil where it is.
  package var doubt: String?
  package var duration: Duration

  package init(
    removed: [String: Int],
    leftovers: [String],
    doubt: String? = nil,
    duration: Duration
  ) {
    self.removed = removed
    self.leftovers = leftovers
    self.doubt = doubt
    self.duration = duration
  }
}
