import ClickHouseQueries
import HTTPRequests
import PrivateServers
import Testing

@Suite(.clickHouseServer, .timeLimit(.minutes(2)))
struct ClickHouseClientTests {
  @Test func everyTypeComesBackAsItself() async throws {
    try await withClickHouse { client in
      let result = try await client.query(
        """
        SELECT toUInt64(18446744073709551615) AS big, toInt64(-9223372036854775808) AS small,
          toUInt8(7), toFloat64(0.1), CAST(NULL AS Nullable(Int32)), 'kä\\'\\\\\\0se',
          toDate('2020-02-29'), toDateTime('2020-02-29 01:02:03'), [toUInt64(1), toUInt64(2)],
          (toUInt64(1), 'a,b', [1]), toDecimal64('1.10', 2), '', emptyArrayString(),
          toUUID('61f0c404-5cb3-11e7-907b-a6006ad3dba0'), CAST('a', 'Enum8(\\'a\\' = 1)')
        """,
        within: .seconds(20)
      )
      #expect(
        result.rows == [
          [
            .uint(.max), .int(.min), .int(7), .number("0.1"), .null, .text("kä'\\\0se"),
            .text("2020-02-29"), .text("2020-02-29 01:02:03"), .array([.int(1), .int(2)]),
            .array([.int(1), .text("a,b"), .array([.int(1)])]), .number("1.10"), .text(""),
            .array([]), .text("61f0c404-5cb3-11e7-907b-a6006ad3dba0"), .text("a"),
          ]
        ]
      )
      #expect(result.rowCount == 1)
      #expect(result.columns.first == .init(name: "big", type: "UInt64"))
      #expect(result.elapsed > 0)
    }
  }

  /// A literal must mean to the server what the value means here.
  @Test(
    arguments: [
      (
        "String",
        ClickHouseValue.text("'; DROP TABLE x; -- \\' \\\\ \0 \n\t\r \u{1}käse {a:String} `\""), nil
      ),
      ("String", .text(""), nil),
      ("FixedString(3)", .text("abc"), nil),
      ("Int64", .int(.min), ClickHouseCell.int(.min)),
      ("Int8", .text("-128"), .int(-128)),
      ("UInt64", .uint(.max), .uint(.max)),
      ("UInt8", .bool(true), .int(1)),
      ("Float64", .double(-1.5e-7), .number("-1.5e-7")),
      ("Date", .text("2020-02-29"), .text("2020-02-29")),
      ("DateTime", .text("2020-02-29 23:59:59"), .text("2020-02-29 23:59:59")),
      (
        "UUID", .text("61f0c404-5cb3-11e7-907b-a6006ad3dba0"),
        .text("61f0c404-5cb3-11e7-907b-a6006ad3dba0")
      ),
      ("Nullable(Int32)", .null, .null),
      ("Nullable(Int32)", .int(5), .int(5)),
      ("Array(Int32)", .array([.int(1), .int(-2)]), .array([.int(1), .int(-2)])),
      ("Array(String)", .array([.text("a'b"), .text("]")]), .array([.text("a'b"), .text("]")])),
    ] as [(String, ClickHouseValue, ClickHouseCell?)]
  )
  func aParameterArrivesAsItWasGiven(
    type: String,
    value: ClickHouseValue,
    cell: ClickHouseCell?
  ) async throws {
    try await withClickHouse { client in
      let result = try await client.query(
        "SELECT {value:\(type)} AS value",
        parameters: ["value": value],
        within: .seconds(20)
      )
      if let cell {
        #expect(result.rows == [[cell]])
      } else if case .text(let text) = value {
        #expect(result.rows == [[.text(text)]])
      }
    }
  }

  @Test func literalsDoNotRunIntoTheirNeighbours() async throws {
    try await withClickHouse { client in
      let result = try await client.query(
        "SELECT 3 -{five:Int8}, 'a' = {a:String}, number FROM numbers(10) LIMIT {two:UInt8}",
        parameters: ["five": .int(-5), "a": .text("a"), "two": .int(2)],
        within: .seconds(20)
      )
      #expect(
        result.rows == [[.int(8), .int(1), .int(0)], [.int(8), .int(1), .int(1)]]
      )
    }
  }

  @Test func statementsWithoutAResultHaveAnEmptyOne() async throws {
    try await withClickHouse { client in
      for sql in [
        "CREATE TABLE t (a UInt64, s String) ENGINE = Memory",
        "INSERT INTO t VALUES (18446744073709551615, {s:String})",
        "INSERT INTO t VALUES (1, {s:String})",
      ] {
        let result = try await client.query(
          sql,
          parameters: sql.contains("{") ? ["s": .text("x'y")] : [:],
          within: .seconds(20)
        )
        #expect(result.columns.isEmpty && result.rows.isEmpty)
      }
      let found = try await client.query("SELECT a, s FROM t ORDER BY a", within: .seconds(20))
      #expect(found.rows == [[.int(1), .text("x'y")], [.uint(.max), .text("x'y")]])
      let none = try await client.query("SELECT a FROM t WHERE a = 5", within: .seconds(20))
      #expect(none.columns == [.init(name: "a", type: "UInt64")])
      #expect(none.rowCount == 0)
    }
  }

  @Test(arguments: [
    ("SELECT nope", 47, "UNKNOWN_IDENTIFIER" as String?),
    ("SELECT", 62, "SYNTAX_ERROR"),
    ("SELECT * FROM nope", 60, "UNKNOWN_TABLE"),
    ("SELECT 1; SELECT 2", 62, "SYNTAX_ERROR"),
    // These fail after a part of the result has been written.
    (
      "SELECT number, throwIf(number = 250000) FROM numbers(300000)", 395,
      "FUNCTION_THROW_IF_VALUE_IS_NON_ZERO"
    ),
  ])
  func anErrorOfTheServerHasItsNumber(sql: String, code: Int, name: String?) async throws {
    try await withClickHouse { client in
      let error = try await failure { _ = try await client.query(sql, within: .seconds(20)) }
      #expect(error.code == .server(code: code, name: name))
      #expect(error.statement == sql)
      #expect(!error.message.contains("\n"))
      #expect(!error.message.contains("e.what()"))
      #expect(!error.message.hasPrefix("Code"))
    }
  }

  @Test func aWrongPasswordIsTheServersError() async throws {
    try await withClickHouse(password: "wrong") { client in
      let error = try await failure { _ = try await client.query("SELECT 1", within: .seconds(20)) }
      #expect(error.code == .server(code: 193, name: "WRONG_PASSWORD"))
      #expect(!"\(error)".contains("wrong"))
    }
    try await withClickHouse(database: "no such & one") { client in
      let error = try await failure { _ = try await client.query("SELECT 1", within: .seconds(20)) }
      #expect(error.code == .server(code: 81, name: "UNKNOWN_DATABASE"))
    }
  }

  @Test func aUserWhoMayOnlyReadCanRead() async throws {
    try await withClickHouse(user: "reader", password: nil) { client in
      #expect(try await client.query("SELECT 1", within: .seconds(20)).rows == [[.int(1)]])
      let error = try await failure {
        _ = try await client.query("CREATE TABLE r (a UInt8) ENGINE = Memory", within: .seconds(20))
      }
      #expect(error.code == .server(code: 164, name: "READONLY"))
    }
  }

  @Test func aStatementHasADeadline() async throws {
    try await withClickHouse { client in
      let error = try await failure {
        _ = try await client.query("SELECT sleep(1)", within: .milliseconds(100))
      }
      #expect(error.code == .timedOut)
    }
  }

  @Test func aServerThatIsNotThereIsATransportError() async throws {
    let port = try GuardedServer.freePort()
    try await withClickHouse(endpoint: "http://127.0.0.1:\(port)") { client in
      let error = try await failure { _ = try await client.query("SELECT 1", within: .seconds(20)) }
      #expect(error.code == .http(.connectionRefused))
    }
  }
}
