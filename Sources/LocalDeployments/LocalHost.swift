internal import Backups
internal import CLinux
internal import Deployments
internal import Glibc
internal import Guarding
internal import Programs
internal import Suites

/// One local deployment, from the first folder to its teardown.
actor LocalHost: DeploymentHost {
  private let configuration: LocalConfiguration
  nonisolated let log = OperationLog()
  /// What there is on this machine from the first moment of a deployment on.
  private var site: RunSite?
  private var stand: Stand?
  private var teardown: Task<TeardownReport, Never>?

  /// What there is once the recipe is there.
  private struct Stand {
    var around: LocalSurroundings
    let services: LocalServices
    let backup: LocalBackup
  }

  init(_ configuration: LocalConfiguration) { self.configuration = configuration }

  private func standing() throws(DeploymentError) -> Stand {
    guard let stand else { throw DeploymentError(.driverBroken, "nothing is deployed") }
    return stand
  }

  /// What no two runs have in common, by the names that `local.yml` has for it.
  func values() -> [String: String] {
    var values: [String: String] = [:]
    if let site { values["run_folder"] = site.root }
    for (service, numbers) in stand?.around.ports ?? [:] {
      for (inside, port) in numbers { values["port.\(service).\(inside)"] = String(port) }
    }
    return values
  }

  /// Services whose guardian died write into closed pipes, and what they then answer is not theirs.
  func lost() -> String? { site?.lost.map { "\($0), and with it the hold on its services" } }

  // MARK: Versions

  /// Takes the lock, makes the folders, starts everything.
  func deploy(_ version: String) async throws(DeploymentError) -> any Deployment {
    guard site == nil else {
      throw DeploymentError(.driverBroken, "a deployment of this run stands already")
    }
    let site = try await RunSite.open(
      configuration.run,
      lock: "local-\(configuration.suite.recipe)",
      recipe: configuration.suite.recipe,
      folders: ["services", "volumes", "bin", "scratch"],
      patterns: configuration.settings.search
    )
    self.site = site
    let recipe = try await checkOut(version, site)
    let (reserved, ports) = try reservePorts()
    let around = LocalSurroundings(
      configuration: configuration,
      bench: site.bench,
      ports: ports,
      firstVersion: version,
      recipe: recipe
    )
    let stand = Stand(
      around: around,
      services: LocalServices(site, ports: reserved, log: log),
      backup: LocalBackup(around, log: log)
    )
    self.stand = stand
    await stand.backup.use(around)
    try await makeVolumes(around)
    for service in configuration.settings.services {
      try await prepareFolders(of: service, around)
    }
    try await stand.services.startAll(around)
    return HostedDeployment(
      host: self,
      services: configuration.settings.services.map(\.name),
      baseURL: around.baseURL,
      domain: around.domain
    )
  }

  /// Restarts what carries the recipe's version, on the same data.
  func upgrade(to version: String) async throws(DeploymentError) {
    var stand = try standing()
    guard let site else { return }
    let before = stand.around.recipe
    stand.around.recipe = try await checkOut(version, site)
    self.stand = stand
    await stand.backup.use(stand.around)
    try await makeVolumes(stand.around)
    let restarted = configuration.settings.services.filter(\.restartsOnUpgrade)
    for service in restarted.reversed() { try await stand.services.stop(service) }
    for service in restarted { try await stand.services.start(service, stand.around) }
    noteWhatStayed(before, stand.around.recipe, restarted.map(\.name))
  }

  /// Puts the recipe's files at a version where hooks find them.
  private func checkOut(_ version: String, _ site: RunSite) async throws(DeploymentError) -> Recipe
  {
    var recipe = try await configuration.source.recipe(version)
    recipe.version = version
    let export = "\(configuration.run.logFolder)/recipe-\(UInt64.random(in: 0 ... .max))"
    defer { _ = FolderRemoval.remove(export) }
    guard mkdir(export, 0o700) == 0 else { throw .system(export) }
    try await configuration.source.export(version, export)
    try await site.bench.bring(export, to: "recipe-\(version)", keepsLinks: true)
    return recipe
  }

  private func makeVolumes(_ around: LocalSurroundings) async throws(DeploymentError) {
    try await around.bench.makeFolders(around.volumes.keys.sorted().map { "volumes/\($0)" })
  }

  private func reservePorts() throws(DeploymentError) -> (FreePorts, [String: [Int: Int]]) {
    let wanted = configuration.settings.services.flatMap { service in
      service.ports.map { (service.name, $0) }
    }
    do throws(GuardianError) {
      let free = try FreePorts.reserve(wanted.count)
      var ports: [String: [Int: Int]] = [:]
      for ((service, inside), port) in zip(wanted, free.ports) {
        ports[service, default: [:]][inside] = Int(port)
      }
      return (free, ports)
    } catch {
      throw DeploymentError(error)
    }
  }

  private func prepareFolders(
    of service: LocalService,
    _ around: LocalSurroundings
  ) async throws(DeploymentError) {
    let folder = "services/\(service.name)"
    try await around.bench.makeFolders(["\(folder)/tmp"])
    let names = around.names(for: service)
    for (path, content) in service.files {
      let bytes = Array(try names.text(content, allowsSecrets: true).utf8)
      try await around.bench.write(bytes, to: "\(folder)/\(path)")
    }
  }

  /// A new image that this machine does not start is a difference that must be seen.
  private func noteWhatStayed(_ before: Recipe, _ now: Recipe, _ restarted: [String]) {
    for service in now.compose.services where !restarted.contains(service.name) {
      guard let old = before.compose[service: service.name]?.image, old != service.image else {
        continue
      }
      log.note(
        Operation(
          name: "keep \(service.name)",
          ending: .succeeded,
          duration: .zero,
          service: service.name,
          difference: "the recipe goes from \(old) to \(service.image); this machine's process "
            + "stays as it is"
        )
      )
    }
  }

  func runningVersion() async throws(DeploymentError) -> RunningVersion {
    let stand = try standing()
    return try await LocalVersionReading(around: stand.around, services: stand.services)
      .runningVersion()
  }

  // MARK: Backup

  func backUp() async throws(DeploymentError) -> Snapshot {
    try await standing().backup.backUp()
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

  func deadServices() async -> [DeadService] {
    var dead: [DeadService] = []
    for service in configuration.settings.services {
      if let one = await stand?.services.dead(service.name) { dead.append(one) }
    }
    return dead
  }

  func runScript(_ command: Command) async throws(DeploymentError) -> CommandOutput {
    try await standing().around.bench.runScript(command, ofSuiteIn: configuration.suite.folder)
  }

  func run(_ command: Command, in name: String) async throws(DeploymentError) -> CommandOutput {
    let around = try standing().around
    let service = try around.settings(of: name)
    if let user = command.user {
      throw DeploymentError(
        .unsupported,
        "\(name): the local driver cannot run as user \(user), it has one user of its own"
      )
    }
    var command = command
    command.environment = try around.environment(of: service)
      .merging(command.environment) { $1 }
    command.folder = around.serviceFolder(name)
    return try await around.bench.run(command)
  }

  func endpoint(port: Int, of name: String) throws(DeploymentError) -> Endpoint {
    let ports = try standing().around.ports[name] ?? [:]
    guard let real = ports[port] else {
      let known = ports.keys.sorted().map(String.init).joined(separator: ", ")
      throw DeploymentError(
        .unsupported,
        "\(name) has no port \(port) in local.yml\(known.isEmpty ? "" : ", only \(known)")"
      )
    }
    return .tcp(host: "127.0.0.1", port: real)
  }

  func read(_ path: String, of name: String, limit: Int) async throws(DeploymentError) -> [UInt8]? {
    try await LocalFiles(around: try standing().around).read(path, of: name, limit: limit)
  }

  func write(_ content: [UInt8], to path: String, of name: String) async throws(DeploymentError) {
    try await LocalFiles(around: try standing().around).write(content, to: path, of: name)
  }

  func log(of name: String, limit: Int) async -> String {
    await stand?.services.log(of: name, limit: limit) ?? ""
  }

  // MARK: Teardown

  /// Takes everything down once, in a task of its own, which nobody can cancel; later calls tell
  /// the same.
  func tearDown() async -> TeardownReport {
    let task = teardown ?? Task { await performTeardown() }
    teardown = task
    return await task.value
  }

  /// Stops services, kills what is left, removes the folder, and looks at what is still there.
  private func performTeardown() async -> TeardownReport {
    let start = ContinuousClock.now
    var report = TeardownReport(removed: [:], leftovers: [], duration: .zero)
    if let site { report = await site.close() }
    if let stand {
      let ports = stand.around.ports
      report.removed["services"] = await stand.services.started.count
      report.removed["ports"] = ports.values.map(\.count).reduce(0, +)
      for (service, numbers) in ports.sorted(by: { $0.key < $1.key }) {
        for port in numbers.values.sorted() where PortProbe.accepts(port) {
          report.leftovers.append("port \(port) of \(service)")
        }
      }
      await stand.backup.end()
    }
    stand = nil
    let name = site?.lockName ?? ""
    site = nil
    if !(await isLockFree(name)) { report.leftovers.append("lock \(name)") }
    report.duration = ContinuousClock.now - start
    return report
  }

  /// Whether this run no longer holds its lock.
  ///
  /// A process that is just being started elsewhere in the runner has copies of all descriptors
  /// until it is executed, the lock's too: for a moment that is no leftover.
  private func isLockFree(_ name: String) async -> Bool {
    guard !name.isEmpty else { return true }
    for _ in 0..<100 {
      let holder = RunLock.currentHolder(of: name, folder: configuration.run.lockFolder)
      if holder?.runID != configuration.run.runID { return true }
      try? await Task.sleep(for: .milliseconds(20))
    }
    return false
  }
}
