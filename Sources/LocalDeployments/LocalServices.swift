internal import Deployments
internal import Evidence
internal import FoundationEssentials
internal import Glibc
internal import Guarding
internal import Programs
internal import Suites

/// The services of a local deployment as processes: starts them, stops them, knows how they ended.
actor LocalServices {
  private let guardian: Guardian
  private let bench: Workbench
  private let reserved: FreePorts
  private let log: OperationLog
  /// In the order in which they were started.
  private(set) var started: [StartedService] = []
  /// By service: the process that was started last, and the version in its environment.
  private(set) var starts: [String: (process: Int32, version: String)] = [:]

  /// By service, on this machine.
  private var ports: [String: [Int]] = [:]

  init(_ site: RunSite, ports: FreePorts, log: OperationLog) {
    guardian = site.guardian
    bench = site.bench
    reserved = ports
    self.log = log
  }

  /// Starts services, each after those that it names, with the commands that come before and after.
  func startAll(_ around: LocalSurroundings) async throws(DeploymentError) {
    let begin = ContinuousClock.now
    let services = try Self.ordered(around.configuration.settings.services)
    for service in services {
      try await perform(service.prepare, of: service, around, as: "prepare \(service.name)")
      try await prepareVersion(of: service, around)
      try await start(service, around)
      try await perform(service.setup, of: service, around, as: "set up \(service.name)")
    }
    log.note(
      Operation(
        name: "start \(services.count) services",
        ending: .succeeded,
        duration: ContinuousClock.now - begin
      )
    )
  }

  /// What must be done before a version's first start: migrations.
  func prepareVersion(
    of service: LocalService,
    _ around: LocalSurroundings
  ) async throws(DeploymentError) {
    let name = "prepare \(service.name) for \(around.version)"
    try await perform(service.prepareVersion, of: service, around, as: name)
  }

  /// Services after those that they name; the file's order otherwise.
  private static func ordered(_ services: [LocalService]) throws(DeploymentError) -> [LocalService]
  {
    var result: [LocalService] = []
    var waiting = services
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

  /// Commands of local.yml that must succeed, one after the other.
  private func perform(
    _ commands: [[Template]],
    of service: LocalService,
    _ around: LocalSurroundings,
    as name: String
  ) async throws(DeploymentError) {
    let deadline = around.configuration.suite.deadlines.operation
    for templates in commands {
      var command = try around.command(templates, of: service, deadline: deadline)
      command.keepsDescendants = true
      around.configuration.run.progress("\(name): \(command.name)")
      let output = try await bench.run(command)
      log.note(
        Operation(
          name: name,
          ending: output.succeeded ? .succeeded : .broken("\(output.ending)"),
          duration: output.duration,
          service: service.name,
          argv: command.argv,
          output: output
        )
      )
      guard output.succeeded else {
        throw DeploymentError(
          .driverBroken,
          "\(name): \(command.name) failed (\(output.ending)): \(output.cause)"
        )
      }
    }
  }

  /// Starts one service and waits until the next one may start.
  func start(_ service: LocalService, _ around: LocalSurroundings) async throws(DeploymentError) {
    around.configuration.run.progress("start \(service.name)")
    var command = try around.command(service.command, of: service, deadline: .zero)
    let folder = around.serviceFolder(service.name)
    command.argv = [try await bench.program(command.name, from: folder)] + command.argv.dropFirst()
    let ports = (around.ports[service.name] ?? [:]).values.sorted()
    self.ports[service.name] = ports
    for port in ports { reserved.release(UInt16(port)) }
    let stop = StopStep(signal: service.stop.number, grace: service.stop.grace)
    do throws(GuardianError) {
      let process = try await guardian.startService(
        GuardedService(name: service.name, command: command, stop: stop)
      )
      started.removeAll { $0.name == service.name }
      started.append(process)
      starts[service.name] = (process.processID, around.version)
    } catch {
      throw DeploymentError(error)
    }
    try await waitUntilReady(service, around)
  }

  /// - Parameter isLost: what it holds is lost in any case, and nobody waits for it to be saved.
  func stop(_ service: LocalService, isLost: Bool = false) async throws(DeploymentError) {
    let start = ContinuousClock.now
    // PostgreSQL gives its shared memory back; ClickHouse would wait for kept connections.
    let grace = isLost ? min(service.stop.grace, .seconds(1)) : service.stop.grace
    do throws(GuardianError) {
      let stop = try await guardian.stop(service: service.name, grace: grace)
      log.note(
        Operation(
          name: "stop \(service.name)",
          ending: stop.forced && !isLost ? .broken("killed after \(grace)") : .succeeded,
          duration: ContinuousClock.now - start,
          service: service.name
        )
      )
    } catch {
      throw DeploymentError(error)
    }
  }

  private func waitUntilReady(
    _ service: LocalService,
    _ around: LocalSurroundings
  ) async throws(DeploymentError) {
    guard let ready = service.ready else { return }
    let start = ContinuousClock.now
    while true {
      if let dead = dead(service.name) {
        throw DeploymentError(
          .recipeFailed,
          "\(service.name) ended before it was ready (\(dead.ending)): \(dead.lastWords)"
        )
      }
      if try await isReady(ready, service, around) { return }
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
    _ service: LocalService,
    _ around: LocalSurroundings
  ) async throws(DeploymentError) -> Bool {
    switch ready {
    case .port(let inside, _): return PortProbe.accepts(try around.port(inside, of: service))
    case .command(let templates, _):
      return try await bench.run(
        try around.command(templates, of: service, deadline: .seconds(10))
      ).succeeded
    }
  }

  // MARK: Who lives

  /// The process of a service; nil where it does not run.
  func process(of name: String) -> Int32? {
    if case .running(let process)? = guardian.state(of: name) { process } else { nil }
  }

  /// How a service ended that should run; nil while it does, or before it was started. One that
  /// ended with 0 is as dead as any other, and so is one in whose place somebody else answers.
  func dead(_ name: String) -> DeadService? {
    var endings: [String] = []
    switch guardian.state(of: name) {
    case .exited(let exit)? where !exit.requested: endings = [exit.ending.description]
    case _ where !guardian.isAlive: endings = ["its guardian died"]
    case .running?: break
    default: return nil
    }
    if let stranger = ports[name]?.lazy.compactMap({ self.bench.stranger(on: $0) }).first {
      endings.append("its port is taken by \(stranger)")
    }
    guard !endings.isEmpty else { return nil }
    return DeadService(
      service: name,
      ending: endings.joined(separator: "; "),
      lastWords: logEnd(of: name)
    )
  }

  // MARK: Logs

  func log(of name: String, limit: Int) async -> String {
    _ = try? await guardian.flushLogs()
    return logEnd(of: name, limit: limit)
  }

  /// The last lines of what a service wrote, errors after output. The files are redacted already.
  private func logEnd(of name: String, limit: Int = 600) -> String {
    guard let process = started.last(where: { $0.name == name }) else { return "" }
    let parts = [process.standardOutputLog, process.standardErrorLog].compactMap { path in
      guardian.contents(ofLog: path).map {
        String(decoding: $0.suffix(limit), as: UTF8.self)
      }
    }
    let text = parts.filter { !$0.isEmpty }.joined(separator: "\n")
    return text.split(whereSeparator: \.isNewline).filter { !$0.isStackFrame }.suffix(3)
      .joined(separator: " | ")
  }
}

extension Substring {
  /// A line such as `12. /usr/bin/clickhouse(_start+0x2e) [0x55]`, which tells a user nothing.
  fileprivate var isStackFrame: Bool {
    let number = prefix { $0.isNumber }
    return !number.isEmpty && dropFirst(number.count).hasPrefix(". ") && contains("[0x")
  }
}

extension LocalReadiness {
  fileprivate var within: Duration {
    switch self {
    case .port(_, let within), .command(_, let within): within
    }
  }
}

extension LocalStop {
  fileprivate var number: Int32 {
    switch signal {
    case "INT": SIGINT
    case "QUIT": SIGQUIT
    case "HUP": SIGHUP
    default: SIGTERM
    }
  }
}
