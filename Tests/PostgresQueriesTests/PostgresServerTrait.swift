import PostgresQueries
import PrivateServers
import Testing
import Threads

/// One server for all tests of a suite, gone when the last is through.
struct PostgresServerTrait: SuiteTrait, TestScoping {
  func provideScope(
    for test: Test,
    testCase: Test.Case?,
    performing function: @Sendable () async throws -> Void
  ) async throws {
    try await PrivatePostgres.serving { try await function() }
  }
}

extension Trait where Self == PostgresServerTrait {
  static var postgresServer: Self { PostgresServerTrait() }
}

/// How to reach the suite's server as its superuser.
func parameters() throws -> PostgresParameters {
  let server = try #require(PrivatePostgres.current)
  return PostgresParameters(
    host: "127.0.0.1",
    port: server.port,
    database: "postgres",
    user: PrivatePostgres.user,
    password: PrivatePostgres.password
  )
}

/// A session that is closed when the body is through.
func withConnection<Result: Sendable>(
  _ parameters: PostgresParameters,
  _ body: (PostgresConnection) async throws -> Result
) async throws -> Result {
  let connection = try await PostgresConnection.connect(parameters, within: .seconds(20))
  do {
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
) async throws -> PostgresError {
  do {
    try await body()
  } catch let error as PostgresError {
    return error
  }
  Issue.record("there was no error", sourceLocation: sourceLocation)
  throw CancellationError()
}
