import Deployments
import Evidence
import FakeDeployments
import Formats
import Foundation
import HTTPRequests
import PrivateServers
import Programs
import Testing

@testable import Checks
@testable import Suites

private func literal(_ value: String) -> TemplateTree { .template(Template(literal: value)) }

@Suite struct MySQLProbeTests {
  private func withServer(
    password: String = PrivateMariaDB.password,
    _ body: (Probes, Probes, FakeDeployment) async throws -> Void
  ) async throws {
    let server = try await PrivateMariaDB.start()
    do {
      try await bothWays(
        ServiceSettings.Database(
          .mysql,
          name: Template(literal: "information_schema"),
          user: Template(literal: PrivateMariaDB.user),
          password: Template(literal: password)
        ),
        port: server.port,
        body
      )
    } catch {
      await server.stop()
      throw error
    }
    await server.stop()
  }

  private func ask(_ probes: Probes, _ sql: String, _ values: [TemplateTree] = []) async -> Seen {
    let action = QueryAction(
      .mysql,
      service: "db",
      statement: sql,
      parameters: .positional(values)
    )
    return Seen(await probes.perform(.query(action), in: Scope(), within: .seconds(30)))
  }

  @Test func theClientInsideTheContainerAnswersAsAConnectionDoes() async throws {
    let hostile = "'; DROP TABLE t; -- \" \\ \n\t\\! touch /tmp/x # <b>&lt;</field> ü漢🙂"
    let statements: [(String, [TemplateTree])] = [
      ("SELECT 1 AS a, -7 AS b, 18446744073709551615 AS c, CAST(1.50 AS DECIMAL(10,2)) AS d", []),
      ("SELECT 1e300 AS f, TRUE AS t, NULL AS n, 'NULL' AS word, '' AS e", []),
      ("SELECT 'a''b\"c' AS q, 'l1\\nl2\\r' AS n, 'ü漢🙂' AS u, '<a>&amp;' AS x", []),
      ("SELECT JSON_OBJECT('a', JSON_ARRAY(1, NULL)) AS j", []),
      ("SELECT X'00ff0a27' AS b, CAST('2026-02-28' AS DATE) AS d, b'101' AS bits", []),
      ("SELECT 1 AS a WHERE FALSE", []), ("SELECT 1 AS a, 2 AS a", []),
      ("SELECT 1 AS `a b<\"``c`", []), ("SHOW DATABASES LIKE 'prob%'", []),
      ("SELECT ? + 1 AS a, ? AS b, ? IS NULL AS c", [.number("5"), literal(""), .null]),
      ("SELECT ? AS a", [literal(hostile)]),
      ("INSERT INTO probe.t VALUES (1, ?), (2, NULL)", [literal(hostile)]),
      ("SELECT id, word FROM probe.t ORDER BY id", []),
      ("WITH x AS (SELECT id FROM probe.t) SELECT COUNT(*) AS n FROM x", []),
      ("INSERT INTO probe.t VALUES (1, 'twice')", []), ("SELECT * FROM nowhere.t", []),
      ("SELEC 1", []), ("SELECT 1; SELECT 2", []),
      ("INSERT INTO probe.t VALUES (5, ?)", [literal(String(repeating: "a", count: 500))]),
    ]
    var seen: [[Seen]] = []
    try await withServer { direct, inside, deployment in
      for probes in [direct, inside] {
        var answers = [await ask(probes, "CREATE DATABASE probe")]
        answers.append(
          await ask(probes, "CREATE TABLE probe.t (id INT PRIMARY KEY, word VARCHAR(200))")
        )
        for (sql, values) in statements { answers.append(await ask(probes, sql, values)) }
        answers.append(await ask(probes, "DROP DATABASE probe"))
        seen.append(answers)
      }
      for command in deployment.commands {
        #expect(!command.argv.joined().contains(PrivateMariaDB.password))
      }
    }
    for (index, pair) in zip(seen[0], seen[1]).enumerated() {
      let sql = statements.indices.contains(index - 2) ? statements[index - 2].0 : "\(index)"
      // Without a row the client has no names where the statement is no query of rows.
      #expect(pair.0.content == pair.1.content, "\(sql)")
      #expect(pair.0.through == nil, "\(sql)")
      #expect(pair.1.through == "mariadb inside the container", "\(sql)")
    }
    #expect(seen[1][2].rows == [#"{"a":1,"b":-7,"c":18446744073709551615,"d":1.50}"#])
    let states = seen[1].compactMap { $0.error?.prefix(5) }
    for state in ["23000", "42S02", "42000", "22001"] {
      #expect(states.contains { $0 == state }, "\(state)")
    }
  }

  @Test func whatHasNoConnectionIsUnanswered() async throws {
    try await withServer(password: "wrong") { direct, inside, _ in
      for probes in [direct, inside] {
        let seen = await ask(probes, "SELECT 1")
        #expect(seen.rows == nil && seen.error == nil)
        #expect(seen.unanswered?.contains("Access denied") == true, "\(seen)")
      }
    }
  }
}

@Suite struct RedisProbeTests {
  @Test func whatRedisAnswersAreRows() async throws {
    let server = try await PrivateRedis.start()
    do {
      try await bothWays(
        ServiceSettings.Database(.redis, password: Template(literal: PrivateRedis.password)),
        port: server.port
      ) { direct, inside, _ in
        func ask(_ probes: Probes, _ words: String...) async -> Seen {
          let action = QueryAction(
            .redis,
            service: "db",
            statement: words[0],
            parameters: .positional(words.dropFirst().map { literal($0) })
          )
          return Seen(await probes.perform(.query(action), in: Scope(), within: .seconds(5)))
        }
        _ = await ask(direct, "SET", "a", "ü")
        _ = await ask(direct, "HSET", "h", "f", "1")
        #expect(await ask(direct, "GET", "a").rows == [#"{"value":"ü"}"#])
        #expect(await ask(direct, "GET", "b").rows == [])
        #expect(await ask(direct, "GET", "b").columns == ["value"])
        #expect(await ask(direct, "HGETALL", "h").rows == [#"{"field":"f","value":"1"}"#])
        #expect(await ask(direct, "EXISTS", "a").rows == [#"{"value":1}"#])
        #expect(await ask(direct, "GET", "h").error?.hasPrefix("WRONGTYPE ") == true)
        // By its own client, where nothing else leads to the port.
        #expect(await ask(inside, "GET", "a").rows == [#"{"value":"ü"}"#])
      }
    } catch {
      await server.stop()
      throw error
    }
    await server.stop()
  }
}

@Suite struct SQLiteProbeTests {
  @Test func aCopyOfTheFileIsAsked() async throws {
    let folder = "\(NSTemporaryDirectory())parity-\(UUID())"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let made = try await #require(Program.find("python3")).run(
      Programs.Command(
        argv: [
          "python3", "-c",
          """
          import sqlite3, sys, os
          db = sqlite3.connect(sys.argv[1]); db.execute("PRAGMA journal_mode = WAL")
          db.execute("CREATE TABLE t (a)"); db.execute("INSERT INTO t VALUES ('ü')"); db.commit()
          os._exit(0)
          """, "\(folder)/app.db",
        ]
      )
    )
    #expect(made.succeeded)
    // Nobody has moved it into the database.
    #expect(FileManager.default.fileExists(atPath: "\(folder)/app.db-wal"))
    let deployment = FakeDeployment(FakeDeployment.Behaviour(), port: 1)
    for ending in ["", "-wal", "-shm"] {
      deployment.files["/data/app.db\(ending)"] =
        FileManager.default.contents(atPath: "\(folder)/app.db\(ending)").map { Array($0) }
    }
    deployment.files["/data/page"] = Array("<title>Log in</title>".utf8)
    let http = HTTPClient()
    let probes = Probes(
      options: Probes.Options(folder: "/nonexistent", services: [:]),
      deployment: deployment,
      http: http
    )
    func ask(_ path: String, _ sql: String, _ values: [TemplateTree] = []) async -> Seen {
      let action = QueryAction(
        .sqlite,
        service: "app",
        path: Template(literal: path),
        statement: sql,
        parameters: .positional(values)
      )
      return Seen(await probes.perform(.query(action), in: Scope(), within: .seconds(5)))
    }
    let found = await ask("/data/app.db", "SELECT a FROM t WHERE a = ?", [literal("ü")])
    #expect(found.rows == [#"{"a":"ü"}"#])
    #expect(found.through == "a copy of /data/app.db")
    let none = await ask("/data/app.db", "SELECT a FROM t WHERE a = 'x'")
    #expect(none.rows == [])
    #expect(none.columns == ["a"])
    #expect(await ask("/data/app.db", "SELECT b FROM t").error == "1 no such column: b")
    let missing = await ask("/data/nothing.db", "SELECT 1")
    #expect(missing.unanswered == "app: /data/nothing.db: no such file")
    #expect(
      await ask("/data/page", "SELECT a FROM t").unanswered?.contains("not a database") == true
    )
    await http.shutDown()
  }
}
