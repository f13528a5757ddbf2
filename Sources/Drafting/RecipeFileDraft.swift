import Evidence
import Suites

/// `recipe.yml` as far as the recipe's own files, and an older suite, say what belongs there.
struct RecipeFileDraft {
  let recipe: DraftedRecipe
  /// Nil where there is no older suite.
  let adopted: AdoptedSettings?
  var file = DraftFile("recipe.yml")
  /// What no step can be drafted for.
  private var deferred: [(what: String, why: String, until: String)] = []

  init(_ recipe: DraftedRecipe, adopting adopted: AdoptedSettings? = nil) {
    self.recipe = recipe
    self.adopted = adopted
    let source =
      adopted == nil
      ? "its compose files" : "its older suite\(recipe.isKnown ? " and its compose files" : "")"
    file.comment(
      "What is tested of \(recipe.name), drafted from \(source). All keys: docs/suite.md"
    )
    file.comment("A line with \"open:\" says what they cannot say; remove it once that is settled.")
    if !recipe.isKnown {
      file.open("where is the recipe? Say it under `recipes` in parity.yml: every run needs it")
    }
    file.add("recipe: \(recipe.name)")
    if let adopted, !adopted.health.isEmpty { health(of: adopted) } else { health() }
    services()
    secrets()
    settings()
    integrity()
    markers()
    stores()
    backup()
    scripts()
    corpus()
    deferrals()
    notes()
  }

  // MARK: Ready

  private mutating func health() {
    file.add()
    let app = recipe.app.service
    if !recipe.isKnown {
      file.open("which path answers well only once the app is ready? Until then it is `/`")
      return
    }
    let service = recipe.compose[service: app]
    let probe = service.flatMap(HealthProbe.init)
    if let probe { file.comment("The health check of \(app): \(probe.words)") }
    var members: [String] = []
    if let path = probe?.path {
      members.append("path: \(YAMLText.scalar(DraftedSecrets.template(path)))")
      if probe?.port != recipe.app.port, let port = recipe.app.port {
        file.open("the health check asks port \(probe?.port ?? 0), and people reach port \(port)")
      }
      file.open(
        "does \(path) answer well only once the app is ready? `ok: [200]` and `require` ask for more"
      )
    } else if probe != nil, let port = probe?.port {
      members.append("tcp: {service: \(app), port: \(port)}")
      file.open("which path answers well only once the app is ready? `path: /…`")
    } else {
      let why = probe == nil ? "\(app) has no health check" : "its words name no address"
      file.open("\(why): which path answers well only once the app is ready? Until then it is `/`")
    }
    if let limit = timeout(service) { members.append("within: \(limit)s") }
    if !members.isEmpty { file.add("health: {\(members.joined(separator: ", "))}") }
  }

  /// What abra waits for, in seconds.
  private func timeout(_ service: Compose.Service?) -> Int? {
    let label = service?.deployLabels.last {
      $0.name.hasPrefix("coop-cloud.") && $0.name.hasSuffix(".timeout")
    }
    return label.flatMap { Int($0.value) }.flatMap { (1...86_400).contains($0) ? $0 : nil }
  }

  // MARK: Services and secrets

  private mutating func services() {
    let known = recipe.compose.services.compactMap { service in
      recipe.databases[service.name].map { (service, $0) }
    }
    if known.isEmpty { return }
    file.add()
    file.add("services:")
    for (service, database) in known {
      for question in database.questions { file.open("\(service.name): \(question)", indent: 2) }
      file.add("\(service.name): \(database.setting)", indent: 2)
    }
  }

  private mutating func secrets() {
    var all = recipe.secrets.all
    for secret in adopted?.secrets ?? [] where !all.contains(where: { $0.name == secret.name }) {
      all.append(secret)
    }
    if !all.isEmpty {
      file.add()
      file.comment("Made anew for each run, where no value stands in the recipe itself.")
      file.add("secrets:")
      for secret in all {
        if secret.isGiven {
          file.open("abra generates no \(secret.name): what must be in it?", indent: 2)
        }
        let source =
          secret.value.map { "value: \(YAMLText.scalar($0))" } ?? "generate: \(secret.length)"
        file.add("\(secret.name): {\(source)}", indent: 2)
      }
    }
    let given = adopted?.environment ?? []
    let names = Set(given.map(\.name))
    let variables = recipe.secrets.variables.filter { !names.contains($0.name) }
    if variables.isEmpty, given.isEmpty { return }
    file.add()
    if !variables.isEmpty { file.comment("Variables that .env.sample leaves empty.") }
    if recipe.secrets.variables.count > 1 {
      file.open("are two of these one value under two names? Then give both the same secret")
    }
    file.add("environment:")
    for variable in variables {
      file.add("\(variable.name): \"{{secret.\(variable.secret)}}\"", indent: 2)
    }
    for one in given { file.add("\(one.name): \(YAMLText.scalar(one.value))", indent: 2) }
  }

  // MARK: Stores

  private mutating func integrity() {
    var entries: [(store: StoreFacts, lines: MarkerDraft)] = []
    for store in recipe.stores {
      if let draft = MarkerDraft(of: store, in: recipe) {
        entries.append((store, draft))
      } else if store.kind == .database, recipe.databases[store.name]?.kind != .redis {
        deferred.append(
          (
            "a marker in \(store.name)", "no step asks a database of this kind",
            "the app itself is asked for it, by HTTP or by a command"
          )
        )
      }
    }
    if entries.isEmpty { return }
    file.add()
    file.comment(
      "A marker for each store: planted before upgrade and backup, dropped before the restore, and "
        + "back after it."
    )
    file.add("integrity:")
    for (store, draft) in entries {
      file.add("\(store.name):", indent: 2)
      for note in draft.notes { file.comment(note, indent: 4) }
      for question in draft.questions { file.open(question, indent: 4) }
      file.add(draft.lines, indent: 4)
    }
  }

  /// What only a person can say of a store is asked, never said.
  private mutating func stores() {
    for store in recipe.stores where recipe.databases[store.name]?.kind == .redis {
      file.add()
      file.open(
        "is \(store.name) only a cache? Then say why nothing in it is worth keeping; else plant a marker "
          + "in it with `redis` steps:"
      )
      file.comment("stores: {\(store.name): {holds_nothing: why}}")
    }
    for store in recipe.stores where store.kind == .mount {
      guard let source = recipe.compose.namelessMount(of: store.name)?.mount.source else {
        continue
      }
      file.add()
      file.open(
        "\(store.name) is the machine's own \(source): is it data of the app? No backup has it, and "
          + "on a Swarm `shares` in swarm.yml must allow it"
      )
    }
  }

  // MARK: Backup

  private mutating func backup() {
    let labels = BackupLabels.read(from: recipe.compose)
    if labels.isEmpty, adopted?.capable == nil {
      if !recipe.isKnown { return }
      file.add()
      file.open(
        "no service has the label backupbot.backup=true: backup and restore are skipped, and no data "
          + "are shown to survive"
      )
      return
    }
    var lines: [String] = []
    for entry in labels {
      for volume in entry.volumes {
        for path in volume.paths { lines += look(at: "\(volume.name)/\(path)", of: entry) }
      }
    }
    if !lines.isEmpty || adopted?.capable != nil {
      file.add()
      if !lines.isEmpty {
        file.comment("What the hooks write must be in the snapshot, and whole.")
      }
      file.add("backup:")
      if let (value, why) = adopted?.capable {
        file.add("capable: \(value)", indent: 2)
        file.add("why: \(YAMLText.scalar(why))", indent: 2)
      }
      if !lines.isEmpty { file.add("verify:", indent: 2) }
      file.add(lines, indent: 4)
    }
    for entry in labels { restart(after: entry) }
  }

  private func look(at path: String, of entry: BackupLabels) -> [String] {
    let hook = hookText(entry.preHook, of: entry.service)
    var expected = "size: {\">\": 0}"
    // A dump that was cut loads up to the cut; only its closing comment tells.
    if path.hasSuffix(".sql") {
      let closing =
        hook.contains("pg_dumpall")
        ? "PostgreSQL database cluster dump complete"
        : hook.contains("pg_dump")
          ? "PostgreSQL database dump complete"
          : hook.contains("mariadb-dump") || hook.contains("mysqldump") ? "-- Dump completed" : nil
      if let closing { expected += ", content: {contains: \"\(closing)\"}" }
    }
    // Of a path that may be a folder nothing is read.
    guard path.split(separator: "/").last?.contains(".") == true else { return [] }
    let shown = YAMLText.scalar(DraftedSecrets.template(path))
    return ["- file: {snapshot: true, path: \(shown)}", "  expect: {\(expected)}"]
  }

  private func hookText(_ hook: String?, of name: String) -> String {
    guard let hook, let service = recipe.compose[service: name] else { return "" }
    return hook + "\n" + (recipe.script(of: hook, in: service)?.text ?? "")
  }

  private mutating func restart(after entry: BackupLabels) {
    let hook = hookText(entry.restorePostHook, of: entry.service).lowercased()
    guard hook.contains("drop database") || hook.contains("dropdb") else { return }
    let app = recipe.app.service
    file.add()
    file.open(
      "the restore of \(entry.service) makes the database anew, and apps cache what they know of the old "
        + "one. Do the recipe's notes say to restart \(app)? Then: restart_after_restore: [\(app)]"
    )
  }

  // MARK: Deferred

  private mutating func deferrals() {
    if adopted == nil {
      deferred.append(
        (
          "functional checks", "what the app does is not in its compose files",
          "two checks act through the app and read it back: docs/how-to.md"
        )
      )
    }
    let earlier = adopted?.deferred ?? []
    if deferred.isEmpty, earlier.isEmpty { return }
    file.add()
    file.comment("What this suite does not do yet; the page shows it.")
    file.add("deferred:")
    for entry in deferred {
      file.open("\(entry.what): \(entry.why)", indent: 2)
      let members: [(name: String, value: String)] = [
        ("what", entry.what), ("why", entry.why), ("until", entry.until),
      ]
      file.add("- \(YAMLText.mapping(members))", indent: 2)
    }
    for entry in earlier { file.add("- " + entry.line, indent: 2) }
  }
}
