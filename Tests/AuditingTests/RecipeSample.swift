import Evidence
import Testing

@testable import Auditing
@testable import Suites

/// A recipe's files as values, in the forms that recipes use: nothing is wrong until a test edits it.
struct RecipeSample {
  var files: [String: String] = [
    ".env.sample": """
    TYPE=demo
    COMPOSE_FILE="compose.yml"
    #COMPOSE_FILE="$COMPOSE_FILE:compose.smtp.yml"
    POSTGRES_VERSION=16.4-alpine
    """,
    "backup.sh": """
    #!/bin/sh
    # psql -f would go on.
    case "$1" in
    dump) pg_dump -f "$DATA/backup.sql" ;;
    load)
      psql -X -c "DROP SCHEMA public CASCADE"
      psql -X -v ON_ERROR_STOP=1 -f "$DATA/backup.sql"
      ;;
    esac
    """,
    "README.md": """
    # Demo

    <!-- metadata -->

    * **Category**: Apps
    * **Status**: 3, stable
    * **Image**: [`example/demo`](https://hub.docker.com/r/example/demo), 4, upstream
    * **Healthcheck**: Yes
    * **Backups**: Yes
    * **Email**: Yes
    * **Tests**: No
    * **SSO**: N/A

    <!-- endmetadata -->
    """,
    "compose.smtp.yml": """
    services:
      app:
        environment: [SMTP=1]
      relay:
        image: example/relay:1.4.2
    """,
    "compose.yml": """
    version: "3.8"
    x-backup: &backup
      backupbot.backup.pre-hook: /backup.sh dump
      backupbot.restore.post-hook: /backup.sh load
    services:
      app:
        image: "docker.io/example/demo:2.1.0"
        labels:
          - "org.example.note=nobody reads this"
        volumes:
          - uploads:/srv/uploads
          - type: volume
            source: thumbnails
            target: /srv/thumbnails
          - /etc/localtime:/etc/localtime:ro
        healthcheck:
          test: [CMD, curl, -f, http://localhost]
        deploy:
          update_config: {order: stop-first, failure_action: rollback}
          labels:
            - "traefik.enable=true"
            - "coop-cloud.${STACK_NAME}.version=1.0.0+2.1.0"
            - 'backupbot.backup=${ENABLE_BACKUPS:-true}'
            - "backupbot.backup.volumes.uploads.path=files"
            - "backupbot.backup.volumes.thumbnails=false"
      db:
        image: "postgres:${POSTGRES_VERSION:-latest}"
        volumes: ["db-data:/var/lib/postgresql/data"]
        deploy:
          labels:
            <<: *backup
            backupbot.backup.volumes.db-data.path: backup.sql
            backupbot.backup.post-hook: "rm backup.sql"
            backupbot.restore: "true"
        configs: [{source: backup, target: /backup.sh, mode: 0555}]
      queue:
        image: redis:7.4
    configs: {backup: {file: backup.sh}}
    volumes: {uploads: , thumbnails: , db-data: }
    """,
  ]
  var suite = Suite(recipe: "demo", folder: "/suites/demo")
  /// The sample as it was published, before any edit of the checkout.
  var published: [RecipeRules.Published] = []
  var releases: Set<String>? = ["1.0.0+2.1.0"]
  var elsewhere = RecipeRules.FilesElsewhere()

  /// Replaces a text that stands exactly once in the file.
  mutating func edit(_ file: String, _ old: String, _ new: String) {
    let parts = (files[file] ?? "").components(by: old)
    #expect(parts.count == 2, "\(old) stands \(parts.count - 1) times in \(file)")
    files[file] = parts.joined(separator: new)
  }

  var findings: [RecipeFinding] {
    let files = files.sorted { $0.key < $1.key }.map {
      ComposeReader.File(name: $0.key, bytes: Array($0.value.utf8))
    }
    return RecipeRules(
      files: files,
      suite: suite,
      published: published,
      releases: releases,
      elsewhere: elsewhere
    ).findings()
  }

  /// Publishes the files as they are now, as the newest version.
  mutating func publish(_ version: String) {
    let files = files.map { ComposeReader.File(name: $0.key, bytes: Array($0.value.utf8)) }
    published.insert(RecipeRules.Published(version: version, files: files), at: 0)
  }

  /// Gives `local.yml` a hook in place of the recipe's.
  mutating func addHook(label: String?) {
    let place = SourcePlace(file: "local.yml", line: 3, column: 7)
    var service = LocalService(name: "db", command: [], place: place)
    service.hooks["backup.pre-hook"] = LocalHook(
      command: [],
      label: label,
      place: place,
      length: 15
    )
    suite.local = LocalSettings(services: [service])
  }

  /// What a rule is to find, with one edit; nil for rules that need a run.
  static func broken(for rule: Rule) -> RecipeSample? {
    var sample = RecipeSample()
    switch rule {
    case .recipeFileUnreadable: sample.files["compose.smtp.yml"] = "services: [}\n"
    case .recipeFilesElsewhere:
      sample.elsewhere = RecipeRules.FilesElsewhere(submodules: ["theme"], pointers: ["logo.png"])
    case .labelOutsideDeploy:
      sample.edit("compose.yml", "org.example.note=nobody reads this", "backupbot.backup.hook=x")
    case .backupLabelUnknown:
      sample.edit("compose.yml", "backupbot.backup.post-hook", "backupbot.backup.posthook")
    case .backupLabelRepeated:
      sample.edit("compose.yml", "backupbot.restore: \"true\"", "backupbot.backup: \"true\"")
    case .backupPathIgnored:
      sample.edit("compose.yml", "backupbot.restore: \"true\"", "backupbot.backup.path: /data")
    case .backupVolumeUnknown:
      sample.edit("compose.yml", "volumes.db-data.path", "volumes.db_data.path")
    case .backupOverruled:
      sample.suite.backup = BackupSettings(capable: false, capableReason: "it takes long")
    case .restoreHookMissing:
      sample.edit("compose.yml", "  backupbot.restore.post-hook: /backup.sh load\n", "")
    case .storeNotBackedUp:
      sample.edit("compose.yml", "backupbot.backup=${ENABLE_BACKUPS:-true}", "a=b")
      sample.edit("README.md", "**Backups**: Yes", "**Backups**: No")
    case .composeDialect:
      sample.edit("compose.yml", "${ENABLE_BACKUPS:-true}", "${ENABLE_BACKUPS:-${BACKUPS:-true}}")
    case .hookOverrideUnnamed: sample.addHook(label: nil)
    case .psqlIgnoresErrors:
      sample.edit("backup.sh", "psql -X -v ON_ERROR_STOP=1 -f", "psql -X -f")
    case .dumpNotConsistent:
      sample.edit("compose.yml", "/backup.sh dump", "mysqldump --all-databases > /dump.sql")
    case .rollbackHidesFailure: sample.edit("compose.yml", "stop-first", "start-first")
    case .imageTagMoves: sample.edit("compose.yml", "redis:7.4", "redis:7")
    case .metadataContradicted: sample.edit("README.md", "**Backups**: Yes", "**Backups**: No")
    case .configFileMissing: sample.edit("compose.yml", "{file: backup.sh}", "{file: backups.sh}")
    case .configVersionUnset:
      sample.edit(
        "compose.yml",
        "{file: backup.sh}",
        "{file: backup.sh, name: \"${STACK_NAME}_backup_${BACKUP_VERSION}\"}"
      )
    case .configVersionKept:
      sample.publish("0.9.0+2.0.0")
      sample.edit("backup.sh", "# psql -f would go on.", "# psql alone would go on.")
    case .configNameReused:
      sample.publish("0.8.0+2.0.0")
      sample.edit("backup.sh", "# psql -f would go on.", "# psql alone would go on.")
      sample.publish("0.9.0+2.0.0")
    case .secretVersionUnset:
      sample.files["compose.yml", default: ""] += """

        secrets:
          key: {external: true, name: "${STACK_NAME}_key_${SECRET_KEY_VERSION}"}
        """
    case .undeclaredReference: sample.edit("compose.yml", "- uploads:/srv", "- upload:/srv")
    case .releaseNoteMissing: sample.releases = ["0.9.0+2.0.0"]
    case .volumeRemoved:
      let files = sample.files
      sample.edit("compose.yml", "volumes: {uploads: ,", "volumes: {uploads: , attachments: ,")
      sample.publish("0.9.0+2.0.0")
      sample.files = files
    case .corpusUnreachable, .controlBroken, .checkFlaky, .checkUnsteady, .checkMayBeStale,
      .sameBehaviourTwice,
      .checkOnlyAcknowledges, .checkCannotFail, .controlMissing, .answeredByAnyPath,
      .addressElsewhere, .absenceWithoutPresence, .retryHidFailures, .gateTakesAnyPath,
      .scriptCannotFail, .scriptIsOpaque, .scriptUnseen,
      .markerNotDropped, .storeWithoutMarker, .storeNeverWritten, .writesBesideVolumes,
      .tablesOutsideTransactions,
      .tooFewFunctionalChecks, .genericTierMissing,
      .baseEqualsTarget, .operationDiffers, .hookPrintedErrors, .teardownLeftSomething,
      .secretMaskedInPlaceOnly,
      .deferralExpired, .runNotFinished, .waiverExpired, .waiverUnused, .portMissing,
      .portOrphaned, .portDrifted, .portWeaker, .portUnread, .portUnshown, .portUnpinned,
      .deferralHasPort:
      return nil
    }
    return sample
  }
}

extension String {
  fileprivate func components(by text: String) -> [String] {
    var parts: [String] = []
    var rest = self[...]
    while let found = rest.firstRange(of: text) {
      parts.append(String(rest[..<found.lowerBound]))
      rest = rest[found.upperBound...]
    }
    return parts + [String(rest)]
  }
}
