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
  let environment: [String: String]?

  /// Reads files of a recipe's folder.
  ///
  /// - Parameters:
  ///   - files: in the order of `COMPOSE_FILE`; later ones are laid over earlier ones.
  ///   - environment: nil leaves `${VAR:-default}` and `$$` as they are; else they are filled in.
  package static func read(
    folder: String,
    files: [String] = ["compose.yml"],
    environment: [String: String]? = nil
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
    environment: [String: String]? = nil
  ) throws(SuiteErrors) -> Compose {
    let reader = ComposeReader(sink: DiagnosticSink(), environment: environment)
    var compose = Compose(services: [], volumes: [])
    for file in files {
      guard let node = YAMLReader.read(file.bytes, file: file.name, into: reader.sink) else {
        continue
      }
      reader.lay(node, over: &compose)
    }
    if reader.sink.hasErrors { throw SuiteErrors(reader.sink.diagnostics) }
    compose.services.sort { UTF8Order.precedes($0.name, $1.name) }
    compose.volumes.sort(by: UTF8Order.precedes)
    return compose
  }

  private func filled(_ text: String) -> String {
    environment.map { ComposeVariables.fill(text, $0) } ?? text
  }

  private func lay(_ node: YAMLNode, over compose: inout Compose) {
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
        if let name = externalName(member) {
          compose.externals.append(Compose.External(kind: kind, key: member.key, name: name))
        }
      }
    }
    for member in node["volumes"]?.members ?? [] {
      compose.outside.removeAll { $0.kind == .volume(key: member.key) }
      guard let name = sharedName(member) else { continue }
      let outside = Compose.Outside(
        kind: .volume(key: member.key),
        name: name,
        place: member.keyPlace
      )
      compose.outside.append(outside)
    }
    guard let services = node["services"], !services.isNull else { return }
    guard let members = services.members else {
      sink.error("services is a mapping, not \(services.kindName)", at: services)
      return
    }
    for member in members {
      compose.outside += paths(member.value["volumes"], of: member.key)
      compose.outside += ports(member.value["ports"], of: member.key)
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
  private func externalName(_ member: YAMLNode.Member) -> String? {
    guard let external = member.value["external"], !external.isNull else { return nil }
    if let name = external["name"]?.text { return filled(name) }
    guard external.members != nil || external.text == "true" else { return nil }
    return filled(member.value["name"]?.text ?? member.key)
  }

  /// What a volume is called on the engine where it is not the stack's own: `external`, `name`, or
  /// a device of the machine under the name of a volume.
  private func sharedName(_ member: YAMLNode.Member) -> String? {
    if let name = externalName(member) { return name }
    if let device = member.value["driver_opts"]?["device"]?.text { return filled(device) }
    return member.value["name"]?.text.map(filled)
  }

  /// Paths of the machine, short (`/etc/x:/etc/x:ro`) and long.
  private func paths(_ node: YAMLNode?, of service: String) -> [Compose.Outside] {
    (node?.items ?? []).compactMap { item in
      var path: String?
      if let text = item.scalar?.text {
        let parts = filled(text).split(separator: ":", omittingEmptySubsequences: false)
        if parts.count >= 2, !isVolume(String(parts[0])) { path = String(parts[0]) }
      } else if !["volume", "tmpfs"].contains(item["type"]?.text ?? "volume") {
        path = item["source"]?.text.map(filled) ?? "?"
      }
      return path.map {
        Compose.Outside(kind: .path(service: service), name: $0, place: item.place)
      }
    }
  }

  /// Ports that are published, short (`8080:80`, `127.0.0.1:8080:80/udp`) and long. One without a
  /// number of the machine's gets a free one.
  private func ports(_ node: YAMLNode?, of service: String) -> [Compose.Outside] {
    (node?.items ?? []).compactMap { item in
      var port = item["published"]?.text.map(filled)
      if let text = item.scalar?.text {
        let parts = filled(text).split(separator: ":", omittingEmptySubsequences: false)
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
    lay(service.deployLabels, over: &below.deployLabels)
    lay(service.containerLabels, over: &below.containerLabels)
    for mount in service.mounts {
      below.mounts.removeAll { $0.target == mount.target }
      below.mounts.append(mount)
    }
  }

  private func service(_ member: YAMLNode.Member) -> Compose.Service {
    let node = member.value
    var service = Compose.Service(
      name: member.key,
      image: filled(node["image"]?.text ?? ""),
      deployLabels: labels(node["deploy"]?["labels"], "deploy.labels of \(member.key)"),
      containerLabels: labels(node["labels"], "labels of \(member.key)"),
      mounts: mounts(node["volumes"], "volumes of \(member.key)"),
      place: member.keyPlace
    )
    service.imageSetting = setting(node["image"])
    service.healthcheck = healthcheck(node["healthcheck"])
    let update = node["deploy"]?["update_config"]
    service.updateOrder = setting(update?["order"])
    service.failureAction = setting(update?["failure_action"])
    return service
  }

  private func setting(_ node: YAMLNode?) -> Compose.Setting? {
    guard let node, let text = node.text else { return nil }
    return Compose.Setting(value: filled(text), place: node.place, length: node.length)
  }

  /// `disable: true` and a test of `NONE` take away what the image has.
  private func healthcheck(_ node: YAMLNode?) -> Compose.Setting? {
    guard let node, let test = node["test"], node["disable"]?.text != "true" else { return nil }
    let words = test.items?.compactMap(\.text) ?? [test.text].compactMap { $0 }
    guard let first = words.first, first != "NONE" else { return nil }
    return Compose.Setting(
      value: filled(words.joined(separator: " ")),
      place: test.place,
      length: test.length
    )
  }

  /// A list of `name=value`, or a mapping.
  private func labels(_ node: YAMLNode?, _ what: String) -> [Compose.Label] {
    guard let node, !node.isNull else { return [] }
    var found: [Compose.Label] = []
    func add(_ name: String, _ value: String, _ place: SourcePlace, _ length: Int) {
      let name = filled(name)
      if let index = found.firstIndex(where: { $0.name == name }) { found.remove(at: index) }
      found.append(
        Compose.Label(name: name, value: filled(value), place: place, length: length)
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
        let parts = filled(text).split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count >= 2 else { return nil }
        let source = String(parts[0])
        guard isVolume(source) else { return nil }
        return Compose.Mount(
          volume: source,
          target: String(parts[1]),
          isReadOnly: parts.count > 2 && parts[2].split(separator: ",").contains("ro")
        )
      }
      guard let source = item["source"]?.text, let target = item["target"]?.text,
        (item["type"]?.text ?? "volume") == "volume"
      else { return nil }
      return Compose.Mount(
        volume: filled(source),
        target: filled(target),
        isReadOnly: item["read_only"]?.text == "true"
      )
    }
  }

  private func isVolume(_ source: String) -> Bool {
    guard let first = source.first else { return false }
    return !"/.~$\\".contains(first)
  }
}

extension Compose {
  package subscript(service name: String) -> Service? { services.first { $0.name == name } }

  /// What `coop-cloud.<stack>.version` says under `deploy.labels`; of several services the first one.
  package var version: String? {
    for service in services {
      for label in service.deployLabels
      where label.name.hasPrefix("coop-cloud.") && label.name.hasSuffix(".version")
        && !label.name.hasSuffix(".chaos-version")
      {
        return label.value
      }
    }
    return nil
  }
}
