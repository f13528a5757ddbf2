import Evidence
import Testing

@testable import Auditing
@testable import Suites

@Suite struct RecipeRuleTests {
  static let rules = Rule.allCases.filter { RecipeSample.broken(for: $0) != nil }

  @Test func `A recipe with nothing wrong in it is not spoken of`() {
    #expect(RecipeSample().findings == [])
  }

  @Test(arguments: rules)
  func `A rule over the recipe fires, and takes no other with it`(_ rule: Rule) throws {
    let sample = try #require(RecipeSample.broken(for: rule))
    let fired = Set(sample.findings.map(\.rule))
    #expect(fired == [rule])
  }

  private static func said(_ edit: (inout RecipeSample) -> Void) -> [String] {
    var sample = RecipeSample()
    edit(&sample)
    return sample.findings.map { found in
      let place = found.place.map(\.description) ?? "-"
      return "\(place) \(found.rule.rawValue): \(found.finding.message)"
    }
  }

  // MARK: Places and names

  @Test func `A finding stands at its place and names the nearest thing`() {
    let said = Self.said { $0.edit("compose.yml", "volumes.db-data.path", "volumes.db-dta.path") }
    #expect(
      said == [
        "compose.yml:32:9 backup-volume-unknown: db: volume db-dta of label "
          + "backupbot.backup.volumes.db-dta.path does not exist; did you mean \"db-data\"?"
      ]
    )
  }

  @Test func `A label with the stack's name before its volume is told the volume`() {
    let said = Self.said {
      $0.edit(
        "compose.yml",
        "volumes.uploads.path=files",
        "volumes.demo_example_uploads.path=files"
      )
    }
    #expect(said.count == 1)
    #expect(said[0].contains("volume demo_example_uploads"))
    #expect(said[0].hasSuffix("did you mean \"uploads\"?"))
  }

  @Test func `A misspelt label is told the right one`() {
    let said = Self.said {
      $0.edit(
        "compose.yml",
        "backupbot.backup.volumes.thumbnails=",
        "backupbot.backup.volume.thumbnails="
      )
    }
    #expect(said.contains { $0.contains("did you mean \"backupbot.backup.volumes.thumbnails\"?") })
  }

  // MARK: Forms of a compose file

  @Test func `Labels of an overlay that is not switched on are looked at in their own file`() {
    let said = Self.said {
      $0.files["compose.smtp.yml"] = """
        services:
          app:
            deploy: {labels: {backupbot.backup.path: /data}}
        """
    }
    #expect(
      said == [
        "compose.smtp.yml:3:23 backup-path-ignored: app: backupbot.backup.path=/data is ignored"
      ]
    )
  }

  @Test func `An overlay that COMPOSE_FILE switches on belongs to what is deployed`() {
    let said = Self.said {
      $0.edit(".env.sample", "#COMPOSE_FILE=\"$", "COMPOSE_FILE=\"$")
      $0.files["compose.smtp.yml"] = "services: {db: {image: postgres}}\n"
    }
    #expect(said.count == 1)
    #expect(
      said[0].hasPrefix("compose.smtp.yml:1:24 image-tag-moves: db: image postgres has no tag")
    )
  }

  @Test func `What an overlay makes of the files below it is not told of them`() {
    let said = Self.said {
      $0.files["compose.smtp.yml"] = """
        services:
          app:
            deploy: {labels: ["backupbot.backup=false"]}
        """
    }
    #expect(said == [])
  }

  @Test func `A file that COMPOSE_FILE names and nobody wrote is told with its neighbour`() {
    let said = Self.said {
      $0.edit(
        ".env.sample",
        "#COMPOSE_FILE=\"$COMPOSE_FILE:compose.smtp",
        "COMPOSE_FILE=\"compose.yml:compose.smpt"
      )
    }
    #expect(
      said == [
        ".env.sample:3:1 recipe-file-unreadable: COMPOSE_FILE names compose.smpt.yml, which does not "
          + "exist; did you mean \"compose.smtp.yml\"?"
      ]
    )
  }

  @Test func `A label that stands in both places is not lost`() {
    let said = Self.said {
      $0.edit("compose.yml", "org.example.note=nobody reads this", "traefik.enable=true")
    }
    #expect(said == [])
  }

  @Test func `A file that is no UTF-8 is told`() {
    let files = [
      ComposeReader.File(
        name: "compose.yml",
        bytes: Array("services:\n  a: {image: a:1.0}\n".utf8)
      ),
      ComposeReader.File(name: "README.md", bytes: [0xFF, 0xFE]),
    ]
    let rules = RecipeRules(files: files, suite: Suite(recipe: "demo", folder: "/")).findings()
    #expect(rules.map(\.rule) == [.recipeFileUnreadable])
  }

  // MARK: Hooks

  @Test(arguments: [
    ("psql -f x.sql", true), ("psql <x.sql", true), ("zcat x.gz | psql app", true),
    ("psql -Xqf x", true), ("PGPASSWORD=x exec psql --file=x", true), ("psql -1 <<S\nA\nS\n", true),
    ("su postgres -c 'psql -f x'", true), ("psql -v ON_ERROR_STOP=0 -f x", true),
    ("if true; then gosu postgres psql -f x; fi", true), ("R=$(psql -f x)", true),
    ("psql -c 'DROP TABLE t'", false), ("psql -v ON_ERROR_STOP=1 -f x", false),
    ("psql --set=ON_ERROR_STOP=on <x", false),
    ("psql <<'S'\n\\set ON_ERROR_STOP on\nA\nS\n", false),
    ("psql -qAtc 'SELECT 1'", false), ("command -v psql", false), ("echo psql -f x", false),
    ("# psql -f x", false), ("echo 'a; psql -f x'", false), ("pg_restore -d app x", false),
    ("psql \\\n  -v ON_ERROR_STOP=1 \\\n -f x", false), ("psql --version", false),
  ])
  func `psql that goes on after an error is found`(call: String, isTold: Bool) {
    let said = Self.said {
      $0.edit("backup.sh", "psql -X -v ON_ERROR_STOP=1 -f \"$DATA/backup.sql\"", call)
    }
    #expect(said.count == (isTold ? 1 : 0), "\(said)")
    #expect(said.allSatisfy { $0.hasPrefix("backup.sh:7:") && $0.contains("psql-ignores-errors") })
  }

  @Test(arguments: [
    ("mysqldump app >x", true), ("mariadb-dump -A | gzip >x", true),
    ("sh -c \"/usr/bin/mysqldump app\"", true), ("mysqldump --single-transaction app", false),
    ("mysqldump --lock-all-tables app", false), ("mysqldump -x app", false), ("mysql app", false),
    ("mysqldump --version", false), ("mysqldump --lock-tables app", false),
    ("mysqldump --lock-tables -A", true),
  ])
  func `A dump without one snapshot is found`(call: String, isTold: Bool) {
    let script = Self.said { $0.edit("backup.sh", "pg_dump -f \"$DATA/backup.sql\"", call) }
    let label = Self.said { $0.edit("compose.yml", "/backup.sh dump", "'\(call)'") }
    #expect(script.count == (isTold ? 1 : 0))
    #expect(label.count == (isTold ? 1 : 0))
    #expect(script.allSatisfy { $0.hasPrefix("backup.sh:4:7 dump-not-consistent") })
    #expect(label.allSatisfy { $0.hasPrefix("compose.yml:3:3 dump-not-consistent") })
  }

  @Test func `A hook of local.yml that names its label is nothing to speak of`() {
    #expect(Self.said { $0.addHook(label: "/backup.sh dump") } == [])
    let said = Self.said { $0.addHook(label: nil) }
    #expect(said.count == 1)
    #expect(said[0].hasPrefix("local.yml:3:7 hook-override-unnamed"))
  }

  @Test(arguments: [
    ("${A:+x}", 1), ("$A-x", 1), ("${A:-${B}}", 1), ("$${A:-${B}}", 0), ("${A:-x}${B:-y}", 0),
  ])
  func `What docker stack deploy reads otherwise is told`(text: String, count: Int) {
    let said = Self.said { $0.edit("compose.yml", "org.example.note=nobody reads this", text) }
    #expect(said.count == count, "\(said)")
  }

  @Test(arguments: ["yes", "'\"true\"'", "on"])
  func `A value of the label that is neither true nor false is told`(value: String) {
    let said = Self.said {
      $0.edit("compose.yml", "backupbot.restore: \"true\"", "backupbot.backup: \(value)")
    }
    #expect(said.count == 1)
    #expect(said[0].contains("backup-label-unknown: db: backupbot.backup is"))
  }

  // MARK: Stores

  @Test func `A database whose volumes are all left out is in no backup`() {
    let said = Self.said {
      $0.edit("compose.yml", "volumes.db-data.path: backup.sql", "volumes.db-data: \"false\"")
      $0.edit("compose.yml", "backupbot.restore: \"true\"", "backupbot.backup: \"true\"")
    }
    #expect(
      said.contains { $0.contains("database db is in no backup: its labels leave out db-data") }
    )
  }

  @Test func `A database whose own service has hooks rides on the stack's label`() {
    #expect(RecipeSample().findings.isEmpty)
    let said = Self.said {
      $0.edit("compose.yml", "        <<: *backup\n", "")
    }
    #expect(said.contains { $0.contains("at best its files are copied while it writes them") })
  }

  @Test func `A suite that says why there is no backup is believed`() {
    let said = Self.said {
      $0.edit("compose.yml", "backupbot.backup=${ENABLE_BACKUPS:-true}", "a=b")
      $0.edit("README.md", "**Backups**: Yes", "**Backups**: No")
      $0.suite.backup = BackupSettings(capable: false, capableReason: "everything is made again")
    }
    #expect(said == [])
  }

  @Test func `A backup that the suite skips although the labels ask for it is told, with why`() {
    let place = SourcePlace(file: "recipe.yml", line: 1, column: 1)
    let said = Self.said {
      $0.suite.notApplicable = [.init(stage: .backup, why: "too long", place: place)]
    }
    #expect(
      said == [
        "compose.yml:23:11 backup-overruled: the labels of app ask for a backup, and the suite skips "
          + "it: too long"
      ]
    )
  }

  @Test func `What has no volume with a name is in no backup, unless it holds nothing`() {
    func said(_ more: (inout RecipeSample) -> Void) -> [String] {
      Self.said {
        $0.edit("compose.yml", "image: redis:7.4", "image: app:7.4\n    volumes: [/srv/jobs:/jobs]")
        more(&$0)
      }
    }
    let mounted = said { _ in }
    #expect(
      mounted.contains {
        $0.hasSuffix("/jobs of queue is in no backup: it is the machine's /srv/jobs")
      }
    )
    let nothing = said {
      $0.suite.stores["queue-jobs"] = StoreSettings(
        holdsNothing: "made again",
        place: SourcePlace(file: "recipe.yml", line: 1, column: 1)
      )
    }
    #expect(nothing == [])
  }

  @Test func `A cache may be left out or copied, and is told where nothing is backed up`() {
    func said(_ more: (inout RecipeSample) -> Void) -> [String] {
      Self.said {
        $0.edit("compose.yml", "image: redis:7.4", "image: redis:7.4\n    volumes: [jobs:/data]")
        $0.edit("compose.yml", "db-data: }", "db-data: , jobs: }")
        more(&$0)
      }
    }
    #expect(said { _ in } == [])
    #expect(
      said {
        $0.edit(
          "compose.yml",
          "backupbot.restore: \"true\"",
          "backupbot.backup.volumes.jobs: \"false\""
        )
      } == []
    )
    let none = said {
      $0.edit("compose.yml", "backupbot.backup=${ENABLE_BACKUPS:-true}", "a=b")
    }
    #expect(none.contains { $0.contains("database queue is in no backup") })
  }

  // MARK: Images

  @Test(arguments: [
    ("postgres", true), ("postgres:latest", true), ("postgres:16", true), ("redis:7-alpine", true),
    ("pgvector/pgvector:pg16", true), ("nginx:alpine3.19", true), ("app:main", true),
    ("app:stable-slim", true), ("app:v2", true), ("app:2024", true), ("app:", true),
    ("localhost:5000/app", true), ("debian:bookworm-slim", true),
    ("postgres:16.4", false), ("postgres:16.4-alpine", false), ("app:v2.1.0-rc1", false),
    ("app@sha256:0a1b", false), ("app:latest@sha256:0a1b", false), ("app:20240131", false),
    ("app:2024-02-06b", false), ("app:2024-02", true), ("app:2024-13-06", true),
    ("app:main-0a1b2c3", false), ("app:sha-0a1b2c3d", false), ("app:b4567", false),
    ("localhost:5000/app:1.2", false), ("minio/minio:RELEASE.2024-01-31T20-20-33Z", false),
  ])
  func `A tag is fixed where it names a version, a date, a build or a commit`(
    _ image: String,
    _ moves: Bool
  ) {
    #expect((ImageReference(image).whyItMoves != nil) == moves)
  }

  // MARK: Metadata

  @Test(arguments: [
    ("**Healthcheck**: Yes", "**Healthcheck**: No", "Healthcheck: No, and there is one"),
    ("**Tests**: No", "**Tests**: Yes", "Tests: Yes, and the suite has no functional check"),
    ("[`example/demo`]", "[`other/demo`]", "and app runs docker.io/example/demo:2.1.0"),
    ("**Backups**: Yes", "**Backups**: no (not yet)", "and the labels ask for a backup"),
  ])
  func `Metadata that contradict the recipe are told`(_ old: String, _ new: String, _ words: String)
  {
    let said = Self.said { $0.edit("README.md", old, new) }
    #expect(said.count == 1)
    #expect(said.first?.contains(words) == true)
  }

  @Test(arguments: [
    ("**Healthcheck**: Yes", "**Healthcheck**: Partial"),
    (
      "**Image**: [`example/demo`](https://hub.docker.com/r/example/demo), 4, upstream",
      "**Image**: N/A"
    ),
    ("**Image**: [`example/demo`]", "**Image**: [`example/relay`]"),
    ("**Image**: [`example/demo`]", "**Image**: [`demo`]"),
    ("**Backups**: Yes", "**Backups**: ?"),
    ("<!-- metadata -->", "<!-- none -->"),
  ])
  func `Metadata that say nothing, or what is so, are not told`(_ old: String, _ new: String) {
    #expect(Self.said { $0.edit("README.md", old, new) } == [])
  }

  @Test func `A yes that nothing in the compose file bears out is told`() {
    let backups = Self.said {
      $0.edit("compose.yml", "backupbot.backup=${ENABLE_BACKUPS:-true}", "a=b")
    }
    let label = "no service has backupbot.backup=true under deploy.labels"
    #expect(
      backups.contains(
        "README.md:9:16 metadata-contradicted: README says Backups: Yes, and \(label)"
      )
    )
    let health = Self.said { $0.edit("compose.yml", "[CMD, curl, -f, http://localhost]", "[NONE]") }
    #expect(
      health == [
        "README.md:8:20 metadata-contradicted: README says Healthcheck: Yes, and app has no healthcheck"
      ]
    )
  }

  @Test func `A yes that one overlay bears out is left alone`() {
    let said = Self.said {
      $0.edit("compose.yml", "[CMD, curl, -f, http://localhost]", "[NONE]")
      $0.files["compose.smtp.yml"] = "services: {app: {healthcheck: {test: [CMD, true]}}}\n"
    }
    #expect(said == [])
  }
}
