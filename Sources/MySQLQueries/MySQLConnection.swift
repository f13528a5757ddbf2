package import Threads

/// A session with a MariaDB or MySQL server.
///
/// The actor runs on a thread of its own, where libmariadb may wait; calls are performed one after
/// another, and the time of each begins when its turn comes. A session that is let go without
/// `close()` is closed too.
package actor MySQLConnection: InterruptibleActor {
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
    _ parameters: MySQLParameters,
    within limit: Duration
  ) async throws(MySQLError) -> MySQLConnection {
    guard let wakeup = Wakeup(), let thread = ConnectionThread() else {
      throw MySQLError(.connectionFailed, "the process has no thread or descriptor left")
    }
    let connection = MySQLConnection(thread: thread, wakeup: wakeup)
    try await connection.open(parameters, within: limit)
    return connection
  }

  /// Whether statements can still be performed, as far as is known without asking the server.
  package var isOpen: Bool { session != nil }

  /// Performs one statement with bound parameters (`?`).
  ///
  /// After `server` and `invalidParameters` the connection remains usable. After every other error it is
  /// closed, and the server is asked to stop what it was doing.
  package func query(
    _ sql: String,
    _ parameters: [MySQLValue] = [],
    within limit: Duration
  ) async throws(MySQLError) -> MySQLResult {
    guard let session else {
      throw MySQLError(.closed, "the connection is closed", statement: sql)
    }
    do throws(MySQLError) {
      return try await interruptible(within: limit) { deadline throws(MySQLError) in
        try session.query(sql, parameters, until: deadline)
      }
    } catch {
      switch error.code {
      case .server, .invalidParameters: break
      default:
        session.abandon(isServerThere: error.code != .connectionLost)
        self.session = nil
      }
      throw error
    }
  }

  /// Ends the session; later calls are `closed`. A second call does nothing.
  package func close() {
    session = nil
  }

  private func open(
    _ parameters: MySQLParameters,
    within limit: Duration
  ) async throws(MySQLError) {
    session = try await interruptible(within: limit) { deadline throws(MySQLError) in
      try Session(parameters, until: deadline)
    }
  }
}
