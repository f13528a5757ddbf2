import PrivateServers
import Testing
import Threads

@testable import PostgresQueries

@Suite(.postgresServer, .timeLimit(.minutes(2)))
struct PostgresConnectionTests {
  @Test func everyTypeComesBackAsItself() async throws {
    try await withConnection(parameters()) { connection in
      let result = try await connection.query(
        """
        SELECT NULL::int AS nothing, true, false, 32767::smallint, -5, 9007199254740993, 7::oid,
          1.10::numeric(5,2), 0.1::float8, 'NaN'::numeric, '{"a": 1}'::json, '{"a":1}'::jsonb,
          '\\x00ff'::bytea, 'käse', date '2020-02-29', timestamptz '2020-01-01 00:00:00+02',
          '00000000-0000-0000-0000-000000000001'::uuid, ARRAY[1,2], interval '1 day 2 hours'
        """,
        within: .seconds(10)
      )
      #expect(
        result.rows == [
          [
            .null, .bool(true), .bool(false), .int(32767), .int(-5), .int(9_007_199_254_740_993),
            .int(7), .number("1.10"), .number("0.1"), .number("NaN"), .json(#"{"a": 1}"#),
            .json(#"{"a": 1}"#), .bytes([0, 255]), .text("käse"), .text("2020-02-29"),
            .text("2019-12-31 22:00:00+00"), .text("00000000-0000-0000-0000-000000000001"),
            .array([.int(1), .int(2)]), .text("1 day 02:00:00"),
          ]
        ]
      )
      #expect(result.columns.first == .init(name: "nothing", typeOID: 23, typeName: "integer"))
      #expect(result.columns.last?.typeName == "interval")
      #expect(result.commandTag == "SELECT 1")
      #expect(result.affectedRows == 1)
    }
  }

  @Test func parametersArriveAsTheyWereGiven() async throws {
    try await withConnection(parameters()) { connection in
      let nasty = "'; DROP TABLE x; -- \\ \" käse $1 \n"
      let result = try await connection.query(
        """
        SELECT $1::text, $2, $3, $4, $5, $6, $7, $8::date + 1, $9::int IS NULL,
          pg_typeof($3)::text, pg_typeof($4)::text, substring('abcdef', $3)
        """,
        [
          .text(nasty), .bool(true), .int(3), .int(3_000_000_000), .double(-1e-300),
          .bytes([0, 39, 92, 255]), .json(#"{"k": "'\""}"#), .text("2020-02-28"), .null,
        ],
        within: .seconds(10)
      )
      #expect(
        result.rows == [
          [
            .text(nasty), .bool(true), .int(3), .int(3_000_000_000), .number("-1e-300"),
            .bytes([0, 39, 92, 255]), .json(#"{"k": "'\""}"#), .text("2020-02-29"), .bool(true),
            .text("integer"), .text("bigint"), .text("cdef"),
          ]
        ]
      )
    }
  }

  @Test func changesAreCounted() async throws {
    try await withConnection(parameters()) { connection in
      _ = try await connection.query("CREATE TEMP TABLE t (id int, j jsonb)", within: .seconds(10))
      let inserted = try await connection.query(
        "INSERT INTO t SELECT i, $1 FROM generate_series(1, $2) i",
        [.json("{}"), .int(7)],
        within: .seconds(10)
      )
      #expect(inserted.commandTag == "INSERT 0 7")
      #expect(inserted.affectedRows == 7)
      #expect(inserted.rows.isEmpty)
      let deleted = try await connection.query(
        "DELETE FROM t WHERE id = $1",
        [.text("3")],
        within: .seconds(10)
      )
      #expect(deleted.affectedRows == 1)
      let none = try await connection.query("SELECT * FROM t WHERE false", within: .seconds(10))
      #expect(none.columns.map(\.name) == ["id", "j"])
      #expect(none.rows.isEmpty)
    }
  }

  @Test func manyRowsComeInOrder() async throws {
    try await withConnection(parameters()) { connection in
      let result = try await connection.query(
        "SELECT i FROM generate_series(1, 20000) i",
        within: .seconds(30)
      )
      #expect(result.rows.count == 20000)
      #expect(result.rows.last == [.int(20000)])
      #expect(result.affectedRows == 20000)
    }
  }

  @Test func aScriptReturnsAResultForEachStatement() async throws {
    try await withConnection(parameters()) { connection in
      let results = try await connection.execute(
        "CREATE TEMP TABLE s (a int); INSERT INTO s VALUES (1), (2); SELECT a FROM s ORDER BY a",
        within: .seconds(10)
      )
      #expect(results.map(\.commandTag) == ["CREATE TABLE", "INSERT 0 2", "SELECT 2"])
      #expect(results.last?.rows == [[.int(1)], [.int(2)]])
      let error = try await failure {
        _ = try await connection.query("SELECT 1; SELECT 2", within: .seconds(10))
      }
      #expect(error.code == .sqlState("42601"))
    }
  }

  @Test func anErrorOfTheStatementSaysWhereAndLeavesTheConnection() async throws {
    try await withConnection(parameters()) { connection in
      let error = try await failure {
        _ = try await connection.query(
          "SELECT käse, $1 FROM pg_class",
          [.text("secret value")],
          within: .seconds(10)
        )
      }
      #expect(error.code == .sqlState("42703"))
      #expect(error.message == "column \"käse\" does not exist")
      #expect(error.position == 8)
      #expect(error.statement == "SELECT käse, $1 FROM pg_class")
      #expect(
        error.description
          == "PostgreSQL: column \"käse\" does not exist at character 8 (42703)"
      )
      let answer = try await connection.query("SELECT 1", within: .seconds(10))
      #expect(answer.rows == [[.int(1)]])
      #expect(await connection.isOpen)
    }
  }

  @Test func detailAndHintAreKept() async throws {
    try await withConnection(parameters()) { connection in
      let error = try await failure {
        _ = try await connection.execute(
          "DO $$ BEGIN RAISE 'no' USING DETAIL = 'the detail', HINT = 'the hint'; END $$",
          within: .seconds(10)
        )
      }
      #expect(error.code == .sqlState("P0001"))
      #expect(error.detail == "the detail")
      #expect(error.hint == "the hint")
    }
  }

  @Test func whatTheProtocolCannotSayIsRefused() async throws {
    try await withConnection(parameters()) { connection in
      for body in [
        { _ = try await connection.query("SELECT $1", [.text("a\0b")], within: .seconds(10)) },
        { _ = try await connection.query("SELECT 1\0", within: .seconds(10)) },
      ] as [() async throws -> Void] {
        let error = try await failure(body)
        #expect(error.code == .invalidParameters)
      }
      #expect(await connection.isOpen)
    }
  }

  @Test func copyIsRefused() async throws {
    for direction in ["FROM STDIN", "TO STDOUT"] {
      try await withConnection(parameters()) { connection in
        _ = try await connection.query("CREATE TEMP TABLE c (a int)", within: .seconds(10))
        let error = try await failure {
          _ = try await connection.query("COPY c \(direction)", within: .seconds(10))
        }
        #expect(error.code == .copyNotSupported)
        #expect(await !connection.isOpen)
      }
    }
  }

  @Test func aResultHasALimit() async throws {
    var parameters = try parameters()
    parameters.maximumResultBytes = 1 << 16
    try await withConnection(parameters) { connection in
      let error = try await failure {
        _ = try await connection.query(
          "SELECT repeat('a', 1000) FROM generate_series(1, 10000)",
          within: .seconds(30)
        )
      }
      #expect(error.code == .resultTooLarge(limit: 1 << 16))
    }
  }

  @Test func waitingTakesNoThreadOfTheCooperativePool() async throws {
    let parameters = try parameters()
    try await withConnection(parameters) { holder in
      _ = try await holder.query("SELECT pg_advisory_lock(1)", within: .seconds(10))
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<16 {
          group.addTask {
            try await withConnection(parameters) { connection in
              _ = try await connection.query(
                "SELECT pg_advisory_lock_shared(1)",
                within: .seconds(60)
              )
            }
          }
        }
        // Every one of them waits before the first may go on.
        while try await holder.query(
          "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted",
          within: .seconds(10)
        ).rows.count < 16 {}
        _ = try await holder.query("SELECT pg_advisory_unlock(1)", within: .seconds(10))
        try await group.waitForAll()
      }
    }
  }
}
