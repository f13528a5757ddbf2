package import Deployments
internal import Suites

extension SwarmHost {
  /// By the docker program, with the options that lead to the engine of each container.
  package func access() async -> Access {
    var found: [Access.Service] = []
    for name in services {
      let place = try? await stack.place(of: name)
      let inside = place.map { place in
        let options = place.engine.address.dockerOptions
        return ["docker"] + options + ["exec", "-it", String(place.container.prefix(12))]
      }
      found.append(Access.Service(name: name, inside: inside ?? []))
    }
    let options = stack.engine.manager.address.dockerOptions
    let named = volumes.map { volume in
      let name = "\(stack.name)_\(volume)"
      let command = ["docker"] + options + ["volume", "inspect", name]
      return (volume, Access.Volume.ofEngine(name: name, command: command))
    }
    return Access(services: found, volumes: Dictionary(named) { first, _ in first })
  }
}

extension EngineAddress {
  /// What the docker program is told to find it; nothing for where it looks by itself.
  fileprivate var dockerOptions: [String] {
    switch self {
    case .socket(let path): isDefault ? [] : ["--host", "unix://\(path)"]
    case .relayed(let options, _): options
    }
  }
}
