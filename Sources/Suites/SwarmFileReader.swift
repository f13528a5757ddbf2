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
    if let app = entry["app"], let fields = reader.entry(app, "swarm_app") {
      let service = fields.name("service") ?? "app"
      let port = fields.integer("port")
      settings.appPlace = fields["service"]?.place ?? app.place
      if let port { settings.app = (service, port) }
    }
    return settings
  }
}

extension SuiteLint {
  /// The names that `swarm.yml` has: `recipe`, `domain`, `stack`, `base_url`, `secret.NAME`.
  func checkSwarm(_ swarm: SwarmSettings) {
    var scope = ValueScope(names: ["recipe"], secrets: [])
    for name in ["unique", "marker"] + suite.vars.map(\.name) {
      scope.elsewhere[name] = "has no value in swarm.yml, which knows nothing of checks"
    }
    if let domain = swarm.domain { scope.check(domain, sink) }
    scope.insert("domain")
    scope.insert("stack")
    if let url = swarm.url { scope.check(url, sink) }
    scope = ValueScope(
      names: ["recipe", "domain", "stack"],
      secrets: suite.secrets.map(\.name)
    )
    for (_, value) in swarm.environment { scope.check(value, sink) }
  }
}
