import Evidence

extension SuiteLint {
  /// The names that `local.yml` has: `port.N`, `port.SERVICE.N`, `volume.NAME`, `folder`, `recipe`,
  /// `version.NAME`, `secret.NAME`, `domain`, `base_url`, `dependency.NAME.…`.
  func checkLocal(_ local: LocalSettings) {
    var shared = ["recipe", "folder", "domain", "base_url"]
    for names in local.versions.values { shared += names.keys.map { "version.\($0)" } }
    for service in local.services {
      shared += service.ports.map { "port.\(service.name).\($0)" }
    }
    for service in local.services {
      var scope = ValueScope(
        names: shared,
        secrets: suite.secrets.map(\.name),
        dependencies: suite.dependencies
      )
      for port in service.ports { scope.insert("port.\(port)") }
      for volume in service.volumes { scope.insert("volume.\(volume)") }
      for name in ["unique"] + Marker.names + suite.vars.map(\.name) where !scope.has(name) {
        scope.elsewhere[name] = "has no value in local.yml, which knows nothing of checks"
      }
      for template in service.templates { scope.check(template, sink) }
    }
  }
}

extension LocalService {
  /// All texts that are filled in.
  var templates: [Template] {
    var all = (prepare + prepareVersion).flatMap { $0 } + command + setup.flatMap { $0 }
    all += environment.map(\.value) + files.map(\.content)
    for name in hooks.keys.sorted() { all += hooks[name]?.command ?? [] }
    if case .command(let argv, _)? = ready { all += argv }
    if let reports {
      if case .command(let argv) = reports.source { all += argv }
      all.append(reports.expected)
    }
    return all
  }
}
