import Evidence
import Formats
package import Suites

/// What breaks a deployment or an upgrade on a Swarm, though each file reads well by itself.
extension RecipeRules {
  /// An earlier version of the recipe: its files with their names, as for the checkout.
  package struct Published: Sendable {
    package var version: String
    package var files: [ComposeReader.File]

    package init(version: String, files: [ComposeReader.File]) {
      self.version = version
      self.files = files
    }
  }

  // MARK: One composition

  /// Swarm refuses a stack in which a service names what the top level does not have.
  func undeclaredFindings(_ compose: Compose) -> [RecipeFinding] {
    compose.services.flatMap { service in
      service.references.compactMap { reference in
        let known = declared(reference.kind, compose)
        guard reference.kind != .network, !known.contains(reference.key) else { return nil }
        let what = reference.kind.rawValue.dropLast()
        return RecipeFinding(
          .undeclaredReference,
          "\(service.name): \(what) \(reference.key) is not declared under \(reference.kind.rawValue)",
          at: reference.place,
          length: reference.length,
          about: [service.name, reference.key],
          nearest: NearestName.of(reference.key, among: known.sorted(by: UTF8Order.precedes))
        )
      }
    }
  }

  private func declared(_ kind: Compose.External.Kind, _ compose: Compose) -> [String] {
    kind == .volume
      ? compose.volumes : compose.fileSources.filter { $0.kind == kind }.map(\.key)
  }

  func configFindings(_ compose: Compose) -> [RecipeFinding] {
    compose.fileSources.flatMap { source -> [RecipeFinding] in
      guard source.kind == .config, let path = source.path else { return [] }
      var found: [RecipeFinding] = []
      if !files.contains(where: { $0.name == path }) {
        let names = files.map(\.name)
        found.append(
          RecipeFinding(
            .configFileMissing,
            "config \(source.key): \(path) is not a file of the recipe",
            at: source.file?.place ?? source.place,
            length: source.file?.length ?? 1,
            about: [source.key, path],
            nearest: NearestName.of(path, among: names)
          )
        )
      }
      for variable in unset(source) {
        found.append(
          RecipeFinding(
            .configVersionUnset,
            "config \(source.key): \(variable) is set nowhere; abra.sh exports it",
            at: source.name?.place ?? source.place,
            length: source.name?.length ?? 1,
            about: [source.key]
          )
        )
      }
      return found
    }
  }

  /// - Parameter isDeployed: whether `COMPOSE_FILE` names all files; of the others `.env.sample` may
  ///   have the variable in a comment.
  func secretFindings(_ compose: Compose, isDeployed: Bool) -> [RecipeFinding] {
    compose.fileSources.flatMap { source -> [RecipeFinding] in
      guard source.kind == .secret, source.path == nil else { return [] }
      return unset(source).filter { isDeployed || !isMentioned($0) }.map { variable in
        RecipeFinding(
          .secretVersionUnset,
          "secret \(source.key): \(variable) is missing in .env.sample",
          at: source.name?.place ?? source.place,
          length: source.name?.length ?? 1,
          about: [source.key]
        )
      }
    }
  }

  private func unset(_ source: Compose.FileSource) -> [String] {
    source.nameVariables.filter { (environment.values[$0] ?? "").isEmpty }
  }

  private func isMentioned(_ variable: String) -> Bool {
    guard let sample = files.first(where: { $0.name == ".env.sample" }) else { return false }
    return String(decoding: sample.bytes, as: UTF8.self).split(whereSeparator: \.isNewline)
      .contains { $0.drop { " \t#".contains($0) }.hasPrefix("\(variable)=") }
  }

  /// A recipe that writes notes and has none for the version that it says it is.
  func releaseFindings(_ compose: Compose) -> [RecipeFinding] {
    guard let releases, let version = compose.version, !releases.contains(version) else {
      return []
    }
    let label = compose.services.lazy.flatMap(\.deployLabels).first {
      $0.name.hasPrefix("coop-cloud.") && $0.name.hasSuffix(".version") && $0.value == version
    }
    return [
      RecipeFinding(
        .releaseNoteMissing,
        "version \(version) has no release/\(version)",
        at: label?.place,
        length: label?.length ?? 1
      )
    ]
  }

  // MARK: Against what was published

  /// A Swarm's config never changes: what has another content needs another name, or the upgrade is
  /// refused.
  func publishedFindings(_ compose: Compose) -> [RecipeFinding] {
    var found: [String: RecipeFinding] = [:]
    for (index, version) in published.enumerated() {
      let older = configs(of: version)
      for source in compose.fileSources where found[source.key] == nil {
        guard let (name, content) = Self.content(of: source, in: files),
          let before = older[name], before != content
        else { continue }
        let isNewest = index == 0
        let words =
          isNewest
          ? "config \(source.key): \(source.path ?? "") changed since \(version.version), and its name did not"
          : "config \(source.key): \(version.version) published its name with another content"
        found[source.key] = RecipeFinding(
          isNewest ? .configVersionKept : .configNameReused,
          words,
          at: source.name?.place ?? source.place,
          length: source.name?.length ?? 1,
          about: [source.key] + [source.path].compactMap { $0 }
        )
      }
    }
    return Array(found.values)
  }

  /// Whoever upgrades from the version before has data in a volume that this one does not mount; no
  /// store of this one shows that they are kept.
  func removedVolumeFindings(_ compose: Compose) -> [RecipeFinding] {
    guard let before = published.first(where: { $0.version != compose.version }),
      let older = self.compose(of: before)
    else { return [] }
    return older.volumes.filter { !compose.volumes.contains($0) }.map { volume in
      RecipeFinding(
        .volumeRemoved,
        "volume \(volume) of \(before.version) is gone: what the upgrade does with its data is unknown",
        at: compose.services.first?.place,
        about: [volume]
      )
    }
  }

  private func compose(of version: Published) -> Compose? {
    let environment = ComposeEnvironment(setting: suite.composeSettings) { name in
      version.files.first { $0.name == name }?.bytes
    }
    let chosen = environment.composeFiles.compactMap { name in
      version.files.first { $0.name == name }
    }
    return try? ComposeReader.read(chosen, environment: environment.values)
  }

  /// The contents of a version's configs by their names on the engine.
  private func configs(of version: Published) -> [String: [UInt8]] {
    let named = (compose(of: version)?.fileSources ?? []).compactMap {
      Self.content(of: $0, in: version.files)
    }
    return Dictionary(named.map { ($0.name, $0.content) }) { first, _ in first }
  }

  private static func content(
    of source: Compose.FileSource,
    in files: [ComposeReader.File]
  ) -> (name: String, content: [UInt8])? {
    guard source.kind == .config, let path = source.path,
      let file = files.first(where: { $0.name == path })
    else { return nil }
    return (source.engineName ?? "${STACK_NAME}_\(source.key)", file.bytes)
  }
}
