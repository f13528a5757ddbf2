import ClickHouseQueries
import HTTPRequests
import PrivateServers
import Testing

/// One server for all tests of a suite, gone when the last is through.
struct ClickHouseServerTrait: SuiteTrait, TestScoping {
  func provideScope(
    for test: Test,
    testCase: Test.Case?,
    performing function: @Sendable () async throws -> Void
  ) async throws {
    try await PrivateClickHouse.serving { try await function() }
  }
}

extension Trait where Self == ClickHouseServerTrait {
  static var clickHouseServer: Self { ClickHouseServerTrait() }
}

/// A client of the suite's server.
func withClickHouse<Result>(
  user: String = PrivateClickHouse.user,
  password: String? = PrivateClickHouse.password,
  database: String = "default",
  endpoint: String? = nil,
  _ body: (ClickHouseClient) async throws -> Result
) async throws -> Result {
  let http = HTTPClient()
  do {
    let client = ClickHouseClient(
      http: http,
      endpoint: try endpoint ?? #require(PrivateClickHouse.current).endpoint,
      database: database,
      user: user,
      password: password
    )
    let result = try await body(client)
    await http.shutDown()
    return result
  } catch {
    await http.shutDown()
    throw error
  }
}

/// The error of what must not succeed.
func failure(
  sourceLocation: SourceLocation = #_sourceLocation,
  _ body: () async throws -> Void
) async throws -> ClickHouseError {
  do {
    try await body()
  } catch let error as ClickHouseError {
    return error
  }
  Issue.record("there was no error", sourceLocation: sourceLocation)
  throw CancellationError()
}
