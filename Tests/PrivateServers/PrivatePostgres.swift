import Foundation

/// A PostgreSQL cluster for tests, reachable over TCP and over a unix socket in its folder.
package struct PrivatePostgres: PrivateServer {
  /// That of the suite that runs.
  @TaskLocal package static var current: PrivatePostgres?
  package static var currentServer: TaskLocal<PrivatePostgres?> { $current }

  package static let user = "postgres"
  package static let password = "correct horse"

  private let server: GuardedServer

  package var port: Int { server.port }
  package var folder: String { server.folder }

  package static func start() async throws -> PrivatePostgres {
    let programs = try programFolder()
    let server = try await GuardedServer.start(stoppedBy: "INT") { folder, port in
      try Data(password.utf8).write(to: URL(fileURLWithPath: "\(folder)/password"))
      // As a part of the server, so that the folder is guarded from the first file on.
      let script = """
        "$1/initdb" --pgdata="$2/data" --username="$3" --pwfile="$2/password" \
          --auth=scram-sha-256 --no-locale --encoding=UTF8 --no-sync || exit
        exec "$1/postgres" -D "$2/data" -p "$4" -k "$2" -c listen_addresses=127.0.0.1 \
          -c fsync=off -c max_connections=60 -c shared_buffers=4MB -c autovacuum=off
        """
      return ["/bin/sh", "-c", script, "postgres", programs, folder, user, "\(port)"]
    } isReady: { folder, _ in
      // `miscadmin.h`: the eighth line is the server's state.
      let status = try? String(contentsOfFile: "\(folder)/data/postmaster.pid", encoding: .utf8)
      return status?.split(separator: "\n").last?.hasPrefix("ready") ?? false
    }
    return PrivatePostgres(server: server)
  }

  package func stop() async {
    await server.stop()
  }

  /// The newest version's.
  private static func programFolder() throws -> String {
    let root = "/usr/lib/postgresql"
    let versions = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
    let folders = versions.compactMap { Int($0) }.sorted().map { "\(root)/\($0)/bin" }
    guard
      let folder = folders.last(where: {
        FileManager.default.isExecutableFile(atPath: "\($0)/initdb")
      })
    else { throw FixtureError("\(root)/*/bin/initdb is missing: install the package postgresql") }
    return folder
  }
}
