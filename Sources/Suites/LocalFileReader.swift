import Evidence
import Formats

/// Reads `local.yml`.
struct LocalFileReader {
  let reader: NodeReader
  private var sink: DiagnosticSink { reader.sink }

  init(_ reader: NodeReader) { self.reader = reader }

  func read(_ node: YAMLNode) -> LocalSettings? {
    guard let entry = reader.entry(node, "local") else { return nil }
    var settings = LocalSettings()
    settings.search = entry.texts("search")
    for version in entry.members("versions") {
      let names = reader.members(version.value, "\"\(version.key)\"").compactMap { member in
        reader.text(member.value, "\"\(member.key)\"").map { (member.key, $0) }
      }
      settings.versions[version.key] = Dictionary(names) { first, _ in first }
    }
    for member in entry.members("services")
    where reader.checkName("service", at: member) {
      if let service = service(member) { settings.services.append(service) }
    }
    checkNames(settings)
    return settings
  }

  private func service(_ member: YAMLNode.Member) -> LocalService? {
    guard let entry = reader.entry(member.value, "local_service") else { return nil }
    var service = LocalService(
      name: member.key,
      command: entry.argv("command"),
      place: member.keyPlace
    )
    service.standin = entry.text("standin")
    service.standinVersion = entry.name("standin_version")
    if let value = entry["standin_version"], service.standin == nil {
      sink.error("standin_version needs \"standin\": what stands for the real program", at: value)
    }
    if let node = entry["prepare"] { prepare(node, &service) }
    service.setup = commands(entry["setup"], "setup")
    service.environment = entry.templates("environment")
    service.files = entry["files"].map(files) ?? []
    service.ports = entry.items("ports").compactMap { reader.integer($0, "port", in: 1...65_535) }
    service.volumes = entry.items("volumes").compactMap { reader.name($0, "volume") }
    service.after = entry.items("after").compactMap { reader.name($0, "service") }
    service.ready = entry["ready"].flatMap { ready($0, ports: service.ports) }
    if let value = entry["stop"] { service.stop = stop(value) }
    service.hooks = entry["hooks"].map(hooks) ?? [:]
    service.restartsOnUpgrade =
      entry.boolean("restart_on_upgrade") ?? false
    service.reports = entry["reports"].flatMap { reports($0, ports: service.ports) }
    return service
  }

  private func prepare(_ node: YAMLNode, _ service: inout LocalService) {
    guard node.members != nil else {
      service.prepare = commands(node, "prepare")
      return
    }
    guard let entry = reader.entry(node, "local_prepare") else { return }
    service.prepare = commands(entry["once"], "once")
    service.prepareVersion = commands(entry["each_version"], "each_version")
  }

  private func commands(_ node: YAMLNode?, _ what: String) -> [[Template]] {
    guard let node else { return [] }
    if let items = node.items, let first = items.first, first.scalar != nil {
      sink.error("\(what) is a list of commands, each a list of its arguments", at: first)
      return []
    }
    return reader.items(node, what).map { reader.argv($0, "a command of \(what)") }
  }

  private func files(_ node: YAMLNode) -> [(path: String, content: Template)] {
    reader.members(node, "files").compactMap { member in
      let parts = member.key.split(separator: "/", omittingEmptySubsequences: false)
      guard !parts.contains(""), !parts.contains(".."), !parts.contains(".") else {
        sink.error(
          "file \"\(member.key)\" is not below the service's folder",
          at: member
        )
        return nil
      }
      return reader.template(member.value, "\"\(member.key)\"").map { (member.key, $0) }
    }
  }

  private func port(_ node: YAMLNode, among ports: [Int]) -> Int? {
    guard let port = reader.integer(node, "port", in: 1...65_535) else { return nil }
    if ports.contains(port) { return port }
    sink.error(
      "port \(port) is not among the service's \"ports\"",
      at: node,
      expected: ports.isEmpty
        ? "ports: [\(port)]" : "one of \(NodeReader.list(ports.map { String($0) }))"
    )
    return nil
  }

  private func ready(_ node: YAMLNode, ports: [Int]) -> LocalReadiness? {
    guard let entry = reader.entry(node, "local_ready") else { return nil }
    let within = entry.duration("within") ?? .seconds(60)
    guard let chosen = entry.chosen else { return nil }
    if chosen.key == "port" {
      return port(chosen.value, among: ports).map { .port($0, within: within) }
    }
    return .command(reader.argv(chosen.value, "command"), within: within)
  }

  private func stop(_ node: YAMLNode) -> LocalStop {
    var stop = LocalStop()
    guard let entry = reader.entry(node, "local_stop") else { return stop }
    stop.signal = entry.choice("signal") ?? stop.signal
    stop.grace = entry.duration("grace") ?? stop.grace
    return stop
  }

  private func hooks(_ node: YAMLNode) -> [String: LocalHook] {
    var hooks: [String: LocalHook] = [:]
    for member in reader.members(node, "hooks") {
      guard reader.isKnown(member, "hook", among: Grammar.hookLabels) else { continue }
      hooks[member.key] = hook(member)
    }
    return hooks
  }

  private func hook(_ member: YAMLNode.Member) -> LocalHook? {
    guard member.value.members != nil else {
      return LocalHook(
        command: reader.argv(member.value, "a hook"),
        place: member.keyPlace,
        length: member.keyLength
      )
    }
    guard let entry = reader.entry(member.value, "local_hook") else { return nil }
    let label = entry["label"]
    return LocalHook(
      command: entry.argv("command"),
      label: entry.text("label"),
      place: label?.place ?? member.keyPlace,
      length: label?.length ?? member.keyLength
    )
  }

  private func reports(_ node: YAMLNode, ports: [Int]) -> LocalVersionProbe? {
    guard let entry = reader.entry(node, "local_reports") else { return nil }
    let expected = entry.template("is")
    guard let chosen = entry.chosen else { return nil }
    let source: LocalVersionProbe.Source
    if chosen.key == "http" {
      guard let fields = reader.entry(chosen.value, "local_reports_http") else { return nil }
      let path = fields.text("path")
      let port = fields["port"].flatMap { self.port($0, among: ports) }
      let json = fields["json"].flatMap { value in
        reader.text(value, "json").flatMap {
          ExpectationReader(reader).jsonpath($0, at: value.place, length: value.length)
        }
      }
      guard let path, let port, let json else { return nil }
      source = .http(path: path, port: port, jsonpath: json)
    } else {
      source = .command(reader.argv(chosen.value, "command"))
    }
    return expected.map { LocalVersionProbe(source: source, expected: $0) }
  }

  /// Services that `after` names, circles, and names of versions that some version lacks.
  private func checkNames(_ settings: LocalSettings) {
    let names = settings.services.map(\.name)
    for service in settings.services {
      for other in service.after where !names.contains(other) {
        sink.error(
          "service \"\(other)\" is not in local.yml",
          atWord: other,
          from: service.place,
          length: service.name.utf8.count,
          nearest: NearestName.of(other, among: names)
        )
      }
      if let word = service.standinVersion {
        for (version, values) in settings.versions.sorted(by: { $0.key < $1.key })
        where values[word] == nil {
          sink.error(
            "version \(version) has no \"\(word)\", which is the stand-in's own version",
            at: service.place,
            length: service.name.unicodeScalars.count
          )
        }
      }
    }
    var settled: Set<String> = []
    var rest = settings.services
    while !rest.isEmpty {
      let next = rest.filter { $0.after.allSatisfy { settled.contains($0) || !names.contains($0) } }
      if next.isEmpty {
        sink.error(
          "services wait for each other: \(NodeReader.list(rest.map(\.name)))",
          at: rest[0].place,
          length: rest[0].name.unicodeScalars.count
        )
        return
      }
      settled.formUnion(next.map(\.name))
      rest.removeAll { settled.contains($0.name) }
    }
  }
}
