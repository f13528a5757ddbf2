internal import Deployments
internal import Evidence
internal import Suites

/// What a recipe would use together with others on the machine. It is refused before anything is
/// deployed, unless the suite says why it may be.
struct SharedResources {
  let compose: Compose
  let suite: Suite
  let identity: StackIdentity

  /// - Throws: `unsupported` for what is not shared by name, and where the suite would write to it.
  func requireConsent() throws(DeploymentError) {
    for outside in compose.outside where !isOwn(outside) {
      guard !suite.sharedNames.contains(outside.key) else { continue }
      throw DeploymentError(
        .unsupported,
        "\(outside.place): \(outside.sentence), which others may use: nothing was deployed; "
          + "`shares: {\"\(outside.key)\": why}` in swarm.yml allows it"
      )
    }
    let shared = suite.sharedNames
    for store in RecipeFacts.stores(of: compose, suite: suite) {
      guard let volume = (store.volumes + sources(of: store)).first(where: shared.contains),
        let entry = suite.integrity[store.name], !(entry.seed + entry.drop).isEmpty
      else { continue }
      throw DeploymentError(
        .unsupported,
        "recipe.yml: integrity of \(store.name) writes to \(volume), which swarm.yml "
          + "shares with others: what is shared is only read"
      )
    }
  }

  /// Paths of the machine that are a store.
  private func sources(of store: StoreFacts) -> [String] {
    store.services.flatMap { name in
      (compose[service: name]?.namelessMounts ?? [])
        .filter { $0.store(of: name) == store.name }.compactMap(\.source)
    }
  }

  /// A name that begins as all names of the stack do.
  private func isOwn(_ outside: Compose.Outside) -> Bool {
    if case .volume = outside.kind { return outside.name.hasPrefix("\(identity.name)_") }
    return false
  }
}

extension Suite {
  /// Volumes by their keys in the compose file, paths, ports.
  var sharedNames: Set<String> { Set((swarm?.shares ?? []).map(\.name)) }
}

extension Compose.Outside {
  /// What `shares` calls it.
  fileprivate var key: String {
    switch kind {
    case .volume(let key), .network(let key): key
    case .path, .port: name
    }
  }

  fileprivate var sentence: String {
    switch kind {
    case .volume(let key): "volume \(key) is \(name) on the engine"
    case .path(let service, _): "\(service) mounts \(name) of the machine"
    case .port(let service): "\(service) publishes port \(name) of the machine"
    case .network(let key): "network \(key) is the machine's own (\(name))"
    }
  }
}
