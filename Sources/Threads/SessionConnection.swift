/// A session with a server by a library that blocks: used from one thread at a time, and closed with the last
/// reference.
package protocol BlockingSession: AnyObject {
  associatedtype Parameters: Sendable
  associatedtype Failure: SessionFailure

  /// Connects, or says why not.
  init(_ parameters: Parameters, until deadline: Deadline) throws(Failure)

  /// Whether it can be used after a failure. Where it cannot, the server was asked to stop what it was doing.
  func goesOn(after failure: Failure) -> Bool
}

package protocol SessionFailure: Error {
  /// The process has no thread or descriptor left.
  static var outOfThreads: Self { get }
  /// The connection was closed before.
  static func closed(_ statement: String) -> Self
}

/// A session on a thread of its own, where its library may wait; calls are performed one after another, and
/// the time of each begins when its turn comes. One that is let go without `close()` is closed too.
package actor SessionConnection<Session: BlockingSession>: InterruptibleActor {
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
    _ parameters: Session.Parameters,
    within limit: Duration
  ) async throws(Session.Failure) -> SessionConnection {
    guard let wakeup = Wakeup(), let thread = ConnectionThread() else { throw .outOfThreads }
    let connection = SessionConnection(thread: thread, wakeup: wakeup)
    try await connection.open(parameters, within: limit)
    return connection
  }

  /// Whether statements can still be performed, as far as is known without asking the server.
  package var isOpen: Bool { session != nil }

  /// Performs one statement. After an error from which the session cannot go on, the connection is closed.
  package func perform<Value>(
    _ statement: String,
    within limit: Duration,
    _ body: (Session, Deadline) throws(Session.Failure) -> Value
  ) async throws(Session.Failure) -> Value {
    guard let session else { throw .closed(statement) }
    do throws(Session.Failure) {
      return try await interruptible(within: limit) { deadline throws(Session.Failure) in
        try body(session, deadline)
      }
    } catch {
      if !session.goesOn(after: error) { self.session = nil }
      throw error
    }
  }

  /// Ends the session; later calls are `closed`. A second call does nothing.
  package func close() {
    session = nil
  }

  private func open(
    _ parameters: Session.Parameters,
    within limit: Duration
  ) async throws(Session.Failure) {
    session = try await interruptible(within: limit) { deadline throws(Session.Failure) in
      try Session(parameters, until: deadline)
    }
  }
}
