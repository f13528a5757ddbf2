import Checks
import Deployments
import Evidence
import FakeDeployments
import HTTPRequests
import PostgresQueries
import PrivateServers
import Testing
import Threads

@testable import Inventories
@testable import Suites

/// A deployment whose one service is a server of the test's own.
func deployment(port: Int) -> FakeDeployment {
  var behaviour = FakeDeployment.Behaviour()
  behaviour.services = ["db"]
  return FakeDeployment(behaviour, port: port)
}

func store(_ kind: StoreFacts.Kind, _ name: String = "db") -> StoreFacts {
  StoreFacts(
    name: name,
    kind: kind,
    services: [name],
    volumes: kind == .volume ? [name] : [],
    hasMarker: true,
    mechanism: nil,
    counts: []
  )
}

/// What is lost when a database is restored from less than it was.
@Suite(.serialized, ServerTrait<PrivatePostgres>()) struct PostgresInventoryTests {
  private static let schema = """
    CREATE ROLE notes_app LOGIN;
    CREATE SCHEMA audit AUTHORIZATION notes_app;
    CREATE TYPE public.mood AS ENUM ('ok', 'bad');
    CREATE TABLE public.notes (id serial PRIMARY KEY, title text NOT NULL, n float8, b bytea,
      at timestamptz DEFAULT '2026-01-01T00:00:00Z', m public.mood, j json);
    ALTER TABLE public.notes OWNER TO notes_app;
    GRANT SELECT ON public.notes TO PUBLIC;
    CREATE TABLE audit.log (line text);
    CREATE TABLE public."Odd ""table" (notes text, parity_row text);
    CREATE VIEW public.recent AS SELECT id FROM public.notes;
    CREATE MATERIALIZED VIEW public.totals AS SELECT count(*) AS n FROM audit.log;
    CREATE INDEX notes_title ON public.notes (title);
    CREATE FUNCTION public.twice(x int) RETURNS int LANGUAGE sql AS 'SELECT x * 2';
    CREATE AGGREGATE public.total(int) (sfunc = int4pl, stype = int, initcond = '0');
    CREATE FUNCTION public.stamp() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
    CREATE TRIGGER stamped BEFORE INSERT ON public.notes FOR EACH ROW EXECUTE FUNCTION public.stamp();
    ALTER TABLE public.notes ENABLE ROW LEVEL SECURITY;
    CREATE POLICY mine ON public.notes USING (true);
    INSERT INTO public.notes (title, n, b, j) VALUES ('ä', 0.1, '\\x00ff', '{}'), ('b', NULL, NULL, '[]');
    INSERT INTO audit.log VALUES ('a'), ('a'), (NULL);
    INSERT INTO public."Odd ""table" VALUES ('x', 'y');
    SELECT lo_from_bytea(70001, 'large');
    """

  private func withDatabase(
    _ name: String,
    _ body: (PostgresConnection, () async throws -> Inventory) async throws -> Void
  ) async throws {
    let server = try #require(PrivatePostgres.current)
    func parameters(_ database: String) -> PostgresParameters {
      PostgresParameters(
        host: "127.0.0.1",
        port: server.port,
        database: database,
        user: PrivatePostgres.user,
        password: PrivatePostgres.password
      )
    }
    let limit = Duration.seconds(20)
    let root = try await PostgresConnection.connect(parameters("postgres"), within: limit)
    _ = try await root.execute("CREATE DATABASE \(name)", within: limit)
    let connection = try await PostgresConnection.connect(parameters(name), within: limit)
    var suite = Suite(recipe: "notes", folder: "/nonexistent")
    suite.services["db"] = ServiceSettings(
      database: .init(
        .postgres,
        name: Template(literal: name),
        user: Template(literal: PrivatePostgres.user),
        password: Template(literal: PrivatePostgres.password)
      )
    )
    let http = HTTPClient()
    let taker = InventoryTaker(suite: suite, deployment: deployment(port: server.port), http: http)
    do {
      try await body(connection) { try await taker.inventory(of: store(.postgres), in: Scope()) }
    } catch {
      await http.shutDown()
      await connection.close()
      throw error
    }
    await http.shutDown()
    await connection.close()
    // The taker has let go of it.
    _ = try await root.execute("DROP DATABASE \(name)", within: limit)
    _ = try? await root.execute("DROP ROLE notes_app", within: limit)
    await root.close()
  }

  private func changes(_ difference: InventoryDifference) -> [String: [InventoryProperty]] {
    Dictionary(
      difference.changed.items.map { ($0.part.name, $0.properties.map(\.property)) },
      uniquingKeysWith: +
    )
  }

  @Test func `Everything that a restore can lose is in it, and it is the same twice`() async throws
  {
    try await withDatabase("whole") { connection, inventory in
      _ = try await connection.execute(Self.schema, within: .seconds(20))
      let first = try await inventory()
      let again = try await inventory()
      #expect(first == again)
      #expect(first.difference(to: again).isEmpty)
      #expect(first.gaps == [])
      #expect(first.unhashed == [])
      let names = first.parts.keys.map { "\($0.kind) \($0.name)" }
      for name in [
        "role notes_app", "schema audit", "type public.mood", "table public.notes",
        "table audit.log",
        "table public.Odd \"table", "view public.recent", "materializedView public.totals",
        "index public.notes_title", "function public.twice(x integer)",
        "function public.total(integer)", "trigger public.notes.stamped",
        "policy public.notes.mine", "constraint public.notes.notes_pkey",
        "sequence public.notes_id_seq", "largeObject 70001", "database whole", "extension plpgsql",
      ] {
        #expect(names.contains(name), "\(name)")
      }
      let notes = first.parts[InventoryPart(.table, "public.notes")]
      #expect(notes?[.rows] == .number(2))
      #expect(notes?[.owner] == .text("notes_app"))
      #expect(
        first.parts[InventoryPart(.sequence, "public.notes_id_seq")]?[.lastValue] == .number(2)
      )
      #expect(first.parts[InventoryPart(.largeObject, "70001")]?[.size] == .number(5))
      #expect(!names.contains { $0.contains("pg_catalog") || $0.contains("information_schema") })
    }
  }

  @Test func `Each loss is told by name and property`() async throws {
    try await withDatabase("losses") { connection, inventory in
      _ = try await connection.execute(Self.schema, within: .seconds(20))
      let before = try await inventory()
      let losses: [(String, String, [InventoryProperty])] = [
        ("UPDATE public.notes SET n = 0.2 WHERE id = 1", "public.notes", [.hash]),
        ("UPDATE public.notes SET title = '' WHERE id = 1", "public.notes", [.hash]),
        ("INSERT INTO audit.log VALUES ('a')", "audit.log", [.rows, .hash]),
        // As many rows, of which another one is there twice.
        ("UPDATE audit.log SET line = 'b' WHERE line IS NULL", "audit.log", [.hash]),
        ("SELECT setval('public.notes_id_seq', 1)", "public.notes_id_seq", [.lastValue]),
        ("ALTER TABLE public.notes OWNER TO postgres", "public.notes", [.owner, .grants]),
        ("REVOKE SELECT ON public.notes FROM PUBLIC", "public.notes", [.grants]),
        ("ALTER TABLE public.notes ALTER title DROP NOT NULL", "public.notes", [.definition]),
        ("REFRESH MATERIALIZED VIEW public.totals WITH NO DATA", "public.totals", [.rows, .hash]),
        (
          "CREATE OR REPLACE VIEW public.recent AS SELECT id FROM public.notes WHERE id > 1",
          "public.recent", [.definition]
        ),
        (
          "CREATE OR REPLACE FUNCTION public.twice(x int) RETURNS int LANGUAGE sql AS 'SELECT x'",
          "public.twice(x integer)", [.definition]
        ),
        (
          "ALTER TABLE public.notes DISABLE TRIGGER stamped", "public.notes.stamped",
          [.definition]
        ),
        ("SELECT lo_put(70001, 0, 'L')", "70001", [.hash]),
        ("ALTER ROLE notes_app NOLOGIN", "notes_app", [.definition]),
      ]
      for (statement, part, properties) in losses {
        _ = try await connection.execute("BEGIN", within: .seconds(5))
        _ = try await connection.execute("ROLLBACK", within: .seconds(5))
        _ = try await connection.execute(statement, within: .seconds(5))
        let found = changes(before.difference(to: try await inventory()))
        #expect(found[part]?.filter(properties.contains) == properties, "\(statement): \(found)")
      }
    }
  }

  @Test func `What is gone is lost, and what is left over is added`() async throws {
    try await withDatabase("gone") { connection, inventory in
      _ = try await connection.execute(Self.schema, within: .seconds(20))
      let before = try await inventory()
      _ = try await connection.execute(
        """
        DROP VIEW public.recent; DROP INDEX public.notes_title; SELECT lo_unlink(70001);
        DROP TABLE audit.log CASCADE; CREATE TABLE public.later (x int)
        """,
        within: .seconds(5)
      )
      let difference = before.difference(to: try await inventory())
      #expect(
        difference.lost.items.map(\.name).sorted() == [
          "70001", "audit.log", "public.notes_title", "public.recent", "public.totals",
        ]
      )
      #expect(difference.added.items.map(\.name) == ["public.later"])
    }
  }

  @Test func `Other databases of the server are looked at, and told where they may not be`()
    async throws
  {
    try await withDatabase("mine") { connection, inventory in
      let limit = Duration.seconds(20)
      _ = try await connection.execute("CREATE DATABASE theirs", within: limit)
      let inside = try await inventory()
      #expect(inside.parts[InventoryPart(.schema, "theirs/public")] != nil)
      _ = try await connection.execute(
        "CREATE DATABASE closed ALLOW_CONNECTIONS false",
        within: limit
      )
      let closed = try await inventory()
      #expect(closed.gaps.map(\.part) == [InventoryPart(.database, "closed")])
      #expect(closed.parts[InventoryPart(.database, "closed")] != nil)
      _ = try await connection.execute("DROP DATABASE theirs", within: limit)
      let without = try await inventory()
      #expect(
        inside.difference(to: without).lost.items.contains(InventoryPart(.database, "theirs"))
      )
      _ = try await connection.execute("DROP DATABASE closed", within: limit)
    }
  }

  @Test func `What is too large is counted, not hashed, and says so`() async throws {
    let server = try #require(PrivatePostgres.current)
    _ = server
    try await withDatabase("large") { connection, _ in
      _ = try await connection.execute(Self.schema, within: .seconds(20))
      var suite = Suite(recipe: "notes", folder: "/nonexistent")
      suite.services["db"] = ServiceSettings(
        database: .init(
          .postgres,
          name: Template(literal: "large"),
          user: Template(literal: PrivatePostgres.user),
          password: Template(literal: PrivatePostgres.password)
        )
      )
      var limits = InventoryLimits.standard
      limits.table = 100
      limits.largeObjects = 0
      let http = HTTPClient()
      let taker = InventoryTaker(
        suite: suite,
        deployment: deployment(port: server.port),
        http: http,
        limits: limits
      )
      let inventory = try await taker.inventory(of: store(.postgres), in: Scope())
      await http.shutDown()
      let notes = inventory.parts[InventoryPart(.table, "public.notes")]
      #expect(notes?[.rows] == .number(2))
      #expect(notes?[.hash] == nil)
      #expect(notes?[.hashing] == .text("none"))
      #expect(inventory.unhashed.contains(InventoryPart(.largeObject, "70001")))
    }
  }

  @Test func `A store that the suite says nothing of has no inventory`() async throws {
    let taker = InventoryTaker(
      suite: Suite(recipe: "notes", folder: "/nonexistent"),
      deployment: deployment(port: 1),
      http: HTTPClient()
    )
    for (kind, code) in [
      (StoreFacts.Kind.postgres, InventoryError.Code.undeclared),
      (.database, .unsupported), (.volume, .unsupported),
    ] {
      do throws(InventoryError) {
        _ = try await taker.inventory(of: store(kind), in: Scope())
        Issue.record("\(kind) has an inventory")
      } catch {
        #expect(error.code == code)
      }
    }
  }
}
