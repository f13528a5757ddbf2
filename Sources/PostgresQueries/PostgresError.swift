/// Why there is no connection or no result. Never holds a parameter's value or a password, unless
/// the server repeats one in its own message.
package struct PostgresError: Error, Sendable, Hashable {
  /// How far it had come.
  package enum Stage: String, Sendable, Hashable, CaseIterable {
    case resolving
    case connecting
    case sending
    case receiving
  }

  package enum Code: Sendable, Hashable {
    /// A NUL, an empty host, a port that is none, more parameters than the protocol has room for.
    case invalidParameters
    case nameNotResolved
    /// No server there, or it refused for a reason other than who asks.
    case connectionFailed
    /// SQLSTATE class 28, or a password that was asked for and not accepted.
    case authenticationFailed
    /// The server is gone, or it ended this session.
    case connectionLost
    /// The connection is closed afterwards.
    case timedOut(Stage)
    /// The connection is closed afterwards.
    case cancelled
    /// The connection was closed before.
    case closed
    /// The server refused the statement; the connection remains usable.
    case sqlState(String)
    /// The connection is closed afterwards.
    case resultTooLarge(limit: Int)
    /// `COPY … FROM STDIN` and `TO STDOUT`; the connection is closed afterwards.
    case copyNotSupported
    /// psql, in the connection's place, is missing, too old, or cannot do what the statement asks.
    case clientFailed
  }

  package var code: Code
  /// The server's or libpq's primary message, one line.
  package var message: String
  /// The server's SQLSTATE wherever it sent one, for lost and failed connections too.
  package var sqlState: String?
  package var detail: String?
  package var hint: String?
  /// Where in `statement`, in characters from 1.
  package var position: Int?
  /// The text as sent, without values.
  package var statement: String?

  package init(
    _ code: Code,
    _ message: String,
    sqlState: String? = nil,
    detail: String? = nil,
    hint: String? = nil,
    position: Int? = nil,
    statement: String? = nil
  ) {
    self.code = code
    self.message = message
    self.sqlState = sqlState
    self.detail = detail
    self.hint = hint
    self.position = position
    self.statement = statement
  }
}

extension PostgresError {
  /// The message with what the server says beside it, which often names the row that is in the way.
  package var wholeMessage: String {
    let more = [detail.map { "detail: \($0)" }, hint.map { "hint: \($0)" }].compactMap { $0 }
    return ([message] + more).joined(separator: "; ")
  }
}

extension PostgresError: CustomStringConvertible {
  package var description: String {
    let state = sqlState.map { " (\($0))" } ?? ""
    let place = position.map { " at character \($0)" } ?? ""
    return "PostgreSQL: \(message)\(place)\(state)"
  }
}
