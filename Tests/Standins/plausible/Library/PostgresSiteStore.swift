package import PostgresQueries
import Threads

/// Sites and users in PostgreSQL, over a pool of sessions that are used in turn. One that was lost is
/// noticed by whoever uses it next, and opened again for the one after that.
package actor PostgresSiteStore: SiteStore {
  private let parameters: PostgresParameters
  private let limit: Duration
  private var pool: [PostgresConnection?]
  private var turn = 0
  /// The number of the type of e-mail addresses, looked up once, as the app's own driver does it. A
  /// database that is made anew has the type under another number.
  private var addressType: Int64?

  package init(
    _ parameters: PostgresParameters,
    connections: Int = 8,
    limit: Duration = .seconds(2)
  ) {
    self.parameters = parameters
    self.limit = limit
    pool = Array(repeating: nil, count: connections)
  }

  package func hasUsers() async throws -> Bool {
    try await query("SELECT EXISTS (SELECT FROM users)").rows == [[.bool(true)]]
  }

  package func knowsUser(_ address: String) async throws -> Bool {
    if addressType == nil,
      case .int(let number)? = try await query("SELECT 'citext'::regtype::oid::bigint").rows.first?
        .first
    {
      addressType = number
    }
    let type = addressType ?? 0
    let isThere = try await query(
      "SELECT EXISTS (SELECT FROM pg_type WHERE oid::bigint = $1)",
      [.int(type)]
    )
    guard isThere.rows == [[.bool(true)]] else {
      throw StandinError("cache lookup failed for type \(type)")
    }
    let found = try await query(
      "SELECT EXISTS (SELECT FROM users WHERE email = $1)",
      [.text(address)]
    )
    return found.rows == [[.bool(true)]]
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
    let (connection, slot) = try await connected()
    do {
      _ = try await connection.execute("BEGIN;\n\(script)\nCOMMIT;", within: .seconds(60))
    } catch {
      // A failed transaction block must not be inherited by the next statement.
      await drop(connection, slot)
      throw error
    }
  }

  private func readSites(_ sql: String) async throws -> [Site] {
    try await query(sql).rows.compactMap { row in
      guard case .int(let id)? = row.first, case .text(let domain)? = row.last else { return nil }
      return Site(id: id, domain: domain)
    }
  }

  private func query(
    _ sql: String,
    _ parameters: [PostgresValue] = []
  ) async throws -> PostgresResult {
    let (connection, slot) = try await connected()
    do {
      return try await connection.query(sql, parameters, within: limit)
    } catch {
      // 57P01: the server ended the session, and tells so once.
      if case .sqlState(let state) = error.code, state != "57P01" { throw error }
      await drop(connection, slot)
      throw ConnectionLost("tcp send: closed")
    }
  }

  private func connected() async throws -> (PostgresConnection, slot: Int) {
    let slot = turn % pool.count
    turn += 1
    if let connection = pool[slot] { return (connection, slot) }
    let opened = try await PostgresConnection.connect(parameters, within: limit)
    if let connection = pool[slot] {
      await opened.close()
      return (connection, slot)
    }
    pool[slot] = opened
    return (opened, slot)
  }

  private func drop(_ lost: PostgresConnection, _ slot: Int) async {
    if pool[slot] === lost { pool[slot] = nil }
    await lost.close()
  }
}
