/// What could not be done to a file, and why.
package struct FileError: Error, Hashable, Sendable {
  package var code: DiskPath.Failure
  /// As messages name it.
  package var path: String
  /// The end of a sentence about the path: `cannot be written`; nil where the code says it.
  package var action: String?

  package init(_ code: DiskPath.Failure, _ path: String, _ action: String? = nil) {
    self.code = code
    self.path = path
    self.action = action
  }

  package var isAbsent: Bool { code == .absent }
}

extension FileError: CustomStringConvertible {
  package var description: String {
    action.map { "\(path): \($0): \(code.cause)" } ?? "\(path) \(code)"
  }
}
