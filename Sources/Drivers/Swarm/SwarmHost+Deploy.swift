import Deployments
import Formats
import FoundationEssentials
import Glibc
import Suites

extension SwarmHost {
  /// Takes lock and lease, makes the folders, deploys the stack, and waits until it is what it is to
  /// be.
  func deploy(_ version: String) async throws(DeploymentError) {
    guard lease == nil else {
      throw DeploymentError(.driverBroken, "a deployment of this run stands already")
    }
    self.version = version
    firstVersion = version
    let engine = configuration.engine
    lock = try await RunLock.take(
      lockName,
      runID: configuration.runID,
      recipe: configuration.suite.recipe,
      wait: configuration.waiting,
      folder: configuration.lockFolder
    )
    try await makeFolders()
    lease = try await SwarmLease.take(
      stack,
      runID: configuration.runID,
      recipe: configuration.suite.recipe,
      on: engine,
      wait: configuration.waiting
    )
    try await requireNothingForeign()
    try await lease?.arm()
    let filters = ["type": ["container", "service", "node"]]
    watch = EngineWatch(manager, filters: filters, isLocal: !manager.address.isRemote)
    try await put(version)
    try openApp()
  }

  /// One run per stack and engine at a time, among those of this user on this machine.
  nonisolated var lockName: String { "swarm-\(configuration.engine.clusterID)-\(stack)" }

  private func makeFolders() async throws(DeploymentError) {
    do throws(GuardianError) {
      let folder = try RunFolder.create(
        runID: configuration.runID,
        identity: configuration.identity,
        lockName: lockName
      )
      self.folder = folder
      privateFolder = try PrivateFolder.create(for: folder)
      guardian = try await Guardian.start(
        GuardianConfiguration(
          runID: configuration.runID,
          identity: configuration.identity,
          logFolder: configuration.logFolder,
          executable: configuration.guardianExecutable,
          arguments: configuration.guardianArguments,
          secrets: Array(configuration.secrets.values),
          folder: folder,
          lock: lock
        )
      )
    } catch {
      throw DeploymentError(.driverBroken, error.description)
    }
    for name in ["volumes", "bin", "scratch"] {
      try folder?.makeFolder("\(folder?.path ?? "")/\(name)")
    }
    let manager = manager
    do throws(EngineError) {
      doorway = try SocketRelay(at: .unix(path: try privatePath("engine"))) {
        let dialled: Result<EngineSocket, EngineError>? = await DedicatedThread.value {
          do throws(EngineError) {
            return .success(try manager.address.dial())
          } catch {
            return .failure(error)
          }
        }
        guard let dialled else { throw EngineError(.unreachable, "no thread could be started") }
        return SocketRelay.FarEnd(socket: try dialled.get(), isFramed: false)
      }
    } catch {
      throw Self.told(error, "the way to the engine")
    }
  }

  func privatePath(_ name: String) throws(EngineError) -> String {
    guard let privateFolder else { throw EngineError(.unreachable, "nothing is deployed") }
    return "\(privateFolder.path)/\(name)"
  }

  /// A stack of this name that no run made is somebody's, whatever it is: what carries its label, and
  /// what is called as the stack's own things are.
  private func requireNothingForeign() async throws(DeploymentError) {
    var left: [String] = []
    do throws(EngineError) {
      let label = "\(SwarmStack.namespace)=\(stack)"
      for (kind, path) in [
        ("service", "/services"), ("secret", "/secrets"), ("config", "/configs"),
      ] {
        for json in try await manager.list(path, ["label": [label]]) + named(path) {
          left.append("\(kind) \(json["Spec"]?["Name"]?.stringValue ?? "?")")
        }
      }
      for json in try await manager.list("/networks", ["label": [label]]) + named("/networks") {
        left.append("network \(json["Name"]?.stringValue ?? "?")")
      }
      for node in configuration.engine.all {
        for filters in [["label": [label]], ["name": [stack + "_"]]] {
          let query = [("filters", EngineClient.filters(filters))]
          for json in try await node.get("/volumes", query)["Volumes"]?.arrayValue ?? [] {
            let name = json["Name"]?.stringValue ?? ""
            if filters["label"] != nil || name.hasPrefix(stack + "_") {
              left.append("volume \(name)")
            }
          }
        }
      }
    } catch {
      throw Self.told(error, "what stands on the engine")
    }
    guard left.isEmpty else {
      let shown = Set(left).sorted().prefix(3).joined(separator: ", ")
      throw DeploymentError(
        .driverBroken,
        "the engine has a stack \(stack) that no run of this tool made (\(shown)): it is left alone, "
          + "and `domain` in swarm.yml gives this one another name"
      )
    }
  }

  /// Things whose names begin as the stack's own do; the engine finds a name anywhere in a name.
  private func named(_ path: String) async throws(EngineError) -> [JSONValue] {
    try await manager.list(path, ["name": [stack + "_"]]).filter {
      ($0["Spec"]?["Name"] ?? $0["Name"])?.stringValue?.hasPrefix(stack + "_") ?? false
    }
  }

  // MARK: A version

  func upgrade(to version: String) async throws(DeploymentError) {
    self.version = version
    try await put(version)
  }

  /// Deploys the recipe at a version over what is there.
  private func put(_ version: String) async throws(DeploymentError) {
    let begin = ContinuousClock.now
    let place = try await checkOut(version)
    defer { _ = FolderRemoval.remove(place.folder) }
    for external in place.compose.externals { try await provide(external) }
    if restic == nil, !BackupLabels.read(from: place.compose).isEmpty {
      restic = ResticRepository(try bench(), deadline: configuration.suite.deadlines.operation)
    }
    let before: SwarmStack
    do throws(EngineError) {
      before = try await SwarmStack.read(stack, on: manager)
    } catch {
      throw Self.told(error, "the stack")
    }
    tasksBefore = Set(before.tasks.map(\.id))
    try await deployStack(place)
    recipe = Recipe(
      name: configuration.suite.recipe,
      version: version,
      tree: place.recipe.tree,
      compose: place.compose,
      publishedVersions: place.recipe.publishedVersions
    )
    try await converge(before, since: begin)
    try await requireKnownStandins()
  }

  /// What runs must not stand for another thing without the run's having said so from its beginning.
  private func requireKnownStandins() async throws(DeploymentError) {
    let now = try await stackNow()
    for name in serviceNames where !configuration.standins.contains(name) {
      // One without a task has no image that anything is shown on.
      guard let place = try? place(of: name, in: now) else { continue }
      let labels: [String: String]?
      do throws(EngineError) {
        labels = try await place.engine.get("/containers/\(place.container)/json")["Config"]?[
          "Labels"
        ]?.texts
      } catch {
        throw Self.told(error, "image of \(name)")
      }
      guard let what = labels?["parity.standin"] else { continue }
      throw DeploymentError(
        .unsupported,
        "the image of \(name) says that it is a stand-in (\(what)), which the engine could not tell "
          + "before the run: pull it on the manager, then run again"
      )
    }
  }

  /// A version's files and all that is needed to deploy them.
  struct Checkout {
    var folder: String
    var recipe: Recipe
    /// With the suite's own files laid over it and its variables filled in.
    var compose: Compose
    /// Of the recipe alone.
    var own: Compose
    /// In the order in which they are laid over each other; absolute.
    var files: [String]
    var environment: [String: String]
  }

  private func checkOut(_ version: String) async throws(DeploymentError) -> Checkout {
    let recipe = try await configuration.source.recipe(version)
    let folder: String
    do throws(EngineError) {
      folder = try privatePath("recipe")
    } catch {
      throw Self.told(error, "the recipe")
    }
    _ = FolderRemoval.remove(folder)
    guard mkdir(folder, 0o700) == 0 else {
      throw DeploymentError(.driverBroken, "\(folder): \(String(cString: strerror(errno)))")
    }
    try await configuration.source.export(version, folder)
    let (environment, names) = try await environment(in: folder)
    do throws(SuiteErrors) {
      let own = try ComposeReader.read(folder: folder, files: names, environment: environment)
      var files: [ComposeReader.File] = []
      for name in names { files.append(try Self.file(name, below: folder)) }
      let overlays = configuration.suite.swarm?.compose ?? []
      for name in overlays {
        files.append(try Self.file(name, below: configuration.suite.folder))
      }
      return Checkout(
        folder: folder,
        recipe: recipe,
        compose: try ComposeReader.read(files, environment: environment),
        own: own,
        files: names.map { "\(folder)/\($0)" }
          + overlays.map { "\(configuration.suite.folder)/\($0)" },
        environment: environment
      )
    } catch {
      throw DeploymentError(.recipeFailed, "version \(version) cannot be deployed: \(error)")
    }
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
  private func environment(in folder: String) async throws(DeploymentError)
    -> (values: [String: String], composeFiles: [String])
  {
    func text(_ name: String) -> String {
      SuiteFiles(folder: folder).read(name).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
    let sample = EnvironmentSample(text(".env.sample"))
    var values = sample.values
    let exports = text("abra.sh").split(separator: "\n").filter { $0.hasPrefix("export ") }
    values.merge(EnvironmentSample(exports.joined(separator: "\n")).values) { $1 }
    values.merge(configuration.environment) { $1 }
    if version != firstVersion { values.merge(configuration.upgradeEnvironment) { $1 } }
    let names = ["recipe": configuration.suite.recipe, "domain": domain, "stack": stack]
    for (name, value) in configuration.suite.swarm?.environment ?? [] {
      values[name] = try configuration.text(value, adding: names)
    }
    values["STACK_NAME"] = stack
    values["DOMAIN"] = domain
    var files = sample.composeFiles
    if let asked = values["COMPOSE_FILE"], asked != sample.values["COMPOSE_FILE"] {
      files = asked.split(separator: ":").map(String.init)
    }
    return (values, files)
  }

  // MARK: What the recipe does not make itself

  private func provide(_ external: Compose.External) async throws(DeploymentError) {
    do throws(EngineError) {
      switch external.kind {
      case .network: try await provideNetwork(external)
      case .secret: try await provideSecret(external)
      case .volume:
        guard try await manager.find("/volumes/\(external.name)") == nil else { return }
        try await manager.call(
          EngineClient.Request("POST", "/volumes/create")
            .sending(["Name": .string(external.name), "Labels": ownLabels])
        )
      case .config:
        guard try await manager.find("/configs/\(external.name)") != nil else {
          throw EngineError(
            .unreachable,
            "the recipe wants a config of that name to be there, and the engine has none"
          )
        }
      }
    } catch {
      throw Self.told(error, "external \(external.kind) \(external.name)")
    }
  }

  private var ownLabels: JSONValue {
    [
      SwarmRemains.label: .string(configuration.runID),
      "parity.recipe": .string(configuration.suite.recipe),
    ]
  }

  /// One that is there is used; else the run gets one of its own, under a name of its own, because
  /// two runs must not share what either takes away.
  private func provideNetwork(_ external: Compose.External) async throws(EngineError) {
    guard madeNetworks[external.key] == nil else { return }
    let there = try await manager.list("/networks", ["name": [external.name]])
      .contains { $0["Name"]?.stringValue == external.name }
    if there { return }
    let name = "\(stack)_\(external.key)"
    try await manager.call(
      EngineClient.Request("POST", "/networks/create").sending([
        "Name": .string(name), "Driver": "overlay", "Attachable": true, "CheckDuplicate": true,
        "Labels": ownLabels,
      ])
    )
    madeNetworks[external.key] = name
  }

  private func provideSecret(_ external: Compose.External) async throws(EngineError) {
    guard try await manager.find("/secrets/\(external.name)") == nil else { return }
    guard let value = configuration.secrets[external.key] else {
      throw EngineError(.unreachable, "the suite has no secret \(external.key)")
    }
    try await manager.call(
      EngineClient.Request("POST", "/secrets/create").sending([
        "Name": .string(external.name), "Labels": ownLabels,
        "Data": .string(Data(value.utf8).base64EncodedString()),
      ])
    )
  }

  // MARK: docker stack deploy

  private func deployStack(_ place: Checkout) async throws(DeploymentError) {
    let overlay = "\(place.folder)/.parity.json"
    let text = overlayText(place.compose).description
    guard FileManager.default.createFile(atPath: overlay, contents: Data(text.utf8)),
      case .unix(let socket)? = doorway?.endpoint
    else { throw DeploymentError(.driverBroken, "\(overlay) cannot be written") }
    var argv = ["stack", "deploy", "--prune", "--with-registry-auth", "--resolve-image", "always"]
    if try await knowsDetach() { argv.append("--detach=true") }
    for file in place.files + [overlay] { argv += ["--compose-file", file] }
    argv.append(stack)
    configuration.progress("docker stack deploy \(stack) at \(version)")
    var environment = place.environment
    for name in ["PATH", "HOME", "DOCKER_CONFIG"] {
      environment[name] = ProcessInfo.processInfo.environment[name]
    }
    environment["DOCKER_HOST"] = "unix://\(socket)"
    let output = try await DockerTool(environment).run(
      argv,
      folder: place.folder,
      deadline: configuration.suite.deadlines.operation
    )
    let away = output.succeeded ? nil : await engineIsAway()
    let words = "\(output.ending): \(output.lastLine)"
    note(
      Operation(
        name: "docker stack deploy",
        ending: output.succeeded
          ? .succeeded
          : away.map { .broken("the engine was away: \($0)") } ?? .failed(words),
        duration: output.duration,
        argv: ["docker"] + argv,
        output: output,
        facts: ["recipe": place.recipe.version],
        difference: difference(place)
      )
    )
    guard output.succeeded else {
      if let away {
        throw DeploymentError(.driverBroken, "the engine was away: \(away)")
      }
      throw DeploymentError(
        .recipeFailed,
        "docker stack deploy of \(version) ended with \(words)"
      )
    }
  }

  /// Before version 26 `docker stack deploy` never waits, and does not know the option.
  private func knowsDetach() async throws(DeploymentError) -> Bool {
    if let known = dockerKnowsDetach { return known }
    let help = try await DockerTool().run(["stack", "deploy", "--help"])
    let knows = String(decoding: help.stdout, as: UTF8.self).contains("--detach")
    dockerKnowsDetach = knows
    return knows
  }

  /// What marks the stack as this run's, and what the suite says of all services.
  private func overlayText(_ compose: Compose) -> JSONValue {
    let mark: JSONValue = [SwarmRemains.label: .string(configuration.runID)]
    var deploy: JSONValue = ["labels": mark]
    if let mode = configuration.suite.swarm?.endpointMode {
      deploy = ["labels": mark, "endpoint_mode": .string(mode)]
    }
    let services = compose.services.map { service in
      (service.name, ["deploy": deploy, "labels": mark] as JSONValue)
    }
    var object = JSONObject([("services", .object(JSONObject(services)))])
    // Files of different versions are not laid over each other.
    if let version = compose.fileVersion { object["version"] = .string(version) }
    if !madeNetworks.isEmpty {
      let networks = madeNetworks.sorted { $0.key < $1.key }.map { key, name in
        (key, ["external": true, "name": .string(name)] as JSONValue)
      }
      object["networks"] = .object(JSONObject(networks))
    }
    return .object(object)
  }

  /// Where what is deployed is not what the recipe says.
  private func difference(_ place: Checkout) -> String? {
    var parts: [String] = []
    let settings = configuration.suite.swarm
    for name in settings?.compose ?? [] {
      parts.append("\(name) of the suite is laid over the recipe's own")
    }
    if let mode = settings?.endpointMode { parts.append("every service has endpoint_mode \(mode)") }
    for service in place.compose.services {
      guard let own = place.own[service: service.name], own.image != service.image else { continue }
      parts.append("\(service.name) is \(service.image), the recipe says \(own.image)")
    }
    for (key, name) in madeNetworks.sorted(by: { $0.key < $1.key }) {
      parts.append("external network \(key) is \(name), made for this run")
    }
    ownImages = Dictionary(place.own.services.map { ($0.name, $0.image) }) { first, _ in first }
    return parts.isEmpty ? nil : parts.joined(separator: "; ")
  }
}
