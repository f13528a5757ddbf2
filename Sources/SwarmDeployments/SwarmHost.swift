internal import Backups
package import Deployments
internal import Evidence
internal import Formats
internal import FoundationEssentials
internal import Guarding
package import Programs
internal import Suites

/// Runs a recipe as a stack of a Docker Swarm: one deployment, from the first lock to its teardown.
package actor SwarmHost: Driver, Deployment {
  package nonisolated let name = "swarm"
  private let configuration: SwarmConfiguration
  private let identity: StackIdentity
  let stack: RunningStack
  private let deployer: StackDeployer
  private nonisolated let log = OperationLog()
  /// What there is on this machine from the first moment of a deployment on.
  private var site: RunSite?
  private var lease: SwarmLease?
  private var stand: Stand?
  /// What stood on the engine before the run.
  private var others: OthersOnEngine
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
    var baseURL = ""
    /// Tasks that there were before the version that runs was deployed.
    var tasksBefore: Set<String> = []
    /// Why the engine could once not say what runs.
    var silence: String?
  }

  package init(_ configuration: SwarmConfiguration) throws(DeploymentError) {
    self.configuration = configuration
    identity = try StackIdentity(configuration)
    stack = RunningStack(
      name: identity.name,
      engine: configuration.engine,
      oneShots: Set((configuration.suite.swarm?.oneShots ?? []).map(\.name)),
      redact: configuration.redact
    )
    deployer = StackDeployer(configuration, identity, log: log)
    others = OthersOnEngine(
      on: configuration.engine,
      runID: configuration.run.runID,
      deadline: configuration.suite.deadlines.operation
    )
  }

  private func standing() throws(DeploymentError) -> Stand {
    guard let stand else { throw DeploymentError(.driverBroken, "nothing is deployed") }
    return stand
  }

  package var services: [String] {
    (stand?.recipe?.compose.services ?? []).map(\.name).sorted()
  }

  /// Of the volumes that the recipe itself makes.
  var volumes: [String] { stand?.recipe?.compose.volumes ?? [] }
  package var baseURL: String { stand?.baseURL ?? "" }
  package var domain: String { identity.domain }

  /// By the service's name on the networks that stacks share; a proxy is reached as from anywhere.
  package var innerURL: String {
    guard
      case .tunnel(let service, let port)? = stand?.recipe.flatMap({
        configuration.suite.access(to: $0.compose)
      })
    else { return baseURL }
    return "http://\(identity.name)_\(service):\(port)"
  }

  package nonisolated func takeOperations() -> [Operation] { log.take() }

  /// What no two runs have in common.
  package func values() -> [String: String] {
    var values: [String: String] = [:]
    if let site { values["run_folder"] = site.root }
    if case .tcp(_, let port)? = stand?.app { values["app_port"] = String(port) }
    return values
  }

  /// Why nothing can be said of the stack any more.
  package func lost() -> String? {
    if let lost = lease?.lost { return lost }
    if let ending = stand?.events.ending {
      return "the engine was away, and with it what it runs: \(ending)"
    }
    if stand?.silence == nil { stand?.silence = configuration.engine.whyFull }
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
  package func deploy(_ version: String) async throws(DeploymentError) -> any Deployment {
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
    let baseURL = try await openApp()
    self.stand?.baseURL = baseURL
    return self
  }

  package func upgrade(to version: String) async throws(DeploymentError) { try await put(version) }

  /// Volumes that others use too stay as they are: nothing of them is this run's to remove.
  package func rebuild() async throws(DeploymentError) {
    guard let version = stand?.recipe?.version else {
      throw DeploymentError(.driverBroken, "nothing is deployed")
    }
    try await deployer.removeAll()
    await stand?.backup.forgetDumps()
    try await put(version)
  }

  package func restart(_ services: [String]) async throws(DeploymentError) {
    // Nothing of these runs.
    let idle = await idleServices()
    for service in self.services where services.contains(service) && idle[service] == nil {
      try await deployer.restart(service)
    }
  }

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
      try await lookAtOthers(checkout.compose)
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
    try await watch.converge(services, from: before) { await self.lost() }
    try await requireKnownStandins()
  }

  private func lookAtOthers(_ compose: Compose) async throws(DeploymentError) {
    let start = ContinuousClock.now
    let known = others.facts
    var looked = others
    try await looked.add(compose)
    others = looked
    guard others.facts != known else { return }
    log.note(
      Operation(
        name: "look at what is shared",
        ending: .succeeded,
        duration: ContinuousClock.now - start,
        facts: others.facts
      )
    )
  }

  /// What runs must not stand for another thing without the run's having said so from its beginning.
  private func requireKnownStandins() async throws(DeploymentError) {
    let now = try await stack.now()
    for name in services where !configuration.standins.contains(name) {
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
    let compose = stand?.recipe?.compose
    switch compose.flatMap(configuration.suite.access) {
    case .proxy?:
      guard let url = configuration.suite.swarm?.url else { return "" }
      return try configuration.text(url, adding: identity.names)
    case .tunnel(let service, let port)?:
      let endpoint = try await standing().tunnels.openApp(port: port, of: service)
      stand?.app = endpoint
      guard case .tcp(let host, let port) = endpoint else { return "http://\(identity.domain)" }
      return "http://\(host):\(port)"
    case nil:
      let lost = compose?.misplacedPort.map {
        "; that of \($0.service) (\($0.label.place)) stands under labels, where nothing reads it: "
          + "move it under deploy.labels"
      }
      throw DeploymentError(
        .unsupported,
        "no label `traefik.http.services.….loadbalancer.server.port` tells on which port the app "
          + "listens" + (lost ?? ": say `app: {service: …, port: …}` in swarm.yml")
      )
    }
  }

  package func runningVersion() async throws(DeploymentError) -> RunningVersion {
    let images = try standing().ownImages
    return try await SwarmVersionReading(stack: stack, images: images).runningVersion()
  }

  // MARK: Who lives

  /// Services that will not run again by themselves: nothing of them is alive, or they ended too often
  /// since the version was deployed.
  package func deadServices() async -> [DeadService] {
    let before = stand?.tasksBefore ?? []
    return await stopped { now, service in
      guard now.running(service).count < now.desired(service) else { return false }
      let tasks = now.tasks(of: service)
      let isComing = tasks.contains { $0.isLive && $0.desiredState != "shutdown" }
      let ends = tasks.count { $0.hasFailed && !before.contains($0.id) }
      return !isComing || ends >= Convergence.ends
    }
  }

  /// Services that do not run, after half a minute for those that are being started again.
  package func stoppedServices() async -> [DeadService] {
    let start = ContinuousClock.now
    while true {
      let heard = stand?.events.count ?? 0
      let stopped = await self.stopped { now, service in
        now.running(service).count < now.desired(service)
      }
      if stopped.isEmpty || lost() != nil || ContinuousClock.now - start > .seconds(30) {
        return stopped
      }
      if await deadServices() == stopped || Task.isCancelled { return stopped }
      await stand?.events.wait(beyond: heard, atMost: .seconds(1))
    }
  }

  package func idleServices() async -> [String: String] {
    (try? await stack.now())?.idle ?? [:]
  }

  private func stopped(
    where isDead: @Sendable (SwarmStack, SwarmStack.Service) -> Bool
  ) async -> [DeadService] {
    do throws(DeploymentError) {
      return try await stack.dead(among: services, where: isDead)
    } catch {
      // `lost` tells that this says nothing about the services; silence must not look like life.
      stand?.silence = "the engine does not say what runs: \(error)"
      return services.map {
        DeadService(service: $0, ending: "unknown, the engine does not answer", lastWords: "")
      }
    }
  }

  // MARK: Backup

  package func backUp() async throws(DeploymentError) -> Snapshot {
    try await standing().backup.takeBackup()
  }

  package func restore(_ snapshot: Snapshot) async throws(DeploymentError) {
    try await standing().backup.restore(snapshot)
  }

  package func read(
    _ path: String,
    from snapshot: Snapshot,
    limit: Int
  ) async throws(DeploymentError) -> SnapshotFile? {
    try await standing().backup.read(path, from: snapshot, limit: limit)
  }

  // MARK: What is there

  package func contents(
    ofVolume volume: String,
    limits: ContentLimits
  ) async throws(DeploymentError) -> [StoredPath] {
    let (place, target) = try await standing().backup.mount(of: volume, in: try await stack.now())
    return try await SwarmContents(place: place, deadline: configuration.suite.deadlines.operation)
      .paths(in: target, named: volume, limits: limits)
  }

  package func filesBesideVolumes(
    of name: String
  ) async throws(DeploymentError) -> [String: String] {
    let place = try await stack.place(of: name)
    return try await SwarmContents(place: place, deadline: .seconds(60)).changes()
  }

  // MARK: Services

  package func runScript(
    _ command: Command,
    beside files: [String: [UInt8]]
  ) async throws(DeploymentError) -> CommandOutput {
    guard let site else { throw DeploymentError(.driverBroken, "nothing is deployed") }
    return try await site.bench.runScript(
      command,
      ofSuiteIn: configuration.suite.folder,
      beside: files
    )
  }

  package func run(_ command: Command, in name: String) async throws(DeploymentError)
    -> CommandOutput
  {
    try await stack.run(command, at: try await stack.place(of: name))
  }

  package func hasFolder(_ path: String, of name: String) async throws(DeploymentError) -> Bool? {
    try await stack.hasFolder(path, of: name)
  }

  package func read(_ path: String, of name: String, limit: Int) async throws(DeploymentError)
    -> [UInt8]?
  {
    try await stack.read(path, of: name, limit: limit)
  }

  package func write(_ content: [UInt8], to path: String, of name: String)
    async throws(DeploymentError)
  {
    try await stack.write(content, to: path, of: name)
  }

  package func whatIs(at path: String, of name: String) async throws(DeploymentError) -> StoredPath?
  {
    try await stack.whatIs(at: path, of: name)
  }

  package func make(_ item: PathItem, at path: String, of name: String)
    async throws(DeploymentError)
  {
    try await stack.make(item, at: path, of: name)
  }

  package func endpoint(port: Int, of name: String) async throws(DeploymentError) -> Endpoint {
    try await standing().tunnels.endpoint(port: port, of: name)
  }

  package func accepts(port: Int, of name: String) async throws(DeploymentError) -> Bool? {
    try await standing().tunnels.accepts(port: port, of: name)
  }

  // MARK: Teardown

  /// Takes everything down once, in a task of its own, which nobody can cancel; later calls tell
  /// the same.
  package func tearDown() async -> TeardownReport {
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
      await stack.keepLogs(in: configuration.run)
      let removal = await SwarmRemains(
        engine: configuration.engine,
        runs: [configuration.run.runID],
        stack: lease.isArmed ? identity.name : nil
      ).remove()
      removed = removal.removed
      leftovers = removal.leftovers
      leftovers += await others.changed()
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
}
