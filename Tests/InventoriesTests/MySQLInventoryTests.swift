import Checks
import Evidence
import Foundation
import HTTPRequests
import MySQLQueries
import PrivateServers
import Testing
import Threads

@testable import Inventories
@testable import Suites

/// What is lost when a database of MariaDB is restored from less than it was.
@Suite(.serialized, ServerTrait<PrivateMariaDB>(), .timeLimit(.minutes(2)))
struct MySQLInventoryTests {
  private static let schema = [
    """
    CREATE TABLE notes (id INT AUTO_INCREMENT PRIMARY KEY, title VARCHAR(50) NOT NULL, n DOUBLE, b BLOB,
      at TIMESTAMP NULL, j JSON, e ENUM('ok', 'bad'), place POINT, bits BIT(3), UNIQUE (title))
    """,
    "CREATE TABLE log (line VARCHAR(20) CHARACTER SET latin1) ENGINE=MyISAM",
    "CREATE TABLE `odd ``table` (`a ``b` TEXT, parity TEXT)",
    "CREATE VIEW recent AS SELECT id FROM notes",
    "CREATE SEQUENCE numbers",
    "CREATE FUNCTION twice(x INT) RETURNS INT DETERMINISTIC RETURN x * 2",
    "CREATE PROCEDURE twice(IN x INT) SELECT x * 2",
    "CREATE TRIGGER stamped BEFORE INSERT ON notes FOR EACH ROW SET NEW.n = 1",
    "CREATE EVENT nightly ON SCHEDULE EVERY 1 DAY STARTS '2026-01-01' DO DELETE FROM log",
    """
    INSERT INTO notes (title, b, at, j, place, bits)
      VALUES ('ä🙂', X'00ff', '2026-01-01', '{}', POINT(1, 2), 5), ('b', NULL, NULL, '[]', NULL, NULL)
    """,
    "INSERT INTO log VALUES ('a'), ('a'), (NULL)",
    "INSERT INTO `odd ``table` VALUES ('x', 'y')",
  ]

  private func withDatabase(
    _ name: String,
    limits: InventoryLimits = .standard,
    _ body: (MySQLConnection, () async throws -> Inventory) async throws -> Void
  ) async throws {
    let server = try #require(PrivateMariaDB.current)
    let connection = try await MySQLConnection.connect(
      MySQLParameters(
        address: .tcp(host: "127.0.0.1", port: server.port),
        database: "",
        user: PrivateMariaDB.user,
        password: PrivateMariaDB.password
      ),
      within: .seconds(20)
    )
    try await run(connection, ["CREATE DATABASE \(name)", "USE \(name)"] + Self.schema)
    var suite = Suite(recipe: "notes", folder: "/nonexistent")
    suite.services["db"] = ServiceSettings(
      database: .init(
        .mysql,
        name: Template(literal: name),
        user: Template(literal: PrivateMariaDB.user),
        password: Template(literal: PrivateMariaDB.password)
      )
    )
    let http = HTTPClient()
    let taker = InventoryTaker(
      suite: suite,
      deployment: deployment(port: server.port),
      http: http,
      limits: limits
    )
    do {
      try await body(connection) { try await taker.inventory(of: store(.mysql), in: Scope()) }
    } catch {
      await http.shutDown()
      await connection.close()
      throw error
    }
    await http.shutDown()
    try await run(connection, ["DROP DATABASE \(name)"])
    await connection.close()
  }

  private func run(_ connection: MySQLConnection, _ statements: [String]) async throws {
    for statement in statements {
      _ = try await connection.query(statement, within: .seconds(20))
    }
  }

  @Test func `Everything that a restore can lose is in it, and it is the same twice`() async throws
  {
    try await withDatabase("whole") { connection, inventory in
      let first = try await inventory()
      #expect(first == (try await inventory()))
      #expect(first.gaps == [])
      #expect(first.unhashed == [])
      let names = first.parts.keys.map { "\($0.kind) \($0.name)" }
      for name in [
        "database whole", "table whole.notes", "table whole.log", "table whole.odd `table",
        "view whole.recent", "sequence whole.numbers", "function whole.twice",
        "function procedure whole.twice", "trigger whole.notes.stamped", "event whole.nightly",
        "role 'root'@'localhost'",
      ] {
        #expect(names.contains(name), "\(name)")
      }
      #expect(!names.contains { $0.contains("information_schema") || $0.contains("mariadb.sys") })
      let notes = first.parts[InventoryPart(.table, "whole.notes")]
      #expect(notes?[.rows] == .number(2))
      #expect(notes?[.lastValue] == .number(3))
      #expect(notes?[.engine] == .text("InnoDB"))
      #expect(notes?[.collation] == .text("utf8mb4_general_ci"))
      let log = first.parts[InventoryPart(.table, "whole.log")]
      #expect(log?[.engine] == .text("MyISAM"))
      #expect(log?[.rows] == .number(3))
      // The order of rows counts for nothing.
      try await run(
        connection,
        ["DELETE FROM log", "INSERT INTO log VALUES (NULL), ('a'), ('a')"]
      )
      #expect(first.difference(to: try await inventory()).isEmpty)
    }
  }

  @Test func `Each loss is told by name and property`() async throws {
    try await withDatabase("losses") { connection, inventory in
      var before = try await inventory()
      let losses: [(String, String, [InventoryProperty])] = [
        ("UPDATE notes SET n = 0.2 WHERE id = 1", "losses.notes", [.hash]),
        ("UPDATE notes SET title = 'ä?' WHERE id = 1", "losses.notes", [.hash]),
        ("UPDATE notes SET place = POINT(1, 3) WHERE id = 1", "losses.notes", [.hash]),
        ("UPDATE notes SET b = '' WHERE id = 2", "losses.notes", [.hash]),
        ("INSERT INTO log VALUES ('a')", "losses.log", [.rows, .hash]),
        // As many rows, of which another one is there twice.
        ("UPDATE log SET line = 'b' WHERE line IS NULL", "losses.log", [.hash]),
        ("ALTER TABLE notes AUTO_INCREMENT = 70", "losses.notes", [.lastValue]),
        ("ALTER TABLE notes DROP INDEX title", "losses.notes", [.definition]),
        ("ALTER TABLE log ENGINE = InnoDB", "losses.log", [.definition, .engine]),
        (
          "ALTER TABLE notes CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_bin",
          "losses.notes", [.definition, .collation]
        ),
        ("DO NEXTVAL(numbers)", "losses.numbers", [.lastValue]),
        (
          "CREATE OR REPLACE VIEW recent AS SELECT id + 1 FROM notes", "losses.recent",
          [.definition]
        ),
        (
          "CREATE OR REPLACE FUNCTION twice(x INT) RETURNS INT DETERMINISTIC RETURN x",
          "losses.twice", [.definition]
        ),
        (
          "CREATE OR REPLACE PROCEDURE twice(IN x BIGINT) SELECT x * 2",
          "procedure losses.twice", [.definition]
        ),
        ("ALTER EVENT nightly DISABLE", "losses.nightly", [.definition]),
        ("ALTER DATABASE losses CHARACTER SET latin1", "losses", [.collation]),
        ("GRANT SELECT ON losses.* TO PUBLIC", "PUBLIC", []),
      ]
      for (statement, part, properties) in losses {
        try await run(connection, [statement])
        let now = try await inventory()
        let changed = before.difference(to: now).changed.items
        let found = changed.first { $0.part.name == part }?.properties.map(\.property) ?? []
        #expect(found.filter(properties.contains) == properties, "\(statement): \(changed)")
        before = now
      }
      try await run(
        connection,
        ["DROP TRIGGER stamped", "DROP EVENT nightly", "DROP FUNCTION twice", "DROP TABLE log"]
      )
      let lost = before.difference(to: try await inventory()).lost.items.map(\.name)
      #expect(
        lost.sorted()
          == ["losses.log", "losses.nightly", "losses.notes.stamped", "losses.twice"]
      )
    }
  }

  @Test func `What is too large is counted, not hashed, and says so`() async throws {
    var limits = InventoryLimits.standard
    limits.table = 100
    try await withDatabase("large", limits: limits) { _, inventory in
      let taken = try await inventory()
      let notes = taken.parts[InventoryPart(.table, "large.notes")]
      #expect(notes?[.rows] == .number(2))
      #expect(notes?[.hash] == nil)
      #expect(notes?[.hashing] == .text("none"))
    }
  }
}
