internal import Backups
internal import CLinux
package import Deployments
internal import Files
internal import Glibc
internal import Guarding
package import Programs
internal import Suites

/// Runs a recipe's services as processes of this machine, below one guardian: one deployment, from the
/// first folder to its teardown.
package actor LocalHost: Driver, Deployment {
  package nonisolated let name = "local"
  package nonisolated let services: [String]
  private let configuration: LocalConfiguration
  private nonisolated let log = OperationLog()
  /// What there is on this machine from the first moment of a deployment on.
  private var site: RunSite?
  private var stand: Stand?
  private var teardown: Task<TeardownReport, Never>?

  /// What there is once the recipe is there.
  private struct Stand {
    var around: LocalSurroundings
    let services: LocalServices
    let backup: LocalBackup
    /// What each service that was restarted by the upgrade ran before it.
    var programsBefore: [String: String] = [:]
    /// Services whose image the upgrade changes and whose process it leaves as it is.
    var stayed: [String] = []
  }

  package init(_ configuration: LocalConfiguration) {
    self.configuration = configuration
    services = configuration.settings.services.map(\.name).sorted()
  }

  package var baseURL: String { stand?.around.baseURL ?? "" }
  package var domain: String { stand?.around.domain ?? "" }
  package nonisolated func takeOperations() -> [Operation] { log.take() }

  private func standing() throws(DeploymentError) -> Stand {
    guard let stand else { throw DeploymentError(.driverBroken, "nothing is deployed") }
    return stand
  }

  /// What no two runs have in common, by the names that `local.yml` has for it.
  package func values() -> [String: String] {
    var values: [String: String] = [:]
    if let site { values["run_folder"] = site.root }
    for (service, numbers) in stand?.around.ports ?? [:] {
      for (inside, port) in numbers { values["port.\(service).\(inside)"] = String(port) }
    }
    return values
  }

  package func access() -> Access {
    let around = stand?.around
    return Access(
      services: services.map { Access.Service(name: $0, ports: around?.ports[$0] ?? [:]) },
      volumes: around?.volumes.mapValues { .folder($0) } ?? [:]
    )
  }

  /// Services whose guardian died write into closed pipes, and what they then answer is not theirs.
  package func lost() -> String? {
    site?.lost.map { "\($0), and with it the hold on its services" }
  }

  // MARK: Versions

  /// Takes the lock, makes the folders, starts everything.
  package func deploy(_ version: String) async throws(DeploymentError) -> any Deployment {
    guard site == nil else {
      throw DeploymentError(.driverBroken, "a deployment of this run stands already")
    }
    let site = try await RunSite.open(
      configuration.run,
      lock: configuration.lockName,
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
    try await start(stand)
    return self
  }

  /// Starts everything on the folders that are made here.
  private func start(_ stand: Stand) async throws(DeploymentError) {
    try await makeVolumes(stand.around)
    for service in configuration.settings.services {
      try await prepareFolders(of: service, stand.around)
    }
    try await stand.services.startAll(stand.around)
  }

  /// Restarts what carries the recipe's version, on the same data.
  package func upgrade(to version: String) async throws(DeploymentError) {
    var stand = try standing()
    guard let site else { return }
    let before = stand.around.recipe
    stand.around.recipe = try await checkOut(version, site)
    self.stand = stand
    await stand.backup.use(stand.around)
    try await makeVolumes(stand.around)
    let restarted = configuration.settings.services.filter(\.restartsOnUpgrade)
    let reading = LocalVersionReading(around: stand.around, services: stand.services)
    var programs: [String: String] = [:]
    for service in restarted { programs[service.name] = try await reading.program(of: service) }
    for service in restarted.reversed() { try await stand.services.stop(service) }
    // A service that goes on running may have a part in what the others do before their start.
    for service in configuration.settings.services {
      try await stand.services.prepareVersion(of: service, stand.around)
      if service.restartsOnUpgrade { try await stand.services.start(service, stand.around) }
    }
    noteWhatStayed(before, stand.around.recipe, restarted.map(\.name))
    self.stand?.programsBefore = programs
  }

  package func restart(_ names: [String]) async throws(DeploymentError) {
    let services = configuration.settings.services.filter { names.contains($0.name) }
    try await restart(services, try standing())
  }

  private func restart(_ services: [LocalService], _ stand: Stand) async throws(DeploymentError) {
    for service in services.reversed() { try await stand.services.stop(service) }
    for service in services { try await stand.services.start(service, stand.around) }
  }

  /// What the services have is taken away with their folders; the repository of backups, which
  /// nobody keeps on the machine that it is to save, stays.
  package func rebuild() async throws(DeploymentError) {
    let stand = try standing()
    for service in configuration.settings.services.reversed() {
      try await stand.services.stop(service, isLost: true)
    }
    let start = ContinuousClock.now
    let folders = ["services", "volumes"]
    try await stand.around.bench.remove(folders)
    try await stand.around.bench.makeFolders(folders)
    await stand.backup.forgetDumps()
    log.note(
      Operation(
        name: "take everything away",
        ending: .succeeded,
        duration: ContinuousClock.now - start
      )
    )
    try await self.start(stand)
  }

  /// Puts the recipe's files at a version where hooks find them.
  private func checkOut(_ version: String, _ site: RunSite) async throws(DeploymentError) -> Recipe
  {
    var recipe = try await configuration.source.recipe(version)
    recipe.version = version
    let export: PrivateFolder
    do throws(GuardianError) {
      export = try PrivateFolder()
    } catch {
      throw DeploymentError(error)
    }
    try await configuration.source.export(version, export.path)
    try await site.bench.bring(export.path, to: "recipe-\(version)", keepsLinks: true)
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
    let written = Set(service.files.map { "/\($0.0)" })
    try await around.bench.makeFolders(
      try LocalFiles(around: around).mounts(of: service.name, except: written)
    )
  }

  /// A new image that this machine does not start is a difference that must be seen.
  private func noteWhatStayed(_ before: Recipe, _ now: Recipe, _ restarted: [String]) {
    for service in now.compose.services where !restarted.contains(service.name) {
      guard let old = before.compose[service: service.name]?.image, old != service.image else {
        continue
      }
      stand?.stayed.append(
        "\(service.name) stays as it is, and the recipe goes from \(old) to \(service.image)"
      )
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

  package func runningVersion() async throws(DeploymentError) -> RunningVersion {
    let stand = try standing()
    var running = try await LocalVersionReading(around: stand.around, services: stand.services)
      .runningVersion(after: stand.programsBefore)
    running.doubts += stand.stayed
    return running
  }

  // MARK: Backup

  package func backUp() async throws(DeploymentError) -> Snapshot {
    try await standing().backup.backUp()
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
    let around = try standing().around
    let mount = try LocalFiles(around: around).mount(volume)
    guard let folder = mount ?? around.volumes[volume] else {
      throw DeploymentError(.unsupported, "\(volume): not a volume of this deployment")
    }
    return try await LocalContents(
      bench: around.bench,
      deadline: configuration.suite.deadlines.operation
    ).paths(in: folder, limits: limits)
  }

  package func filesBesideVolumes(
    of name: String
  ) async throws(DeploymentError) -> [String: String] {
    let around = try standing().around
    _ = try around.settings(of: name)
    let folder = "services/\(name)"
    // What is mounted there is a store of its own.
    let mounts = (around.recipe.compose[service: name]?.namelessMounts ?? []).map(\.target)
    var found: [String: String] = [:]
    for file in try await around.bench.files(at: folder) {
      let path = String(file.path.dropFirst(folder.count + 1))
      let isMounted = mounts.contains { "/\(path)".hasPrefix($0 + "/") }
      if !isMounted, !TemporaryPath.isTemporary(path) { found[path] = file.stamp }
    }
    return found
  }

  // MARK: Services

  package func deadServices() async -> [DeadService] {
    var dead: [DeadService] = []
    for service in configuration.settings.services {
      if let one = await stand?.services.dead(service.name) { dead.append(one) }
    }
    return dead
  }

  package func runScript(
    _ command: Command,
    beside files: [String: [UInt8]]
  ) async throws(DeploymentError) -> CommandOutput {
    try await standing().around.bench.runScript(
      command,
      ofSuiteIn: configuration.suite.folder,
      beside: files
    )
  }

  package func run(_ command: Command, in name: String) async throws(DeploymentError)
    -> CommandOutput
  {
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

  package func endpoint(port: Int, of name: String) throws(DeploymentError) -> Endpoint {
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

  package func read(_ path: String, of name: String, limit: Int) async throws(DeploymentError)
    -> [UInt8]?
  {
    try await LocalFiles(around: try standing().around).read(path, of: name, limit: limit)
  }

  package func hasFolder(_ path: String, of name: String) async throws(DeploymentError) -> Bool? {
    try await LocalFiles(around: try standing().around).hasFolder(path, of: name)
  }

  package func write(_ content: [UInt8], to path: String, of name: String)
    async throws(DeploymentError)
  {
    try await LocalFiles(around: try standing().around).write(content, to: path, of: name)
  }

  package func whatIs(at path: String, of name: String) async throws(DeploymentError) -> StoredPath?
  {
    let around = try standing().around
    let place = try LocalFiles(around: around).place(of: path, in: name)
    return try await LocalContents(bench: around.bench, deadline: .seconds(30)).path(at: place)
  }

  package func make(_ item: PathItem, at path: String, of name: String)
    async throws(DeploymentError)
  {
    try await LocalFiles(around: try standing().around).make(item, at: path, of: name)
  }

  /// The end of a service's output, without secrets.
  func log(of name: String, limit: Int) async -> String {
    await stand?.services.log(of: name, limit: limit) ?? ""
  }

  // MARK: Teardown

  /// Takes everything down once, in a task of its own, which nobody can cancel; later calls tell
  /// the same.
  package func tearDown() async -> TeardownReport {
    let task = teardown ?? Task { await performTeardown() }
    teardown = task
    return await task.value
  }

  /// Stops services, kills what is left, removes the folder, and looks at what is still there.
  private func performTeardown() async -> TeardownReport {
    let start = ContinuousClock.now
    var report = TeardownReport(removed: [:], leftovers: [], duration: .zero)
    // Late, when whatever a start script ends with has long been running.
    if let site, let stand {
      let programs = LocalPrograms(around: stand.around, guardian: site.guardian)
      for difference in (try? await programs.differences()) ?? [] { log.note(difference) }
    }
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
