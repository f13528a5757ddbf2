import Evidence
import Formats

/// Compares what a suite names with what its recipe has.
package enum SuiteCrossCheck {
  /// Services, volumes and stores that the suite names and the recipe does not have, and a base
  /// that it has never published.
  ///
  /// - Parameter published: the recipe's versions; nil where that is not known.
  package static func diagnostics(
    _ suite: Suite,
    compose: Compose,
    published: [String]? = nil
  ) -> [Diagnostic] {
    var names = NamesOfSuite(suite, compose)
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
  private let stores: [String]
  private let mounted: [String]
  private var sources: [String: SourceText] = [:]
  private(set) var found: [Diagnostic] = []

  init(_ suite: Suite, _ compose: Compose) {
    self.suite = suite
    services = compose.services.map(\.name)
    stores = RecipeFacts.stores(of: compose, suite: suite).map(\.name)
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
      look(entry.prepare + entry.seed + entry.drop + entry.verify)
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
      let message = "store \"\(entry.store)\" is not in the recipe"
      require(entry.store, among: stores, message, at: entry.place)
    }
    if let app = suite.swarm?.app { requireService(app.service, at: suite.swarm?.appPlace) }
    if let tcp = suite.health.tcp {
      requireService(tcp.service, at: suite.health.place, behind: "service")
    }
  }

  mutating func checkLocal(_ local: LocalSettings) {
    for service in local.services {
      requireService(service.name, at: service.place)
      for volume in service.volumes {
        let message = "volume \"\(volume)\" is not in compose.yml"
        require(volume, among: mounted, message, at: service.place, behind: "volumes")
      }
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
  /// The service that an http, exec or file step names; those of statements are looked at before.
  fileprivate var service: String? {
    switch action {
    case .http(let action): action.service
    case .exec(let action): action.service
    case .file(let action):
      if case .service(let name) = action.source { name } else { nil }
    case .postgres, .clickhouse, .script, .group: nil
    }
  }
}
