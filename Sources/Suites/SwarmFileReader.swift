import Evidence

/// Reads `swarm.yml`.
struct SwarmFileReader {
  let reader: NodeReader
  let files: SuiteFiles
  private var sink: DiagnosticSink { reader.sink }

  init(_ reader: NodeReader, files: SuiteFiles) {
    self.reader = reader
    self.files = files
  }

  func read(_ node: YAMLNode) -> SwarmSettings? {
    guard let entry = reader.entry(node, "swarm") else { return nil }
    var settings = SwarmSettings()
    settings.domain = entry.template("domain")
    settings.environment = entry.templates("environment")
    settings.url = entry.template("url")
    settings.endpointMode = entry.choice("endpoint_mode")
    for member in entry.members("shares") {
      guard let reason = reader.text(member.value, "reason") else { continue }
      if reason.isEmpty {
        sink.error("\(member.key) needs the reason why it is shared", at: member.value)
      }
      settings.shares.append((member.key, reason))
    }
    for item in entry.items("compose") {
      guard let name = reader.text(item, "compose file") else { continue }
      if let problem = files.problem(withPath: name) {
        sink.error("compose file \(problem.message)", at: item, nearest: problem.nearest)
      } else if files.read(name) == nil {
        sink.error("compose file \"\(name)\" \(files.reasonUnread(name))", at: item)
      } else {
        settings.compose.append(name)
      }
    }
    settings.tls = entry.entry("tls").flatMap(tls)
    for item in entry.items("one_shot") {
      if let name = reader.name(item, "service") { settings.oneShots.append((name, item.place)) }
    }
    if let app = entry["app"], let fields = reader.entry(app, "swarm_app") {
      let service = fields.name("service") ?? "app"
      let port = fields.integer("port")
      settings.appPlace = fields["service"]?.place ?? app.place
      if let port { settings.app = (service, port) }
    }
    return settings
  }

  private func tls(_ fields: NodeReader.Entry) -> CertificateTrust? {
    guard let node = fields["ca"] else {
      guard let node = fields["off"], let reason = reader.text(node, "off") else {
        sink.error("tls needs `ca`, a PEM file, or `off`, a reason", at: fields.node)
        return nil
      }
      if reason.isEmpty { sink.error("off needs the reason why nothing is checked", at: node) }
      return .unchecked(why: reason)
    }
    if let other = fields["off"] {
      sink.error("tls has `ca` or `off`, not both", at: other)
    }
    guard let name = reader.text(node, "ca") else { return nil }
    if let problem = files.problem(withPath: name) {
      sink.error("ca \(problem.message)", at: node, nearest: problem.nearest)
    } else if let bytes = files.read(name) {
      // libcurl takes a file without a certificate for one that trusts nobody.
      if bytes.firstRange(of: Array("-----BEGIN CERTIFICATE-----".utf8)) == nil {
        sink.error("ca \"\(name)\" has no certificate: a PEM file is expected", at: node)
      }
    } else {
      sink.error("ca \"\(name)\" \(files.reasonUnread(name))", at: node)
    }
    return .authority(file: name)
  }
}

extension SuiteLint {
  /// The names that `swarm.yml` has: `recipe`, `domain`, `stack`, `base_url`, `secret.NAME`,
  /// `dependency.NAME.…`.
  func checkSwarm(_ swarm: SwarmSettings) {
    var scope = ValueScope(names: ["recipe"], secrets: [])
    for name in ["unique"] + Marker.names + suite.vars.map(\.name) {
      scope.elsewhere[name] = "has no value in swarm.yml, which knows nothing of checks"
    }
    if let domain = swarm.domain { scope.check(domain, sink) }
    scope.insert("domain")
    scope.insert("stack")
    if let url = swarm.url { scope.check(url, sink) }
    scope = ValueScope(
      names: ["recipe", "domain", "stack"],
      secrets: suite.secrets.map(\.name),
      dependencies: suite.dependencies
    )
    for (_, value) in swarm.environment { scope.check(value, sink) }
  }
}
