import Evidence

/// Holds what a suite names against what its recipe has.
package enum SuiteCrossCheck {
  /// Services, volumes and stores that the suite names and the recipe does not have; without source
  /// lines, since the suite's files are not read again.
  package static func diagnostics(_ suite: Suite, compose: Compose) -> [Diagnostic] {
    var found: [Diagnostic] = []
    let services = compose.services.map(\.name)
    let stores = RecipeFacts.stores(of: compose, suite: suite).map(\.name)
    let mounted = Set(compose.volumes + compose.services.flatMap { $0.mounts.map(\.volume) })
    func report(_ message: String, _ name: String, among names: [String], at place: SourcePlace?) {
      found.append(
        Diagnostic(
          .error,
          file: place?.file ?? "recipe.yml",
          line: place?.line ?? 0,
          column: place?.column ?? 1,
          length: name.unicodeScalars.count,
          message: message,
          expected: names.isEmpty ? nil : "one of \(names.joined(separator: ", "))",
          nearest: NearestName.of(name, among: names)
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
          at: service.place
        )
      }
    }
    if let local = suite.local {
      let started = local.services.map(\.name)
      for name in services where !started.contains(name) {
        found.append(
          Diagnostic(
            .error,
            file: "local.yml",
            message: "service \"\(name)\" of compose.yml is started by nothing",
            expected: "an entry under \"services\""
          )
        )
      }
      if services.isEmpty {
        found.append(
          Diagnostic(
            .error,
            file: "recipe/compose.yml",
            message: "recipe has no services to be run"
          )
        )
      }
    }
    if let tcp = suite.health.tcp, !services.contains(tcp.service) {
      report(
        "service \"\(tcp.service)\" is not in compose.yml",
        tcp.service,
        among: services,
        at: suite.health.place
      )
    }
    return found.sorted(by: Diagnostic.precedes)
  }
}
