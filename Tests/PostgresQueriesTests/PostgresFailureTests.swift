import PrivateServers
import Testing
import Threads

@testable import PostgresQueries

@Suite(.postgresServer, .timeLimit(.minutes(2)))
struct PostgresFailureTests {
  private func connectionError(
    _ change: (inout PostgresParameters) throws -> Void
  ) async throws -> PostgresError {
    var parameters = try parameters()
    try change(&parameters)
    return try await failure { [parameters] in
      _ = try await PostgresConnection.connect(parameters, within: .seconds(20))
    }
  }

  @Test func aWrongPasswordIsAnAuthenticationFailure() async throws {
    let error = try await connectionError { $0.password = "hunter22" }
    #expect(error.code == .authenticationFailed)
    #expect(error.sqlState == "28P01")
    #expect(error.message == "password authentication failed for user \"postgres\"")
    #expect(!"\(error)".contains("hunter22"))
  }

  @Test func anUnknownDatabaseIsNotAnAuthenticationFailure() async throws {
    let error = try await connectionError { $0.database = "host=elsewhere" }
    #expect(error.code == .connectionFailed)
    #expect(error.sqlState == "3D000")
    #expect(error.message == "database \"host=elsewhere\" does not exist")
  }

  @Test func aPortWithoutAServerIsAFailedConnection() async throws {
    let error = try await connectionError { $0.port = try GuardedServer.freePort() }
    #expect(error.code == .connectionFailed)
    #expect(error.sqlState == nil)
    #expect(!error.message.contains("\n"))
  }

  @Test func aFolderWithoutASocketIsAFailedConnection() async throws {
    #expect(try await connectionError { $0.host = "/nonexistent" }.code == .connectionFailed)
  }

  @Test func anUnknownHostIsSaidToBeOne() async throws {
    #expect(try await connectionError { $0.host = "no..name" }.code == .nameNotResolved)
  }

  @Test func aNameIsLookedUp() async throws {
    var parameters = try parameters()
    parameters.host = "localhost"
    try await withConnection(parameters) { connection async throws in
      #expect(try await connection.query("SELECT 1", within: .seconds(10)).rows == [[.int(1)]])
    }
  }

  @Test func thePasswordIsNotPrinted() throws {
    let parameters = try parameters()
    var dumped = ""
    dump(parameters, to: &dumped)
    for text in ["\(parameters)", String(reflecting: parameters), dumped] {
      #expect(!text.contains(PrivatePostgres.password))
    }
  }

  @Test func parametersThatMeanNothingAreRefused() async throws {
    for change in [
      { $0.host = "" }, { $0.host = "a,b" }, { $0.port = 0 }, { $0.database = "" },
      { $0.user = "a\0" },
    ] as [(inout PostgresParameters) -> Void] {
      #expect(try await connectionError(change).code == .invalidParameters)
    }
  }

  @Test func encryptionIsNotGivenUpSilently() async throws {
    #expect(try await connectionError { $0.tls = .required }.code == .connectionFailed)
  }

  @Test func aStatementOutOfTimeIsStoppedAndTheConnectionClosed() async throws {
    let parameters = try parameters()
    try await withConnection(parameters) { connection in
      let process = try await connection.query("SELECT pg_backend_pid()", within: .seconds(10))
      let error = try await failure {
        _ = try await connection.query("SELECT pg_sleep(600)", within: .milliseconds(100))
      }
      #expect(error.code == .timedOut(.receiving))
      #expect(await !connection.isOpen)
      let closed = try await failure {
        _ = try await connection.query("SELECT 1", within: .seconds(10))
      }
      #expect(closed.code == .closed)
      let pid = try #require(process.rows.first?.first)
      guard case .int(let number) = pid else { return }
      try await expectGone(number, parameters)
    }
  }

  @Test func aCancelledTaskStopsItsStatement() async throws {
    let parameters = try parameters()
    try await withConnection(parameters) { connection in
      let process = try await connection.query("SELECT pg_backend_pid()", within: .seconds(10))
      let task = Task {
        try await connection.query("SELECT pg_sleep(600)", within: .seconds(600))
      }
      guard case .int(let number)? = process.rows.first?.first else { return }
      try await withConnection(parameters) { other in
        // Only what the server already performs shows that it is stopped.
        while try await other.query(
          "SELECT 1 FROM pg_stat_activity WHERE pid = $1 AND query LIKE '%sleep%'",
          [.int(number)],
          within: .seconds(10)
        ).rows.isEmpty {}
      }
      task.cancel()
      let error = try await failure { _ = try await task.value }
      #expect(error.code == .cancelled)
      try await expectGone(number, parameters)
    }
  }

  private func expectGone(_ process: Int64, _ parameters: PostgresParameters) async throws {
    try await withConnection(parameters) { connection in
      while try await !connection.query(
        "SELECT 1 FROM pg_stat_activity WHERE pid = $1",
        [.int(process)],
        within: .seconds(10)
      ).rows.isEmpty {
        try await Task.sleep(for: .milliseconds(5))
      }
    }
  }

  @Test func aTaskCancelledBeforehandDoesNotHarmTheNext() async throws {
    try await withConnection(parameters()) { connection in
      let task = Task {
        withUnsafeCurrentTask { $0?.cancel() }
        await connection.close()
        return try await connection.query("SELECT 1", within: .seconds(10))
      }
      let error = try await failure { _ = try await task.value }
      #expect(error.code == .closed)
    }
  }

  @Test func aSessionEndedByTheServerIsLost() async throws {
    let parameters = try parameters()
    try await withConnection(parameters) { connection in
      let process = try await connection.query("SELECT pg_backend_pid()", within: .seconds(10))
      guard case .int(let number)? = process.rows.first?.first else { return }
      let task = Task {
        try await connection.query("SELECT pg_sleep(600)", within: .seconds(600))
      }
      try await withConnection(parameters) { other in
        while try await other.query(
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            + " WHERE pid = $1 AND query LIKE '%sleep%'",
          [.int(number)],
          within: .seconds(10)
        ).rows.isEmpty {}
      }
      let error = try await failure { _ = try await task.value }
      #expect(error.code == .connectionLost)
      #expect(error.sqlState == "57P01")
      #expect(await !connection.isOpen)
    }
  }

  @Test func aServerThatStopsInTheMiddleIsLost() async throws {
    let server = try await PrivatePostgres.start()
    var parameters = try parameters()
    parameters.port = server.port
    let connection = try await PostgresConnection.connect(parameters, within: .seconds(20))
    let task = Task {
      try await connection.query("SELECT pg_sleep(600)", within: .seconds(600))
    }
    await server.stop()
    let error = try await failure { _ = try await task.value }
    #expect(error.code == .connectionLost)
  }

  @Test func connectingHasADeadlineOfItsOwn() async throws {
    // PostgreSQL answers the start-up packet; this listens and never does.
    let listener = try Silence()
    defer { listener.stop() }
    let error = try await failure {
      _ = try await PostgresConnection.connect(
        PostgresParameters(
          host: "127.0.0.1",
          port: listener.port,
          database: "postgres",
          user: "postgres"
        ),
        within: .milliseconds(200)
      )
    }
    #expect(error.code == .timedOut(.connecting))
  }
}

@Suite struct ConnectionFailureTests {
  @Test(arguments: [
    (
      "connection to server at \"127.0.0.1\", port 1 failed: FATAL:  28P01: wrong\nLOCATION:  x\n",
      "wrong", "28P01" as String?
    ),
    ("connection to server failed: SCHWERWIEGEND:  3D000: fehlt\n", "fehlt", "3D000"),
    ("connection refused\n\tIs the server running?\n", "connection refused", nil),
    ("a:  b: c", "a:  b: c", nil),
    ("", "no reason given", nil),
  ])
  func theStateIsTakenOutOfTheMessage(text: String, message: String, state: String?) {
    let failure = ConnectionFailure(text)
    #expect(failure.message == message)
    #expect(failure.sqlState == state)
  }
}
