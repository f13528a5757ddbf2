import Foundation
import PrivateServers
import Testing
import Threads

@testable import MySQLQueries

@Suite(MariaDBServerTrait(), .timeLimit(.minutes(2))) struct MySQLConnectionTests {
  static let hostile = "'; DROP TABLE t; -- \" \\ \n\t # ? @x `a` ü漢🙂"

  @Test func `Every type comes back as what it is`() async throws {
    try await withConnection { connection in
      _ = try await connection.ask(
        """
        CREATE OR REPLACE TABLE kinds (i INT, u BIGINT UNSIGNED, d DECIMAL(30,10), f DOUBLE, t TEXT, b BLOB,
          v VARBINARY(5), j JSON, n INT, at TIMESTAMP NULL, day DATE, bits BIT(9), e ENUM('a', 'ü'), l LONGTEXT)
        """
      )
      let long = String(repeating: "ü", count: 5_000)
      _ = try await connection.ask(
        """
        INSERT INTO kinds VALUES (?, 18446744073709551615, '12345678901234567890.1234567890', ?, ?, ?, X'00ff',
          ?, ?, '2026-01-02 03:04:05', '2026-02-28', b'100000001', 'ü', ?)
        """,
        [
          .int(-7), .double(0.1), .text(Self.hostile), .bytes([0, 0xFF, 0x27]),
          .text(#"{"a": [1]}"#), .null, .text(long),
        ]
      )
      let result = try await connection.query("SELECT * FROM kinds", within: .seconds(10))
      #expect(
        result.columns
          == ["i", "u", "d", "f", "t", "b", "v", "j", "n", "at", "day", "bits", "e", "l"]
      )
      let expected: [MySQLCell] = [
        .int(-7), .number("18446744073709551615"), .number("12345678901234567890.1234567890"),
        .number("0.1"), .text(Self.hostile), .bytes([0, 0xFF, 0x27]), .bytes([0, 0xFF]),
        .json(#"{"a": [1]}"#), .null, .text("2026-01-02 03:04:05"), .text("2026-02-28"), .int(257),
        .text("ü"), .text(long),
      ]
      #expect(result.rows == [expected])
    }
  }

  @Test func `A refused statement has number and state, and the connection goes on`() async throws {
    try await withConnection { connection in
      for (sql, number, state) in [
        ("SELECT * FROM nowhere", 1146, "42S02"), ("SELEC 1", 1064, "42000"),
        ("SELECT 1; SELECT 2", 1064, "42000"), ("SELECT nothing", 1054, "42S22"),
      ] {
        let error = try await failure { _ = try await connection.ask(sql) }
        #expect(error.code == .server(number: number, sqlState: state), "\(sql)")
        #expect(error.statement == sql)
      }
      let error = try await failure { _ = try await connection.ask("SELECT ?", []) }
      #expect(error.code == .invalidParameters)
      #expect(try await connection.ask("SELECT 1") == [[.int(1)]])
    }
  }

  @Test func `Rows of a procedure are read to the end`() async throws {
    try await withConnection { connection in
      _ = try await connection.ask(
        "CREATE OR REPLACE PROCEDURE two() BEGIN SELECT 1 AS a; SELECT 2 AS b; END"
      )
      let result = try await connection.query("CALL two()", within: .seconds(10))
      #expect(result == MySQLResult(columns: ["a"], rows: [[.int(1)]]))
      #expect(try await connection.ask("SELECT 3") == [[.int(3)]])
    }
  }

  @Test func `A text that a number is compared with must be one`() async throws {
    try await withConnection { connection in
      _ = try await connection.ask("CREATE OR REPLACE TABLE cut (id INT, word TEXT)")
      _ = try await connection.ask("INSERT INTO cut VALUES (0, 'zero'), (7, '7 days')")
      for value in [MySQLValue.text("never-sent"), .text("7abc")] {
        let error = try await failure {
          _ = try await connection.ask("SELECT word FROM cut WHERE id = ?", [value])
        }
        #expect(error.code == .server(number: 1292, sqlState: "22007"))
      }
      let error = try await failure {
        _ = try await connection.ask("SELECT word FROM cut WHERE word = ?", [.int(7)])
      }
      #expect(error.number == 1292)
      let rows = try await connection.ask("SELECT word FROM cut WHERE id = ?", [.text("7")])
      #expect(rows == [[.text("7 days")]])
    }
  }

  @Test func `No file of ours is sent`() async throws {
    try await withConnection { connection in
      _ = try await connection.ask("CREATE OR REPLACE TABLE kept_lines (line TEXT)")
      let error = try await failure {
        _ = try await connection.ask("LOAD DATA LOCAL INFILE '/etc/passwd' INTO TABLE kept_lines")
      }
      guard case .server = error.code else {
        Issue.record("\(error)")
        return
      }
      #expect(try await connection.ask("SELECT * FROM kept_lines") == [])
    }
  }

  @Test func `What takes too long is ended here and there`() async throws {
    let start = ContinuousClock.now
    try await withConnection { connection in
      let error = try await failure {
        _ = try await connection.query("SELECT SLEEP(?)", [.int(60)], within: .milliseconds(300))
      }
      #expect(error.code == .timedOut(.executing))
      #expect(await !connection.isOpen)
    }
    #expect(ContinuousClock.now - start < .seconds(5))
    try await expectNothingRuns("SLEEP")
  }

  @Test func `A cancelled statement ends at once`() async throws {
    let start = ContinuousClock.now
    try await withConnection { connection in
      let task = Task { try await connection.ask("SELECT BENCHMARK(10000000000, MD5('a'))") }
      try await Task.sleep(for: .milliseconds(200))
      task.cancel()
      let error = try await failure { _ = try await task.value }
      #expect(error.code == .cancelled)
    }
    #expect(ContinuousClock.now - start < .seconds(5))
    try await expectNothingRuns("BENCHMARK")
  }

  private func expectNothingRuns(_ word: String) async throws {
    try await withConnection { connection in
      let sql = """
        SELECT COUNT(*) FROM information_schema.processlist
        WHERE info LIKE CONCAT('SELECT ', ?, '%') AND id <> CONNECTION_ID()
        """
      for _ in 0..<100 {
        if try await connection.ask(sql, [.text(word)]) == [[.int(0)]] { return }
        try await Task.sleep(for: .milliseconds(50))
      }
      Issue.record("\(word) still runs")
    }
  }

  @Test func `A result that is too large ends the connection`() async throws {
    let small = try parameters(database: "", limit: 1_000)
    try await withConnection(small) { connection in
      let error = try await failure {
        _ = try await connection.ask("SELECT REPEAT('a', 2000)")
      }
      #expect(error.code == .resultTooLarge(limit: 1_000))
      #expect(await !connection.isOpen)
    }
  }

  @Test func `A connection that is killed is lost`() async throws {
    try await withConnection { connection in
      let id = try await connection.ask("SELECT CONNECTION_ID()")
      guard case .int(let number)? = id.first?.first else { return }
      try await withConnection { other in _ = try await other.ask("KILL \(number)") }
      let error = try await failure { _ = try await connection.ask("SELECT 1") }
      #expect(error.code == .connectionLost)
      #expect(await !connection.isOpen)
    }
  }

  @Test func `Who is not known is told apart from what is not there`() async throws {
    func code(_ parameters: MySQLParameters) async throws -> MySQLError {
      try await failure {
        _ = try await MySQLConnection.connect(parameters, within: .milliseconds(700))
      }
    }
    let wrong = try await code(parameters(password: "wrong"))
    #expect(wrong.code == .authenticationFailed)
    #expect(wrong.number == 1045)
    let missing = try await code(parameters(database: "nowhere"))
    #expect(missing.code == .connectionFailed)
    #expect(missing.number == 1049)
    var elsewhere = try parameters()
    elsewhere.address = .tcp(host: "127.0.0.1", port: try GuardedServer.freePort())
    #expect(try await code(elsewhere).code == .connectionFailed)
    elsewhere.address = .tcp(host: "nowhere.invalid", port: 3306)
    let unknown = try await code(elsewhere).code
    #expect(unknown == .nameNotResolved || unknown == .timedOut(.resolving))
    let silence = try Silence()
    defer { silence.stop() }
    elsewhere.address = .tcp(host: "127.0.0.1", port: silence.port)
    #expect(try await code(elsewhere).code == .timedOut(.connecting))
  }

  @Test func `A unix socket leads to the server too`() async throws {
    var local = try parameters(database: "")
    local.address = .unix(path: try #require(PrivateMariaDB.current).socket)
    let rows = try await withConnection(local) { try await $0.ask("SELECT 1") }
    #expect(rows == [[.int(1)]])
  }

  @Test func `Neither variable nor file decides about a connection`() async throws {
    let server = try #require(PrivateMariaDB.current)
    await #expect(processExitsWith: .success) {
      [port = server.port as Int, folder = server.folder as String] in
      let home = "\(folder)/home-\(UUID())"
      try FileManager.default.createDirectory(atPath: home, withIntermediateDirectories: true)
      let settings = "[client]\nuser=wrong\npassword=\(PrivateMariaDB.password)\nhost=192.0.2.1\n"
      try Data(settings.utf8).write(to: URL(fileURLWithPath: "\(home)/.my.cnf"))
      let variables = [
        "HOME": home, "MYSQL_HOME": home, "MARIADB_HOME": home, "MYSQL_TCP_PORT": "1",
        "MYSQL_PWD": PrivateMariaDB.password, "MYSQL_UNIX_PORT": "/nonexistent",
        "MARIADB_PLUGIN_DIR": home, "LIBMYSQL_PLUGINS": "wrong", "MYSQL_HOST": "192.0.2.1",
      ]
      for (name, value) in variables { setenv(name, value, 1) }
      func code(_ password: String) async -> MySQLError.Code? {
        do throws(MySQLError) {
          let connection = try await MySQLConnection.connect(
            MySQLParameters(
              address: .tcp(host: "127.0.0.1", port: port),
              database: "",
              user: "root",
              password: password
            ),
            within: .seconds(10)
          )
          await connection.close()
          return nil
        } catch { return error.code }
      }
      #expect(await code(PrivateMariaDB.password) == nil)
      #expect(await code("") == .authenticationFailed)
    }
  }
}

/// A server whose settings would change what is read and written.
@Suite(
  MariaDBServerTrait(options: [
    "--character-set-server=latin1", "--skip-character-set-client-handshake", "--sql-mode=",
    "--default-time-zone=+05:00",
  ]),
  .timeLimit(.minutes(2))
) struct OddServerTests {
  @Test func `Texts are whole, moments are in UTC, and nothing is cut to fit`() async throws {
    try await withConnection { connection in
      _ = try await connection.ask(
        "CREATE OR REPLACE TABLE wide (t VARCHAR(20) CHARACTER SET utf8mb4, at TIMESTAMP)"
      )
      _ = try await connection.ask(
        "INSERT INTO wide VALUES (?, '2026-01-01 00:00:00')",
        [.text("ü🙂")]
      )
      let rows = try await connection.ask("SELECT t, at, UNIX_TIMESTAMP(at), @@sql_mode FROM wide")
      #expect(
        rows == [
          [
            .text("ü🙂"), .text("2026-01-01 00:00:00"), .int(1_767_225_600),
            .text("STRICT_ALL_TABLES"),
          ]
        ]
      )
      _ = try await connection.ask("CREATE OR REPLACE TABLE narrow (t VARCHAR(5))")
      for text in ["🙂", "too long"] {
        let error = try await failure {
          _ = try await connection.ask("INSERT INTO narrow VALUES (?)", [.text(text)])
        }
        #expect(error.sqlState?.hasPrefix("22") == true, "\(error)")
      }
      #expect(try await connection.ask("SELECT * FROM narrow") == [])
    }
  }
}
