internal import Backups
internal import Deployments
internal import Evidence
internal import Files
internal import Formats
internal import Glibc
internal import Guarding
internal import Suites

/// A version's files and all that is needed to deploy them. The folder goes with it.
final class StackCheckout: Sendable {
  let folder: String
  let recipe: Recipe
  /// With the suite's own files laid over it and its variables filled in.
  let compose: Compose
  /// Of the recipe alone.
  let own: Compose
  /// In the order in which they are laid over each other; absolute.
  let files: [String]
  let environment: [String: String]

  /// Exports a version into a new folder and reads it as `docker stack deploy` will.
  ///
  /// - Parameter isUpgrade: whether what the suite sets from the upgrade on counts.
  init(
    _ version: String,
    _ configuration: SwarmConfiguration,
    _ identity: StackIdentity,
    isUpgrade: Bool,
    in folder: String
  ) async throws(DeploymentError) {
    let recipe = try await configuration.source.recipe(version)
    _ = FolderRemoval.remove(folder)
    guard mkdir(folder, 0o700) == 0 else { throw .system(folder) }
    try await configuration.source.export(version, folder)
    let (environment, names) = try Self.environment(
      in: folder,
      configuration,
      identity,
      isUpgrade: isUpgrade
    )
    let merged: Compose
    do throws(SuiteErrors) {
      own = try ComposeReader.read(folder: folder, files: names, environment: environment)
      var read: [ComposeReader.File] = []
      for name in names { read.append(try Self.file(name, below: folder)) }
      let suite = configuration.suite
      let overlays = suite.swarm?.compose ?? []
      for name in overlays { read.append(try Self.file(name, below: suite.folder)) }
      merged = try ComposeReader.read(read, environment: environment)
      files = names.map { "\(folder)/\($0)" } + overlays.map { "\(suite.folder)/\($0)" }
      try Self.requireOwnFiles(merged, in: folder)
      try Self.requireNames(merged)
    } catch {
      throw DeploymentError(.recipeFailed, "version \(version) cannot be deployed: \(error)")
    }
    compose = try await configuration.engine.addingImageVolumes(to: merged)
    self.folder = folder
    self.environment = environment
    self.recipe = Recipe(
      name: identity.recipe,
      version: version,
      tree: recipe.tree,
      compose: compose,
      publishedVersions: recipe.publishedVersions
    )
  }

  deinit { _ = FolderRemoval.remove(folder) }

  /// `docker` reads files of configs, secrets and variables with the rights of whoever runs this, and
  /// gives them to services.
  private static func requireOwnFiles(_ compose: Compose, in folder: String) throws(SuiteErrors) {
    let files = SuiteFiles(folder: folder)
    for file in compose.readFiles {
      let problem =
        file.value.hasPrefix("~")
        ? "\"\(file.value)\" is outside of the recipe's folder"
        : files.problem(withPath: file.value)?.message
      guard let problem else { continue }
      throw SuiteErrors([
        Diagnostic(
          .error,
          file: file.place.file,
          line: file.place.line,
          column: file.place.column,
          length: file.length,
          message: problem
        )
      ])
    }
  }

  /// A name that ends where its version should stand is refused by the engine, in words that do not
  /// tell why.
  private static func requireNames(_ compose: Compose) throws(SuiteErrors) {
    let bad = compose.unsetInNames.filter { !isName($0.filled) }
    guard !bad.isEmpty else { return }
    throw SuiteErrors(
      bad.map { unset in
        Diagnostic(
          .error,
          file: unset.place.file,
          line: unset.place.line,
          column: unset.place.column,
          length: unset.length,
          message:
            "\(unset.text) in the name of \(unset.kind.rawValue.dropLast()) \(unset.key) has "
            + "no value: \"\(unset.filled)\" is not a name",
          expected: "a value in .env.sample, or under `environment` of swarm.yml"
        )
      }
    )
  }

  private static func isName(_ text: String) -> Bool {
    func isOuter(_ byte: UInt8) -> Bool {
      0x30...0x39 ~= byte || 0x41...0x5A ~= byte || 0x61...0x7A ~= byte
    }
    return text.utf8.first.map(isOuter) ?? false && text.utf8.last.map(isOuter) ?? false
  }

  private static func file(_ name: String, below folder: String) throws(SuiteErrors)
    -> ComposeReader.File
  {
    guard let bytes = SuiteFiles(folder: folder).read(name) else {
      throw SuiteErrors(file: name, message: "compose file cannot be read")
    }
    return ComposeReader.File(name: name, bytes: bytes)
  }

  /// The env file's values, and the compose files that it names: `.env.sample`, what `abra.sh`
  /// exports, what the suite says, and what abra itself sets.
  private static func environment(
    in folder: String,
    _ configuration: SwarmConfiguration,
    _ identity: StackIdentity,
    isUpgrade: Bool
  ) throws(DeploymentError) -> (values: [String: String], composeFiles: [String]) {
    var settings = configuration.run.environment
    if isUpgrade { settings.merge(configuration.run.upgradeEnvironment) { $1 } }
    for (name, value) in configuration.suite.swarm?.environment ?? [] {
      settings[name] = try configuration.text(value, adding: identity.names)
    }
    settings["STACK_NAME"] = identity.name
    settings["DOMAIN"] = identity.domain
    let docker = configuration.engine.manager.docker
    let environment = ComposeEnvironment(setting: docker.variables(settings)) {
      SuiteFiles(folder: folder).read($0)
    }
    return (environment.values, environment.composeFiles)
  }

  /// What marks the stack as a run's, and what the suite says of all services: laid over the rest.
  ///
  /// - Parameter networks: external networks that were made for the run, as on the engine.
  func overlay(run: String, endpointMode: String?, networks: [String: String]) -> JSONValue {
    let mark: JSONValue = [SwarmRemains.label: .string(run)]
    var deploy: JSONValue = ["labels": mark]
    if let endpointMode { deploy = ["labels": mark, "endpoint_mode": .string(endpointMode)] }
    let services = compose.services.map { service in
      (service.name, ["deploy": deploy, "labels": mark] as JSONValue)
    }
    var object = JSONObject([("services", .object(JSONObject(services)))])
    // Files of different versions are not laid over each other.
    if let version = compose.fileVersion { object["version"] = .string(version) }
    if !networks.isEmpty {
      let members = networks.sorted { $0.key < $1.key }.map { key, name in
        (key, ["external": true, "name": .string(name)] as JSONValue)
      }
      object["networks"] = .object(JSONObject(members))
    }
    return .object(object)
  }

  /// Where what is deployed is not what the recipe says; nil where it is.
  func difference(_ settings: SwarmSettings?, networks: [String: String]) -> String? {
    var parts: [String] = []
    for name in settings?.compose ?? [] {
      parts.append("\(name) of the suite is laid over the recipe's own")
    }
    if let mode = settings?.endpointMode { parts.append("every service has endpoint_mode \(mode)") }
    for service in compose.services {
      guard let own = own[service: service.name], own.image != service.image else { continue }
      parts.append("\(service.name) is \(service.image), the recipe says \(own.image)")
    }
    for (key, name) in networks.sorted(by: { $0.key < $1.key }) {
      parts.append("external network \(key) is \(name), made for this run")
    }
    return parts.isEmpty ? nil : parts.joined(separator: "; ")
  }
}
