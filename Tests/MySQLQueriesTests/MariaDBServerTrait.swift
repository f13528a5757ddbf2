import MySQLQueries
import PrivateServers
import Testing
import Threads

/// One server for all tests of a suite, gone when the last is through.
struct MariaDBServerTrait: SuiteTrait, TestScoping {
  /// Of `mariadbd`.
  var options: [String] = []

  func provideScope(
    for test: Test,
    testCase: Test.Case?,
    performing function: @Sendable () async throws -> Void
  ) async throws {
    let server = try await PrivateMariaDB.start(options)
    do {
      try await PrivateMariaDB.$current.withValue(server) { try await function() }
    } catch {
      await server.stop()
      throw error
    }
    await server.stop()
  }
}

/// How to reach the suite's server as its superuser.
func parameters(
  database: String = "test",
  password: String = PrivateMariaDB.password,
  limit: Int = 1 << 20
) throws -> MySQLParameters {
  let server = try #require(PrivateMariaDB.current)
  return MySQLParameters(
    address: .tcp(host: "127.0.0.1", port: server.port),
    database: database,
    user: PrivateMariaDB.user,
    password: password,
    maximumResultBytes: limit
  )
}

/// A session with a database of its own, closed when the body is through.
func withConnection<Result: Sendable>(
  _ parameters: MySQLParameters? = nil,
  _ body: (MySQLConnection) async throws -> Result
) async throws -> Result {
  let known = try parameters ?? MySQLQueriesTests.parameters(database: "")
  let connection = try await MySQLConnection.connect(known, within: .seconds(20))
  do {
    _ = try await connection.query("CREATE DATABASE IF NOT EXISTS test", within: .seconds(10))
    _ = try await connection.query("USE test", within: .seconds(10))
    let result = try await body(connection)
    await connection.close()
    return result
  } catch {
    await connection.close()
    throw error
  }
}

/// The error of what must not succeed.
func failure(
  sourceLocation: SourceLocation = #_sourceLocation,
  _ body: () async throws -> Void
) async throws -> MySQLError {
  do {
    try await body()
  } catch let error as MySQLError {
    return error
  }
  Issue.record("there was no error", sourceLocation: sourceLocation)
  throw CancellationError()
}

extension MySQLConnection {
  func ask(_ sql: String, _ values: [MySQLValue] = []) async throws -> [[MySQLCell]] {
    try await query(sql, values, within: .seconds(10)).rows
  }
}
