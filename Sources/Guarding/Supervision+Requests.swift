internal import CLinux
internal import FoundationEssentials
internal import Glibc
internal import Programs

extension Supervision {
  func handle(_ request: GuardianRequest) throws(GuardianError) {
    if case .configure(let settings) = request.body {
      try configure(settings)
      return reply(request.id, .done)
    }
    guard let settings else { throw GuardianError(.invalid, "the guardian is not configured") }
    switch request.body {
    case .configure: break
    case .startService(let service): try start(service, for: request.id, settings)
    case .runCommand(let command, let stdin):
      try run(command, Array(stdin), for: request.id, settings)
    case .cancelCommand(let id): cancelCommand(id)
    case .stop(let name):
      let unit = try service(name)
      unit.waiting.append(request.id)
      beginStop(unit)
    case .list: reply(request.id, .processes(allProcesses()))
    case .files(let files): try handle(files, for: request.id, settings)
    case .sweep(let run):
      guard units.isEmpty, run.identity == settings.identity else {
        throw GuardianError(.invalid, "\(run.runID) is not this guardian's to clear away")
      }
      reply(request.id, .swept(run.sweep()))
    case .flushLogs:
      for unit in units { unit.flushLogs() }
      reply(request.id, .done)
    case .shutDown(let removingFolder):
      guard shutdown == nil else { throw GuardianError(.invalid, "the run is being shut down") }
      beginShutdown(request.id, removingFolder: removingFolder)
    }
  }

  private func configure(_ settings: GuardianSettings) throws(GuardianError) {
    guard self.settings == nil else {
      throw GuardianError(.invalid, "the guardian is configured already")
    }
    if settings.base != nil, geteuid() == 0 { UserName.give(settings.identity) }
    try PrivilegeDrop.become(settings.identity)
    umask(0o077)
    if let base = settings.base {
      let recorded: Result<Void, GuardianError> = FileRights.asGuardian(settings.identity) {
        do throws(GuardianError) {
          return .success(try takeOver(base, settings))
        } catch {
          return .failure(error)
        }
      }
      try recorded.get()
    }
    self.settings = settings
  }

  /// Writes down who the guardian is. Only what was made as this very run's folder is ever removed.
  private func takeOver(
    _ base: String,
    _ settings: GuardianSettings
  ) throws(GuardianError) {
    let folder = try RunFolder.openBase(base, ownedBy: settings.identity.guardian)
    defer { close(folder) }
    guard var owner = RunOwner.read(in: folder), owner.runID == settings.runID else {
      throw GuardianError(.unsafePath, base)
    }
    owner.guardian = ProcessIdentity(getpid())
    try owner.write(in: folder)
  }

  private func handle(
    _ files: RunFileRequest,
    for id: UInt64,
    _ settings: GuardianSettings
  ) throws(GuardianError) {
    guard let base = settings.base else { throw GuardianError(.invalid, "the run has no folder") }
    let folder = RunFiles(root: RunFolder.path(in: base))
    switch files {
    case .makeFolders(let paths):
      for path in paths { try folder.makeFolder(path) }
    case .open(let path, let access):
      send(.reply(to: id, .opened), descriptors: [try folder.open(path, access)])
      return
    case .link(let path, let target): try folder.link(path, to: target)
    case .list(let path): return reply(id, .files(try folder.files(at: path)))
    case .remove(let paths):
      for path in paths { try folder.remove(path) }
    }
    reply(id, .done)
  }

  private func service(_ name: String) throws(GuardianError) -> SupervisedUnit {
    guard let unit = units.last(where: { $0.isService && $0.name == name }) else {
      throw GuardianError(.unknownService, name)
    }
    return unit
  }

  private func start(
    _ service: GuardedService,
    for id: UInt64,
    _ settings: GuardianSettings
  ) throws(GuardianError) {
    guard let logs = control.takeDescriptors(2) else {
      throw GuardianError(.invalid, "\(service.name): no logs were handed over")
    }
    let captures = zip(OutputStream.allCases, logs).map { stream, descriptor in
      (
        stream,
        CappedLog(
          descriptor: descriptor,
          limits: settings.logLimits,
          filter: makeFilter(settings.secrets)
        )
      )
    }
    guard shutdown == nil else { throw GuardianError(.invalid, "the run is being shut down") }
    if let old = units.last(where: { $0.isService && $0.name == service.name }) {
      guard old.end != nil, old.phase == .running || old.phase == .done else {
        throw GuardianError(.serviceRunning, service.name)
      }
    }
    let pipes = try ProcessPipes(input: false)
    let unit = try start(
      .service(service),
      service.command,
      pipes: pipes,
      settings
    )
    for (stream, log) in captures {
      unit.logs.append(log)
      let pipe = OutputPipe(stream, descriptor: pipes.takeReader(of: stream)) {
        log.feed($0)
      } finish: {
        log.finish()
      }
      unit.outputs.append(pipe)
    }
    send(.started(service: service.name, processID: unit.leader))
    reply(id, .started(processID: unit.leader))
  }

  private func run(
    _ command: Command,
    _ stdin: [UInt8],
    for id: UInt64,
    _ settings: GuardianSettings
  ) throws(GuardianError) {
    guard cancelledCommands.remove(id) == nil else {
      throw GuardianError(.cancelled, command.name)
    }
    guard shutdown == nil else { throw GuardianError(.invalid, "the run is being shut down") }
    let pipes = try ProcessPipes(input: !stdin.isEmpty)
    let unit = try start(.command(command, id: id), command, pipes: pipes, settings)
    unit.waiting = [id]
    unit.deadline = ContinuousClock.now + command.deadline
    if let writer = pipes.takeWriter() {
      unit.input = InputPipe(descriptor: writer, bytes: stdin)
    }
    for stream in OutputStream.allCases {
      var left = max(0, command.outputLimit)
      let pipe = OutputPipe(stream, descriptor: pipes.takeReader(of: stream)) {
        [unowned self, unowned unit] bytes in
        let kept = bytes.prefix(left)
        left -= kept.count
        if kept.count < bytes.count { unit.isOutputCut = true }
        if !kept.isEmpty { send(.output(command: id, stream: stream, bytes: Data(kept))) }
      } finish: {
      }
      unit.outputs.append(pipe)
    }
  }

  private func start(
    _ kind: SupervisedUnit.Kind,
    _ command: Command,
    pipes: ProcessPipes,
    _ settings: GuardianSettings
  ) throws(GuardianError) -> SupervisedUnit {
    var environment = command.environment
    guard let first = command.argv.first, let folder = command.folder else {
      throw GuardianError(.invalid, "no program or folder is given")
    }
    let hasNull = (command.argv + environment.keys + environment.values).contains {
      $0.utf8.contains(0)
    }
    guard !hasNull, environment.keys.allSatisfy({ !$0.isEmpty && !$0.contains("=") }) else {
      throw GuardianError(.invalid, "\(first): arguments or environment that no process can have")
    }
    let candidates = try ProcessSpawn.candidates(first, path: environment["PATH"])
    serials += 1
    let tag = SupervisedUnit.tagValue(kind, serial: serials, token: settings.token)
    environment["PARITY_RUN_ID"] = settings.runID
    environment[SupervisedUnit.tag] = tag
    var spawn = ProcessSpawn(
      program: first,
      arguments: command.argv,
      environment: environment,
      workingDirectory: folder,
      descriptors: pipes.childDescriptors
    )
    spawn.candidates = candidates
    spawn.processLimit = settings.processLimit
    if settings.identity.isRunsOwn { spawn.identity = settings.identity }
    let unit = SupervisedUnit(kind: kind, tagValue: tag, leader: try spawn.start())
    unit.pipeNames = pipes.outputNames
    units.append(unit)
    return unit
  }
}
