import FoundationEssentials
package import PostgresQueries

/// What the stand-in is told at its start.
package struct StandinOptions: Sendable {
  package var version: AppVersion
  package var listen: (host: String, port: UInt16)
  package var postgres: PostgresParameters
  package var clickhouse: ClickHouseAddress
  package var bootDelay = Duration.seconds(5)
  package var warmUp = Duration.seconds(10)
  package var sitesCacheInterval = Duration.seconds(30)
  package var sitesCacheReload = Duration.seconds(15 * 60)
  package var flushInterval = Duration.seconds(5)
  package var databaseTimeout = Duration.seconds(8)
  package var faults = FaultSet()
  package var faultsFile: String?

  package struct ClickHouseAddress: Sendable, Equatable {
    package var endpoint: String
    package var database: String
    package var user: String
    package var password: String?
  }

  package init(
    version: AppVersion,
    listen: (host: String, port: UInt16),
    postgres: PostgresParameters,
    clickhouse: ClickHouseAddress
  ) {
    self.version = version
    self.listen = listen
    self.postgres = postgres
    self.clickhouse = clickhouse
  }
}

extension StandinOptions {
  /// Reads `127.0.0.1:8000`.
  static func listenAddress(_ text: String) throws -> (host: String, port: UInt16) {
    guard let colon = text.lastIndex(of: ":"), colon != text.startIndex,
      let port = UInt16(text[text.index(after: colon)...])
    else { throw StandinError("listen address \(text) is not HOST:PORT") }
    return (String(text[..<colon]), port)
  }

  /// Reads `postgres://user:password@host:port/database`; errors do not repeat the URL.
  package static func postgres(url: String, password: String? = nil) throws -> PostgresParameters {
    guard let parts = URLComponents(string: url),
      parts.scheme == "postgres" || parts.scheme == "postgresql",
      let host = parts.host, !host.isEmpty, let user = parts.user, parts.path.count > 1
    else {
      throw StandinError("DATABASE_URL is not postgres://user:password@host:port/database")
    }
    return PostgresParameters(
      host: host,
      port: parts.port ?? 5432,
      database: String(parts.path.dropFirst()),
      user: user,
      password: parts.password ?? password,
      applicationName: Standin.name
    )
  }

  /// Reads `http://user:password@host:port/database`, user and password optional.
  package static func clickhouse(url: String) throws -> ClickHouseAddress {
    guard let parts = URLComponents(string: url), let scheme = parts.scheme,
      ["http", "https"].contains(scheme), let host = parts.host, !host.isEmpty,
      parts.path.count > 1,
      parts.path.utf8.dropFirst().allSatisfy({ StandinOptions.isNameByte($0) })
    else { throw StandinError("CLICKHOUSE_DATABASE_URL is not http://host:port/database") }
    return ClickHouseAddress(
      endpoint: "\(scheme)://\(host):\(parts.port ?? 8123)",
      database: String(parts.path.dropFirst()),
      user: parts.user ?? "default",
      password: parts.password
    )
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    let character = Character(Unicode.Scalar(byte))
    return character == "_" || (character.isASCII && (character.isLetter || character.isNumber))
  }
}
