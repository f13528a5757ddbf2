package import Threads

/// A session with a MariaDB or MySQL server.
package typealias MySQLConnection = SessionConnection<MySQLSession>

extension MySQLConnection {
  /// Performs one statement with bound parameters (`?`).
  ///
  /// After `server` and `invalidParameters` the connection remains usable. After every other error it is
  /// closed, and the server is asked to stop what it was doing.
  package func query(
    _ sql: String,
    _ parameters: [MySQLValue] = [],
    within limit: Duration
  ) async throws(MySQLError) -> MySQLResult {
    try await perform(sql, within: limit) { session, deadline throws(MySQLError) in
      try session.query(sql, parameters, until: deadline)
    }
  }
}

extension MySQLSession: BlockingSession {
  package func goesOn(after failure: MySQLError) -> Bool {
    switch failure.code {
    case .server, .invalidParameters: return true
    default:
      abandon(isServerThere: failure.code != .connectionLost)
      return false
    }
  }
}

extension MySQLError: SessionFailure {
  package static var outOfThreads: MySQLError {
    MySQLError(.connectionFailed, "the process has no thread or descriptor left")
  }

  package static func closed(_ statement: String) -> MySQLError {
    MySQLError(.closed, "the connection is closed", statement: statement)
  }
}
