/// A script of the suite that a check consists of, or that one of its steps runs.
package struct ScriptSource: Codable, Hashable, Sendable {
  /// Below the suite's folder.
  package var path: String
  /// The first 16 hexadecimal digits of the SHA-256 of its bytes.
  package var hash: String

  package init(path: String, hash: String) {
    self.path = path
    self.hash = hash
  }
}
