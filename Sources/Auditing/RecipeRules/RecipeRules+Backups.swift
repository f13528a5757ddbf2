import Evidence
import Formats
import Suites

extension RecipeRules {
  private static let backupPrefix = "backupbot."
  /// Of the specification that backup-bot-two follows; `backupbot.restore` is older and harmless.
  private static let backupLabels = [
    "backupbot.backup", "backupbot.backup.pre-hook", "backupbot.backup.post-hook",
    "backupbot.restore", "backupbot.restore.pre-hook", "backupbot.restore.post-hook",
  ]
  /// Labels that only Swarm's services can have: their readers look at nothing else.
  private static let deployPrefixes = ["backupbot.", "coop-cloud.", "traefik."]

  func labelFindings(_ compose: Compose) -> [RecipeFinding] {
    compose.services.flatMap(misplacedLabels) + compose.services.flatMap(wrongNames)
      + repeatedLabels(compose)
  }

  private func finding(
    _ rule: Rule,
    _ words: String,
    at label: Compose.Label,
    of service: Compose.Service,
    about: [String] = [],
    nearest: String? = nil
  ) -> RecipeFinding {
    RecipeFinding(
      rule,
      "\(service.name): \(words)",
      at: label.place,
      length: label.length,
      about: [service.name] + about,
      nearest: nearest
    )
  }

  private func misplacedLabels(_ service: Compose.Service) -> [RecipeFinding] {
    let lost = service.containerLabels.filter { label in
      Self.deployPrefixes.contains(where: label.name.hasPrefix)
        && !service.deployLabels.contains { $0.name == label.name }
    }
    guard let first = lost.first else { return [] }
    let more = lost.count > 1 ? " and \(lost.count - 1) more" : ""
    let verb = lost.count > 1 ? "stand" : "stands"
    let words = "\(first.name)\(more) \(verb) under labels, where nothing reads it"
    return [finding(.labelOutsideDeploy, words, at: first, of: service)]
  }

  private func wrongNames(_ service: Compose.Service) -> [RecipeFinding] {
    service.deployLabels.compactMap { label in
      if let wrong = wrongFlag(label, of: service) { return wrong }
      guard label.name.hasPrefix(Self.backupPrefix), !Self.backupLabels.contains(label.name)
      else { return nil }
      if label.name == "backupbot.backup.path" {
        let words = "backupbot.backup.path=\(label.value) is ignored"
        return finding(.backupPathIgnored, words, at: label, of: service)
      }
      if label.name.hasPrefix("backupbot.backup.volumes.") { return nil }
      let own = service.mounts.map { "backupbot.backup.volumes.\($0.volume)" }
      let known = Self.backupLabels + own.flatMap { [$0, "\($0).path"] }
      return finding(
        .backupLabelUnknown,
        "label \(label.name) means nothing to the backup bot",
        at: label,
        of: service,
        nearest: NearestName.of(label.name, among: known)
      )
    }
  }

  /// `"true"` with its quotes, in a list, is a text that is not `true`; so is `yes`.
  private func wrongFlag(_ label: Compose.Label, of service: Compose.Service) -> RecipeFinding? {
    let isFlag =
      label.name == "backupbot.backup"
      || (label.name.hasPrefix("backupbot.backup.volumes.") && !label.name.hasSuffix(".path"))
    let flag = BackupLabels.flag(label.value)
    guard isFlag, !flag.isEmpty, flag != "true", flag != "false" else { return nil }
    return RecipeFinding(
      .backupLabelUnknown,
      "\(service.name): \(label.name) is \(label.value), and only true and false mean anything",
      at: label.place,
      length: label.length,
      about: [service.name]
    )
  }

  private func repeatedLabels(_ compose: Compose) -> [RecipeFinding] {
    let labelled = BackupLabels.labelled(in: compose)
    guard labelled.count > 1 else { return [] }
    let label = compose[service: labelled[1]]?.deployLabels.last { $0.name == "backupbot.backup" }
    return [
      RecipeFinding(
        .backupLabelRepeated,
        "backupbot.backup is set on \(labelled.joined(separator: ", ")); the specification has it "
          + "once for a stack",
        at: label?.place,
        length: label?.length ?? 1,
        about: labelled
      )
    ]
  }

  // MARK: Volumes and hooks

  func volumeFindings(_ compose: Compose) -> [RecipeFinding] {
    let mounted = compose.services.flatMap { $0.mounts.map(\.volume) }
    let known = Set(compose.volumes + mounted).sorted(by: UTF8Order.precedes)
    return compose.services.flatMap { service in
      BackupLabels.volumesNamed(by: service).compactMap { volume, label in
        guard !known.contains(volume) else { return nil }
        return finding(
          .backupVolumeUnknown,
          "volume \(volume) of label \(label.name) does not exist"
            + (known.isEmpty ? ", the recipe has none" : ""),
          at: label,
          of: service,
          about: [volume],
          nearest: NearestName.of(volume, among: known) ?? known.first(where: volume.hasSuffix)
        )
      }
    }
  }

  func hookFindings(_ compose: Compose) -> [RecipeFinding] {
    compose.services.compactMap { service in
      func label(_ name: String) -> Compose.Label? {
        service.deployLabels.last { $0.name == Self.backupPrefix + name && !$0.value.isEmpty }
      }
      guard let hook = label("backup.pre-hook"), label("restore.pre-hook") == nil,
        label("restore.post-hook") == nil
      else { return nil }
      let words = "a hook runs before its backup, and none at its restore"
      return finding(.restoreHookMissing, words, at: hook, of: service)
    }
  }

  // MARK: Stores

  /// Caches by design: without a volume there is nothing of them to keep, and their files may be
  /// copied or left out.
  private static let caches = ["redis", "valkey", "keydb", "dragonfly"]

  /// What the suite gives as the reason that there is no backup to be tested.
  private var declaredAway: String? {
    if suite.backup.capable == false { return suite.backup.capableReason ?? "no reason is given" }
    return suite.notApplicable.first { $0.stage == .backup }?.why
  }

  /// A skip by declaration is believed; that the recipe itself says otherwise is told.
  private func overruled(_ labelled: [String], _ compose: Compose, _ why: String)
    -> [RecipeFinding]
  {
    guard let first = labelled.first else { return [] }
    let label = compose[service: first]?.deployLabels.last { $0.name == "backupbot.backup" }
    return [
      RecipeFinding(
        .backupOverruled,
        "the labels of \(labelled.joined(separator: ", ")) ask for a backup, and the suite skips it: "
          + why,
        at: label?.place,
        length: label?.length ?? 1,
        about: labelled
      )
    ]
  }

  func storeFindings(_ compose: Compose) -> [RecipeFinding] {
    let labelled = BackupLabels.labelled(in: compose)
    if let why = declaredAway { return overruled(labelled, compose, why) }
    let kept = Set(BackupLabels.read(from: compose).flatMap { $0.volumes.map(\.name) })
    let excluded = BackupLabels.excluded(in: compose)
    return RecipeFacts.stores(of: compose, suite: suite).compactMap { store in
      if store.holdsNothing != nil { return nil }
      if store.kind == .mount { return mount(store, compose) }
      guard store.kind == .volume else {
        return database(store, compose, labelled: labelled, kept, excluded)
      }
      // One label means every volume of the stack, and `=false` is the recipe's own decision.
      guard labelled.isEmpty, !excluded.contains(store.name) else { return nil }
      let user = store.services.first.flatMap { compose[service: $0] }
      return RecipeFinding(
        .storeNotBackedUp,
        "volume \(store.name)\(user.map { " of \($0.name)" } ?? "") is in no backup",
        at: compose.volumePlaces[store.name] ?? user?.place,
        length: store.name.unicodeScalars.count,
        about: [store.name] + store.services
      )
    }
  }

  /// The bot backs up volumes that have a name.
  private func mount(_ store: StoreFacts, _ compose: Compose) -> RecipeFinding? {
    for name in store.services {
      guard let service = compose[service: name],
        let mount = service.namelessMounts.first(where: { $0.store(of: name) == store.name })
      else { continue }
      return RecipeFinding(
        .storeNotBackedUp,
        "\(mount.target) of \(name) is in no backup: it is "
          + (mount.source.map { "the machine's \($0)" } ?? "an anonymous volume"),
        at: mount.place,
        length: (mount.source ?? mount.target).unicodeScalars.count,
        about: [store.name, name]
      )
    }
    return nil
  }

  private func database(
    _ store: StoreFacts,
    _ compose: Compose,
    labelled: [String],
    _ kept: Set<String>,
    _ excluded: Set<String>
  ) -> RecipeFinding? {
    guard let service = compose[service: store.name] else { return nil }
    let hasHook = service.deployLabels.contains { $0.name == "backupbot.backup.pre-hook" }
    if hasHook || labelled.contains(service.name), !kept.isDisjoint(with: store.volumes) {
      return nil
    }
    let isCache = Self.caches.contains(where: service.image.contains)
    if isCache, store.volumes.isEmpty || !labelled.isEmpty { return nil }
    let why: String
    if store.volumes.isEmpty {
      why = "it has no named volume"
    } else if excluded.isSuperset(of: store.volumes) {
      why = "its labels leave out \(store.volumes.joined(separator: ", "))"
    } else if labelled.isEmpty {
      why = "no service has backupbot.backup=true under deploy.labels"
    } else {
      why =
        "backupbot.backup=true stands on \(labelled.joined(separator: ", ")) only, and at best its "
        + "files are copied while it writes them"
    }
    return RecipeFinding(
      .storeNotBackedUp,
      "database \(store.name) is in no backup: \(why)",
      at: service.place,
      length: service.name.unicodeScalars.count,
      about: [store.name] + store.volumes
    )
  }
}
