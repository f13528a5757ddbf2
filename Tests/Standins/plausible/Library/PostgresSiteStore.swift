package import PostgresQueries

/// Sites in PostgreSQL, over one session that is opened again after it was lost.
package actor PostgresSiteStore: SiteStore {
  private let parameters: PostgresParameters
  private let limit: Duration
  private var connection: PostgresConnection?

  package init(_ parameters: PostgresParameters, limit: Duration = .seconds(2)) {
    self.parameters = parameters
    self.limit = limit
  }

  package func hasSites() async throws -> Bool {
    try await query("SELECT EXISTS (SELECT FROM sites)").rows == [[.bool(true)]]
  }

  package func allSites() async throws -> [Site] {
    try await readSites("SELECT id, domain FROM sites ORDER BY id")
  }

  package func recentSites() async throws -> [Site] {
    try await readSites(
      """
      SELECT id, domain FROM sites
      WHERE updated_at > (now() AT TIME ZONE 'UTC') - interval '15 minutes' ORDER BY id
      """
    )
  }

  package func schemaVersion() async throws -> Int {
    let known = try await query("SELECT to_regclass('public.schema_migrations') IS NOT NULL")
    guard known.rows == [[.bool(true)]] else { return 0 }
    let newest = try await query("SELECT coalesce(max(version), 0)::bigint FROM schema_migrations")
    guard case .int(let version)? = newest.rows.first?.first else { return 0 }
    return Int(version)
  }

  package func migrate(to version: Int, losing loss: MigrationLoss?) async throws {
    let script = PostgresMigrations.script(to: version, losing: loss)
    let connection = try await connected()
    do {
      _ = try await connection.execute("BEGIN;\n\(script)\nCOMMIT;", within: .seconds(60))
    } catch {
      // A failed transaction block must not be inherited by the next statement.
      await drop(connection)
      throw error
    }
  }

  package func close() async {
    if let connection { await drop(connection) }
  }

  private func readSites(_ sql: String) async throws -> [Site] {
    try await query(sql).rows.compactMap { row in
      guard case .int(let id)? = row.first, case .text(let domain)? = row.last else { return nil }
      return Site(id: id, domain: domain)
    }
  }

  private func query(_ sql: String) async throws -> PostgresResult {
    let connection = try await connected()
    do {
      return try await connection.query(sql, within: limit)
    } catch {
      if case .sqlState = error.code { throw error }
      await drop(connection)
      throw ConnectionLost("\(error)")
    }
  }

  private func connected() async throws -> PostgresConnection {
    if let connection { return connection }
    let opened = try await PostgresConnection.connect(parameters, within: limit)
    if let connection {
      await opened.close()
      return connection
    }
    connection = opened
    return opened
  }

  private func drop(_ lost: PostgresConnection) async {
    if connection === lost { connection = nil }
    await lost.close()
  }
}
