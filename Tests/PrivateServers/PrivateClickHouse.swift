import Foundation

/// A ClickHouse server for tests.
package struct PrivateClickHouse: PrivateServer {
  /// That of the suite that runs.
  @TaskLocal package static var current: PrivateClickHouse?
  package static var currentServer: TaskLocal<PrivateClickHouse?> { $current }

  package static let user = "app"
  package static let password = "päss & <word>"

  private let server: GuardedServer
  /// Of the native protocol, which `clickhouse-client` speaks.
  package let nativePort: Int

  package var endpoint: String { "http://127.0.0.1:\(server.port)" }
  package var port: Int { server.port }

  package static func start() async throws -> PrivateClickHouse {
    let program = try program()
    let nativePort = try GuardedServer.freePort()
    let server = try await GuardedServer.start(stoppedBy: "TERM") { folder, port in
      for name in ["data", "tmp"] {
        let path = "\(folder)/\(name)"
        try FileManager.default.createDirectory(
          atPath: path,
          withIntermediateDirectories: false
        )
        try GuardedServer.hand(over: path)
      }
      let files = [
        "config.xml": configuration(folder: folder, port: port, nativePort: nativePort),
        "users.xml": users,
      ]
      for (name, text) in files {
        try Data(text.utf8).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
      }
      return program + ["--config-file=\(folder)/config.xml"]
    } isReady: { _, port in
      GuardedServer.accepts(port: port) && GuardedServer.accepts(port: nativePort)
    }
    return PrivateClickHouse(server: server, nativePort: nativePort)
  }

  package func stop() async {
    await server.stop()
  }

  private static func program() throws -> [String] {
    for path in ["/usr/sbin/clickhouse-server", "/usr/bin/clickhouse-server"]
    where FileManager.default.isExecutableFile(atPath: path) {
      return [path]
    }
    throw FixtureError(
      "/usr/sbin/clickhouse-server is missing: install the package clickhouse-server"
    )
  }

  private static func configuration(folder: String, port: Int, nativePort: Int) -> String {
    """
    <?xml version="1.0"?>
    <yandex>
      <logger><level>warning</level><console>1</console></logger>
      <http_port>\(port)</http_port>
      <tcp_port>\(nativePort)</tcp_port>
      <listen_host>127.0.0.1</listen_host>
      <path>\(folder)/data/</path>
      <tmp_path>\(folder)/tmp/</tmp_path>
      <users_config>\(folder)/users.xml</users_config>
      <default_profile>default</default_profile>
      <default_database>default</default_database>
      <timezone>UTC</timezone>
      <mark_cache_size>16777216</mark_cache_size>
    </yandex>
    """
  }

  private static var users: String {
    let escaped =
      password
      .replacingOccurrences(of: "&", with: "&amp;")
      .replacingOccurrences(of: "<", with: "&lt;")
    return """
      <?xml version="1.0"?>
      <yandex>
        <profiles><default></default><reader><readonly>1</readonly></reader></profiles>
        <users>
          <\(user)>
            <password>\(escaped)</password>
            <networks><ip>127.0.0.1</ip></networks>
            <profile>default</profile>
            <quota>default</quota>
          </\(user)>
          <reader>
            <password></password>
            <networks><ip>127.0.0.1</ip></networks>
            <profile>reader</profile>
            <quota>default</quota>
          </reader>
        </users>
        <quotas><default></default></quotas>
      </yandex>
      """
  }
}
