package import Evidence

extension Compose {
  package subscript(service name: String) -> Service? { services.first { $0.name == name } }

  /// What `coop-cloud.<stack>.version` says under `deploy.labels`; of several services the first one.
  package var version: String? { label(\.deployLabels, where: Self.isVersion)?.label.value }

  /// The same where Swarm does not look.
  package var misplacedVersion: String? {
    label(\.containerLabels, where: Self.isVersion)?.label.value
  }

  /// Traefik's port of the app under `labels`, where Traefik does not look on a Swarm.
  package var misplacedPort: (service: String, label: Label)? {
    label(\.containerLabels, where: Self.isPort)
  }

  private static func isVersion(_ name: String) -> Bool {
    name.hasPrefix("coop-cloud.") && name.hasSuffix(".version")
      && !name.hasSuffix(".chaos-version")
  }

  fileprivate static func isPort(_ name: String) -> Bool {
    name.hasPrefix("traefik.http.services.") && name.hasSuffix(".loadbalancer.server.port")
  }

  fileprivate func label(
    _ labels: (Service) -> [Label],
    where isMeant: (String) -> Bool
  ) -> (service: String, label: Label)? {
    for service in services {
      if let label = labels(service).first(where: { isMeant($0.name) }) {
        return (service.name, label)
      }
    }
    return nil
  }

  /// Adds what an image declares as volumes and no mount of the service covers.
  package mutating func addVolumes(_ targets: [String], ofImageOf name: String) {
    guard let index = services.firstIndex(where: { $0.name == name }) else { return }
    let service = services[index]
    let covered = service.mounts.map(\.target) + service.namelessMounts.map(\.target)
    for target in targets {
      var target = target
      while target.hasSuffix("/"), target.count > 1 { target.removeLast() }
      guard target.hasPrefix("/"), target != "/", !ComposeReader.isOfSystem(target),
        !covered.contains(target)
      else { continue }
      services[index].namelessMounts.append(
        NamelessMount(source: nil, target: target, place: service.place)
      )
    }
  }
}

extension Suite {
  /// How the app of a recipe is reached on a Swarm: as `swarm.yml` says, else at the port that Traefik's
  /// label names, of `app` before all others; nil where nothing tells it.
  package func access(to compose: Compose) -> AppAccess? {
    if let url = swarm?.url { return .proxy(url: url.source, trust: swarm?.tls) }
    if let app = swarm?.app { return .tunnel(service: app.service, port: app.port) }
    var compose = compose
    compose.services =
      compose.services.filter { $0.name == "app" } + compose.services.filter { $0.name != "app" }
    guard let (service, label) = compose.label(\.deployLabels, where: Compose.isPort),
      let port = Int(label.value)
    else { return nil }
    return .tunnel(service: service, port: port)
  }
}
