package struct Snapshot: Sendable, Hashable {
  package var id: String
  /// Every file in it, sorted by path: `<volume>/<path below it>`.
  package var files: [File]
  /// Symbolic links in it, likewise.
  package var links: [String] = []
  /// What the labels declare, as paths of the same form.
  package var declaredPaths: [String]
  /// Services whose data are not in it although the recipe wants them backed up, with what is
  /// wrong.
  package var leftOut: [String: String]
  /// Files that were to be in it and could not be read, by the paths of a snapshot; sorted.
  package var unread: [String] = []

  package struct File: Sendable, Hashable {
    package var path: String
    package var bytes: Int

    package init(path: String, bytes: Int) {
      self.path = path
      self.bytes = bytes
    }
  }

  package init(id: String, files: [File], declaredPaths: [String], leftOut: [String: String] = [:])
  {
    self.id = id
    self.files = files
    self.declaredPaths = declaredPaths
    self.leftOut = leftOut
  }
}

/// A file of a snapshot, or its end.
package struct SnapshotFile: Sendable, Hashable {
  package var size: Int
  /// The whole file, or its last bytes where it is larger than the limit.
  package var content: [UInt8]

  package init(size: Int, content: [UInt8]) {
    self.size = size
    self.content = content
  }
}
