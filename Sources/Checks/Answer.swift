package import Deployments
import Evidence
package import Formats
import HTTPRequests

/// What came back from one step, whatever it was sent through.
package struct Answer: Sendable {
  package var status: Int?
  package var headers: [(name: String, value: String)] = []
  package var body: [UInt8]?
  package var rows: [JSONValue]?
  package var columns: [String] = []
  package var stdout: [UInt8]?
  package var stderr: [UInt8]?
  package var exit: Int?
  /// True where more was printed than is kept.
  package var isCut = false
  /// Nil where there is no such file; else its size and its bytes, or its last ones.
  package var file: (size: Int, content: [UInt8])?
  /// What is at the path, where the step asks what it is; nil where there is nothing.
  package var path: StoredPath?
  /// Of a file that is not there: the folder that it would be in, where that is not there either.
  package var missingFolder: String?
  /// An answer that says no.
  package var error: Refusal?
  package var microseconds = 0
  /// The user's cookies with those that came; nil where none are sent and kept.
  var cookies: CookieJar?
  /// Of an answer over HTTP: where it came from in the end.
  var url: String?
  var socket: String?
  /// Of a script: what a recording proxy saw of it; their numbers begin with a full stop.
  var recorded: [StepRecord] = []

  package init() {}

  package struct Refusal: Sendable, Hashable {
    /// SQLSTATE, or the server's own code.
    package var code: String
    /// The server's own number where it has both.
    package var number: Int?
    package var message: String
  }
}
