/// Why an engine did not do what it was asked.
struct EngineError: Error, Hashable, Sendable, CustomStringConvertible {
  enum Code: Hashable, Sendable {
    /// No connection, or it was lost.
    case unreachable
    /// The engine answered with this status, 400 and above.
    case refused(status: Int)
    case timedOut
    /// What came is no answer of an engine.
    case malformed
    /// Something that the recipe or its image must have is not there.
    case missing
    case cancelled
  }

  var code: Code
  /// One line that starts with its subject.
  var message: String

  init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  var description: String { message }

  var isNotFound: Bool { code == .refused(status: 404) }
  var isConflict: Bool { code == .refused(status: 409) }
}
