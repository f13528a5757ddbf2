package import Evidence

/// What the audit looks for. The raw value is the id, and the name of the page in `docs/rules/`.
package enum Rule: String, CaseIterable, Sendable {
  case corpusUnreachable = "corpus-unreachable"
  case checkOnlyAcknowledges = "check-only-acknowledges"
  case checkCannotFail = "check-cannot-fail"
  case checkFlaky = "check-flaky"
  case checkUnsteady = "check-unsteady"
  case checkMayBeStale = "check-may-be-stale"
  case answeredByAnyPath = "answered-by-any-path"
  case addressElsewhere = "address-elsewhere"
  case absenceWithoutPresence = "absence-without-presence"
  case retryHidFailures = "retry-hid-failures"
  case gateTakesAnyPath = "gate-takes-any-path"
  case scriptCannotFail = "script-cannot-fail"
  case scriptIsOpaque = "script-is-opaque"
  case scriptUnseen = "script-unseen"
  case sameBehaviourTwice = "same-behaviour-twice"
  case controlMissing = "control-missing"
  case controlBroken = "control-broken"
  case markerNotDropped = "marker-not-dropped"
  case storeWithoutMarker = "store-without-marker"
  case storeNeverWritten = "store-never-written"
  case writesBesideVolumes = "writes-beside-volumes"
  case tablesOutsideTransactions = "tables-outside-transactions"
  case tooFewFunctionalChecks = "too-few-functional-checks"
  case genericTierMissing = "generic-tier-missing"
  case baseEqualsTarget = "base-equals-target"
  case operationDiffers = "operation-differs"
  case hookPrintedErrors = "hook-printed-errors"
  case teardownLeftSomething = "teardown-left-something"
  case secretMaskedInPlaceOnly = "secret-masked-in-place-only"
  case deferralExpired = "deferral-expired"
  case runNotFinished = "run-not-finished"

  // What is said of waivers.
  case waiverExpired = "waiver-expired"
  case waiverUnused = "waiver-unused"

  // What is read off the recipe itself, without running it.
  case recipeFileUnreadable = "recipe-file-unreadable"
  case recipeFilesElsewhere = "recipe-files-elsewhere"
  case labelOutsideDeploy = "label-outside-deploy"
  case backupLabelUnknown = "backup-label-unknown"
  case backupLabelRepeated = "backup-label-repeated"
  case backupPathIgnored = "backup-path-ignored"
  case backupVolumeUnknown = "backup-volume-unknown"
  case backupOverruled = "backup-overruled"
  case composeDialect = "compose-dialect"
  case hookOverrideUnnamed = "hook-override-unnamed"
  case psqlIgnoresErrors = "psql-ignores-errors"
  case dumpNotConsistent = "dump-not-consistent"
  case restoreHookMissing = "restore-hook-missing"
  case storeNotBackedUp = "store-not-backed-up"
  case rollbackHidesFailure = "rollback-hides-failure"
  case imageTagMoves = "image-tag-moves"
  case metadataContradicted = "metadata-contradicted"
  case configFileMissing = "config-file-missing"
  case configVersionUnset = "config-version-unset"
  case configVersionKept = "config-version-kept"
  case configNameReused = "config-name-reused"
  case secretVersionUnset = "secret-version-unset"
  case undeclaredReference = "undeclared-reference"
  case releaseNoteMissing = "release-note-missing"
  case volumeRemoved = "volume-removed"

  // What is said of the corpus, unit by unit.
  case portMissing = "port-missing"
  case portOrphaned = "port-orphaned"
  case portDrifted = "port-drifted"
  case portWeaker = "port-weaker"
  case portUnread = "port-unread"
  case portUnshown = "port-unshown"
  case portUnpinned = "port-unpinned"
  case deferralHasPort = "deferral-has-port"

  package var severity: Finding.Severity {
    switch self {
    case .corpusUnreachable, .checkCannotFail, .checkFlaky, .scriptCannotFail, .controlBroken,
      .markerNotDropped, .genericTierMissing, .baseEqualsTarget, .teardownLeftSomething,
      .runNotFinished, .labelOutsideDeploy, .backupPathIgnored, .backupVolumeUnknown, .portMissing,
      .portOrphaned, .configFileMissing, .configVersionUnset, .configVersionKept,
      .secretVersionUnset,
      .undeclaredReference:
      .error
    case .hookPrintedErrors, .answeredByAnyPath, .addressElsewhere, .absenceWithoutPresence,
      .retryHidFailures, .scriptIsOpaque, .scriptUnseen,
      .checkOnlyAcknowledges, .checkMayBeStale, .checkUnsteady, .sameBehaviourTwice,
      .controlMissing,
      .storeWithoutMarker, .storeNeverWritten, .writesBesideVolumes, .tablesOutsideTransactions,
      .tooFewFunctionalChecks,
      .deferralExpired, .waiverExpired,
      .composeDialect, .hookOverrideUnnamed, .psqlIgnoresErrors, .dumpNotConsistent,
      .waiverUnused, .recipeFileUnreadable, .recipeFilesElsewhere, .backupLabelUnknown,
      .backupOverruled,
      .restoreHookMissing, .storeNotBackedUp, .imageTagMoves, .metadataContradicted, .portDrifted,
      .portWeaker, .portUnread, .portUnshown, .deferralHasPort, .configNameReused, .volumeRemoved:
      .warning
    case .operationDiffers, .secretMaskedInPlaceOnly, .backupLabelRepeated, .rollbackHidesFailure,
      .portUnpinned, .gateTakesAnyPath, .releaseNoteMissing:
      .note
    }
  }

  /// One line.
  package var title: String {
    switch self {
    case .corpusUnreachable: "The corpus that the recipe is held to cannot be read"
    case .checkOnlyAcknowledges: "A functional check looks at no more than a status or exit code"
    case .checkCannotFail: "A check passed where it had to fail"
    case .checkFlaky: "A check failed and passed over the same files"
    case .checkUnsteady: "A check passed in one attempt and gave no answer in another"
    case .checkMayBeStale: "A functional check expects only what could have been there before"
    case .answeredByAnyPath: "A page that does not exist satisfies a check"
    case .addressElsewhere: "A check asks another host than the deployment"
    case .absenceWithoutPresence: "A check says that something is gone, and never saw it there"
    case .retryHidFailures: "A retry hides that an act failed before it passed"
    case .gateTakesAnyPath: "The health gate takes the answer of any path"
    case .scriptCannotFail: "A script passed also where nothing answers"
    case .scriptIsOpaque: "A script says no more than that it exited with 0"
    case .scriptUnseen: "A script is recorded, and no request of it was seen"
    case .sameBehaviourTwice: "Two functional checks do the same, and count once"
    case .controlBroken: "A control gave no answer, so that its check shows nothing"
    case .controlMissing: "A check that claims state ran without its control"
    case .markerNotDropped: "A marker was still there before the restore"
    case .storeWithoutMarker: "A store has no marker: nothing shows that its data survive"
    case .storeNeverWritten: "The app changed nothing in a store: its marker is not the app's data"
    case .writesBesideVolumes: "A service keeps files where no volume is"
    case .tablesOutsideTransactions: "A dump in one transaction is no snapshot of some tables"
    case .tooFewFunctionalChecks: "Too few functional checks show state"
    case .genericTierMissing: "The generic checks of a stage did not run"
    case .baseEqualsTarget: "The upgrade's base and target are the same"
    case .operationDiffers: "The driver did something else than the recipe says"
    case .hookPrintedErrors: "A hook printed errors and ended as if there were none"
    case .teardownLeftSomething: "Something of the run is still there after teardown"
    case .secretMaskedInPlaceOnly: "A secret is too short or too common to be masked everywhere"
    case .deferralExpired: "A deferral is past its date"
    case .runNotFinished: "The run did not come to its own end"
    case .waiverExpired: "A waiver is past its date and waives nothing any more"
    case .waiverUnused: "A waiver matches no finding"
    case .recipeFileUnreadable: "A file of the recipe cannot be read"
    case .recipeFilesElsewhere: "Files of the recipe are in a submodule or in Git LFS"
    case .labelOutsideDeploy: "A label that Swarm never sees: it stands outside of deploy.labels"
    case .backupLabelUnknown: "A backup label that the backup bot does not know"
    case .backupLabelRepeated: "backupbot.backup is set on several services of the stack"
    case .backupPathIgnored: "A label of the first backup bot, which the second one ignores"
    case .backupVolumeUnknown: "A backup label names a volume that does not exist"
    case .backupOverruled: "The suite skips a backup that the recipe's labels ask for"
    case .composeDialect: "A compose file that docker stack deploy refuses or reads otherwise"
    case .hookOverrideUnnamed: "A hook of local.yml does not say which label text it stands for"
    case .psqlIgnoresErrors: "A restore hook lets psql go on after an error"
    case .dumpNotConsistent: "A dump hook reads each table at another moment"
    case .restoreHookMissing: "A service has a hook before its backup and none for its restore"
    case .storeNotBackedUp: "A store is in no backup"
    case .rollbackHidesFailure:
      "A failed update is rolled back while the old task keeps health green"
    case .imageTagMoves: "An image tag that means another image tomorrow"
    case .metadataContradicted: "The README's metadata say something else than the recipe"
    case .configFileMissing: "A config is made of a file that the recipe does not have"
    case .configVersionUnset: "A config's version is set nowhere"
    case .configVersionKept: "A config changed and kept its name: the upgrade is refused"
    case .configNameReused:
      "An earlier version published a config of this name with another content"
    case .secretVersionUnset: "A secret's version is missing in .env.sample"
    case .undeclaredReference: "A service names a config, secret or volume that is not declared"
    case .releaseNoteMissing: "A version has no release note"
    case .volumeRemoved:
      "A volume of the version before is not in this one: nobody knows what becomes of its data"
    case .portMissing: "A unit of the corpus has no port"
    case .portOrphaned: "A port names a unit that does not exist"
    case .portDrifted: "An older script changed since its port was pinned"
    case .portWeaker: "An older script looks at more than its port"
    case .portUnread: "An older script is not known in full"
    case .portUnshown: "A port shows nothing: it was skipped, broke, or cannot fail"
    case .portUnpinned: "A port is not pinned to what its original was"
    case .deferralHasPort: "A unit is put off or left out although a port exists"
    }
  }

  var advice: String {
    switch self {
    case .corpusUnreachable:
      "mount or clone the corpus, or write `corpus: {none: why}` in parity.yml"
    case .checkOnlyAcknowledges: "read back what was sent, through another request or channel"
    case .checkCannotFail: "let the read-back look for the fresh value itself, not for any row"
    case .checkFlaky:
      "find what it depends on besides the files: time, order, data of other checks; a retry hides it"
    case .checkUnsteady: "look why there was no answer: the machine, a time-out, a missing program"
    case .checkMayBeStale: "send a value made from {{unique}}, and expect it in a later step"
    case .answeredByAnyPath: "expect something that only this page has"
    case .addressElsewhere: "ask a path of the deployment: `/…`, or `{{base_url}}/…`"
    case .absenceWithoutPresence:
      "look for it once before it is taken away, with the same request or query, and see it there"
    case .retryHidFailures: "find out why the act fails; retry what waits, not what breaks"
    case .gateTakesAnyPath:
      "name a `path` that only answers once the app is ready, or say under `require` what it holds"
    case .scriptCannotFail:
      "look at what the app answers, and exit with another status if it is wrong"
    case .scriptIsOpaque:
      "ask the app through the fixture `parity`, or write the check as steps in a YAML file"
    case .scriptUnseen:
      "let it ask at PARITY_BASE_URL; waive this where it asks nothing over HTTP"
    case .sameBehaviourTwice: "let one of them look at something else that the app does"
    case .controlBroken:
      "look why the same look gave no answer the second time, then run it again"
    case .controlMissing: "let the read-back expect a value made from {{unique}}"
    case .markerNotDropped: "let `drop` remove what `seed` planted, in every place"
    case .storeWithoutMarker: "add an entry with seed, drop and verify under `integrity`"
    case .storeNeverWritten:
      "let functional checks use what the app keeps there, or say `holds_nothing` under `stores`"
    case .writesBesideVolumes:
      "mount a volume at their folder, or waive this where nothing in them is worth keeping"
    case .tablesOutsideTransactions:
      "make them InnoDB, or lock them for the dump (`--lock-all-tables`) and waive this"
    case .tooFewFunctionalChecks:
      "add checks that act with {{unique}} and read it back through another channel"
    case .genericTierMissing: "look at the stage's own outcome; an overlay never replaces it"
    case .baseEqualsTarget: "name an older version under `versions: {base: …}`"
    case .operationDiffers: "keep the two alike; the recipe's own words are what users run"
    case .hookPrintedErrors:
      "let it stop at the first error: `psql -v ON_ERROR_STOP=1`, `set -e`, `set -o pipefail`"
    case .teardownLeftSomething: "run `parity clean`, and look why the service outlived its kill"
    case .secretMaskedInPlaceOnly:
      "use a secret of at least 8 characters that is no service's, store's or user's name"
    case .deferralExpired: "do what was deferred, or give a new date with a reason"
    case .runNotFinished: "run it again; what was seen until then stands in the record"
    case .waiverExpired: "mend what was waived, or give a new end with a reason"
    case .waiverUnused: "take the waiver away; what it waived is mended, or is called otherwise"
    case .recipeFileUnreadable: "write the file as UTF-8 and valid YAML"
    case .recipeFilesElsewhere: "put the files into the recipe's own repository"
    case .labelOutsideDeploy: "move the label from `labels` to `deploy.labels`"
    case .backupLabelUnknown: "write the label as the specification has it"
    case .backupLabelRepeated: "keep it on the main service; hooks may stand on any service"
    case .backupPathIgnored: "say `backupbot.backup.volumes.<volume>.path`, relative to the volume"
    case .backupVolumeUnknown: "name a volume of the compose file, without the stack's name"
    case .backupOverruled:
      "let the backup be tested, or take the labels away, or waive this with the reason"
    case .composeDialect: "write it so that Compose and docker stack deploy read the same"
    case .hookOverrideUnnamed:
      "write `{label: \"the label's text\", command: […]}`, or remove the hook where the label's own "
        + "words can run"
    case .psqlIgnoresErrors: "call it with `-v ON_ERROR_STOP=1`"
    case .dumpNotConsistent: "call it with `--single-transaction`"
    case .restoreHookMissing:
      "add `backupbot.restore.post-hook`, which loads what the pre-hook wrote"
    case .storeNotBackedUp:
      "label its service with `backupbot.backup=true`, or waive this with the reason"
    case .rollbackHidesFailure:
      "nothing, where the version label is checked after an update; else use `order: stop-first`"
    case .imageTagMoves: "name a full version, or a digest"
    case .metadataContradicted: "correct the README, or the recipe"
    case .configFileMissing:
      "name a file of the recipe, or add it"
    case .configVersionUnset:
      "export the variable in abra.sh: `export PG_BACKUP_VERSION=v1`"
    case .configVersionKept:
      "raise the config's version in abra.sh"
    case .configNameReused:
      "raise the config's version in abra.sh to one that was never published"
    case .secretVersionUnset:
      "add `SECRET_NAME_VERSION=v1` to .env.sample; in a comment where the file is optional"
    case .undeclaredReference:
      "declare it at the top level of the compose file, under the same key"
    case .releaseNoteMissing:
      "write `release/<version>`: abra shows it before an upgrade"
    case .volumeRemoved:
      "keep the volume until its data are moved, and test that; or waive it with the reason"
    case .portMissing:
      "name it under `ports` of a check, or under `corpus` or `deferred` of recipe.yml with a reason"
    case .portOrphaned: "name a unit that exists, or take the name away"
    case .portDrifted: "bring the port up to the original, then run `parity pin`"
    case .portWeaker: "let the port ask and assert the same, or say `covered` with a reason"
    case .portUnread: "look at the original, then say `covered` with the reason that a person has"
    case .portUnshown: "let the port run and pass, and be able to fail"
    case .portUnpinned: "run `parity pin`, and commit parity.lock"
    case .deferralHasPort: "take the entry away, or the port"
    }
  }

  /// What a run tells of a secret that is too short or too common.
  package static func maskedInPlaceOnly(secret name: String) -> Finding {
    secretMaskedInPlaceOnly.finding(
      "secret \(name) is too short or too common to be masked everywhere",
      about: [name]
    )
  }

  /// Whether it depends on the day of the audit: it is said there and stored nowhere.
  var isOfTheDay: Bool { self == .deferralExpired || self == .waiverExpired }

  /// What can be waived: all but what is said of waivers, since a waiver that waives its own end
  /// has none.
  package static let waivable = allCases.filter { $0 != .waiverExpired && $0 != .waiverUnused }

  func finding(
    _ message: String,
    because: Reason? = nil,
    at place: SourcePlace? = nil,
    about: [String] = []
  ) -> Finding {
    Finding(
      rule: rawValue,
      severity: severity,
      message: message,
      because: because,
      place: place,
      advice: advice,
      about: about
    )
  }
}
