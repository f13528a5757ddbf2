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
    try await insert(
      into: "events_v2",
      columns: """
        timestamp, name, site_id, user_id, session_id, hostname, pathname, referrer,
        referrer_source, browser, operating_system, screen_size, `meta.key`, `meta.value`
        """,
      events.map(ClickHouseEventStore.fields(of:))
    )
    try await insert(
      into: "sessions_v2",
      columns: """
        sign, session_id, site_id, user_id, hostname, start, timestamp, entry_page, exit_page,
        pageviews, events
        """,
      events.flatMap(\.sessionRows).map(ClickHouseEventStore.fields(of:))
    )
  }

  /// - Parameter rows: the type and value of each field, in the order of the columns.
  private func insert(
    into table: String,
    columns: String,
    _ rows: [[(type: String, value: ClickHouseValue)]]
  ) async throws {
    var parameters: [String: ClickHouseValue] = [:]
    let texts = rows.map { fields in
      let placeholders = fields.map { field in
        let name = "p\(parameters.count)"
        parameters[name] = field.value
        return "{\(name):\(field.type)}"
      }
      return "(" + placeholders.joined(separator: ", ") + ")"
    }
    _ = try await client.query(
      "INSERT INTO \(table) (\(columns)) VALUES \(texts.joined(separator: ", "))",
      parameters: parameters,
      within: .seconds(10)
    )
  }

  /// Seconds since 1970, which no time zone of the server can change.
  private static func seconds(_ date: Date) -> (String, ClickHouseValue) {
    ("UInt32", .int(Int64(date.timeIntervalSince1970)))
  }

  private static func fields(of event: Event) -> [(type: String, value: ClickHouseValue)] {
    [
      seconds(event.timestamp),
      ("String", .text(event.name)),
      ("UInt64", .int(event.siteID)),
      ("UInt64", .uint(event.userID)),
      ("UInt64", .uint(event.sessionID)),
      ("String", .text(event.page.host)),
      ("String", .text(event.page.path)),
      ("String", .text(event.referrer)),
      ("String", .text(event.referrerSource)),
      ("String", .text(event.agent.browser)),
      ("String", .text(event.agent.system)),
      ("String", .text(event.agent.screen)),
      ("Array(String)", .array(event.metaKeys.map { .text($0) })),
      ("Array(String)", .array(event.metaValues.map { .text($0) })),
    ]
  }

  private static func fields(of row: SessionRow) -> [(type: String, value: ClickHouseValue)] {
    [
      ("Int8", .int(Int64(row.sign))),
      ("UInt64", .uint(row.id)),
      ("UInt64", .int(row.siteID)),
      ("UInt64", .uint(row.userID)),
      ("String", .text(row.hostname)),
      seconds(row.start),
      seconds(row.last),
      ("String", .text(row.entryPage)),
      ("String", .text(row.exitPage)),
      ("Int32", .int(Int64(row.pageviews))),
      ("Int32", .int(Int64(row.events))),
    ]
  }
}
