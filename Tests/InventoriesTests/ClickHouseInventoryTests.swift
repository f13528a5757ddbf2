import Checks
import ClickHouseQueries
import Evidence
import HTTPRequests
import PrivateServers
import Testing

@testable import Inventories
@testable import Suites

/// ClickHouse tables by what their engines mean.
@Suite(.serialized, ServerTrait<PrivateClickHouse>()) struct ClickHouseInventoryTests {
  private func withServer(
    _ body: (ClickHouseClient, () async throws -> Inventory) async throws -> Void
  ) async throws {
    let server = try #require(PrivateClickHouse.current)
    let http = HTTPClient()
    let client = ClickHouseClient(
      http: http,
      endpoint: server.endpoint,
      user: PrivateClickHouse.user,
      password: PrivateClickHouse.password
    )
    var suite = Suite(recipe: "events", folder: "/nonexistent")
    suite.services["db"] = ServiceSettings(
      database: .init(
        .clickhouse,
        name: Template(literal: "default"),
        user: Template(literal: PrivateClickHouse.user),
        password: Template(literal: PrivateClickHouse.password)
      )
    )
    let taker = InventoryTaker(suite: suite, deployment: deployment(port: server.port), http: http)
    do {
      try await body(client) {
        try await taker.inventory(of: store(.clickhouse), in: Scope())
      }
    } catch {
      await http.shutDown()
      throw error
    }
    await http.shutDown()
  }

  private func run(_ client: ClickHouseClient, _ statements: String...) async throws {
    for statement in statements { _ = try await client.query(statement, within: .seconds(20)) }
  }

  @Test func `Rows and contents of every kind of column are seen, nulls too`() async throws {
    try await withServer { client, inventory in
      try await run(
        client,
        "CREATE DATABASE kinds",
        """
        CREATE TABLE kinds.events (day Date, n Nullable(Int32), t String, f Float64, a Array(String),
          an Array(Nullable(Int8)), e Enum8('x' = 1), u UUID, fs FixedString(3), d Decimal(9, 2),
          `odd ``name` UInt8) ENGINE = MergeTree PARTITION BY toYYYYMM(day) ORDER BY day
        """,
        "CREATE VIEW kinds.seen AS SELECT t FROM kinds.events",
        """
        INSERT INTO kinds.events (day, n, t, f, a) VALUES ('2026-01-01', NULL, 'a', 0.1, ['x']),
          ('2026-01-01', 1, 'b', 0.2, [])
        """
      )
      let events = InventoryPart(.table, "kinds.events")
      let first = try await inventory()
      #expect(first.gaps == [])
      #expect(first.unhashed == [])
      #expect(first.difference(to: try await inventory()).isEmpty)
      #expect(first.parts[events]?[.rows] == .number(2))
      #expect(first.parts[InventoryPart(.view, "kinds.seen")] != nil)
      #expect(first.parts[InventoryPart(.view, "kinds.seen")]?[.rows] == nil)
      #expect(!first.parts.keys.contains { $0.name.hasPrefix("system") })
      // The row with a null is the one that changes.
      try await run(
        client,
        "ALTER TABLE kinds.events DROP PARTITION 202601",
        """
        INSERT INTO kinds.events (day, n, t, f, a) VALUES ('2026-01-01', NULL, 'z', 0.1, ['x']),
          ('2026-01-01', 1, 'b', 0.2, [])
        """
      )
      let difference = first.difference(to: try await inventory())
      #expect(difference.changed.items.map(\.part) == [events])
      #expect(difference.changed.items.first?.properties.map(\.property) == [.hash])
      try await run(client, "DROP DATABASE kinds")
      let gone = first.difference(to: try await inventory())
      #expect(
        gone.lost.items.map(\.name) == ["kinds", "kinds.events", "kinds.seen"]
      )
    }
  }

  @Test func `Rows that the engine will merge are counted as if it had`() async throws {
    try await withServer { client, inventory in
      try await run(
        client,
        "CREATE DATABASE merging",
        """
        CREATE TABLE merging.sessions (id UInt64, pages UInt32, sign Int8)
        ENGINE = CollapsingMergeTree(sign) ORDER BY id
        """,
        """
        CREATE TABLE merging.latest (id UInt64, name String)
        ENGINE = ReplacingMergeTree ORDER BY id
        """,
        "CREATE TABLE merging.sums (id UInt64, n UInt64) ENGINE = SummingMergeTree ORDER BY id",
        """
        CREATE TABLE merging.states (id UInt64, s AggregateFunction(sum, UInt64))
        ENGINE = AggregatingMergeTree ORDER BY id
        """,
        "INSERT INTO merging.sessions VALUES (1, 1, 1)",
        "INSERT INTO merging.sessions VALUES (1, 1, -1), (1, 2, 1)",
        "INSERT INTO merging.latest VALUES (1, 'a')",
        "INSERT INTO merging.latest VALUES (1, 'b')",
        "INSERT INTO merging.sums VALUES (1, 1)",
        "INSERT INTO merging.sums VALUES (1, 2)",
        "INSERT INTO merging.states SELECT 1, sumState(toUInt64(1))",
        "INSERT INTO merging.states SELECT 1, sumState(toUInt64(2))"
      )
      let before = try await inventory()
      for table in ["sessions", "latest", "sums", "states"] {
        #expect(
          before.parts[InventoryPart(.table, "merging.\(table)")]?[.rows] == .number(1),
          "\(table): \(before.gaps)"
        )
        try await run(client, "OPTIMIZE TABLE merging.\(table) FINAL")
      }
      #expect(before.difference(to: try await inventory()).isEmpty)
      try await run(client, "DROP DATABASE merging")
    }
  }
}
