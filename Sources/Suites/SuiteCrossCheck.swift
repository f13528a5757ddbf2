import Evidence
import Formats

/// Compares what a suite names with what its recipe has.
package enum SuiteCrossCheck {
  /// Services, volumes and stores that the suite names and the recipe does not have, and a base
  /// that it has never published.
  ///
  /// - Parameters:
  ///   - published: the recipe's versions; nil where that is not known.
  ///   - knowsImages: whether `compose` has what images declare as volumes, or no image counts.
  package static func diagnostics(
    _ suite: Suite,
    compose: Compose,
    published: [String]? = nil,
    knowsImages: Bool = true
  ) -> [Diagnostic] {
    var names = NamesOfSuite(suite, compose, knowsImages: knowsImages)
    if let published { names.checkBase(published) }
    names.checkSteps()
    names.checkSettings()
    if let local = suite.local { names.checkLocal(local) }
    return names.found.map { $0.concealing(suite.concealment) }.sorted(by: Diagnostic.precedes)
  }
}

/// Looks up every name of a suite in its recipe.
private struct NamesOfSuite {
  private let suite: Suite
  private let services: [String]
  private let compose: Compose
  private let facts: [StoreFacts]
  private let stores: [String]
  private let mounted: [String]
  private let knowsImages: Bool
  private var sources: [String: SourceText] = [:]
  private(set) var found: [Diagnostic] = []

  init(_ suite: Suite, _ compose: Compose, knowsImages: Bool) {
    self.suite = suite
    self.knowsImages = knowsImages
    self.compose = compose
    services = compose.services.map(\.name)
    facts = RecipeFacts.stores(of: compose, suite: suite)
    stores = facts.map(\.name)
    mounted = Set(compose.volumes + compose.services.flatMap { $0.mounts.map(\.volume) })
      .sorted(by: UTF8Order.precedes)
  }

  mutating func checkBase(_ published: [String]) {
    guard let base = suite.versions.base else { return }
    let what = "base \"\(base)\" is not a published version of the recipe"
    let message = what + (published.isEmpty ? ", which has no tags" : "")
    require(base, among: published, message, at: suite.versions.basePlace)
  }

  mutating func checkSteps() {
    for check in suite.checks { look(check.steps) }
    for hook in Hook.allCases { look(suite.hooks[hook] ?? []) }
    for entry in suite.integrity.values {
      look(entry.prepare + entry.seed + entry.drop + entry.change + entry.verify)
    }
    look(suite.backup.verify)
  }

  private mutating func look(_ steps: [Step]) {
    for step in steps.flatMap(\.leaves) {
      if let name = step.service { requireService(name, at: step.place, behind: "service") }
    }
  }

  mutating func checkSettings() {
    for (name, settings) in suite.services { requireService(name, at: settings.place) }
    for entry in suite.integrity.values {
      requireStore(entry.store, at: entry.place)
      checkReach(entry)
    }
    for (name, settings) in suite.stores { requireStore(name, at: settings.place) }
    checkSecrets()
    if let app = suite.swarm?.app { requireService(app.service, at: suite.swarm?.appPlace) }
    for (name, place) in suite.swarm?.oneShots ?? [] { requireService(name, at: place) }
    if let tcp = suite.health.tcp {
      requireService(tcp.service, at: suite.health.place, behind: "service")
    }
  }

  /// An image may declare a volume that the recipe does not name: only an engine knows.
  private mutating func requireStore(_ name: String, at place: SourcePlace?) {
    let mayBeOfImage =
      !knowsImages && NearestName.of(name, among: stores) == nil
      && services.contains { name.hasPrefix("\($0)-") }
    if mayBeOfImage { return }
    require(name, among: stores, "store \"\(name)\" is not in the recipe", at: place)
  }

  /// A secret of the recipe that the suite does not have is made up; one that it has under almost the
  /// same name was meant to be it.
  private mutating func checkSecrets() {
    let wanted = compose.externals.filter { $0.kind == .secret }.map(\.key)
    let known = suite.secrets.map(\.name)
    let missing = wanted.filter { !known.contains($0) }
    for secret in suite.secrets where !wanted.contains(secret.name) {
      // Not every name that is near is the same word.
      guard let near = NearestName.of(secret.name, among: missing),
        near.prefix(3) == secret.name.prefix(3)
      else { continue }
      let message = "secret \"\(secret.name)\" is not in the recipe"
      require(secret.name, among: missing, message, at: secret.place)
    }
  }

  /// A marker that cannot be in the store shows nothing of it.
  private mutating func checkReach(_ entry: IntegrityEntry) {
    guard let store = facts.first(where: { $0.name == entry.store }) else { return }
    for (steps, what) in [(entry.seed, "seed"), (entry.verify, "verify")] {
      let leaves = steps.flatMap(\.leaves)
      guard let first = leaves.first, !leaves.contains(where: { mayReach(store, $0.action) }) else {
        continue
      }
      let expected =
        [.volume, .mount].contains(store.kind)
        ? "a request to the app, a command, or a file below \(places(of: store))"
        : "a statement in \(store.name), a request to the app, or a command"
      found.append(
        Diagnostic(
          .error,
          file: first.place.file,
          line: first.place.line,
          column: first.place.column,
          message: "\(what) of \(store.name) does not reach that store",
          expected: expected,
          sourceLine: source(first.place.file)?.line(first.place.line)
        )
      )
    }
  }

  /// Whether a step can be about a store; what the app does with a request nobody knows beforehand.
  private func mayReach(_ store: StoreFacts, _ action: Step.Action) -> Bool {
    switch action {
    case .http, .exec, .script, .group: return true
    case .query(let query):
      guard let path = query.path else { return query.service == store.name }
      return holds(store, path.source, of: query.service)
    case .file(let file):
      guard case .service(let name) = file.source else { return true }
      return holds(store, file.path.source, of: name)
    }
  }

  private func holds(_ store: StoreFacts, _ path: String, of service: String) -> Bool {
    guard [.volume, .mount].contains(store.kind) else { return store.services.contains(service) }
    return targets(of: store, in: service).contains {
      path == $0 || path.hasPrefix($0 + "/") || path.contains("{{")
    }
  }

  private func targets(of store: StoreFacts, in name: String) -> [String] {
    guard let service = compose[service: name] else { return [] }
    return service.mounts.filter { store.volumes.contains($0.volume) }.map(\.target)
      + service.namelessMounts.filter { $0.store(of: name) == store.name }.map(\.target)
  }

  private func places(of store: StoreFacts) -> String {
    let all = store.services.flatMap { name in
      targets(of: store, in: name).map { "\($0) of \(name)" }
    }
    return all.isEmpty ? "one of its mounts" : all.joined(separator: ", ")
  }

  mutating func checkLocal(_ local: LocalSettings) {
    for service in local.services {
      requireService(service.name, at: service.place)
      for volume in service.volumes {
        let message = "volume \"\(volume)\" is not in compose.yml"
        require(volume, among: mounted, message, at: service.place, behind: "volumes")
      }
      for name in service.hooks.keys.sorted() { checkHook(name, of: service) }
      checkVersions(of: service, local)
    }
    guard let first = services.first else {
      return add("recipe/compose.yml", "recipe has no services to be run")
    }
    let started = local.services.map(\.name)
    if started.isEmpty {
      let expected = "services: {\(first): {command: […]}}"
      return add("local.yml", "file runs no service", expected: expected)
    }
    for name in services where !started.contains(name) {
      add(
        "local.yml",
        "service \"\(name)\" of compose.yml is started by nothing",
        expected: "an entry under \"services\""
      )
    }
  }

  /// What a version has no value for is seen before it is deployed.
  private mutating func checkVersions(of service: LocalService, _ local: LocalSettings) {
    let used = Set(service.templates.flatMap(\.names).filter { $0.hasPrefix("version.") })
    for version in [suite.versions.base, compose.version].compactMap({ $0 }) {
      for name in used.sorted() where local.versions[version]?[String(name.dropFirst(8))] == nil {
        let message = "{{\(name)}} of \(service.name) has no value for version \(version)"
        require(name, among: [], message, at: service.place)
      }
    }
  }

  /// A hook stands for one text of the recipe's label: another text is another hook, which nobody
  /// looked at.
  private mutating func checkHook(_ name: String, of service: LocalService) {
    guard let hook = service.hooks[name], let meant = hook.label else { return }
    let label = compose[service: service.name]?.deployLabels.last {
      $0.name == BackupLabels.prefix + name
    }
    if label?.value == meant { return }
    let what = "hook \(name) of \(service.name) stands for another text than its label"
    found.append(
      Diagnostic(
        .error,
        file: hook.place.file,
        line: hook.place.line,
        column: hook.place.column,
        length: hook.length,
        message: label == nil
          ? "hook \(name) of \(service.name) stands for a label that the recipe does not have"
          : what,
        expected: label.map { "label: \(Self.quoted($0.value)), as \($0.place) has it now" }
          ?? "a label \(BackupLabels.prefix + name) under deploy.labels of \(service.name)",
        sourceLine: source(hook.place.file)?.line(hook.place.line)
      )
    )
  }

  private static func quoted(_ text: String) -> String {
    "'" + text.replacing("'", with: "''") + "'"
  }

  private mutating func requireService(
    _ name: String,
    at place: SourcePlace?,
    behind key: String? = nil
  ) {
    let message = "service \"\(name)\" is not in compose.yml"
    require(name, among: services, message, at: place, behind: key)
  }

  /// - Parameter key: behind which the name stands, at the place or below.
  private mutating func require(
    _ name: String,
    among names: [String],
    _ message: String,
    at start: SourcePlace?,
    behind key: String? = nil
  ) {
    if names.contains(name) { return }
    var place = start
    if let start, let text = source(start.file) {
      let from = key.flatMap { text.find($0, from: start, limit: 60) } ?? start
      place = text.find(name, from: from, limit: 30) ?? start
    }
    found.append(
      Diagnostic(
        .error,
        file: place?.file ?? "recipe.yml",
        line: place?.line ?? 0,
        column: place?.column ?? 1,
        length: name.unicodeScalars.count,
        message: message,
        expected: names.isEmpty ? nil : "one of \(NodeReader.list(names))",
        nearest: NearestName.of(name, among: names),
        sourceLine: place.flatMap { sources[$0.file]?.line($0.line) }
      )
    )
  }

  private mutating func add(_ file: String, _ message: String, expected: String? = nil) {
    found.append(Diagnostic(.error, file: file, message: message, expected: expected))
  }

  private mutating func source(_ file: String) -> SourceText? {
    if let known = sources[file] { return known }
    guard let bytes = SuiteFiles(folder: suite.folder).read(file) else { return nil }
    let text = String(decoding: bytes, as: UTF8.self)
    let source = SourceText(
      file: file,
      text: text.hasPrefix("\u{FEFF}") ? String(text.dropFirst()) : text
    )
    sources[file] = source
    return source
  }
}

extension Step {
  /// The service that a step names; those of statements are looked at before, but for SQLite's.
  fileprivate var service: String? {
    switch action {
    case .http(let action): action.service
    case .exec(let action): action.service
    case .file(let action):
      if case .service(let name) = action.source { name } else { nil }
    case .query(let action): action.database == .sqlite ? action.service : nil
    case .script, .group: nil
    }
  }
}
