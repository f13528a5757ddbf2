/// Why a run could not even begin, or could not be kept.
package struct RunError: Error, Hashable, Sendable, CustomStringConvertible {
  package enum Code: Hashable, Sendable {
    case unwritable
    case unreadable
    /// Written by another version of this tool.
    case otherSchema(Int)
    case noRun
    case badSecret
    case noVersion
  }

  package var code: Code
  package var message: String

  package init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  package var description: String { message }
}
