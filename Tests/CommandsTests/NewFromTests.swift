import BuiltTool
import Foundation
import Testing

/// A suite that is drafted from a recipe.
@Suite struct NewFromTests {
  /// With overlays by `COMPOSE_FILE`, secrets, configs, hooks, and a database of each kind.
  private static let recipe = [
    ".env.sample": """
    TYPE=forum
    DOMAIN=forum.example.com
    COMPOSE_FILE="compose.yml"
    COMPOSE_FILE="$COMPOSE_FILE:compose.db.yml"
    SECRET_DB_PASSWORD_VERSION=v1 # length=20
    SECRET_MAIL_KEY_VERSION=v1 # generate=false
    ADMIN_TOKEN=
    TIMEOUT=600
    """,
    "abra.sh": "export PG_BACKUP_VERSION=v2\n",
    "pg_backup.sh": """
    case "$1" in
    backup) pg_dump app >/var/lib/postgresql/data/backup.sql ;;
    restore) psql -v ON_ERROR_STOP=1 -c "DROP DATABASE app" -f /var/lib/postgresql/data/backup.sql ;;
    esac
    """,
    "compose.yml": """
    version: "3.8"
    services:
      app:
        image: example/forum:2.1.0
        command: "serve --port 4000"
        environment:
          - DATABASE_URL=postgres://app@db:5432/app
          - DB_PASSWORD_FILE=/run/secrets/db_password
          - ADMIN_TOKEN
          - ODD=a"b\\{{c}} # d
        secrets: [db_password, mail_key]
        volumes: ["uploads:/srv/uploads"]
        healthcheck: {test: ["CMD-SHELL", "curl -f http://localhost:4000/api/health?full=1 || exit 1"]}
        deploy:
          labels:
            - "traefik.http.services.${STACK_NAME}.loadbalancer.server.port=4000"
            - "coop-cloud.${STACK_NAME}.version=1.0.0+2.1.0"
            - "coop-cloud.${STACK_NAME}.timeout=${TIMEOUT:-300}"
            - "backupbot.backup=true"
      cache:
        image: redis:7.4-alpine
      search:
        image: getmeili/meilisearch:v1.11
        volumes: ["search:/meili_data"]
    secrets:
      db_password: {external: true, name: "${STACK_NAME}_db_password_${SECRET_DB_PASSWORD_VERSION}"}
      mail_key: {external: true, name: "${STACK_NAME}_mail_key_${SECRET_MAIL_KEY_VERSION}"}
    volumes: {uploads: {}, search: {}}
    """,
    "compose.db.yml": """
    version: "3.8"
    services:
      db:
        image: postgres:15.10-alpine
        environment:
          POSTGRES_DB: app
          POSTGRES_USER: app
          POSTGRES_PASSWORD_FILE: /run/secrets/db_password
        secrets: [db_password]
        configs: [{source: pg_backup, target: /pg_backup.sh, mode: 0555}]
        volumes: ["db-data:/var/lib/postgresql/data"]
        deploy:
          labels:
            backupbot.backup.pre-hook: "/pg_backup.sh backup"
            backupbot.backup.volumes.db-data.path: "backup.sql"
            backupbot.restore.post-hook: "/pg_backup.sh restore"
      events:
        image: clickhouse/clickhouse-server:24.3.1
        environment: [CLICKHOUSE_DB=events]
        volumes: ["event-data:/var/lib/clickhouse"]
      wiki:
        image: mariadb:10.11.6
        environment: [MARIADB_DATABASE=wiki, MARIADB_USER=wiki, MARIADB_PASSWORD=not-secret-at-all]
        volumes: ["wiki-data:/var/lib/mysql"]
    configs:
      pg_backup: {file: pg_backup.sh, name: "${STACK_NAME}_pg_backup_${PG_BACKUP_VERSION}"}
    volumes: {db-data: {}, event-data: {}, wiki-data: {}}
    """,
  ]

  private static func project(_ files: [String: String] = recipe) throws -> ToolProject {
    let project = try ToolProject()
    for (name, text) in files { try project.write("recipes/forum/\(name)", text) }
    return project
  }

  @Test(arguments: [[], ["--local"]])
  func `It loads, it can be listed, and what is open stands where it is said`(_ more: [String])
    async throws
  {
    let project = try Self.project()
    let arguments = ["new", "forum", "--from", "recipes/forum"] + more
    let result = try await ToolRun(project, arguments, [:]).result()
    #expect(result.status == 0, "\(result.err)")
    let suite = try project.text("suites/forum/recipe.yml")
    for line in [
      "health: {path: \"/api/health?full=1\", within: 600s}",
      "  db: {postgres: {database: app, user: app, password: \"{{secret.db_password}}\"}}",
      "  events: {clickhouse: {database: events}}", "  cache: {redis: {}}",
      "  wiki: {mysql: {database: wiki, user: wiki, password: \"{{secret.wiki_password}}\"}}",
      "  db_password: {generate: 20}", "  wiki_password: {value: not-secret-at-all}",
      "  ADMIN_TOKEN: \"{{secret.admin_token}}\"", "  uploads:",
      "    - file: {snapshot: true, path: db-data/backup.sql}",
    ] { #expect(suite.contains("\n\(line)\n"), "\(line)") }
    // A cache is never declared to be one.
    #expect(!suite.contains("\nstores:"))
    let lint = try await project.run("lint")
    #expect(lint.status == 0, "\(lint.err)")
    let list = try await project.run("list")
    #expect(list.status == 0, "\(list.err)")
    #expect(list.out.contains("driver \(more.isEmpty ? "swarm" : "local")"))
    let open = result.out.split(separator: "\n").filter { $0.hasPrefix("  suites/") }
    #expect(open.count >= 7)
    for entry in open {
      let parts = entry.dropFirst(2).split(separator: ":", maxSplits: 2)
      let lines = try project.text(String(parts[0])).split(
        separator: "\n",
        omittingEmptySubsequences: false
      )
      let number = try #require(Int(parts[1]))
      #expect(lines[number - 1].contains("# open: "), "\(entry)")
    }
    #expect(project.exists("suites/forum/local.yml") == !more.isEmpty)
  }

  @Test func `Nothing is replaced, and parity yml gets one line`() async throws {
    let project = try Self.project()
    let before = try project.text("parity.yml")
    #expect(try await project.run("new", "forum", "--from", "recipes/forum").status == 0)
    let after = try project.text("parity.yml")
    #expect(after == before + "recipes:\n  forum: recipes/forum\n")
    let files = project.files(below: "suites")
    #expect(try await project.run("new", "forum", "--from", "recipes/forum").status == 64)
    #expect(project.files(below: "suites") == files)
    #expect(try project.text("parity.yml") == after)
  }

  @Test func `What is wrong with a recipe is told before anything is written`() async throws {
    let project = try Self.project(["compose.yml": "services: [\n"])
    let broken = try await project.run("new", "forum", "--from", "recipes/forum")
    #expect(broken.status == 65)
    #expect(broken.err.hasPrefix("recipes/forum/compose.yml:"))
    for source in ["nowhere", "parity.yml", "https://u:p@localhost/x"] {
      #expect(try await project.run("new", "forum", "--from", source).status == 64)
    }
    #expect(try await project.run("new", "forum", "--local").status == 64)
    #expect(!project.exists("suites"))
    #expect(try project.text("parity.yml") == "corpus: {none: it is an example}\n")
  }

  @Test func `A repository is fetched by its address into the cache, and nowhere else`()
    async throws
  {
    let project = try Self.project()
    try await Self.commit(project.path("recipes/forum"))
    let address = "file://\(project.path("recipes/forum"))"
    try project.write("tmp/.keep", "")
    let environment = ["TMPDIR": project.path("tmp"), "XDG_CACHE_HOME": project.path("cache")]
    let result = try await project.run("new", "forum", "--from", address, environment: environment)
    #expect(result.status == 0, "\(result.err)")
    #expect(try project.text("parity.yml").hasSuffix("recipes:\n  forum: {git: \"\(address)\"}\n"))
    #expect(try project.text("suites/forum/recipe.yml").contains("\n  db: {postgres: "))
    let nowhere = "file:///nowhere/at/all"
    let missing = try await project.run("new", "other", "--from", nowhere, environment: environment)
    #expect(missing.status == 2)
    #expect(Set(project.files(below: "tmp").keys) == [".keep"])
  }

  private static func commit(_ folder: String) async throws {
    let identity = [
      "-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false",
    ]
    for arguments in [["init", "-q"], ["add", "-A"], identity + ["commit", "-q", "-m", "x"]] {
      let git = Process()
      git.executableURL = URL(fileURLWithPath: "/usr/bin/git")
      git.arguments = ["-C", folder] + arguments
      try git.run()
      git.waitUntilExit()
      #expect(git.terminationStatus == 0)
    }
  }

  @Test func `What a recipe writes into its values stays a value`() async throws {
    let project = try Self.project([
      "compose.yml": """
      services:
        app:
          image: "example/x:1.0 # open: y"
          environment: {A_PASSWORD: "x\\ny: {z: 1}", B: "{{secret.none}}"}
          healthcheck: {test: [CMD, curl, "http://localhost/a\\n# open: b{{c}}"]}
          volumes: ["data:/srv/{{marker}}\\"x"]
        db:
          image: mariadb:10.11
          environment: {MYSQL_DATABASE: "a: b", MYSQL_ROOT_PASSWORD: "q'\\"\\\\{{r}}\\n"}
      volumes: {data: {}}
      """
    ])
    for (index, more) in [[], ["--local"]].enumerated() {
      let arguments = ["new", "x\(index)", "--from", "recipes/forum"] + more
      let result = try await ToolRun(project, arguments, [:]).result()
      #expect(result.status == 0, "\(result.err)")
      let list = try await project.run("list", "x\(index)")
      #expect(list.status == 0, "\(list.err)")
    }
  }
}
