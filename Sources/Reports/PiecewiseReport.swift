package import Files

/// A report that is made piece by piece, so that a large one needs little memory.
package protocol PiecewiseReport: Sendable {
  /// Hands the document over piece by piece, in order.
  func forEachPiece(_ body: (String) throws(RenderingError) -> Void) throws(RenderingError)

  /// What holds the document against its schema while it is being written; nil where it has none.
  func validation(of file: String) throws(RenderingError) -> JUnitValidation?
}

extension PiecewiseReport {
  package func validation(of file: String) throws(RenderingError) -> JUnitValidation? { nil }

  /// The whole document; one that breaks its schema is an error.
  package func rendered() throws(RenderingError) -> String {
    var text = ""
    try forEachValidPiece(of: "\(Self.self)") { (piece) throws(RenderingError) in text += piece }
    return text
  }

  /// Writes the document into a file that waits for its `commit()`; where it breaks its schema there
  /// is none.
  package func prepared(at path: String, in tree: FileTree) throws(RenderingError) -> AtomicFile {
    let file = try RenderingError.converting { () throws(FileError) in
      try AtomicFile(path, in: tree)
    }
    try forEachValidPiece(of: path) { (piece) throws(RenderingError) in
      try RenderingError.converting { () throws(FileError) in try file.write(piece.utf8) }
    }
    try RenderingError.converting { () throws(FileError) in try file.flush() }
    return file
  }

  package func write(to path: String, in tree: FileTree) throws(RenderingError) {
    let file = try prepared(at: path, in: tree)
    do throws(FileError) {
      try file.commit()
    } catch {
      throw RenderingError(error)
    }
  }

  private func forEachValidPiece(
    of file: String,
    _ body: (String) throws(RenderingError) -> Void
  ) throws(RenderingError) {
    let validation = try validation(of: file)
    try forEachPiece { (piece) throws(RenderingError) in
      validation?.feed(piece)
      try body(piece)
    }
    try validation?.finish()
  }
}

extension Collection where Index == Int {
  /// Its elements, so many at a time.
  func chunks(of size: Int) -> [SubSequence] {
    stride(from: startIndex, to: endIndex, by: size).map {
      self[$0..<Swift.min($0 + size, endIndex)]
    }
  }
}
