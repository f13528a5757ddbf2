import PrivateServers
import Testing

/// One server for all tests of a suite, gone when the last is through.
struct ServerTrait<Server: PrivateServer>: SuiteTrait, TestScoping {
  func provideScope(
    for test: Test,
    testCase: Test.Case?,
    performing function: @Sendable () async throws -> Void
  ) async throws {
    try await Server.serving { try await function() }
  }
}
