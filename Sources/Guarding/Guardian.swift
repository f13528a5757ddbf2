internal import Files
internal import FoundationEssentials
internal import Glibc
package import Programs
internal import Threads

/// Holds all processes of one run, from outside the runner.
///
/// It is a process of its own, in a session of its own, to which every orphan of the run comes. As
/// soon as the runner has gone, however it has, everything that the run started is killed and its
/// scratch folder removed. All calls may be made from any task. Letting go of the last reference
/// ends the run as a dead runner does; `shutDown` ends it well.
package final class Guardian: Sendable {
  package let processID: Int32
  private let configuration: GuardianConfiguration
  private let channel: GuardianChannel
  private let ledger: GuardianLedger
  private let token: String
  private let group: RunGroup?
  /// Of the guardian, in clock ticks since boot.
  private let startTime: UInt64
  /// Starts the guardian, has it give up root's rights, and hands it the lock.
  ///
  /// - Throws: `.guardianUnusable` if the program does not answer as a guardian within 10 seconds;
  ///   `.privileged` if services would have run as root or could become root.
  package static func start(
    _ configuration: GuardianConfiguration
  ) async throws(GuardianError) -> Guardian {
    guard UnitName.isValid(configuration.runID) else {
      throw GuardianError(.invalid, "run id \(configuration.runID): not allowed in a tag")
    }
    var group = configuration.folder.flatMap {
      RunGroup.make($0.token, processes: configuration.processLimit)
    }
    let (process, socket) = try GuardianLauncher.launch(configuration, group: group)
    if group?.take(process) == false { group = nil }
    let ledger = GuardianLedger(process: process)
    let channel: GuardianChannel
    do {
      channel = try GuardianChannel.open(
        descriptor: socket,
        onMessage: { ledger.take($0, $1) },
        onEnd: { ledger.end() }
      )
    } catch {
      kill(process, SIGKILL)
      ledger.end()
      throw error
    }
    let watchdog = Task.detached {
      try await Task.sleep(for: .seconds(10))
      ledger.killProcess()
    }
    defer { watchdog.cancel() }
    guard await ledger.greeting() else {
      // Its closed end is not enough for a program that is no guardian.
      ledger.killProcess()
      channel.close()
      throw GuardianError(.guardianUnusable, configuration.executable)
    }
    let guardian = Guardian(configuration, process, group, channel: channel, ledger: ledger)
    let settings = GuardianSettings(
      runID: configuration.runID,
      token: guardian.token,
      identity: configuration.identity,
      secrets: configuration.secrets,
      logLimits: configuration.logLimits,
      processLimit: configuration.processLimit,
      base: configuration.folder?.base
    )
    do throws(GuardianError) {
      _ = try await guardian.request(.configure(settings), about: "guardian")
    } catch {
      channel.close()
      await ledger.hasEnded()
      throw error
    }
    return guardian
  }

  private init(
    _ configuration: GuardianConfiguration,
    _ process: Int32,
    _ group: RunGroup?,
    channel: GuardianChannel,
    ledger: GuardianLedger
  ) {
    self.configuration = configuration
    self.channel = channel
    self.ledger = ledger
    self.group = group
    processID = process
    token = configuration.folder?.token ?? RunFolder.newName()
    startTime = ProcessTable.status(of: process)?.startTime ?? 0
  }

  deinit {
    channel.close()
  }

  /// Whether the guardian is still there.
  package var isAlive: Bool { ledger.isAlive }

  /// What it was asked when it did not answer in time, and was killed for it; nil where it was not.
  var unanswered: String? { ledger.unanswered }

  /// The whole of a log as it is now; nil where it cannot be read.
  package func contents(ofLog path: String) -> [UInt8]? {
    try? configuration.logTree.contents(path)
  }

  /// Starts a service. That it could be executed is sure; that it is ready is not.
  ///
  /// - Throws: `.executableNotFound`, `.notExecutable`, `.workingDirectoryUnusable`,
  ///   `.serviceRunning`, `.invalid`, `.guardianDied`.
  package func startService(
    _ service: GuardedService
  ) async throws(GuardianError) -> StartedService {
    guard UnitName.isValid(service.name) else {
      throw GuardianError(.invalid, "service \(service.name): not a plain name")
    }
    let logs = try ServiceLogs.create(
      service.name,
      start: ledger.countStart(of: service.name),
      folder: configuration.logFolder,
      in: configuration.logTree
    )
    let reply = try await request(
      .startService(service),
      about: service.name,
      descriptors: logs.descriptors
    )
    guard case .started(let process) = reply else {
      throw GuardianError(.guardianUnusable, service.name)
    }
    return StartedService(
      name: service.name,
      processID: process,
      standardOutputLog: logs.standardOutput,
      standardErrorLog: logs.standardError
    )
  }

  /// Runs a command to its end. What it leaves behind is killed with it, unless it may stay.
  ///
  /// Its program is an absolute path, or a name that is looked up in the `PATH` of its environment,
  /// to which the guardian adds `PARITY_RUN_ID` and `PARITY_UNIT`. Its input has at most 64 MiB.
  ///
  /// - Throws: `.executableNotFound`, `.notExecutable`, `.workingDirectoryUnusable`, `.invalid`,
  ///   `.guardianDied`; `.cancelled` where this task was, upon which the command and all that it
  ///   has started is killed.
  package func run(_ command: Command) async throws(GuardianError) -> CommandOutput {
    guard command.stdin.count <= GuardianProtocol.maximumStandardInput else {
      throw GuardianError(.invalid, "\(command.name): too much standard input")
    }
    let id = ledger.newID()
    var order = command
    order.stdin = []
    let body = GuardianRequest.Body.runCommand(order, stdin: Data(command.stdin))
    // One that was stopped is found out long before the command's time is up.
    let pulse = Task.detached { [self] in
      while true {
        try await Task.sleep(for: configuration.patience)
        _ = try await processes()
      }
    }
    defer { pulse.cancel() }
    let result = await withTaskCancellationHandler {
      let limit = min(command.deadline, .seconds(1 << 30)) + configuration.patience
      return await ledger.result(of: id, about: command.name, within: limit) {
        channel.send(GuardianRequest(id: id, body: body))
      }
    } onCancel: {
      // Sent after the command itself, or before, upon which the guardian never starts it.
      _ = channel.send(GuardianRequest(id: ledger.newID(), body: .cancelCommand(id: id)))
    }
    let outputs = ledger.takeOutputs(of: id)
    guard case .ended(var output) = try result.get() else {
      throw GuardianError(.guardianUnusable, command.name)
    }
    output.stdout = outputs[.standardOutput] ?? []
    output.stderr = outputs[.standardError] ?? []
    return output
  }

  /// Stops a service by its signal, then kills whatever of it is left. A service that has ended
  /// already is stopped, too: what it left behind is killed.
  ///
  /// - Parameter grace: what the service was given to stop by itself.
  package func stop(
    service: String,
    grace: Duration = .seconds(60)
  ) async throws(GuardianError) -> ServiceStop {
    let body = GuardianRequest.Body.stop(service: service)
    let reply = try await request(body, about: service, within: grace + configuration.patience)
    guard case .stopped(let stop) = reply else {
      throw GuardianError(.guardianUnusable, service)
    }
    return stop
  }

  /// What is known of a service, without asking; nil if it was never started.
  package func state(of service: String) -> ServiceState? {
    ledger.state(of: service)
  }

  /// All live processes of the run but the guardian.
  package func processes() async throws(GuardianError) -> [GuardedProcess] {
    guard case .processes(let list) = try await request(.list, about: "processes") else {
      throw GuardianError(.guardianUnusable, "processes")
    }
    return list
  }

  // MARK: Files below the run's folder, by the services' user

  /// Makes folders that are not there; paths start at the run's folder, as everywhere here.
  package func makeFolders(_ paths: [String]) async throws(GuardianError) {
    _ = try await request(.files(.makeFolders(paths)), about: paths.first ?? "folders")
  }

  /// - Returns: a descriptor of a regular file, now the caller's.
  package func open(
    _ path: String,
    _ access: RunFileAccess
  ) async throws(GuardianError) -> Int32 {
    let id = ledger.newID()
    _ = try await request(.files(.open(path, access)), id: id, about: path)
    guard let descriptor = ledger.takeDescriptor(of: id) else {
      throw GuardianError(.guardianUnusable, path)
    }
    return descriptor
  }

  /// Makes a symbolic link.
  package func link(_ path: String, to target: String) async throws(GuardianError) {
    _ = try await request(.files(.link(path, to: target)), about: path)
  }

  /// The regular files at a path and below it.
  package func files(at path: String) async throws(GuardianError) -> [RunFile] {
    guard case .files(let files) = try await request(.files(.list(path)), about: path) else {
      throw GuardianError(.guardianUnusable, path)
    }
    return files
  }

  /// Removes files, and folders with all that is in them; what is not there is as good.
  package func remove(_ paths: [String]) async throws(GuardianError) {
    _ = try await request(.files(.remove(paths)), about: paths.first ?? "files")
  }

  func sweep(_ run: DeadRun) async throws(GuardianError) -> DeadRun.Report {
    let reply = try await request(.sweep(run), about: run.runID, within: .seconds(120))
    guard case .swept(let report) = reply else { throw GuardianError(.guardianUnusable, run.runID) }
    return report
  }

  /// Brings logs that have passed their limit up to date with what was written so far.
  package func flushLogs() async throws(GuardianError) {
    _ = try await request(.flushLogs, about: "logs")
  }

  /// Stops all services, the last one started first, kills what is left, removes the run's folder,
  /// and waits until the guardian has ended and the lock is free but for the runner's own hold.
  ///
  /// Does its work also in a cancelled task, and a second time is harmless.
  ///
  /// - Parameter limit: after this long the guardian is killed and the janitor does its work.
  package func shutDown(
    removingFolder: Bool = true,
    limit: Duration = .seconds(120)
  ) async -> ShutdownReport {
    let body = GuardianRequest.Body.shutDown(removingFolder: removingFolder)
    let reply = try? await request(body, about: "guardian", within: limit)
    await ledger.hasEnded()
    let ended = await DedicatedThread.value { [group] in group?.end() } ?? nil
    let folder = removingFolder ? configuration.folder : nil
    if case .shutDown(var report)? = reply {
      // In a folder that is not sticky the guardian could not remove the last of it.
      if let folder, report.remainingPaths == [folder.base], folder.removeHull() {
        report.remainingPaths = []
      }
      report.add(ended)
      return ledger.keep(report)
    }
    if let earlier = ledger.report { return earlier }
    let run = DeadRun(
      identity: configuration.identity,
      runID: configuration.runID,
      base: configuration.folder?.base,
      token: token,
      since: startTime,
      adopters: RunOwner.adopters(above: getpid()),
      removesFolder: removingFolder
    )
    var report = ShutdownReport(guardianDied: true)
    do throws(GuardianError) {
      let swept = try await run.sweep(by: configuration.executable, configuration.arguments)
      report.killed = swept.killed
      report.leftovers = swept.leftovers
      report.remainingPaths = swept.remainingPaths
    } catch {
      report.remainingPaths = [folder?.base].compactMap { $0 }
    }
    report.add(ended)
    return ledger.keep(report)
  }

  private func request(
    _ body: GuardianRequest.Body,
    id: UInt64? = nil,
    about subject: String,
    within limit: Duration? = nil,
    descriptors: [Int32] = []
  ) async throws(GuardianError) -> GuardianMessage.Reply {
    let id = id ?? ledger.newID()
    let result = await ledger.result(
      of: id,
      about: subject,
      within: limit ?? configuration.patience
    ) {
      channel.send(GuardianRequest(id: id, body: body), descriptors: descriptors)
    }
    return try result.get()
  }
}
