import Evidence
import Formats

/// Reads compose files, as far as the tool looks at them.
package struct ComposeReader {
  /// One file: how diagnostics name it, and its bytes.
  package struct File: Sendable {
    package var name: String
    package var bytes: [UInt8]

    package init(name: String, bytes: [UInt8]) {
      self.name = name
      self.bytes = bytes
    }
  }

  let sink: DiagnosticSink
  let environment: [String: String]

  /// Reads files of a recipe's folder.
  ///
  /// - Parameters:
  ///   - files: in the order of `COMPOSE_FILE`; later ones are laid over earlier ones.
  ///   - environment: the values of variables.
  package static func read(
    folder: String,
    files: [String] = ["compose.yml"],
    environment: [String: String] = [:]
  ) throws(SuiteErrors) -> Compose {
    let folder = SuiteFiles(folder: folder)
    var read: [File] = []
    for name in files {
      if let problem = folder.problem(withPath: name) {
        throw SuiteErrors([
          Diagnostic(
            .error,
            file: name,
            message: "compose file \(problem.message)",
            nearest: problem.nearest
          )
        ])
      }
      guard let bytes = folder.read(name) else {
        throw SuiteErrors(file: name, message: "compose file \(folder.reasonUnread(name))")
      }
      read.append(File(name: name, bytes: bytes))
    }
    return try Self.read(read, environment: environment)
  }

  /// The same for bytes from anywhere, such as a commit.
  package static func read(
    _ files: [File],
    environment: [String: String] = [:]
  ) throws(SuiteErrors) -> Compose {
    let reader = ComposeReader(sink: DiagnosticSink(), environment: environment)
    var compose = Compose(services: [], volumes: [])
    for file in files {
      guard let node = YAMLReader.read(file.bytes, file: file.name, into: reader.sink) else {
        continue
      }
      compose.oddities += reader.oddities(in: node)
      compose.unsetInNames += reader.unsetInNames(node)
      reader.lay(reader.filled(node), as: node, over: &compose)
    }
    if reader.sink.hasErrors { throw SuiteErrors(reader.sink.diagnostics) }
    compose.services.sort { UTF8Order.precedes($0.name, $1.name) }
    compose.volumes.sort(by: UTF8Order.precedes)
    return compose
  }

  /// - Parameter written: the same before its variables were filled in.
  private func lay(_ node: YAMLNode, as written: YAMLNode, over compose: inout Compose) {
    if node.isNull { return }
    guard node.members != nil else {
      sink.error("compose file is a mapping, not \(node.kindName)", at: node)
      return
    }
    if let volumes = node["volumes"], !volumes.isNull, volumes.members == nil {
      sink.error("volumes is a mapping, not \(volumes.kindName)", at: volumes)
    }
    for member in node["volumes"]?.members ?? [] where !compose.volumes.contains(member.key) {
      compose.volumes.append(member.key)
      compose.volumePlaces[member.key] = member.keyPlace
    }
    compose.fileVersion = node["version"]?.text ?? compose.fileVersion
    for kind in Compose.External.Kind.allCases {
      for member in node[kind.rawValue]?.members ?? [] {
        compose.externals.removeAll { $0.kind == kind && $0.key == member.key }
        compose.fileSources.removeAll { $0.kind == kind && $0.key == member.key }
        if let name = externalName(member) {
          compose.externals.append(Compose.External(kind: kind, key: member.key, name: name))
        }
        let raw = written[kind.rawValue]?[member.key]
        if let source = fileSource(member, kind, as: raw) { compose.fileSources.append(source) }
        compose.readFiles += [setting(member.value["file"])].compactMap { $0 }
      }
    }
    for member in node["volumes"]?.members ?? [] {
      // A key without a name adds nothing to the one below it.
      guard let name = sharedName(member) else { continue }
      compose.outside.removeAll { $0.kind == .volume(key: member.key) }
      let outside = Compose.Outside(
        kind: .volume(key: member.key),
        name: name,
        place: member.keyPlace
      )
      compose.outside.append(outside)
    }
    compose.networks.formUnion((node["networks"]?.members ?? []).map(\.key))
    // Docker has these two by itself, and attaches services to them.
    for member in node["networks"]?.members ?? [] {
      guard let name = externalName(member) else { continue }
      let kind = Compose.Outside.Kind.network(key: member.key)
      compose.outside.removeAll { $0.kind == kind }
      guard ["host", "bridge"].contains(name) else { continue }
      compose.outside.append(Compose.Outside(kind: kind, name: name, place: member.keyPlace))
    }
    guard let services = node["services"], !services.isNull else { return }
    guard let members = services.members else {
      sink.error("services is a mapping, not \(services.kindName)", at: services)
      return
    }
    for member in members {
      let targets = Set(targets(member.value["volumes"]))
      compose.outside.removeAll {
        if case .path(member.key, let target) = $0.kind { targets.contains(target) } else { false }
      }
      compose.outside += paths(member.value["volumes"], of: member.key)
      compose.outside += ports(member.value["ports"], of: member.key)
      let files = member.value["env_file"]
      compose.readFiles += (files?.items ?? [files].compactMap { $0 }).compactMap(setting)
      let service = service(member)
      if let index = compose.services.firstIndex(where: { $0.name == service.name }) {
        merge(service, into: &compose.services[index])
      } else {
        compose.services.append(service)
      }
    }
  }

  /// `external: true` with a `name`, or the older `external: {name: …}`; nil for what the recipe
  /// makes itself.
  func externalName(_ member: YAMLNode.Member) -> String? {
    guard let external = member.value["external"], !external.isNull else { return nil }
    if let name = external["name"]?.text { return name }
    // YAML 1.1, which Docker reads, has many words for true.
    let word = external.text?.lowercased() ?? ""
    guard !["false", "no", "off", "n"].contains(word) else { return nil }
    return member.value["name"]?.text ?? member.key
  }

  /// What a volume is called on the engine where it is not the stack's own: `external`, `name`, or
  /// a device of the machine under the name of a volume.
  private func sharedName(_ member: YAMLNode.Member) -> String? {
    if let name = externalName(member) { return name }
    if let device = member.value["driver_opts"]?["device"]?.text { return device }
    return member.value["name"]?.text
  }

  /// Where anything is mounted in a service, short (`/etc/x:/etc/x:ro`) and long.
  private func targets(_ node: YAMLNode?) -> [String] {
    (node?.items ?? []).compactMap { target($0) }
  }

  private func target(_ item: YAMLNode) -> String? {
    guard let text = item.scalar?.text else { return item["target"]?.text }
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    return String(parts.count >= 2 ? parts[1] : parts[0])
  }

  /// Paths of the machine.
  private func paths(_ node: YAMLNode?, of service: String) -> [Compose.Outside] {
    (node?.items ?? []).compactMap { item in
      var path: String?
      if let text = item.scalar?.text {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        if parts.count >= 2, !isVolume(String(parts[0])) { path = String(parts[0]) }
      } else if !["volume", "tmpfs"].contains(item["type"]?.text ?? "volume") {
        path = item["source"]?.text ?? "?"
      }
      return path.map {
        let kind = Compose.Outside.Kind.path(service: service, target: target(item) ?? "?")
        return Compose.Outside(kind: kind, name: $0, place: item.place)
      }
    }
  }

  /// Ports that are published, short (`8080:80`, `127.0.0.1:8080:80/udp`) and long. One without a
  /// number of the machine's gets a free one.
  private func ports(_ node: YAMLNode?, of service: String) -> [Compose.Outside] {
    (node?.items ?? []).compactMap { item in
      var port = item["published"]?.text
      if let text = item.scalar?.text {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        port = parts.count >= 2 ? String(parts[parts.count - 2]) : nil
      }
      guard let port, !port.isEmpty, port != "0" else { return nil }
      return Compose.Outside(kind: .port(service: service), name: port, place: item.place)
    }
  }

  private func merge(_ service: Compose.Service, into below: inout Compose.Service) {
    if !service.image.isEmpty { below.image = service.image }
    func lay(_ labels: [Compose.Label], over below: inout [Compose.Label]) {
      for label in labels {
        if let index = below.firstIndex(where: { $0.name == label.name }) {
          below[index] = label
        } else {
          below.append(label)
        }
      }
    }
    below.imageSetting = service.imageSetting ?? below.imageSetting
    below.healthcheck = service.healthcheck ?? below.healthcheck
    below.updateOrder = service.updateOrder ?? below.updateOrder
    below.failureAction = service.failureAction ?? below.failureAction
    below.replicas = service.replicas ?? below.replicas
    lay(service.deployLabels, over: &below.deployLabels)
    lay(service.containerLabels, over: &below.containerLabels)
    let targets = Set(service.mounts.map(\.target) + service.namelessMounts.map(\.target))
    below.mounts.removeAll { targets.contains($0.target) }
    below.mounts += service.mounts
    below.namelessMounts.removeAll { targets.contains($0.target) }
    below.namelessMounts += service.namelessMounts
    below.files.removeAll { old in service.files.contains { $0.source == old.source } }
    below.files += service.files
    below.environment.merge(service.environment) { $1 }
    if !service.command.isEmpty { below.command = service.command }
    below.dependsOn += service.dependsOn.filter { !below.dependsOn.contains($0) }
    below.openPorts += service.openPorts.filter { !below.openPorts.contains($0) }
    below.references += service.references
  }

  private func service(_ member: YAMLNode.Member) -> Compose.Service {
    let node = member.value
    var service = Compose.Service(
      name: member.key,
      image: node["image"]?.text ?? "",
      deployLabels: labels(node["deploy"]?["labels"], "deploy.labels of \(member.key)"),
      containerLabels: labels(node["labels"], "labels of \(member.key)"),
      mounts: mounts(node["volumes"], "volumes of \(member.key)"),
      place: member.keyPlace
    )
    service.namelessMounts = (node["volumes"]?.items ?? []).compactMap(namelessMount)
    service.files = files(node["configs"], .config) + files(node["secrets"], .secret)
    service.imageSetting = setting(node["image"])
    service.healthcheck = healthcheck(node["healthcheck"])
    let update = node["deploy"]?["update_config"]
    service.updateOrder = setting(update?["order"])
    service.failureAction = setting(update?["failure_action"])
    service.replicas = node["deploy"]?["replicas"]?.text.flatMap { Int($0) }
    service.environment = variables(node["environment"])
    service.command = words(node["command"])
    let needed = node["depends_on"]
    service.dependsOn = needed?.members?.map(\.key) ?? (needed?.items ?? []).compactMap(\.text)
    service.openPorts = openPorts(of: node)
    service.references = references(of: node)
    return service
  }

  func setting(_ node: YAMLNode?) -> Compose.Setting? {
    guard let node, let text = node.text else { return nil }
    return Compose.Setting(value: text, place: node.place, length: node.length)
  }

  /// `disable: true` and a test of `NONE` take away what the image has.
  private func healthcheck(_ node: YAMLNode?) -> Compose.Setting? {
    guard let node, let test = node["test"], node["disable"]?.text != "true" else { return nil }
    let words = test.items?.compactMap(\.text) ?? [test.text].compactMap { $0 }
    guard let first = words.first, first != "NONE" else { return nil }
    return Compose.Setting(
      value: words.joined(separator: " "),
      place: test.place,
      length: test.length
    )
  }

  /// A list of `name=value`, or a mapping.
  private func labels(_ node: YAMLNode?, _ what: String) -> [Compose.Label] {
    guard let node, !node.isNull else { return [] }
    var found: [Compose.Label] = []
    func add(_ name: String, _ value: String, _ place: SourcePlace, _ length: Int) {
      if let index = found.firstIndex(where: { $0.name == name }) { found.remove(at: index) }
      found.append(
        Compose.Label(name: name, value: value, place: place, length: length)
      )
    }
    switch node.content {
    case .mapping(let members):
      for member in members {
        guard let scalar = member.value.scalar else {
          sink.error(
            "label \"\(member.key)\" is a text, not \(member.value.kindName)",
            at: member.value
          )
          continue
        }
        add(member.key, member.value.isNull ? "" : scalar.text, member.keyPlace, member.keyLength)
      }
    case .sequence(let items):
      for item in items {
        guard let text = item.scalar?.text else {
          sink.error("label is a text like name=value, not \(item.kindName)", at: item)
          continue
        }
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        add(String(parts[0]), parts.count > 1 ? String(parts[1]) : "", item.place, item.length)
      }
    case .scalar: sink.error("\(what) is a list or a mapping, not \(node.kindName)", at: node)
    }
    return found
  }

  /// Mounts of named volumes, short (`data:/var/lib/x:ro`) and long.
  private func mounts(_ node: YAMLNode?, _ what: String) -> [Compose.Mount] {
    guard let node, !node.isNull else { return [] }
    guard let items = node.items else {
      sink.error("\(what) is a list, not \(node.kindName)", at: node)
      return []
    }
    return items.compactMap { item in
      if let text = item.scalar?.text {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count >= 2 else { return nil }
        let source = String(parts[0])
        guard isVolume(source) else { return nil }
        return Compose.Mount(
          volume: source,
          target: Self.withoutSlash(String(parts[1])),
          isReadOnly: parts.count > 2 && parts[2].split(separator: ",").contains("ro")
        )
      }
      guard let source = item["source"]?.text, let target = item["target"]?.text,
        (item["type"]?.text ?? "volume") == "volume"
      else { return nil }
      return Compose.Mount(
        volume: source,
        target: Self.withoutSlash(target),
        isReadOnly: item["read_only"]?.text == "true"
      )
    }
  }

  /// A bind mount or an anonymous volume that a service may write to, short and long; nil for what
  /// holds no data of the app: files of the system, sockets.
  private func namelessMount(_ item: YAMLNode) -> Compose.NamelessMount? {
    var source: String?
    guard let target = target(item) else { return nil }
    if let text = item.scalar?.text {
      let parts = text.split(separator: ":", omittingEmptySubsequences: false)
      if parts.count >= 2 {
        source = String(parts[0])
        let options = parts.count > 2 ? parts[2].split(separator: ",") : []
        guard !isVolume(String(parts[0])), !options.contains("ro") else { return nil }
      }
    } else {
      source = item["source"]?.text
      let type = item["type"]?.text ?? "volume"
      guard item["read_only"]?.text != "true", type == "bind" || type == "volume" && source == nil
      else { return nil }
    }
    guard target.hasPrefix("/"), !Self.isOfSystem(target), source.map(Self.isOfSystem) != true
    else { return nil }
    return Compose.NamelessMount(source: source, target: target, place: item.place)
  }

  /// `/srv/www/` is `/srv/www`.
  private static func withoutSlash(_ path: String) -> String {
    path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
  }

  static func isOfSystem(_ path: String) -> Bool {
    path.hasSuffix(".sock") || ["/etc/localtime", "/etc/timezone"].contains(path)
      || ["/dev", "/proc", "/sys", "/run", "/var/run", "/tmp", "/lib/modules"].contains {
        path == $0 || path.hasPrefix($0 + "/")
      }
  }

  func isVolume(_ source: String) -> Bool {
    guard let first = source.first else { return false }
    return !"/.~$\\".contains(first)
  }
}
