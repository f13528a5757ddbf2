package import ClickHouseQueries
import FoundationEssentials

/// Events in ClickHouse, 18.16 and later.
package struct ClickHouseEventStore: EventStore {
  private let client: ClickHouseClient
  /// On a database that is always there, to make the other.
  private let server: ClickHouseClient
  private let database: String
  private let limit: Duration

  package init(
    client: ClickHouseClient,
    server: ClickHouseClient,
    database: String,
    limit: Duration = .seconds(2)
  ) {
    self.client = client
    self.server = server
    self.database = database
    self.limit = limit
  }

  package func ping() async throws {
    // Through the database, so that one that is gone is noticed.
    _ = try await client.query("SELECT count() FROM schema_migrations", within: limit)
  }

  package func schemaVersion() async throws -> Int {
    let tables = try await server.query(
      "SELECT name FROM system.tables WHERE database = {database:String} "
        + "AND name = 'schema_migrations'",
      parameters: ["database": .text(database)],
      within: limit
    )
    guard tables.rowCount > 0 else { return 0 }
    let newest = try await client.query(
      "SELECT toInt64(max(version)) AS version FROM schema_migrations",
      within: limit
    )
    guard case .int(let version)? = newest.rows.first?.first else { return 0 }
    return Int(version)
  }

  /// Not one transaction, which ClickHouse has not: each statement may be repeated.
  package func migrate(to version: Int) async throws {
    if version == 1 {
      try await perform("CREATE DATABASE IF NOT EXISTS `\(database)`", on: server)
      for statement in ClickHouseMigrations.first { try await perform(statement) }
    } else {
      let column = try await client.query(
        "SELECT name FROM system.columns WHERE database = {database:String} "
          + "AND table = 'events_v2' AND name = 'channel'",
        parameters: ["database": .text(database)],
        within: limit
      )
      if column.rowCount == 0 { try await perform(ClickHouseMigrations.channel) }
      try await perform(ClickHouseMigrations.importedPages)
    }
    try await perform("INSERT INTO schema_migrations VALUES (\(version), now())")
  }

  private func perform(_ sql: String, on client: ClickHouseClient? = nil) async throws {
    _ = try await (client ?? self.client).query(sql, within: .seconds(60))
  }

  package func insert(_ events: [Event]) async throws {
    for start in stride(from: 0, to: events.count, by: 200) {
      try await insertTogether(events[start..<min(start + 200, events.count)])
    }
  }

  private func insertTogether(_ events: ArraySlice<Event>) async throws {
    var parameters: [String: ClickHouseValue] = [:]
    var rows: [String] = []
    for (number, event) in events.enumerated() {
      let placeholders = ClickHouseEventStore.fields(of: event).map { name, type, value in
        parameters["\(name)_\(number)"] = value
        return "{\(name)_\(number):\(type)}"
      }
      rows.append("(" + placeholders.joined(separator: ", ") + ")")
    }
    _ = try await client.query(
      """
      INSERT INTO events_v2 (timestamp, name, site_id, user_id, session_id, hostname, pathname,
        referrer, referrer_source, browser, operating_system, screen_size, `meta.key`, `meta.value`)
      VALUES \(rows.joined(separator: ", "))
      """,
      parameters: parameters,
      within: .seconds(10)
    )
  }

  /// In the order of the statement's columns.
  private static func fields(of event: Event) -> [(String, String, ClickHouseValue)] {
    [
      // Seconds since 1970, which no time zone of the server can change.
      ("time", "UInt32", .int(Int64(event.timestamp.timeIntervalSince1970))),
      ("name", "String", .text(event.name)),
      ("site", "UInt64", .int(event.siteID)),
      ("user", "UInt64", .uint(event.userID)),
      ("session", "UInt64", .uint(event.sessionID)),
      ("host", "String", .text(event.page.host)),
      ("path", "String", .text(event.page.path)),
      ("referrer", "String", .text(event.referrer)),
      ("source", "String", .text(event.referrerSource)),
      ("browser", "String", .text(event.agent.browser)),
      ("system", "String", .text(event.agent.system)),
      ("screen", "String", .text(event.agent.screen)),
      ("keys", "Array(String)", .array(event.metaKeys.map { .text($0) })),
      ("values", "Array(String)", .array(event.metaValues.map { .text($0) })),
    ]
  }
}
