import Deployments
import Evidence
import FoundationEssentials
import Glibc
import Suites

extension LocalHost {
  /// Takes the lock, makes the folders, starts everything.
  func deploy(_ version: String) async throws(DeploymentError) {
    guard guardian == nil else {
      throw DeploymentError(.driverBroken, "a deployment of this run stands already")
    }
    self.version = version
    firstVersion = version
    try await takeLock()
    try makeRunFolder()
    // At once: whatever is made from here on, the guardian removes.
    try await startGuardian()
    for name in ["services", "volumes", "bin", "scratch"] { try makeFolder("\(root)/\(name)") }
    try await checkOut(version)
    try reservePorts()
    for service in configuration.settings.services { try prepareFolders(of: service) }
    let begin = ContinuousClock.now
    for service in try ordered() {
      try await prepare(service)
      try await start(service)
      try await setUp(service)
    }
    note(
      Operation(
        name: "start \(configuration.settings.services.count) services",
        ending: .succeeded,
        duration: ContinuousClock.now - begin
      )
    )
  }

  // MARK: Before anything runs

  private func takeLock() async throws(DeploymentError) {
    lock = try await RunLock.take(
      lockName,
      runID: configuration.runID,
      recipe: configuration.suite.recipe,
      wait: configuration.waiting,
      folder: configuration.lockFolder
    )
  }

  /// One run per deployment name at a time.
  var lockName: String { "local-\(configuration.suite.recipe)" }

  private func makeRunFolder() throws(DeploymentError) {
    do throws(GuardianError) {
      folder = try RunFolder.create(
        runID: configuration.runID,
        identity: configuration.identity,
        lockName: lockName
      )
    } catch {
      throw DeploymentError(.driverBroken, error.description)
    }
  }

  private func makeFolder(_ path: String) throws(DeploymentError) {
    try folder?.makeFolder(path)
  }

  private func startGuardian() async throws(DeploymentError) {
    let settings = GuardianConfiguration(
      runID: configuration.runID,
      identity: configuration.identity,
      logFolder: configuration.logFolder,
      executable: configuration.guardianExecutable,
      arguments: configuration.guardianArguments,
      secrets: Array(configuration.secrets.values),
      folder: folder,
      lock: lock
    )
    do throws(GuardianError) {
      guardian = try await Guardian.start(settings)
    } catch {
      throw DeploymentError(.driverBroken, error.description)
    }
  }

  /// Puts the recipe's files at a version where hooks find them.
  func checkOut(_ version: String) async throws(DeploymentError) {
    recipe = try await configuration.source.recipe(version)
    let export = "\(configuration.logFolder)/recipe-\(UInt64.random(in: 0 ... .max))"
    defer { _ = FolderRemoval.remove(export) }
    guard mkdir(export, 0o700) == 0 else {
      throw DeploymentError(.driverBroken, "\(export): \(String(cString: strerror(errno)))")
    }
    try await configuration.source.export(version, export)
    try await bench().bring(export, to: "\(root)/recipe-\(version)", keepsLinks: true)
    if restic == nil, let recipe, !BackupLabels.read(from: recipe.compose).isEmpty {
      restic = ResticRepository(
        try bench(),
        deadline: configuration.suite.deadlines.operation
      )
    }
    // Without an operand mkdir fails.
    guard !volumes.isEmpty else { return }
    try await bench().act(["mkdir", "-p", "-m", "700", "--"] + volumes.values.sorted())
  }

  private func reservePorts() throws(DeploymentError) {
    let wanted = configuration.settings.services.flatMap { service in
      service.ports.map { (service.name, $0) }
    }
    do throws(GuardianError) {
      let free = try FreePorts.reserve(wanted.count)
      reserved = free
      for ((service, inside), port) in zip(wanted, free.ports) {
        ports[service, default: [:]][inside] = Int(port)
      }
    } catch {
      throw DeploymentError(.driverBroken, error.description)
    }
  }

  private func prepareFolders(of service: LocalService) throws(DeploymentError) {
    let folder = serviceFolder(service.name)
    try makeFolder(folder)
    try makeFolder("\(folder)/tmp")
    let names = names(for: service)
    for (path, content) in service.files {
      let full = "\(folder)/\(path)"
      var parent = folder
      for part in path.split(separator: "/").dropLast() {
        parent += "/\(part)"
        try makeFolder(parent)
      }
      let bytes = Array(try names.text(content, allowsSecrets: true).utf8)
      try write(bytes, to: full)
    }
  }

  /// Writes a file that only the services' user can read.
  private func write(_ bytes: [UInt8], to path: String) throws(DeploymentError) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw DeploymentError(.driverBroken, "\(path): \(String(cString: strerror(errno)))")
    }
    defer { close(descriptor) }
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      guard count > 0 else {
        throw DeploymentError(.driverBroken, "\(path): \(String(cString: strerror(errno)))")
      }
      rest = rest.dropFirst(count)
    }
    try folder?.give(path)
  }

  // MARK: Services

  /// Services after those that they name; the file's order otherwise.
  private func ordered() throws(DeploymentError) -> [LocalService] {
    var result: [LocalService] = []
    var waiting = configuration.settings.services
    while !waiting.isEmpty {
      guard
        let index = waiting.firstIndex(where: { service in
          service.after.allSatisfy { name in result.contains { $0.name == name } }
        })
      else {
        let names = waiting.map(\.name).joined(separator: ", ")
        throw DeploymentError(.unsupported, "local.yml: \(names) wait for each other")
      }
      result.append(waiting.remove(at: index))
    }
    return result
  }

  private func prepare(_ service: LocalService) async throws(DeploymentError) {
    try await perform(service.prepare, of: service, as: "prepare \(service.name)")
  }

  private func setUp(_ service: LocalService) async throws(DeploymentError) {
    try await perform(service.setup, of: service, as: "set up \(service.name)")
  }

  /// Commands of local.yml that must succeed, one after the other.
  private func perform(
    _ commands: [[Template]],
    of service: LocalService,
    as name: String
  ) async throws(DeploymentError) {
    for command in commands {
      let argv = try names(for: service).arguments(command)
      configuration.progress("\(name): \(argv.first ?? "")")
      let output = try await bench().run(
        argv: argv,
        environment: try environment(of: service),
        folder: serviceFolder(service.name),
        deadline: configuration.suite.deadlines.operation,
        keepsDescendants: true
      )
      note(
        Operation(
          name: name,
          ending: output.succeeded ? .succeeded : .broken("\(output.ending)"),
          duration: output.duration,
          service: service.name,
          argv: argv,
          output: output
        )
      )
      guard output.succeeded else {
        throw DeploymentError(
          .driverBroken,
          "\(name): \(argv.first ?? "") ended with \(output.ending): \(output.lastLine)"
        )
      }
    }
  }

  /// Starts one service and waits until the next one may start.
  func start(_ service: LocalService) async throws(DeploymentError) {
    configuration.progress("start \(service.name)")
    let guardian = try requireGuardian()
    let folder = serviceFolder(service.name)
    let argv = try names(for: service).arguments(service.command)
    guard let name = argv.first, let program = try await bench().reachable(name, from: folder)
    else {
      throw DeploymentError(
        .driverBroken,
        "\(service.name): \(argv.first ?? "command") is not in \(search.searchPath)"
      )
    }
    for port in ports[service.name]?.values ?? [:].values { reserved?.release(UInt16(port)) }
    let guarded = GuardedService(
      name: service.name,
      arguments: [program] + argv.dropFirst(),
      environment: try environment(of: service),
      workingDirectory: folder,
      stopSteps: [StopStep(signal: service.stop.number, grace: service.stop.grace)]
    )
    do throws(GuardianError) {
      let process = try await guardian.startService(guarded)
      started.removeAll { $0.name == service.name }
      started.append(process)
      starts[service.name] = (process.processID, version)
    } catch {
      throw DeploymentError(.driverBroken, error.description)
    }
    try await waitUntilReady(service)
  }

  private func waitUntilReady(_ service: LocalService) async throws(DeploymentError) {
    guard let ready = service.ready else { return }
    let start = ContinuousClock.now
    while true {
      if let dead = dead(service.name) {
        throw DeploymentError(
          .recipeFailed,
          "\(service.name) ended before it was ready (\(dead.ending)): \(dead.lastWords)"
        )
      }
      if try await isReady(ready, service) { return }
      let elapsed = ContinuousClock.now - start
      guard elapsed < ready.within else {
        throw DeploymentError(
          .recipeFailed,
          "\(service.name) was not ready within \(ready.within): \(logEnd(of: service.name))"
        )
      }
      do {
        try await Task.sleep(for: min(max(elapsed / 10, .milliseconds(20)), .milliseconds(500)))
      } catch {
        throw DeploymentError(.interrupted, "interrupted while \(service.name) started")
      }
    }
  }

  private func isReady(
    _ ready: LocalReadiness,
    _ service: LocalService
  ) async throws(DeploymentError) -> Bool {
    switch ready {
    case .port(let inside, _):
      guard let port = ports[service.name]?[inside] else {
        throw DeploymentError(.unsupported, "\(service.name): port \(inside) is not under ports")
      }
      return PortProbe.accepts(port)
    case .command(let templates, _):
      return try await bench().run(
        argv: try names(for: service).arguments(templates),
        environment: try environment(of: service),
        folder: serviceFolder(service.name),
        deadline: .seconds(10)
      ).succeeded
    }
  }
}

extension LocalReadiness {
  var within: Duration {
    switch self {
    case .port(_, let within), .command(_, let within): within
    }
  }
}

extension LocalStop {
  var number: Int32 {
    switch signal {
    case "INT": SIGINT
    case "QUIT": SIGQUIT
    case "HUP": SIGHUP
    default: SIGTERM
    }
  }
}
