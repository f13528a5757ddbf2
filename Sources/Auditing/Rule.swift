package import Evidence

/// What the audit looks for. The raw value is the id, and the name of the page in `docs/rules/`.
package enum Rule: String, CaseIterable, Sendable {
  case corpusUnreachable = "corpus-unreachable"
  case checkOnlyAcknowledges = "check-only-acknowledges"
  case checkCannotFail = "check-cannot-fail"
  case checkFlaky = "check-flaky"
  case checkUnsteady = "check-unsteady"
  case checkMayBeStale = "check-may-be-stale"
  case sameBehaviourTwice = "same-behaviour-twice"
  case controlMissing = "control-missing"
  case controlBroken = "control-broken"
  case markerNotDropped = "marker-not-dropped"
  case storeWithoutMarker = "store-without-marker"
  case tooFewFunctionalChecks = "too-few-functional-checks"
  case genericTierMissing = "generic-tier-missing"
  case baseEqualsTarget = "base-equals-target"
  case operationDiffers = "operation-differs"
  case teardownLeftSomething = "teardown-left-something"
  case secretMaskedInPlaceOnly = "secret-masked-in-place-only"
  case deferralExpired = "deferral-expired"
  case runNotFinished = "run-not-finished"

  // What is said of waivers.
  case waiverExpired = "waiver-expired"
  case waiverUnused = "waiver-unused"

  // What is read off the recipe itself, without running it.
  case recipeFileUnreadable = "recipe-file-unreadable"
  case labelOutsideDeploy = "label-outside-deploy"
  case backupLabelUnknown = "backup-label-unknown"
  case backupLabelRepeated = "backup-label-repeated"
  case backupPathIgnored = "backup-path-ignored"
  case backupVolumeUnknown = "backup-volume-unknown"
  case backupOverruled = "backup-overruled"
  case restoreHookMissing = "restore-hook-missing"
  case storeNotBackedUp = "store-not-backed-up"
  case rollbackHidesFailure = "rollback-hides-failure"
  case imageTagMoves = "image-tag-moves"
  case metadataContradicted = "metadata-contradicted"

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
    case .corpusUnreachable, .checkCannotFail, .checkFlaky, .controlBroken, .markerNotDropped,
      .genericTierMissing, .baseEqualsTarget, .teardownLeftSomething, .runNotFinished,
      .labelOutsideDeploy, .backupPathIgnored, .backupVolumeUnknown, .portMissing, .portOrphaned:
      .error
    case .checkOnlyAcknowledges, .checkMayBeStale, .checkUnsteady, .sameBehaviourTwice,
      .controlMissing,
      .storeWithoutMarker, .tooFewFunctionalChecks, .deferralExpired, .waiverExpired,
      .waiverUnused, .recipeFileUnreadable, .backupLabelUnknown, .backupOverruled,
      .restoreHookMissing, .storeNotBackedUp, .imageTagMoves, .metadataContradicted, .portDrifted,
      .portWeaker, .portUnread, .portUnshown, .deferralHasPort:
      .warning
    case .operationDiffers, .secretMaskedInPlaceOnly, .backupLabelRepeated, .rollbackHidesFailure,
      .portUnpinned:
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
    case .sameBehaviourTwice: "Two functional checks do the same, and count once"
    case .controlBroken: "A control gave no answer, so that its check shows nothing"
    case .controlMissing: "A check that claims state ran without its control"
    case .markerNotDropped: "A marker was still there before the restore"
    case .storeWithoutMarker: "A store has no marker: nothing shows that its data survive"
    case .tooFewFunctionalChecks: "Too few functional checks show state"
    case .genericTierMissing: "The generic checks of a stage did not run"
    case .baseEqualsTarget: "The upgrade's base and target are the same"
    case .operationDiffers: "The driver did something else than the recipe says"
    case .teardownLeftSomething: "Something of the run is still there after teardown"
    case .secretMaskedInPlaceOnly: "A secret is too short or too common to be masked everywhere"
    case .deferralExpired: "A deferral is past its date"
    case .runNotFinished: "The run did not come to its own end"
    case .waiverExpired: "A waiver is past its date and waives nothing any more"
    case .waiverUnused: "A waiver matches no finding"
    case .recipeFileUnreadable: "A file of the recipe cannot be read"
    case .labelOutsideDeploy: "A label that Swarm never sees: it stands outside of deploy.labels"
    case .backupLabelUnknown: "A backup label that the backup bot does not know"
    case .backupLabelRepeated: "backupbot.backup is set on several services of the stack"
    case .backupPathIgnored: "A label of the first backup bot, which the second one ignores"
    case .backupVolumeUnknown: "A backup label names a volume that does not exist"
    case .backupOverruled: "The suite skips a backup that the recipe's labels ask for"
    case .restoreHookMissing: "A service has a hook before its backup and none for its restore"
    case .storeNotBackedUp: "A store is in no backup"
    case .rollbackHidesFailure:
      "A failed update is rolled back while the old task keeps health green"
    case .imageTagMoves: "An image tag that means another image tomorrow"
    case .metadataContradicted: "The README's metadata say something else than the recipe"
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

  package var advice: String {
    switch self {
    case .corpusUnreachable:
      "mount or clone the corpus, or write `corpus: {none: why}` in parity.yml"
    case .checkOnlyAcknowledges: "read back what was sent, through another request or channel"
    case .checkCannotFail: "let the read-back look for the fresh value itself, not for any row"
    case .checkFlaky:
      "find what it depends on besides the files: time, order, data of other checks; a retry hides it"
    case .checkUnsteady: "look why there was no answer: the machine, a time-out, a missing program"
    case .checkMayBeStale: "send a value made from {{unique}}, and expect it in a later step"
    case .sameBehaviourTwice: "let one of them look at something else that the app does"
    case .controlBroken:
      "look why the same look gave no answer the second time, then run it again"
    case .controlMissing: "let the read-back expect a value made from {{unique}}"
    case .markerNotDropped: "let `drop` remove what `seed` planted, in every place"
    case .storeWithoutMarker: "add an entry with seed, drop and verify under `integrity`"
    case .tooFewFunctionalChecks:
      "add checks that act with {{unique}} and read it back through another channel"
    case .genericTierMissing: "look at the stage's own outcome; an overlay never replaces it"
    case .baseEqualsTarget: "name an older version under `versions: {base: …}`"
    case .operationDiffers: "keep the two alike; the recipe's own words are what users run"
    case .teardownLeftSomething: "run `parity clean`, and look why the service outlived its kill"
    case .secretMaskedInPlaceOnly:
      "use a secret of at least 8 characters that is no service's, store's or user's name"
    case .deferralExpired: "do what was deferred, or give a new date with a reason"
    case .runNotFinished: "run it again; what was seen until then stands in the record"
    case .waiverExpired: "mend what was waived, or give a new end with a reason"
    case .waiverUnused: "take the waiver away; what it waived is mended, or is called otherwise"
    case .recipeFileUnreadable: "write the file as UTF-8 and valid YAML"
    case .labelOutsideDeploy: "move the label from `labels` to `deploy.labels`"
    case .backupLabelUnknown: "write the label as the specification has it"
    case .backupLabelRepeated: "keep it on the main service; hooks may stand on any service"
    case .backupPathIgnored: "say `backupbot.backup.volumes.<volume>.path`, relative to the volume"
    case .backupVolumeUnknown: "name a volume of the compose file, without the stack's name"
    case .backupOverruled:
      "let the backup be tested, or take the labels away, or waive this with the reason"
    case .restoreHookMissing:
      "add `backupbot.restore.post-hook`, which loads what the pre-hook wrote"
    case .storeNotBackedUp:
      "label its service with `backupbot.backup=true`, or waive this with the reason"
    case .rollbackHidesFailure:
      "nothing, where the version label is checked after an update; else use `order: stop-first`"
    case .imageTagMoves: "name a full version, or a digest"
    case .metadataContradicted: "correct the README, or the recipe"
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
  package var isOfTheDay: Bool { self == .deferralExpired || self == .waiverExpired }

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
