/// A session with a PostgreSQL server.
///
/// The actor runs on a thread of its own, where libpq may wait; calls are performed one after
/// another.
package actor PostgresConnection {
  /// Opens a session, or says why not within the time.
  package static func connect(
    _ parameters: PostgresParameters,
    within limit: Duration
  ) async throws(PostgresError) -> PostgresConnection {
    throw PostgresError(.closed, "not written yet")
  }

  /// Performs one statement with bound parameters (`$1`, `$2`, …).
  ///
  /// After `sqlState` and `invalidParameters` the connection remains usable. After every other
  /// error it is closed, and the server is asked to stop what it was doing.
  package func query(
    _ sql: String,
    _ parameters: [PostgresValue] = [],
    within limit: Duration
  ) async throws(PostgresError) -> PostgresResult {
    throw PostgresError(.closed, "not written yet", statement: sql)
  }

  /// Performs any number of statements without parameters, as one transaction unless they say
  /// otherwise; the first that fails ends it.
  package func execute(
    _ script: String,
    within limit: Duration
  ) async throws(PostgresError) -> [PostgresResult] {
    throw PostgresError(.closed, "not written yet", statement: script)
  }

  /// Ends the session; later calls are `closed`. A second call does nothing.
  package func close() {}
}
