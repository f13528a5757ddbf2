package import Threads

/// A session with a PostgreSQL server.
///
/// The actor runs on a thread of its own, where libpq may wait; calls are performed one after
/// another, and the time of each begins when its turn comes. A session that is let go without
/// `close()` is closed too.
///
/// The first connection removes some `PG*` variables from the process, which libpq would obey
/// whatever its parameters say; see `PostgresParameters.variables`.
package actor PostgresConnection: InterruptibleActor {
  private nonisolated let thread: ConnectionThread
  package nonisolated let wakeup: Wakeup
  private var session: Session?

  package nonisolated var unownedExecutor: UnownedSerialExecutor {
    thread.asUnownedSerialExecutor()
  }

  private init(thread: ConnectionThread, wakeup: Wakeup) {
    self.thread = thread
    self.wakeup = wakeup
  }

  deinit {
    thread.stop()
  }

  /// Opens a session, or says why not within the time, name look-up included.
  package static func connect(
    _ parameters: PostgresParameters,
    within limit: Duration
  ) async throws(PostgresError) -> PostgresConnection {
    guard let wakeup = Wakeup(), let thread = ConnectionThread() else {
      throw PostgresError(.connectionFailed, "the process has no thread or descriptor left")
    }
    let connection = PostgresConnection(thread: thread, wakeup: wakeup)
    try await connection.open(parameters, within: limit)
    return connection
  }

  /// Whether statements can still be performed, as far as is known without asking the server.
  package var isOpen: Bool { session != nil }

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

  /// Ends the session; later calls are `closed`. A second call does nothing.
  package func close() {
    session = nil
  }

  private func open(
    _ parameters: PostgresParameters,
    within limit: Duration
  ) async throws(PostgresError) {
    session = try await interruptible(within: limit) { deadline throws(PostgresError) in
      try Session(parameters, until: deadline)
    }
  }

  private func perform<Value>(
    _ statement: String,
    within limit: Duration,
    _ body: (Session, Deadline) throws(PostgresError) -> Value
  ) async throws(PostgresError) -> Value {
    guard let session else {
      throw PostgresError(.closed, "the connection is closed", statement: statement)
    }
    do throws(PostgresError) {
      return try await interruptible(within: limit) { deadline throws(PostgresError) in
        try body(session, deadline)
      }
    } catch {
      switch error.code {
      case .sqlState, .invalidParameters: break
      case .connectionLost: self.session = nil
      default:
        session.cancel()
        self.session = nil
      }
      throw error
    }
  }
}
