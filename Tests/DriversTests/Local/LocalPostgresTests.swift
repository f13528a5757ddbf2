import Deployments
import Programs
import Testing

@testable import Guarding
@testable import LocalDeployments

/// The local driver with a real PostgreSQL.
@Suite struct LocalPostgresTests {
  private static let services = """
    db:
      ports: [5432]
      volumes: [db-data]
      files: {password: "{{secret.password}}"}
      environment:
        PGHOST: 127.0.0.1
        PGPORT: "{{port.5432}}"
        PGUSER: postgres
        PGPASSWORD: "{{secret.password}}"
        PGDATABASE: app
        BACKUP_DIR: "{{volume.db-data}}"
      prepare:
        - [initdb, "--pgdata={{volume.db-data}}", --username=postgres, --auth=scram-sha-256,
           "--pwfile={{folder}}/password", --no-sync]
      command: [postgres, -D, "{{volume.db-data}}", -p, "{{port.5432}}",
                -c, listen_addresses=127.0.0.1, -c, unix_socket_directories=, -c, fsync=off]
      ready: {command: [pg_isready, --quiet, --dbname=postgres]}
      setup: [[createdb, --maintenance-db=postgres, app]]
      stop: {signal: INT}
    app:
      after: [db]
      command: [sleep, "100000"]
      restart_on_upgrade: true
    """

  private static let files = [
    "compose.yml": """
    services:
      app: {image: "app:1"}
      db:
        image: postgres:15
        volumes: ["db-data:/var/lib/postgresql/data"]
        configs: [{source: backup, target: /backup.sh, mode: 0555}]
        deploy:
          labels:
            backupbot.backup: "true"
            backupbot.backup.pre-hook: /backup.sh backup
            backupbot.backup.volumes.db-data.path: backup.sql
            backupbot.restore.post-hook: /backup.sh restore
    volumes: {db-data: {}}
    configs: {backup: {file: backup.sh}}
    """,
    "backup.sh": """
    #!/bin/sh
    set -eu
    case "$1" in
      backup) pg_dump --clean --if-exists --file "$BACKUP_DIR/backup.sql" ;;
      restore) psql -Xq -v ON_ERROR_STOP=1 -f "$BACKUP_DIR/backup.sql" >"$TMPDIR/out" ;;
    esac
    """,
  ]

  private static let secrets = ["password": "a 'quoted' & long one"]

  private func fixture() throws -> LocalFixture {
    try LocalFixture(
      services: Self.services,
      recipe: ["1.0.0+a": Self.files, "2.0.0+a": Self.files]
    )
  }

  private func sql(_ statement: String, _ run: LocalRun) async throws -> String {
    try await run.shell("psql -XqAt -v ON_ERROR_STOP=1 -c \"\(statement)\"", in: "db")
  }

  @Test func `A row that was dropped after the backup is back after the restore`() async throws {
    try await withLocal(try fixture(), secrets: Self.secrets) { run in
      _ = try await sql("CREATE TABLE t (x text); INSERT INTO t VALUES ('kept')", run)
      let snapshot = try await run.deployment.backUp()
      #expect(snapshot.declaredPaths == ["db-data/backup.sql"])
      #expect(snapshot.files.map(\.path) == ["db-data/backup.sql"])
      let dump = try #require(
        try await run.deployment.read("db-data/backup.sql", from: snapshot, limit: 1 << 20)
      )
      #expect(dump.size == snapshot.files.first?.bytes)
      #expect(String(decoding: dump.content, as: UTF8.self).contains("kept"))

      _ = try await sql("DELETE FROM t", run)
      #expect(try await sql("SELECT count(*) FROM t", run) == "0")
      // What is restored must come from the snapshot, not from the dump that still lies there.
      try await run.shell("rm $BACKUP_DIR/backup.sql", in: "db")
      try await run.deployment.restore(snapshot)
      #expect(try await sql("SELECT x FROM t", run) == "kept")

      let hooks = run.driver.takeOperations().filter { $0.name.contains("-hook") }
      #expect(hooks.map(\.name) == ["backup.pre-hook of db", "restore.post-hook of db"])
      for hook in hooks {
        #expect(hook.ending == .succeeded)
        #expect(hook.difference == nil)
        #expect(hook.facts.keys.sorted() == ["/backup.sh"])
      }
    }
  }

  @Test func `An upgrade keeps the data and changes the version that runs`() async throws {
    try await withLocal(try fixture(), secrets: Self.secrets) { run in
      _ = try await sql("CREATE TABLE t (x text); INSERT INTO t VALUES ('kept')", run)
      let process = try await sql("SELECT pg_postmaster_start_time()", run)
      #expect(try await run.deployment.runningVersion().version == "1.0.0+a")
      try await run.deployment.upgrade(to: "2.0.0+a")
      let running = try await run.deployment.runningVersion()
      #expect(running.version == "2.0.0+a")
      #expect(running.contradictions == [])
      #expect(try await sql("SELECT x FROM t", run) == "kept")
      #expect(try await sql("SELECT pg_postmaster_start_time()", run) == process)
      #expect(await run.deployment.deadServices() == [])
    }
  }

  @Test func `No secret is in an operation, an argument or a log`() async throws {
    let fixture = try fixture()
    try await withLocal(fixture, secrets: Self.secrets) { run in
      let operations = run.driver.takeOperations()
      #expect(!operations.isEmpty)
      let secret = try #require(Self.secrets["password"])
      for operation in operations { #expect(!"\(operation)".contains(secret)) }
      #expect(await !run.driver.log(of: "db", limit: 1 << 20).contains(secret))
      let arguments = try await run.shell("cat /proc/*/cmdline | grep -ac quoted || true", in: "db")
      // The shell that asks is one, grep the other.
      #expect(Int(arguments).map { $0 <= 2 } == true)
    }
  }
}
