import Foundation

/// A Redis server for tests, reachable over TCP and over a unix socket in its folder.
package struct PrivateRedis: Sendable {
  package static let password = "correct horse"

  private let server: GuardedServer

  package var port: Int { server.port }
  package var socket: String { "\(server.folder)/s" }

  package static func start() async throws -> PrivateRedis {
    guard FileManager.default.isExecutableFile(atPath: "/usr/bin/redis-server") else {
      throw FixtureError("/usr/bin/redis-server is missing: install the package redis-server")
    }
    let server = try await GuardedServer.start(stoppedBy: "TERM") { folder, port in
      [
        "/usr/bin/redis-server", "--port", "\(port)", "--bind", "127.0.0.1", "--unixsocket",
        "\(folder)/s", "--dir", folder, "--save", "", "--requirepass", password,
      ]
    } isReady: { folder, _ in
      let log = (try? String(contentsOfFile: "\(folder)/log", encoding: .utf8)) ?? ""
      return log.contains("Ready to accept connections")
    }
    return PrivateRedis(server: server)
  }

  package func stop() async {
    await server.stop()
  }
}
