/// Why there is no connection or no result. Never holds a parameter's value or a password, unless
/// the server repeats one in its own message.
package struct MySQLError: Error, Sendable, Hashable {
  /// How far it had come.
  package enum Stage: String, Sendable, Hashable, CaseIterable {
    case resolving, connecting, preparing, executing, receiving
  }

  package enum Code: Sendable, Hashable {
    /// A NUL, no host, a number of parameters that the statement does not have.
    case invalidParameters
    case nameNotResolved
    /// No server there, or it refused for a reason other than who asks.
    case connectionFailed
    /// SQLSTATE class 28.
    case authenticationFailed
    /// The server is gone, or it ended this session.
    case connectionLost
    /// The connection is closed afterwards.
    case timedOut(Stage)
    /// The connection is closed afterwards.
    case cancelled
    /// The connection was closed before.
    case closed
    /// The server refused the statement, or had to change a value to compare it; the connection remains
    /// usable.
    case server(number: Int, sqlState: String)
    /// The connection is closed afterwards.
    case resultTooLarge(limit: Int)
    /// The client inside the container could not be run, or said what nobody understands.
    case clientFailed
  }

  package var code: Code
  /// The server's or the library's message, one line.
  package var message: String
  /// The server's own number and SQLSTATE wherever it sent one, for failed connections too.
  package var number: Int?
  package var sqlState: String?
  /// The text as sent, without values.
  package var statement: String?

  package init(
    _ code: Code,
    _ message: String,
    number: Int? = nil,
    sqlState: String? = nil,
    statement: String? = nil
  ) {
    self.code = code
    self.message = message
    self.number = number
    self.sqlState = sqlState
    self.statement = statement
    if case .server(let number, let state) = code {
      self.number = number
      self.sqlState = state
    }
  }
}

extension MySQLError: CustomStringConvertible {
  package var description: String {
    let code = number.map { " (\($0)\(sqlState.map { ", \($0)" } ?? ""))" } ?? ""
    return "MySQL: \(message)\(code)"
  }
}
