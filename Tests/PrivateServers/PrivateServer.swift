/// A real server for tests, gone when they are.
package protocol PrivateServer: Sendable {
  static func start() async throws -> Self
  func stop() async

  /// That of the suite that runs.
  static var currentServer: TaskLocal<Self?> { get }
}

extension PrivateServer {
  /// One server for all that the body does.
  package static func serving(_ body: () async throws -> Void) async throws {
    let server = try await start()
    do {
      try await currentServer.withValue(server) { try await body() }
    } catch {
      await server.stop()
      throw error
    }
    await server.stop()
  }
}
