internal import Backups
internal import Deployments
internal import Evidence
internal import Formats
internal import FoundationEssentials
internal import Guarding
internal import Programs
internal import Suites

/// One deployment of a stack, from the first lock to its teardown.
actor SwarmHost: DeploymentHost {
  private let configuration: SwarmConfiguration
  private let identity: StackIdentity
  private let stack: RunningStack
  private let deployer: StackDeployer
  nonisolated let log = OperationLog()
  /// What there is on this machine from the first moment of a deployment on.
  private var site: RunSite?
  private var lease: SwarmLease?
  private var stand: Stand?
  /// What stood on the engine before the run.
  private var others: OthersOnEngine?
  private var teardown: Task<TeardownReport, Never>?

  /// What there is once the name of the stack is this run's.
  private struct Stand {
    let folder: PrivateFolder
    let events: EngineEvents
    let tunnels: Tunnels
    let backup: SwarmBackup
    var firstVersion = ""
    /// As it was deployed, with its variables filled in.
    var recipe: Recipe?
    /// By service, what the recipe itself says, without the suite's compose files.
    var ownImages: [String: String] = [:]
    /// Where the app is reached, unless the cluster's own proxy leads there.
    var app: Endpoint?
    /// Tasks that there were before the version that runs was deployed.
    var tasksBefore: Set<String> = []
    /// Why the engine could once not say what runs.
    var silence: String?
  }

  init(_ configuration: SwarmConfiguration) throws(DeploymentError) {
    self.configuration = configuration
    identity = try StackIdentity(configuration)
    stack = RunningStack(
      name: identity.name,
      engine: configuration.engine,
      redact: configuration.redact
    )
    deployer = StackDeployer(configuration, identity, log: log)
  }

  private func standing() throws(DeploymentError) -> Stand {
    guard let stand else { throw DeploymentError(.driverBroken, "nothing is deployed") }
    return stand
  }

  private var serviceNames: [String] {
    (stand?.recipe?.compose.services ?? []).map(\.name).sorted()
  }

  /// What no two runs have in common.
  func values() -> [String: String] {
    var values: [String: String] = [:]
    if let site { values["run_folder"] = site.root }
    if case .tcp(_, let port)? = stand?.app { values["app_port"] = String(port) }
    return values
  }

  /// Why nothing can be said of the stack any more.
  func lost() -> String? {
    if let lost = lease?.lost { return lost }
    if let ending = stand?.events.ending {
      return "the engine was away, and with it what it runs: \(ending)"
    }
    return stand?.silence ?? site?.lost
  }

  /// Whether the engine goes or has gone, where something on it did not succeed; nil where it is
  /// there.
  private func engineIsAway(_ events: EngineEvents) async -> String? {
    // Its connections end one after the other.
    if events.ending == nil { await events.wait(beyond: .max, atMost: .seconds(1)) }
    if let ending = events.ending { return ending }
    do throws(EngineError) {
      let swarm = try await configuration.engine.manager.get("/info")["Swarm"]
      return swarm?["ControlAvailable"]?.boolValue == true
        ? nil : "it manages no Swarm at this moment"
    } catch {
      return error.description
    }
  }

  // MARK: Versions

  /// Takes lock and lease, makes the folders, deploys the stack, and waits until it is what it is to
  /// be.
  func deploy(_ version: String) async throws(DeploymentError) -> any Deployment {
    guard site == nil else {
      throw DeploymentError(.driverBroken, "a deployment of this run stands already")
    }
    // One run per stack and engine at a time, among those of this user on this machine.
    let site = try await RunSite.open(
      configuration.run,
      lock: "swarm-\(configuration.engine.clusterID)-\(identity.name)",
      recipe: identity.recipe,
      folders: ["volumes", "bin", "scratch"]
    )
    self.site = site
    let lease = try await SwarmLease.take(
      identity.name,
      runID: configuration.run.runID,
      recipe: identity.recipe,
      on: configuration.engine,
      wait: configuration.run.waiting
    )
    self.lease = lease
    try await deployer.requireNothingForeign()
    try await lease.arm()
    let folder: PrivateFolder
    do throws(GuardianError) {
      folder = try PrivateFolder()
    } catch {
      throw DeploymentError(error)
    }
    stand = Stand(
      folder: folder,
      events: EngineEvents(configuration.engine.manager, types: ["container", "service", "node"]),
      tunnels: Tunnels(stack, folder: folder, log: log),
      backup: SwarmBackup(stack, site.bench, configuration, log: log),
      firstVersion: version
    )
    try await put(version)
    return HostedDeployment(
      host: self,
      services: serviceNames,
      baseURL: try await openApp(),
      domain: identity.domain
    )
  }

  func upgrade(to version: String) async throws(DeploymentError) { try await put(version) }

  /// Deploys the recipe at a version over what is there.
  private func put(_ version: String) async throws(DeploymentError) {
    let stand = try standing()
    let checkout = try await StackCheckout(
      version,
      configuration,
      identity,
      isUpgrade: version != stand.firstVersion,
      in: stand.folder.path + "/recipe"
    )
    try SharedResources(
      compose: checkout.compose,
      suite: configuration.suite,
      identity: identity
    ).requireConsent()
    let before: SwarmStack
    do throws(DeploymentError) {
      if others == nil { others = try await othersOnEngine(checkout.compose) }
      try await deployer.provide(checkout)
      before = try await stack.now()
    } catch {
      // An engine that goes says many things before it says nothing.
      guard error.code == .driverBroken, let away = await engineIsAway(stand.events) else {
        throw error
      }
      throw DeploymentError(.driverBroken, "the engine was away: \(away)")
    }
    self.stand?.tasksBefore = Set(before.tasks.map(\.id))
    await stand.backup.use(checkout.recipe)
    try await deployer.deploy(checkout) { await self.engineIsAway(stand.events) }
    self.stand?.recipe = checkout.recipe
    let images = checkout.own.services.map { ($0.name, $0.image) }
    self.stand?.ownImages = Dictionary(images) { first, _ in first }
    let watch = ConvergenceWatch(
      stack: stack,
      events: stand.events,
      limit: configuration.suite.deadlines.operation,
      log: log,
      progress: configuration.run.progress
    )
    try await watch.converge(serviceNames, from: before) { await self.lost() }
    try await requireKnownStandins()
  }

  private func othersOnEngine(_ compose: Compose) async throws(DeploymentError) -> OthersOnEngine {
    do throws(EngineError) {
      return try await OthersOnEngine(compose, on: configuration.engine)
    } catch {
      throw DeploymentError(error, "what stands on the engine")
    }
  }

  /// What runs must not stand for another thing without the run's having said so from its beginning.
  private func requireKnownStandins() async throws(DeploymentError) {
    let now = try await stack.now()
    for name in serviceNames where !configuration.standins.contains(name) {
      // One without a task has no image that anything is shown on.
      guard let place = try? stack.place(of: name, in: now) else { continue }
      let labels: [String: String]?
      do throws(EngineError) {
        let container = try await place.engine.get("/containers/\(place.container)/json")
        labels = container["Config"]?["Labels"]?.texts
      } catch {
        throw DeploymentError(error, "image of \(name)")
      }
      guard let what = labels?["parity.standin"] else { continue }
      throw DeploymentError(
        .unsupported,
        "the image of \(name) says that it is a stand-in (\(what)), which the engine could not tell "
          + "before the run: pull it on the manager, then run again"
      )
    }
  }

  /// - Returns: what `{{base_url}}` is.
  private func openApp() async throws(DeploymentError) -> String {
    if let url = configuration.suite.swarm?.url {
      return try configuration.text(url, adding: identity.names)
    }
    guard let (service, port) = appPort() else {
      throw DeploymentError(
        .unsupported,
        "no label `traefik.http.services.….loadbalancer.server.port` tells on which port the app "
          + "listens: say `app: {service: …, port: …}` in swarm.yml"
      )
    }
    let endpoint = try await standing().tunnels.openApp(port: port, of: service)
    stand?.app = endpoint
    guard case .tcp(let host, let port) = endpoint else { return "http://\(identity.domain)" }
    return "http://\(host):\(port)"
  }

  private func appPort() -> (service: String, port: Int)? {
    if let app = configuration.suite.swarm?.app { return app }
    let services = stand?.recipe?.compose.services ?? []
    let ordered = services.filter { $0.name == "app" } + services.filter { $0.name != "app" }
    for service in ordered {
      for label in service.deployLabels
      where label.name.hasPrefix("traefik.http.services.")
        && label.name.hasSuffix(".loadbalancer.server.port")
      {
        if let port = Int(label.value) { return (service.name, port) }
      }
    }
    return nil
  }

  func runningVersion() async throws(DeploymentError) -> RunningVersion {
    let images = try standing().ownImages
    return try await SwarmVersionReading(stack: stack, images: images).runningVersion()
  }

  // MARK: Who lives

  /// Services that will not run again by themselves: nothing of them is alive, or they ended too often
  /// since the version was deployed.
  func deadServices() async -> [DeadService] {
    let before = stand?.tasksBefore ?? []
    return await services { now, service in
      guard now.running(service).count < now.desired(service) else { return false }
      let tasks = now.tasks(of: service)
      let isComing = tasks.contains { $0.isLive && $0.desiredState != "shutdown" }
      let ends = tasks.count { $0.hasFailed && !before.contains($0.id) }
      return !isComing || ends >= Convergence.ends
    }
  }

  /// Services that do not run, after half a minute for those that are being started again.
  func stoppedServices() async -> [DeadService] {
    let start = ContinuousClock.now
    while true {
      let heard = stand?.events.count ?? 0
      let stopped = await services { now, service in
        now.running(service).count < now.desired(service)
      }
      if stopped.isEmpty || lost() != nil || ContinuousClock.now - start > .seconds(30) {
        return stopped
      }
      if await deadServices() == stopped || Task.isCancelled { return stopped }
      await stand?.events.wait(beyond: heard, atMost: .seconds(1))
    }
  }

  private func services(
    where isDead: (SwarmStack, SwarmStack.Service) -> Bool
  ) async -> [DeadService] {
    let now: SwarmStack
    do throws(DeploymentError) {
      now = try await stack.now()
    } catch {
      // `lost` tells that this says nothing about the services; silence must not look like life.
      stand?.silence = "the engine does not say what runs: \(error)"
      return serviceNames.map {
        DeadService(service: $0, ending: "unknown, the engine does not answer", lastWords: "")
      }
    }
    var dead: [DeadService] = []
    for name in serviceNames {
      guard let service = now.services.first(where: { $0.name == name }) else {
        dead.append(DeadService(service: name, ending: "removed from the engine", lastWords: ""))
        continue
      }
      guard isDead(now, service) else { continue }
      let last = now.tasks(of: service).filter(\.hasFailed).last
      var words = ""
      if let last { words = await stack.lastWords(of: last) }
      let ending = last.map(Convergence.ending) ?? "no running task"
      dead.append(DeadService(service: name, ending: ending, lastWords: words))
    }
    return dead
  }

  // MARK: Backup

  func backUp() async throws(DeploymentError) -> Snapshot {
    try await standing().backup.takeBackup()
  }

  func restore(_ snapshot: Snapshot) async throws(DeploymentError) {
    try await standing().backup.restore(snapshot)
  }

  func read(
    _ path: String,
    from snapshot: Snapshot,
    limit: Int
  ) async throws(DeploymentError) -> SnapshotFile? {
    try await standing().backup.read(path, from: snapshot, limit: limit)
  }

  // MARK: Services

  func runScript(_ command: Command) async throws(DeploymentError) -> CommandOutput {
    guard let site else { throw DeploymentError(.driverBroken, "nothing is deployed") }
    return try await site.bench.runScript(command, ofSuiteIn: configuration.suite.folder)
  }

  func run(_ command: Command, in name: String) async throws(DeploymentError) -> CommandOutput {
    try await stack.run(command, at: try await stack.place(of: name))
  }

  /// A file as the service sees it. The engine follows a link, and never out of the container.
  func read(_ path: String, of name: String, limit: Int) async throws(DeploymentError) -> [UInt8]? {
    let place = try await stack.place(of: name)
    do throws(EngineError) {
      let archive = try await place.engine.archive(
        of: path,
        in: place.container,
        limit: limit + (1 << 20)
      )
      guard let archive else { return nil }
      var scanner = TarScanner()
      try scanner.feed(archive)
      guard scanner.entries.count == 1, let entry = scanner.entries.first, entry.kind == .file
      else { return nil }
      guard entry.size <= limit, entry.offset + entry.size <= archive.count else {
        throw EngineError(.malformed, "\(entry.size) bytes, limit \(limit)")
      }
      return Array(archive[entry.offset..<(entry.offset + entry.size)])
    } catch {
      throw DeploymentError(error, "\(name): \(path)")
    }
  }

  /// Writes as the service's own user, by `tee`, which takes the path as one argument; where the
  /// image has none, through the engine, as root.
  func write(_ content: [UInt8], to path: String, of name: String) async throws(DeploymentError) {
    let place = try await stack.place(of: name)
    let command = Command(argv: ["tee", "--", path], stdin: content, outputLimit: 4096)
    let output = try await stack.run(command, at: place)
    if output.succeeded { return }
    guard case .exited(let code) = output.ending, code == 126 || code == 127,
      let slash = path.lastIndex(of: "/")
    else {
      throw DeploymentError(.driverBroken, "\(path): cannot be written: \(output.lastLine)")
    }
    let folder = slash == path.startIndex ? "/" : String(path[..<slash])
    do throws(EngineError) {
      let archive = try await PlainArchive.file(String(path[path.index(after: slash)...]), content)
      try await place.engine.unpack(archive, into: folder, in: place.container)
    } catch {
      throw DeploymentError(error, "\(name): \(folder)")
    }
  }

  func endpoint(port: Int, of name: String) async throws(DeploymentError) -> Endpoint {
    try await standing().tunnels.endpoint(port: port, of: name)
  }

  func accepts(port: Int, of name: String) async throws(DeploymentError) -> Bool? {
    try await standing().tunnels.accepts(port: port, of: name)
  }

  /// The end of a service's output, without secrets.
  func log(of name: String, limit: Int) async -> String {
    guard let place = try? await stack.place(of: name) else { return "" }
    return await stack.log(of: place.container, on: place.engine, lines: 200, limit: limit)
  }

  // MARK: Teardown

  /// Takes everything down once, in a task of its own, which nobody can cancel; later calls tell
  /// the same.
  func tearDown() async -> TeardownReport {
    let task = teardown ?? Task { await performTeardown() }
    teardown = task
    return await task.value
  }

  /// Keeps the logs, removes the stack and all else that the run made, gives the lease back, ends
  /// what runs on this machine, and looks at what is still there.
  private func performTeardown() async -> TeardownReport {
    let start = ContinuousClock.now
    var removed: [String: Int] = [:]
    var leftovers: [String] = []
    await stand?.tunnels.close()
    stand?.events.stop()
    if let lease {
      await waitForEngine()
      await keepLogs()
      let removal = await SwarmRemains(
        engine: configuration.engine,
        runs: [configuration.run.runID],
        stack: lease.isArmed ? identity.name : nil
      ).remove()
      removed = removal.removed
      leftovers = removal.leftovers
      if let others { leftovers += await others.missing() }
      // Nobody else may have the name while something of this run carries it.
      if leftovers.isEmpty, lease.lost == nil, let problem = await lease.giveBack() {
        leftovers.append(problem)
      }
    }
    var report = TeardownReport(removed: [:], leftovers: [], duration: .zero)
    if let site { report = await site.close() }
    report.removed.merge(removed) { $1 }
    report.leftovers = leftovers + report.leftovers
    report.leftovers += (stand?.folder.remove() ?? []).map { "path \($0)" }
    await stand?.backup.end()
    stand = nil
    site = nil
    report.duration = ContinuousClock.now - start
    return report
  }

  /// An engine that is being started again answers soon; one that stays away leaves everything, and
  /// the report says so.
  private func waitForEngine() async {
    let start = ContinuousClock.now
    while ContinuousClock.now - start < .seconds(60) {
      // A node that has just come back lists nothing until its Swarm has a leader.
      if (try? await configuration.engine.manager.get("/services")) != nil { return }
      await Task.detached { try? await Task.sleep(for: .milliseconds(250)) }.value
    }
  }

  /// The end of every service's log, beside the run's events.
  private func keepLogs() async {
    guard let now = try? await stack.now() else { return }
    for service in now.services {
      var text = ""
      for task in now.tasks(of: service).sorted(by: { $0.id < $1.id }) {
        guard let container = task.containerID, let engine = stack.engine.engine(of: task) else {
          continue
        }
        text += await stack.log(of: container, on: engine, lines: 5000, limit: 1 << 20)
      }
      _ = FileManager.default.createFile(
        atPath: "\(configuration.run.logFolder)/\(service.name).log",
        contents: Data(text.utf8)
      )
    }
  }
}
