import Foundation

/// A MariaDB server for tests, reachable over TCP and over a unix socket in its folder.
package struct PrivateMariaDB: PrivateServer {
  /// That of the suite that runs.
  @TaskLocal package static var current: PrivateMariaDB?
  package static var currentServer: TaskLocal<PrivateMariaDB?> { $current }

  package static let user = "root"
  package static let password = "correct horse"

  private let server: GuardedServer

  package var port: Int { server.port }
  package var folder: String { server.folder }
  package var socket: String { "\(server.folder)/s" }

  package static func start() async throws -> PrivateMariaDB { try await start([]) }

  /// - Parameter options: of `mariadbd`, after its own.
  package static func start(_ options: [String]) async throws -> PrivateMariaDB {
    guard FileManager.default.isExecutableFile(atPath: "/usr/sbin/mariadbd") else {
      throw FixtureError("/usr/sbin/mariadbd is missing: install the package mariadb-server")
    }
    let server = try await GuardedServer.start(stoppedBy: "TERM") { folder, port in
      let account = "SET PASSWORD FOR root@localhost = PASSWORD('\(password)');\n"
      try Data(account.utf8).write(to: URL(fileURLWithPath: "\(folder)/account.sql"))
      // As a part of the server, so that the folder is guarded from the first file on. A server that
      // starts removes the temporary tables of all others in the same folder, hence one of its own.
      let script = """
        folder=$1 port=$2; shift 2
        mkdir "$folder/tmp" && export TMPDIR="$folder/tmp" || exit
        mariadb-install-db --no-defaults --datadir="$folder/data" --skip-test-db --force \
          --auth-root-authentication-method=normal --innodb-log-file-size=4M --debug-no-sync \
          >install.log 2>&1 || { cat install.log; exit; }
        exec mariadbd --no-defaults --datadir="$folder/data" --socket="$folder/s" --port="$port" \
          --bind-address=127.0.0.1 --pid-file="$folder/pid" --init-file="$folder/account.sql" \
          --character-set-server=utf8mb4 --innodb-log-file-size=4M --innodb-buffer-pool-size=16M \
          --debug-no-sync --skip-log-bin --performance-schema=off "$@"
        """
      return ["/bin/sh", "-c", script, "mariadb", folder, "\(port)"] + options
    } isReady: { folder, _ in
      let log = (try? String(contentsOfFile: "\(folder)/log", encoding: .utf8)) ?? ""
      return log.contains("mariadbd: ready for connections.")
    }
    return PrivateMariaDB(server: server)
  }

  package func stop() async {
    await server.stop()
  }
}
