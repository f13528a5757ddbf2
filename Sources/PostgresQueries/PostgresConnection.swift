package import Threads

/// A session with a PostgreSQL server.
///
/// The first connection removes some `PG*` variables from the process, which libpq would obey
/// whatever its parameters say; see `PostgresParameters.variables`.
package typealias PostgresConnection = SessionConnection<PostgresSession>

extension PostgresConnection {
  /// Performs one statement with bound parameters (`$1`, `$2`, …).
  ///
  /// After `sqlState` and `invalidParameters` the connection remains usable. After every other
  /// error it is closed, and the server is asked to stop what it was doing.
  package func query(
    _ sql: String,
    _ parameters: [PostgresValue] = [],
    within limit: Duration
  ) async throws(PostgresError) -> PostgresResult {
    try await perform(sql, within: limit) { session, deadline throws(PostgresError) in
      try session.query(sql, parameters, until: deadline)
    }
  }

  /// Performs any number of statements without parameters, as one transaction unless they say
  /// otherwise, and returns the result of each; the first that fails ends it.
  ///
  /// After an error the connection is in the same state as after one of `query`.
  package func execute(
    _ script: String,
    within limit: Duration
  ) async throws(PostgresError) -> [PostgresResult] {
    try await perform(script, within: limit) { session, deadline throws(PostgresError) in
      try session.execute(script, until: deadline)
    }
  }
}

extension PostgresSession: BlockingSession {
  package func goesOn(after failure: PostgresError) -> Bool {
    switch failure.code {
    case .sqlState, .invalidParameters: return true
    case .connectionLost: return false
    default:
      cancel()
      return false
    }
  }
}

extension PostgresError: SessionFailure {
  package static var outOfThreads: PostgresError {
    PostgresError(.connectionFailed, "the process has no thread or descriptor left")
  }

  package static func closed(_ statement: String) -> PostgresError {
    PostgresError(.closed, "the connection is closed", statement: statement)
  }
}
