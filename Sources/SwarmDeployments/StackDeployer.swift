internal import Backups
internal import Deployments
internal import Files
internal import Formats
internal import FoundationEssentials
internal import Guarding
internal import Programs
internal import Suites

/// Brings a version of a recipe onto the engine, by `docker stack deploy`.
actor StackDeployer {
  private let configuration: SwarmConfiguration
  private let identity: StackIdentity
  private let externals: Externals
  private let log: OperationLog
  /// External networks that were made for this run: in the compose file → on the engine.
  private var networks: [String: String] = [:]
  private var knowsDetach: Bool?
  private var client: String?

  init(_ configuration: SwarmConfiguration, _ identity: StackIdentity, log: OperationLog) {
    self.configuration = configuration
    self.identity = identity
    self.log = log
    externals = Externals(
      stack: identity.name,
      engine: configuration.engine,
      runID: configuration.run.runID,
      recipe: identity.recipe,
      secrets: configuration.run.secrets,
      companions: configuration.companions
    )
  }

  func requireNothingForeign() async throws(DeploymentError) {
    try await externals.requireNothingForeign()
  }

  /// Removes the stack with all that it holds, and what was made for it.
  func removeAll() async throws(DeploymentError) {
    let start = ContinuousClock.now
    let removal = await SwarmRemains(
      engine: configuration.engine,
      runs: [configuration.run.runID],
      stack: identity.name
    ).remove()
    networks = [:]
    log.note(
      Operation(
        name: "take everything away",
        ending: removal.leftovers.isEmpty
          ? .succeeded : .broken(removal.leftovers.joined(separator: ", ")),
        duration: ContinuousClock.now - start,
        facts: removal.removed.mapValues(String.init)
      )
    )
    guard removal.leftovers.isEmpty else {
      throw DeploymentError(
        .driverBroken,
        "still there: \(removal.leftovers.joined(separator: ", "))"
      )
    }
  }

  /// Starts a service's tasks anew, and waits until they run.
  func restart(_ service: String) async throws(DeploymentError) {
    let argv = ["service", "update", "--force", "--detach=false", "\(identity.name)_\(service)"]
    let output = try await docker(argv)
    log.note(
      Operation(
        name: "restart \(service)",
        ending: output.succeeded ? .succeeded : .broken("\(output.ending): \(output.lastLine)"),
        duration: output.duration,
        service: service,
        argv: ["docker"] + argv,
        output: output
      )
    )
    guard output.succeeded else {
      throw DeploymentError(.driverBroken, "restart of \(service): \(output.lastLine)")
    }
  }

  /// Makes what the recipe wants to be there.
  func provide(_ checkout: StackCheckout) async throws(DeploymentError) {
    for external in checkout.compose.externals
    where external.kind != .network || networks[external.key] == nil {
      if let name = try await externals.provide(external) { networks[external.key] = name }
    }
  }

  /// Deploys over what is there.
  ///
  /// - Parameter isAway: asked why the engine is gone, where something did not succeed.
  func deploy(
    _ checkout: StackCheckout,
    isAway: @Sendable () async -> String?
  ) async throws(DeploymentError) {
    let settings = configuration.suite.swarm
    let overlay = "\(checkout.folder)/.parity.json"
    let text = checkout.overlay(
      run: configuration.run.runID,
      endpointMode: settings?.endpointMode,
      networks: networks
    )
    do {
      // The recipe may have a link under this name.
      try AtomicFile.write(
        Array(text.description.utf8),
        to: ".parity.json",
        in: FileTree(checkout.folder)
      )
    } catch {
      throw DeploymentError(.driverBroken, "\(overlay): \(error)")
    }
    var argv = ["stack", "deploy", "--prune", "--with-registry-auth", "--resolve-image", "always"]
    if try await detaches() { argv.append("--detach=true") }
    for file in checkout.files + [overlay] { argv += ["--compose-file", file] }
    argv.append(identity.name)
    let version = checkout.recipe.version
    configuration.run.progress("docker stack deploy \(identity.name) at \(version)")
    let output = try await docker(argv, checkout)
    let away = output.succeeded ? nil : await isAway()
    let words = "\(output.ending): \(output.lastLine)"
    let client = try await knownClient()
    log.note(
      Operation(
        name: "docker stack deploy",
        ending: output.succeeded
          ? .succeeded : away.map { .broken("the engine was away: \($0)") } ?? .failed(words),
        duration: output.duration,
        argv: ["docker"] + argv,
        output: output,
        facts: ["recipe": version, "docker": client],
        difference: checkout.difference(settings, networks: networks)
      )
    )
    guard !output.succeeded else { return }
    if let away { throw DeploymentError(.driverBroken, "the engine was away: \(away)") }
    throw DeploymentError(
      .recipeFailed,
      "docker stack deploy of \(version) failed (\(words)), by \(client)"
    )
  }

  /// The program that deploys: an old one does not know all that a recipe may have.
  private func knownClient() async throws(DeploymentError) -> String {
    if let client { return client }
    // `Docker version 28.2.2, build e6534b4`
    let words = try await docker(["--version"]).text.split { $0 == " " || $0 == "," }
    let version = words.first { $0.first?.isNumber == true } ?? "of unknown version"
    let known = "docker \(version) at \(configuration.engine.manager.docker.path)"
    client = known
    return known
  }

  private func docker(
    _ argv: [String],
    _ checkout: StackCheckout? = nil
  ) async throws(DeploymentError) -> CommandOutput {
    do throws(EngineError) {
      return try await configuration.engine.manager.docker.run(
        argv,
        variables: checkout?.environment,
        folder: checkout?.folder ?? "/",
        deadline: configuration.suite.deadlines.operation
      )
    } catch {
      throw DeploymentError(error, "docker stack deploy")
    }
  }

  /// Before version 26 `docker stack deploy` never waits, and does not know the option.
  private func detaches() async throws(DeploymentError) -> Bool {
    if let knowsDetach { return knowsDetach }
    let knows = try await docker(["stack", "deploy", "--help"]).text.contains("--detach")
    knowsDetach = knows
    return knows
  }
}
