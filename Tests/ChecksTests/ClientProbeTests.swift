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

/// What one way to a database gave.
struct Seen: Equatable, CustomStringConvertible {
  var columns: [String] = []
  var rows: [String]?
  var error: String?
  var unanswered: String?
  var through: String?

  var description: String {
    "\(columns) \(rows ?? []) \(error ?? "") \(unanswered ?? "")"
  }

  /// Without who asked, which is to differ.
  var content: Seen {
    var copy = self
    copy.through = nil
    return copy
  }

  init(_ ending: Probes.Ending) {
    switch ending {
    case .answered(let answer, .sql(let exchange)):
      columns = answer.columns
      rows = answer.rows?.map(\.description)
      error = answer.error.map { "\($0.code) \($0.message)" }
      through = exchange.through
    case .unanswered(let code, .sql(let exchange)?, _):
      unanswered = code.detail
      through = exchange.through
    case .unanswered(let code, _, _): unanswered = code.detail
    case .answered: unanswered = "no exchange of SQL"
    }
  }
}

/// Runs a command of this machine as a container would.
@Sendable private func runHere(_ command: Programs.Command, _ more: [String])
  async throws(DeploymentError) -> CommandOutput
{
  var command = command
  command.argv += more
  command.environment = ProcessInfo.processInfo.environment.merging(command.environment) { $1 }
  do {
    return try await #require(Program.find(command.name)).run(command)
  } catch {
    throw DeploymentError(.driverBroken, "\(error)")
  }
}

/// Both ways to one database, the second without any to its port.
func bothWays(
  _ database: ServiceSettings.Database,
  port: Int,
  more: [String] = [],
  _ body: (_ direct: Probes, _ inside: Probes, _ deployment: FakeDeployment) async throws -> Void
) async throws {
  var behaviour = FakeDeployment.Behaviour()
  behaviour.services = ["db"]
  let direct = FakeDeployment(behaviour, port: port)
  behaviour.endpoint = { _ throws(DeploymentError) in
    throw DeploymentError(.unsupported, "db: its container has none of nc, bash")
  }
  behaviour.run = { command throws(DeploymentError) in try await runHere(command, more) }
  let inside = FakeDeployment(behaviour, port: port)
  let http = HTTPClient()
  let probes = [direct, inside].map { deployment in
    Probes(
      options: Probes.Options(
        folder: "/nonexistent",
        services: ["db": ServiceSettings(database: database, port: port)]
      ),
      deployment: deployment,
      http: http
    )
  }
  func end() async {
    for probe in probes { await probe.disconnect() }
    await http.shutDown()
  }
  do {
    try await body(probes[0], probes[1], inside)
    await end()
  } catch {
    await end()
    throw error
  }
}

private func text(_ value: String) -> TemplateTree { .template(Template(literal: value)) }

@Suite struct PsqlProbeTests {
  private func withServer(
    password: String? = PrivatePostgres.password,
    user: String = PrivatePostgres.user,
    database: String = "postgres",
    port: Int? = nil,
    _ body: (Probes, Probes, FakeDeployment) async throws -> Void
  ) async throws {
    let server = try await PrivatePostgres.start()
    do {
      try await bothWays(
        ServiceSettings.Database(
          .postgres,
          name: Template(literal: database),
          user: Template(literal: user),
          password: password.map { Template(literal: $0) }
        ),
        port: port ?? server.port,
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
      .postgres,
      service: "db",
      statement: sql,
      parameters: .positional(values)
    )
    return Seen(await probes.perform(.query(action), in: Scope(), within: .seconds(30)))
  }

  @Test func psqlInsideTheContainerAnswersAsAConnectionDoes() async throws {
    let hostile = "'; DROP TABLE t; -- \" \\ \n\t\\! touch /tmp/x :USER :'USER' $1 {{a}} ü漢🙂"
    let statements: [(String, [TemplateTree])] = [
      ("SELECT 1 AS a, -7::bigint AS b, 9223372036854775807 AS c, 2::smallint AS d", []),
      ("SELECT 1.50::numeric(10,2) AS n, 1e300::float8 AS f, 'NaN'::numeric AS x, 5::oid AS o", []),
      ("SELECT true AS t, false AS f, NULL::bool AS n, NULL AS u, '' AS e, ' ' AS s", []),
      ("SELECT 'a''b\"c' AS q, E'l1\\nl2\\r\\t' AS n, E'b\\\\s' AS b, 'ü漢🙂' AS u, ';--' AS s", []),
      ("SELECT '{\"a\": [1, null, \"x\\n\"]}'::jsonb AS j, '[1.0 ]'::json AS k", []),
      ("SELECT '\\x00ff0a27'::bytea AS b, ''::bytea AS e", []),
      ("SELECT '2024-02-29 12:00:00.5+02'::timestamptz AS z, '2024-02-29'::date AS d", []),
      ("SELECT '2024-01-01 10:00'::timestamp(3) AS t, '1 day 2:03'::interval AS i", []),
      ("SELECT ARRAY[1,2,NULL] AS a, ARRAY['x,y','\"',''] AS b, '{}'::int[] AS c", []),
      ("SELECT 'x'::varchar(5) AS v, 'y'::char(3) AS c, gen_random_uuid() IS NULL AS u", []),
      ("SELECT 1 AS a WHERE false", []),
      ("SELECT '' AS a", []),
      ("SELECT NULL AS a UNION ALL SELECT NULL", []),
      ("SELECT x FROM generate_series(1, 300) AS x", []),
      ("SELECT 1 AS a, 2 AS a", []),
      ("SELECT 1 AS \"a b|,\"\"'\nc\"", []),
      ("SELECT nonsense", []),
      ("/* ; */ (SELECT ';' AS a) -- ; and more", []),
      ("SELECT $tag$ ;'\\! $tag$ AS a;  -- end", []),
      ("SELECT (ARRAY[1,2,3])[1:2] AS slice, 5 AS \":USER\"", []),
      ("SELECT :USER", []),
      ("SELECT 1 \\! true", []),
      ("SELECT $1::int + 1 AS a, $2 AS b, $3::text IS NULL AS c", [.number("5"), text(""), .null]),
      ("SELECT $1::text AS a, $2::bool AS b", [text(hostile), .bool(true)]),
      ("SELECT $1::int AS a", [text("1); DROP TABLE t")]),
      ("INSERT INTO t VALUES (1, $1), (2, NULL)", [text(hostile)]),
      ("INSERT INTO t VALUES (3, 'c') RETURNING id, word", []),
      ("SELECT id, word FROM t ORDER BY id", []),
      ("UPDATE t SET word = '' WHERE id > 1", []),
      ("WITH gone AS (DELETE FROM t WHERE id = 3 RETURNING id) SELECT count(*) FROM gone", []),
      ("INSERT INTO t VALUES (1, 'twice')", []),
      ("SELECT * FROM nowhere", []),
      ("SELECT 1/0", []),
      ("SELEC 1", []),
      ("SELECT 'x'::int", []),
      ("SELECT 1; SELECT 2", []),
      ("DROP TABLE t; SELECT 1", []),
      ("CREATE TABLE t (id int)", []),
      ("DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '57P01', MESSAGE = 'going'; END $$", []),
    ]
    var seen: [[Seen]] = []
    try await withServer { direct, inside, deployment in
      for probes in [direct, inside] {
        let create = "CREATE TABLE t (id int PRIMARY KEY, word text)"
        var answers = [await ask(probes, create)]
        for (sql, values) in statements { answers.append(await ask(probes, sql, values)) }
        answers.append(await ask(probes, "SELECT count(*) AS n FROM t"))
        answers.append(await ask(probes, "DROP TABLE t"))
        seen.append(answers)
      }
      for command in deployment.commands {
        #expect(!command.argv.joined().contains(PrivatePostgres.password))
      }
    }
    for (index, pair) in zip(seen[0], seen[1]).enumerated() {
      let sql = statements.indices.contains(index - 1) ? statements[index - 1].0 : "\(index)"
      #expect(pair.0.content == pair.1.content, "\(sql)")
      #expect(pair.0.through == nil, "\(sql)")
      #expect(pair.1.through == "psql inside the container", "\(sql)")
    }
    // The list is one of answers, not of nothing twice.
    #expect(seen[1][1].rows == [#"{"a":1,"b":-7,"c":9223372036854775807,"d":2}"#])
    let states = seen[1].compactMap { $0.error?.prefix(5) }
    for state in ["42P01", "23505", "22P02", "42601", "42703", "22012", "42P07"] {
      #expect(states.contains { $0 == state }, "\(state)")
    }
    #expect(seen[1].last { $0.columns == ["n"] }?.rows == [#"{"n":2}"#])
  }

  @Test func whatHasNoConnectionIsUnanswered() async throws {
    try await withServer(password: "wrong") { direct, inside, _ in
      for probes in [direct, inside] {
        let seen = await ask(probes, "SELECT 1")
        #expect(seen.rows == nil && seen.error == nil)
        #expect(seen.unanswered?.contains("password authentication failed") == true)
      }
    }
    try await withServer(port: try GuardedServer.freePort()) { direct, inside, _ in
      for probes in [direct, inside] {
        let seen = await ask(probes, "SELECT 1")
        #expect(seen.unanswered?.contains("onnection refused") == true, "\(seen)")
      }
    }
    try await withServer(database: "a' b\\ host=x") { direct, inside, _ in
      for probes in [direct, inside] {
        let seen = await ask(probes, "SELECT 1")
        #expect(seen.unanswered?.contains("\"a' b\\ host=x\" does not exist") == true, "\(seen)")
      }
    }
  }

  @Test(arguments: ["BEGIN", "SET TimeZone = 'UTC'", "SHOW port", "/* ; */ explain SELECT 1", ""])
  func whatNeedsASessionIsNotAskedOfPsql(sql: String) async throws {
    try await bothWays(
      ServiceSettings.Database(
        .postgres,
        name: Template(literal: "a"),
        user: Template(literal: "a"),
        password: nil
      ),
      port: 1
    ) { _, inside, deployment in
      let seen = await ask(inside, sql)
      #expect(seen.unanswered?.contains("a session lasts for one statement") == true, "\(seen)")
      #expect(deployment.commands.isEmpty)
    }
  }

  @Test func aContainerWithoutPsqlSaysWhatItLacks() async throws {
    var behaviour = FakeDeployment.Behaviour()
    behaviour.services = ["db"]
    behaviour.endpoint = { _ throws(DeploymentError) in
      throw DeploymentError(.unsupported, "db: its container has none of nc, bash")
    }
    behaviour.run = { _ in .exited(127) }
    let http = HTTPClient()
    let settings = ServiceSettings(
      database: .init(
        .postgres,
        name: Template(literal: "a"),
        user: Template(literal: "a"),
        password: nil
      )
    )
    let probes = Probes(
      options: Probes.Options(folder: "/nonexistent", services: ["db": settings]),
      deployment: FakeDeployment(behaviour, port: 1),
      http: http
    )
    let seen = await ask(probes, "SELECT 1")
    await http.shutDown()
    #expect(
      seen.unanswered
        == "db: PostgreSQL: db: its container has none of nc, bash, and psql inside the container "
        + "does not start"
    )
  }
}

@Suite struct ClickHouseClientProbeTests {
  private func withServer(
    user: String = "reader",
    password: String? = nil,
    _ body: (Probes, Probes, FakeDeployment) async throws -> Void
  ) async throws {
    let server = try await PrivateClickHouse.start()
    do {
      try await bothWays(
        ServiceSettings.Database(
          .clickhouse,
          name: Template(literal: "default"),
          user: Template(literal: user),
          password: password.map { Template(literal: $0) }
        ),
        port: server.port,
        more: ["--port=\(server.nativePort)"],
        body
      )
    } catch {
      await server.stop()
      throw error
    }
    await server.stop()
  }

  private func ask(
    _ probes: Probes,
    _ sql: String,
    _ values: [(name: String, value: TemplateTree)] = []
  ) async -> Seen {
    let action = QueryAction(.clickhouse, service: "db", statement: sql, parameters: .named(values))
    return Seen(await probes.perform(.query(action), in: Scope(), within: .seconds(30)))
  }

  @Test func theClientInsideTheContainerAnswersAsHTTPDoes() async throws {
    let hostile = "'; DROP TABLE t; -- \" \\ \n\t ü漢🙂"
    let statements: [(String, [(name: String, value: TemplateTree)])] = [
      ("SELECT 1 AS a, toInt64(-5) AS b, 18446744073709551615 AS c, 1.5 AS d", []),
      ("SELECT NULL AS n, '' AS e, 'a\\'b\\n\"' AS q, [1, 2] AS a, toDate('2024-02-29') AS d", []),
      ("SELECT number FROM system.numbers LIMIT 300", []),
      ("SELECT 1 AS a WHERE 0", []),
      ("SELECT {s:String} AS s, {n:Int32} AS n", [("s", text(hostile)), ("n", .number("-5"))]),
      ("SELECT * FROM nowhere", []),
      ("SELECT nonsense", []),
      ("CREATE TABLE t (a UInt8) ENGINE = Memory", []),
    ]
    try await withServer { direct, inside, _ in
      for (sql, values) in statements {
        let (one, other) = (await ask(direct, sql, values), await ask(inside, sql, values))
        #expect(one.content == other.content, "\(sql)")
        #expect(one.unanswered == nil, "\(sql): \(one)")
        #expect(one.through == nil)
        #expect(other.through == "clickhouse-client inside the container", "\(sql)")
      }
    }
  }

  @Test func aPasswordNeverStandsInTheCommandLine() async throws {
    let password = PrivateClickHouse.password
    try await withServer(user: PrivateClickHouse.user, password: password) {
      _,
      inside,
      deployment in
      let seen = await ask(inside, "SELECT 1 AS a")
      let command = try #require(deployment.commands.first)
      #expect(!command.argv.joined().contains(password))
      #expect(command.environment == ["CLICKHOUSE_PASSWORD": password])
      // 18.16 does not read the variable, later ones do.
      #expect(
        seen.rows == [#"{"a":1}"#]
          || seen.unanswered?.contains("which old clients such as 18.16 do not read") == true,
        "\(seen)"
      )
    }
  }
}
