/// Where a record is from that no run of this tool made.
package struct ImportedSource: Codable, Hashable, Sendable {
  package enum Format: String, Codable, CaseIterable, Sendable {
    case junit, ctrf
    /// `results.json` of the catalogue's CI.
    case results
  }

  /// How it stands to the last change of what it tests.
  package enum Age: String, Codable, CaseIterable, Sendable {
    case current
    /// It is older.
    case stale
    /// The file does not say when it was made, or nobody knows when the recipe changed.
    case unknown
  }

  /// Its name, without folders.
  package var file: String
  package var format: Format
  /// Of its bytes, in hexadecimal digits.
  package var sha256: String
  /// When it was made, by its own word: RFC 3339, UTC; nil where it does not say.
  package var finished: String?
  /// When suite or recipe last changed, as far as git knew at the import: RFC 3339, UTC; nil where
  /// that is not known.
  package var changed: String?
  /// Whether they had changes that were not committed.
  package var isUncommitted: Bool

  package init(
    file: String,
    format: Format,
    sha256: String,
    finished: String? = nil,
    changed: String? = nil,
    isUncommitted: Bool = false
  ) {
    self.file = file
    self.format = format
    self.sha256 = sha256
    self.finished = finished
    self.changed = changed
    self.isUncommitted = isUncommitted
  }

  package var age: Age {
    guard let finished else { return .unknown }
    if isUncommitted { return .stale }
    guard let changed else { return .unknown }
    // Both are written alike, so that their order is that of their letters.
    return finished.utf8.lexicographicallyPrecedes(changed.utf8) ? .stale : .current
  }
}
