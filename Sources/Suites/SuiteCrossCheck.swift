import Evidence
import Formats

/// Holds what a suite names against what its recipe has.
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
    var found: [Diagnostic] = []
    var sources: [String: SourceText] = [:]
    func source(_ file: String) -> SourceText? {
      if let known = sources[file] { return known }
      guard let bytes = SuiteFiles(folder: suite.folder).read(file) else { return nil }
      let text = String(decoding: bytes, as: UTF8.self)
      sources[file] = SourceText(
        file: file,
        text: text.hasPrefix("\u{FEFF}") ? String(text.dropFirst()) : text
      )
      return sources[file]
    }
    let services = compose.services.map(\.name)
    let stores = RecipeFacts.stores(of: compose, suite: suite).map(\.name)
    let mounted = Set(compose.volumes + compose.services.flatMap { $0.mounts.map(\.volume) })
    func report(
      _ message: String,
      _ name: String,
      among names: [String],
      at start: SourcePlace?,
      behind key: String? = nil
    ) {
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
          expected: names.isEmpty ? nil : "one of \(names.joined(separator: ", "))",
          nearest: NearestName.of(name, among: names),
          sourceLine: place.flatMap { source($0.file)?.line($0.line) }
        )
      )
    }
    func look(_ steps: [Step]) {
      for step in steps.flatMap(\.leaves) {
        guard let name = step.service, !services.contains(name) else { continue }
        report(
          "service \"\(name)\" is not in compose.yml",
          name,
          among: services,
          at: step.place,
          behind: "service"
        )
      }
    }
    if let base = suite.versions.base, let published, !published.contains(base) {
      report(
        "base \"\(base)\" is no published version of the recipe"
          + (published.isEmpty ? ", which has no tags" : ""),
        base,
        among: published,
        at: suite.versions.basePlace
      )
    }
    for check in suite.checks { look(check.steps) }
    for hook in Hook.allCases { look(suite.hooks[hook] ?? []) }
    for entry in suite.integrity.values {
      look(entry.prepare + entry.seed + entry.drop + entry.verify)
    }
    look(suite.backup.verify)
    if let local = suite.local, local.services.isEmpty, !services.isEmpty {
      found.append(
        Diagnostic(
          .error,
          file: "local.yml",
          message: "file runs no service",
          expected: "services: {\(services[0]): {command: […]}}"
        )
      )
    }
    for (name, settings) in suite.services where !services.contains(name) {
      report("service \"\(name)\" is not in compose.yml", name, among: services, at: settings.place)
    }
    for entry in suite.integrity.values where !stores.contains(entry.store) {
      let name = entry.store
      report("store \"\(name)\" is not in the recipe", name, among: stores, at: entry.place)
    }
    for service in suite.local?.services ?? [] {
      if !services.contains(service.name) {
        report(
          "service \"\(service.name)\" is not in compose.yml",
          service.name,
          among: services,
          at: service.place
        )
      }
      for volume in service.volumes where !mounted.contains(volume) {
        report(
          "volume \"\(volume)\" is not in compose.yml",
          volume,
          among: mounted.sorted(by: UTF8Order.precedes),
          at: service.place,
          behind: "volumes"
        )
      }
    }
    if let app = suite.swarm?.app, !services.contains(app.service) {
      report(
        "service \"\(app.service)\" is not in compose.yml",
        app.service,
        among: services,
        at: suite.swarm?.appPlace
      )
    }
    if let local = suite.local, !services.isEmpty, !local.services.isEmpty {
      let started = local.services.map(\.name)
      for name in services where !started.isEmpty && !started.contains(name) {
        found.append(
          Diagnostic(
            .error,
            file: "local.yml",
            message: "service \"\(name)\" of compose.yml is started by nothing",
            expected: "an entry under \"services\""
          )
        )
      }
    }
    if suite.local != nil, services.isEmpty {
      found.append(
        Diagnostic(
          .error,
          file: "recipe/compose.yml",
          message: "recipe has no services to be run"
        )
      )
    }
    if let tcp = suite.health.tcp, !services.contains(tcp.service) {
      report(
        "service \"\(tcp.service)\" is not in compose.yml",
        tcp.service,
        among: services,
        at: suite.health.place,
        behind: "service"
      )
    }
    return found.map { $0.concealing(suite.concealment) }.sorted(by: Diagnostic.precedes)
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
