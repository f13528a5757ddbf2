import Evidence
import Testing

@testable import Suites

struct ComposeReaderTests {
  private func read(_ text: String, _ environment: [String: String] = [:]) throws -> Compose {
    try ComposeReader.read(
      [.init(name: "compose.yml", bytes: Array(text.utf8))],
      environment: environment
    )
  }

  private func plausible(_ files: [String] = ["compose.yml"]) throws -> Compose {
    try ComposeReader.read(folder: Fixtures.path("recipes/plausible"), files: files)
  }

  @Test func `Every place that a service writes to is a store`() throws {
    let compose = try read(
      """
      services:
        app:
          image: app:1
          volumes:
            - data:/srv/data
            - /srv/notes:/srv/files
            - ./conf.yml:/etc/conf.yml:ro
            - /var/run/docker.sock:/var/run/docker.sock
            - /etc/localtime:/etc/localtime
            - /var/lib/thumbnails
            - {type: bind, source: /srv/m, target: /media}
            - {type: bind, source: /srv/r, target: /read, read_only: true}
            - {type: volume, target: "/odd path/x"}
            - {type: tmpfs, target: /fast}
        db: {image: "postgres:15", volumes: ["/srv/pg:/var/lib/postgresql/data"]}
      volumes: {data: }
      """
    )
    var suite = Suite(recipe: "demo", folder: "/suites/demo")
    suite.stores["data"] = StoreSettings(
      volatile: [VolatileParts(pattern: "a", why: "b")],
      place: SourcePlace(file: "recipe.yml", line: 1, column: 1)
    )
    let stores = RecipeFacts.stores(of: compose, suite: suite)
    #expect(
      stores.map { "\($0.name) \($0.kind)" } == [
        "app-media mount", "app-odd-path-x mount", "app-srv-files mount",
        "app-var-lib-thumbnails mount", "data volume", "db postgres",
      ]
    )
    #expect(stores.first { $0.name == "data" }?.volatile?.map(\.pattern) == ["a"])
    #expect(stores.first { $0.name == "db" }?.volatile == nil)
  }

  @Test func `A file laid over gives a bind mount a volume`() throws {
    func file(_ name: String, _ mount: String) -> ComposeReader.File {
      ComposeReader.File(
        name: name,
        bytes: Array("services: {app: {image: a, volumes: [\"\(mount)\"]}}".utf8)
      )
    }
    let named = try ComposeReader.read([file("a.yml", "/srv/x:/data"), file("b.yml", "data:/data")])
    #expect(RecipeFacts.stores(of: named).map(\.name) == ["data"])
    let bound = try ComposeReader.read([file("a.yml", "data:/data"), file("b.yml", "/srv/x:/data")])
    #expect(RecipeFacts.stores(of: bound).map(\.name) == ["app-data"])
  }

  @Test func labelsAreReadFromListsAndMappingsWithTheirPlaces() throws {
    let compose = try plausible()
    #expect(compose.services.map(\.name) == ["app", "db", "events_db"])
    #expect(compose.volumes == ["db-data", "event-data"])
    #expect(compose.version == "3.0.1+v2.0.0")
    let label = compose[service: "app"]?.deployLabels[0]
    #expect(label?.name == "traefik.enable")
    #expect(label?.value == "true")
    #expect(label?.place.description == "compose.yml:15:11")
    #expect(compose[service: "db"]?.deployLabels[1].place.description == "compose.yml:30:9")
  }

  @Test func whatTheRecipeDoesNotMakeIsExternalUnderItsNameOnTheEngine() throws {
    let compose = try read(
      """
      version: "3.8"
      networks: {proxy: {external: true}, old: {external: {name: "${X}_old"}}, internal: {}}
      secrets:
        db_password: {external: true, name: "${STACK_NAME}_db_password_${V:-v2}"}
        own: {file: x}
      volumes: {data: {external: false}}
      """,
      ["STACK_NAME": "s", "X": "y"]
    )
    #expect(compose.fileVersion == "3.8")
    #expect(
      compose.externals == [
        .init(kind: .network, key: "proxy", name: "proxy"),
        .init(kind: .network, key: "old", name: "y_old"),
        .init(kind: .secret, key: "db_password", name: "s_db_password_v2"),
      ]
    )
  }

  @Test func aFileLaidOverMakesAnExternalNetworkTheRecipesOwn() throws {
    func file(_ name: String, _ text: String) -> ComposeReader.File {
      ComposeReader.File(name: name, bytes: Array(text.utf8))
    }
    let compose = try ComposeReader.read([
      file("a.yml", "networks: {proxy: {external: true}, other: {external: true}}"),
      file("b.yml", "networks: {proxy: {}}"),
    ])
    #expect(compose.externals.map(\.key) == ["other"])
  }

  @Test func whatOthersMayUseTooIsKnownByItsNameOnTheMachine() throws {
    let recipe = """
      services:
        app:
          volumes:
            - "/srv/${X}:/srv:ro"
            - own:/own
            - {type: bind, source: /etc/x, target: /x}
            - {type: tmpfs, target: /tmp}
            - {type: volume, source: named, target: /named}
          ports: ["8080:80", "127.0.0.1:8443:443/tcp", 9000, "53", {target: 25, published: 2525}, {target: 1}]
      volumes:
        own:
        named: {name: "${X}_named"}
        other: {external: true}
        disk: {driver_opts: {type: none, o: bind, device: /mnt/disk}}
      """
    let outside = try read(recipe, ["X": "y"]).outside
    let paths = outside.filter { if case .path = $0.kind { true } else { false } }
    let ports = outside.filter { if case .port = $0.kind { true } else { false } }
    let volumes = outside.filter { if case .volume = $0.kind { true } else { false } }
    #expect(paths.map(\.name) == ["/srv/y", "/etc/x"])
    #expect(ports.map(\.name) == ["8080", "8443", "2525"])
    #expect(volumes.map(\.name).sorted() == ["/mnt/disk", "other", "y_named"])
    #expect(paths.first?.place.description == "compose.yml:4:9")
  }

  @Test func `What Docker takes for external is outside, whatever word it is`() throws {
    func outside(_ external: String) throws -> [String] {
      try read("volumes: {a: {external: \(external)}}", ["SET": "true"]).outside.map(\.name)
    }
    for word in ["true", "True", "yes", "on", "y", "\"true\"", "'${SET}'", "'${NO:-true}'", "{}"] {
      #expect(try outside(word) == ["a"], "\(word)")
    }
    for word in ["false", "no", "Off", "n", "'${NO:-false}'", "null"] {
      #expect(try outside(word) == [], "\(word)")
    }
  }

  @Test func `The machine's own networks are outside`() throws {
    let compose = try read(
      "networks: {a: {external: true, name: host}, bridge: {external: true}, proxy: {external: true}}"
    )
    #expect(compose.outside.map(\.kind) == [.network(key: "a"), .network(key: "bridge")])
  }

  @Test func `Files that docker itself reads are known`() throws {
    let compose = try read(
      """
      services: {a: {env_file: one.env}, b: {env_file: [two.env, "${X}.env"]}}
      configs: {c: {file: c.conf}}
      secrets: {s: {file: ~/s}}
      """,
      ["X": "three"]
    )
    let names = compose.readFiles.map(\.value)
    #expect(names == ["~/s", "c.conf", "one.env", "two.env", "three.env"])
  }

  /// A file of the suite may put something else in the place of a folder of the machine; by naming a
  /// volume again it makes it nobody's own.
  @Test func whatIsLaidOverAFolderOfTheMachineTakesItsPlace() throws {
    func outside(_ overlay: String) throws -> [String] {
      let recipe = """
        services: {app: {volumes: ["/srv:/data", "/etc/x:/x"]}, db: {volumes: ["/srv:/data"]}}
        volumes: {content: {name: production}}
        """
      let files = [recipe, overlay].enumerated().map { index, text in
        ComposeReader.File(name: "\(index).yml", bytes: Array(text.utf8))
      }
      return try ComposeReader.read(files).outside.map { "\($0.kind) \($0.name)" }.sorted()
    }
    let all = try outside("")
    #expect(all.count == 4)
    #expect(try outside("volumes: {content: }\nservices: {app: {image: x}}") == all)
    #expect(try outside("volumes: {own: }\nservices: {app: {volumes: [own:/data]}}").count == 3)
    #expect(try outside("services: {app: {volumes: ['/opt:/data']}}").count == 4)
    #expect(try outside("volumes: {content: {name: other}}").count == 4)
  }

  @Test func onlyNamedVolumesAreMounts() throws {
    let compose = try plausible()
    #expect(
      compose[service: "db"]?.mounts == [
        .init(volume: "db-data", target: "/var/lib/postgresql/data")
      ]
    )
    #expect(
      compose[service: "events_db"]?.mounts == [
        .init(volume: "event-data", target: "/var/lib/clickhouse")
      ]
    )
  }

  @Test func laterFilesAreLaidOverEarlierOnes() throws {
    let compose = try plausible(["compose.yml", "compose.smtp.yml"])
    let app = compose[service: "app"]
    #expect(app?.image == "plausible/analytics:v2.1.0")
    #expect(app?.deployLabels.first { $0.name == "traefik.enable" }?.value == "false")
    #expect(app?.mounts.map(\.volume) == ["mail"])
    #expect(compose.services.count == 4)
    #expect(compose.volumes == ["db-data", "event-data", "mail"])
  }

  @Test func `Variables are filled in where Docker does so, and in no key`() throws {
    let text = """
      x-note: ${NOWHERE:?}
      services:
        app:
          image: "a:${TAG:-1}"
          volumes: ["${VOLUME:-data}:/data"]
          deploy:
            labels: ["coop-cloud.${STACK_NAME}.version=1.0.0+2", 'hook=echo $$HOME ${X}']
        db: {deploy: {labels: {"a.${X}": "${ENABLED:-true}"}}}
      """
    let filled = try read(text, ["STACK_NAME": "demo", "X": "y"]).services
    #expect(filled[0].image == "a:1")
    #expect(filled[0].mounts.map(\.volume) == ["data"])
    #expect(filled[0].deployLabels[0].name == "coop-cloud.demo.version")
    #expect(filled[0].deployLabels[1].value == "echo $HOME y")
    #expect(filled[1].deployLabels.map(\.name) == ["a.${X}"])
    #expect(filled[1].deployLabels.map(\.value) == ["true"])
  }

  @Test func `A variable that is required and not set is an error at its place`() throws {
    let text = "services:\n  app:\n    image: a:${TAG:?name a tag}\n    user: ${USER?}\n"
    let error = try #require(throws: SuiteErrors.self) { try read(text, ["USER": ""]) }
    #expect(error.diagnostics.map { "\($0.place)" } == ["compose.yml:3:16"])
    #expect(error.diagnostics[0].message.hasSuffix("TAG is required and has no value: name a tag"))
    #expect(try read(text, ["TAG": "2", "USER": ""]).services[0].image == "a:2")
  }

  @Test func variablesFollowTheRulesOfCompose() {
    let table: [(String, String)] = [
      ("$A", "1"), ("${A}b", "1b"), ("$AB", ""), ("${B:-x}", "x"), ("${B-x}", ""),
      ("${C-x}", "x"), ("${A:+y}", "y"), ("${B:+y}", ""), ("${B+y}", "y"), ("${C+y}", ""),
      ("${C:-${A}}", "1"), ("${C:-${B:-${D:-z}}}", "z"), ("${C:-a}b}", "ab}"), ("$$A", "$A"),
      ("$", "$"), ("a$ b", "a$ b"), ("${A", "${A"), ("${C:?must}", ""), ("${A:?must}", "1"),
      ("$1", "$1"),
    ]
    for (text, expected) in table {
      var variables = ComposeVariables(["A": "1", "B": ""])
      #expect(variables.fill(text) == expected, "\(text)")
    }
    var variables = ComposeVariables(["B": ""])
    _ = variables.fill("${B?set} ${B:?not empty} ${C?} ${D:-${E:?deep}}")
    #expect(variables.missing.map(\.name) == ["B", "C", "E"])
    #expect(variables.missing.map(\.message) == ["not empty", "", "deep"])
  }

  @Test func `A variable of a hook that nothing sets is empty, and told`() throws {
    let text = """
      services:
        app:
          image: "a:$TAG"
          deploy: {labels: ['backupbot.backup.pre-hook=dump $A ${B} $$C', "backupbot.backup=$B"]}
        db: {deploy: {labels: {backupbot.restore.post-hook: "load ${B:-x} $B"}}}
      """
    let here = try read(text, ["A": "1"])
    #expect(here.services[0].deployLabels.map(\.value) == ["dump 1  $C", ""])
    #expect(here.services[1].deployLabels.map(\.value) == ["load x "])
    #expect(here.services[0].image == "a:")
    #expect(here.oddities.map(\.text) == ["${B}", "$B"])
    #expect(here.oddities.map(\.place.description) == ["compose.yml:4:58", "compose.yml:5:69"])
  }

  @Test func `What Docker reads otherwise is noted with its place`() throws {
    let compose = try read(
      """
      x-a: &a {A: "1"}
      services:
        app:
          image: "a:${TAG:-${OTHER:-1}}"
          command: "${A:+x} $$B-c $NAME-x ${OK:-1}"
          environment:
            <<: *a
            <<: *a
          deploy: {labels: {backupbot.backup: true, b: "true"}}
      """
    )
    #expect(
      compose.oddities.map { "\($0.place.line):\($0.place.column) \($0.text)" }.sorted() == [
        "4:15 ${TAG:-${OTHER:-1}}", "5:15 ${A:+x}", "5:29 $NAME-x", "8:7 <<",
        "9:23 backupbot.backup",
      ]
    )
  }

  @Test func `Configs and secrets are files of their services`() throws {
    let compose = try read(
      """
      services:
        db:
          configs: [plain, {source: hook, target: /hook.sh, mode: 0555}]
          secrets: [password, {source: key, target: other, mode: 0o400}]
      configs:
        plain: {external: true}
        hook: {name: "${STACK_NAME}_hook", file: ./hook.sh, template_driver: golang}
      secrets: {password: {external: true}, key: {file: key.txt}}
      """
    )
    let files = compose.services[0].files
    #expect(
      files.map(\.target) == [
        "/plain", "/hook.sh", "/run/secrets/password", "/run/secrets/other",
      ]
    )
    #expect(files.map(\.mode) == [0o444, 0o555, 0o444, 0o400])
    #expect(files.map { compose.source(of: $0)?.path } == [nil, "./hook.sh", nil, "key.txt"])
    #expect(files.map { compose.source(of: $0)?.isTemplate } == [false, true, false, false])
  }

  @Test func aFileThatIsWrongIsReportedAtItsPlace() throws {
    let error = try #require(throws: SuiteErrors.self) {
      try read("services:\n  app:\n    deploy: {labels: [[a]]}\n    volumes: data\n")
    }
    #expect(error.diagnostics.map { "\($0.place)" } == ["compose.yml:3:23", "compose.yml:4:14"])
    let missing = try #require(throws: SuiteErrors.self) { try plausible(["compose.smpt.yml"]) }
    #expect(missing.diagnostics[0].nearest == "compose.smtp.yml")
  }

  // MARK: - Backup labels

  @Test func everyVolumeOfALabelledServiceIsBackedUpByDefault() throws {
    let labels = BackupLabels.read(from: try plausible())
    #expect(labels.map(\.service) == ["db", "events_db"])
    #expect(labels[0].preHook == "/pg_backup.sh backup")
    #expect(labels[0].restorePostHook == "/pg_backup.sh restore $(cat /run/secrets/x)")
    #expect(labels[0].volumes == [.init(name: "db-data", paths: ["backup.sql"])])
    #expect(labels[1].volumes == [.init(name: "event-data", paths: [])])
    #expect(labels[0].mechanism(of: "db-data") == "/pg_backup.sh backup → backup.sql")
  }

  /// A label on a service whose volumes are all excluded: nothing of the database is backed up.
  @Test func excludedVolumesAreNotBackedUp() throws {
    let labels = BackupLabels.read(
      from: try read(
        """
        services:
          app:
            image: postgres
            volumes: [data:/data, more:/more]
            deploy:
              labels:
                backupbot.backup: "true"
                backupbot.backup.volumes.data: "false"
                backupbot.backup.volumes.more: false
        """
      )
    )
    #expect(labels.count == 1)
    #expect(labels[0].volumes.isEmpty)
  }

  /// One label is for the whole stack: every service's volumes, and the hooks of any.
  @Test func oneLabelIsForEveryVolumeAndHookOfTheStack() throws {
    let compose = try read(
      """
      services:
        app:
          volumes: [uploads:/uploads, cache:/cache]
          deploy: {labels: {backupbot.backup: "true", backupbot.backup.volumes.queue: "false"}}
        db:
          image: postgres
          volumes: [db-data:/data]
          deploy:
            labels:
              backupbot.backup.pre-hook: dump
              backupbot.backup.volumes.db-data.path: dump.sql
              backupbot.backup.volumes.cache: "false"
              backupbot.restore.post-hook: load
        proxy: {image: nginx}
        redis: {image: redis, volumes: [queue:/data]}
        worker: {volumes: [uploads:/uploads]}
      """
    )
    #expect(BackupLabels.labelled(in: compose) == ["app"])
    let labels = BackupLabels.read(from: compose)
    #expect(labels.map(\.service) == ["app", "db", "redis", "worker"])
    #expect(
      labels.map(\.volumes) == [
        [.init(name: "uploads", paths: [])], [.init(name: "db-data", paths: ["dump.sql"])], [],
        [.init(name: "uploads", paths: [])],
      ]
    )
    #expect(labels[1].preHook == "dump")
    #expect(labels[1].restorePostHook == "load")
    let stores = RecipeFacts.stores(of: compose)
    #expect(stores.map(\.name) == ["cache", "db", "redis", "uploads"])
    #expect(stores.map(\.mechanism) == [nil, "dump → dump.sql", nil, "all of uploads"])
  }

  /// Labels outside of `deploy` are silently no backup at all.
  @Test func labelsOutsideOfDeployAreNoBackup() throws {
    let compose = try read(
      """
      services:
        app:
          labels: [backupbot.backup=true]
          volumes: [data:/data]
      """
    )
    #expect(BackupLabels.read(from: compose).isEmpty)
    #expect(compose.services[0].containerLabels.map(\.name) == ["backupbot.backup"])
    #expect(
      RecipeFacts.noBackupReason(of: compose, suite: Suite(recipe: "a", folder: "/a"))
        == Reason(.noBackupLabel)
    )
  }

  /// Two volumes backed up are two stores, each of which needs its marker.
  @Test func twoVolumesAreTwoStores() throws {
    let compose = try read(
      """
      services:
        app:
          image: nginx
          volumes: [one:/one, two:/two]
          deploy: {labels: {backupbot.backup: "true", backupbot.backup.volumes.two.path: "a, b"}}
      """
    )
    let stores = RecipeFacts.stores(of: compose)
    #expect(stores.map(\.name) == ["one", "two"])
    #expect(stores.map(\.mechanism) == ["all of one", "a, b"])
    #expect(stores.allSatisfy { !$0.hasMarker && $0.kind == .volume })
  }

  @Test(arguments: ["false", "", "no", "${ENABLE_BACKUPS:-false}", "${ENABLE_BACKUPS}"])
  func otherValuesOfTheLabelAreNoBackup(_ value: String) throws {
    let compose = try read("services: {a: {deploy: {labels: [\"backupbot.backup=\(value)\"]}}}")
    #expect(BackupLabels.read(from: compose).isEmpty)
  }

  @Test func version1PathsAreIgnoredAndUnknownVolumesAreFound() throws {
    let compose = try read(
      """
      services:
        a:
          volumes: [data:/data]
          deploy:
            labels:
              - backupbot.backup=true
              - backupbot.backup.path=/data/x
              - backupbot.backup.volumes.dta.path=x
      """
    )
    #expect(BackupLabels.read(from: compose)[0].volumes == [.init(name: "data", paths: [])])
    let named = BackupLabels.volumesNamed(by: compose.services[0])
    #expect(named.map(\.volume) == ["dta"])
    #expect(named[0].label.place.line == 8)
  }

  // MARK: - Stores

  @Test func databasesAndTheirVolumesAreOneStore() throws {
    let suite = try SuiteLoader.load(folder: Fixtures.path("plausible")).suite
    let stores = RecipeFacts.stores(of: try plausible(), suite: suite)
    #expect(stores.map(\.name) == ["db", "events_db"])
    #expect(stores.map(\.kind) == [.postgres, .clickhouse])
    #expect(stores.map(\.volumes) == [["db-data"], ["event-data"]])
    #expect(stores.map(\.hasMarker) == [true, false])
    #expect(stores[0].counts == ["sites", "public.users"])
  }

  @Test func theProjectsOwnRecipeHasTwoStoresThatAreBackedUp() throws {
    let versions = "\(Fixtures.repository)/Tests/recipes/plausible/recipe-versions"
    for version in ["3.0.0+v2.0.0", "3.0.1+v2.0.0"] {
      let folder = "\(versions)/\(version)"
      guard SuiteFiles(folder: folder).exists("compose.yml") else { continue }
      let compose = try ComposeReader.read(folder: folder)
      #expect(compose.version == version)
      let stores = RecipeFacts.stores(of: compose)
      #expect(stores.map(\.kind) == [.postgres, .clickhouse])
      #expect(stores.allSatisfy { $0.mechanism != nil })
    }
  }

  @Test func imagesOfDatabasesAreKnown() {
    let table: [(String, StoreFacts.Kind?)] = [
      ("postgres:14", .postgres), ("docker.io/library/postgres@sha256:ab", .postgres),
      ("postgis/postgis:16-3.4", .postgres), ("timescale/timescaledb:latest-pg14", .postgres),
      ("bitnami/postgresql:15", .postgres), ("tensorchord/pgvecto-rs:pg14", .postgres),
      ("ghcr.io/immich-app/postgres:14-vectorchord", .postgres),
      ("clickhouse/clickhouse-server:23", .clickhouse), ("mariadb:11", .mysql),
      ("mysql", .mysql), ("mongo:6", .database), ("redis:7-alpine", .database),
      ("valkey/valkey:8", .database), ("elasticsearch:8", .database),
      ("registry:5000/postgres:14", .postgres), ("registry:5000/app", nil), ("nginx", nil),
      ("plausible/analytics:v2", nil), ("prometheuscommunity/postgres-exporter", nil),
      ("prodrigestivill/postgres-backup-local", nil), ("redis/redisinsight", nil),
      ("mongo-express", nil), ("edoburu/pgbouncer", nil), ("", nil),
    ]
    for (image, kind) in table { #expect(RecipeFacts.database(of: image) == kind, "\(image)") }
  }

  // MARK: - Versions and samples

  @Test func recipeVersionsAreOrderedByTheirFirstPart() {
    let ordered = [
      "0.9.9+x", "1.0.0-rc.1+v1", "1.0.0+v1.9", "1.0.0+v1.10", "1.2.0+v0.1", "1.10.0+v0.1",
      "10.0.0+v0.1",
    ]
    #expect(RecipeVersion.sorted(ordered.reversed() + ["main", "1.0", "v1.0.0"]) == ordered)
    #expect(RecipeVersion.newest(of: ordered, below: "1.2.0+v0.1") == "1.0.0+v1.10")
    #expect(RecipeVersion.newest(of: ordered, below: "0.9.9+x") == nil)
    #expect(RecipeVersion("1.0.0+v1") != RecipeVersion("1.0.0"))
  }

  @Test func environmentSamplesAreReadAsDockerReadsThem() {
    let sample = EnvironmentSample(
      """
      TYPE=plausible
      # a comment
      DOMAIN=plausible.example.com # not part of it
      QUOTED="a # b"
      SINGLE='c'
      EMPTY=
      URL=https://x/?a=b#c
      export OTHER=1
      #OFF=1
      COMPOSE_FILE="compose.yml:compose.smtp.yml"\r
      """
    )
    #expect(sample["TYPE"] == "plausible")
    #expect(sample["DOMAIN"] == "plausible.example.com")
    #expect(sample["QUOTED"] == "a # b")
    #expect(sample["SINGLE"] == "c")
    #expect(sample["EMPTY"] == "")
    #expect(sample["URL"] == "https://x/?a=b#c")
    #expect(sample["OTHER"] == "1")
    #expect(sample["OFF"] == nil)
    #expect(sample.composeFiles == ["compose.yml", "compose.smtp.yml"])
    #expect(sample.entries[1].line == 3)
  }

  @Test func aLineOfComposeFileMayAddToAnEarlierOne() {
    let sample = EnvironmentSample(
      """
      FEATURE=mail
      COMPOSE_FILE="compose.yml"
      COMPOSE_FILE="$COMPOSE_FILE:compose.${FEATURE:-none}.yml"
      #COMPOSE_FILE="$COMPOSE_FILE:compose.off.yml"
      """
    )
    #expect(sample.composeFiles == ["compose.yml", "compose.mail.yml"])
  }

  // MARK: - Deployment

  @Test func healthAndUpdatesAreReadWithTheirPlacesAndLaidOver() throws {
    let below = """
      x-update: &update {order: start-first, failure_action: rollback}
      services:
        a: {image: a, healthcheck: {test: [CMD, x]}, deploy: {update_config: *update}}
        b: {image: b, healthcheck: {disable: true, test: x}}
        c: {image: c, healthcheck: {test: [NONE]}}
        d: {image: d, healthcheck: {interval: 1s}}
      """
    let above =
      "services: {a: {deploy: {update_config: {order: stop-first}}}, c: {healthcheck: {test: y}}}\n"
    let files = ["compose.yml": below, "compose.up.yml": above].sorted {
      $0.key.count < $1.key.count
    }
    let compose = try ComposeReader.read(
      files.map { ComposeReader.File(name: $0.key, bytes: Array($0.value.utf8)) }
    )
    #expect(compose.services.map { $0.healthcheck?.value } == ["CMD x", nil, "y", nil])
    #expect(compose[service: "a"]?.updateOrder?.value == "stop-first")
    #expect(compose[service: "a"]?.updateOrder?.place.file == "compose.up.yml")
    #expect(compose[service: "a"]?.failureAction?.place.description == "compose.yml:1:56")
    #expect(compose[service: "a"]?.imageSetting?.place.description == "compose.yml:3:14")
  }
}
