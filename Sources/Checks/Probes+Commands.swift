import Deployments
import Evidence
import Programs
import Suites

extension Probes {
  func execute(_ action: ExecAction, _ scope: Scope, _ limit: Duration) async throws(Unperformed)
    -> Ending
  {
    var argv: [String] = []
    for template in action.argv { argv.append(try text(template, scope)) }
    var environment: [String: String] = [:]
    for (name, value) in action.environment { environment[name] = try text(value, scope) }
    var stdin: [UInt8] = []
    if let template = action.stdin { stdin = Array(try text(template, scope).utf8) }
    let command = Command(
      argv: argv,
      stdin: stdin,
      user: action.user,
      environment: environment,
      deadline: min(action.timeout ?? limit, limit)
    )
    return await run(command, in: try await service(action.service))
  }

  func run(_ command: Command, in service: ServiceAccess) async -> Ending {
    var exchange = CommandExchange(service: service.name, argv: command.argv)
    let start = ContinuousClock.now
    do throws(DeploymentError) {
      let output = try await service.run(command)
      return ended(command, output, exchange, of: service.name)
    } catch {
      exchange.microseconds = (ContinuousClock.now - start).microseconds
      return .unanswered(
        .noAnswer(detail: "\(service.name): \(error.description)"),
        .command(exchange)
      )
    }
  }

  /// - Parameter service: nil for a script, which runs beside them.
  func ended(
    _ command: Command,
    _ output: CommandOutput,
    _ exchange: CommandExchange,
    of service: String?
  ) -> Ending {
    var exchange = exchange
    let secrets = options.secrets()
    exchange.ending = output.ending.description
    exchange.stdout = output.stdout.shownEnd(without: secrets, isCut: output.isCut)
    exchange.stderr = output.stderr.shownEnd(without: secrets, isCut: output.isCut)
    exchange.microseconds = output.duration.microseconds
    guard case .exited(let code) = output.ending else {
      let detail = (service.map { "\($0): " } ?? "") + command.ended(output.ending)
      return .unanswered(.noAnswer(detail: detail), .command(exchange))
    }
    var answer = Answer()
    answer.exit = Int(code)
    answer.stdout = output.stdout
    answer.stderr = output.stderr
    answer.isCut = output.isCut
    answer.microseconds = exchange.microseconds
    return .answered(answer, .command(exchange))
  }

  /// Reads a file, or writes it with the means of the service.
  func look(_ action: FileAction, _ scope: Scope) async throws(Unperformed) -> Ending {
    let path = try text(action.path, scope)
    switch action.source {
    case .snapshot: return try await lookIntoSnapshot(path)
    case .service(let name):
      let service = try await service(name)
      if let act = action.act { return try await perform(act, at: path, in: service, scope) }
      var exchange = FileExchange(source: name, path: path)
      do throws(DeploymentError) {
        var answer = Answer()
        if action.asksForPath { answer.path = try await service.whatIs(at: path) }
        // A folder and a link have no content of their own.
        let isFile = !action.asksForPath || answer.path?.kind == .file
        let content = isFile ? try await service.read(path, limit: 16 << 20) : nil
        exchange.bytes = content?.count
        answer.file = content.map { ($0.count, $0) }
        if content == nil, answer.path == nil, let folder = Self.folder(of: path),
          try await service.hasFolder(folder) == false
        {
          answer.missingFolder = folder
        }
        return .answered(answer, .file(exchange))
      } catch {
        return .unanswered(.noAnswer(detail: "\(name): \(error.description)"), .file(exchange))
      }
    }
  }

  /// Nil for what is in the outermost one.
  private static func folder(of path: String) -> String? {
    let slash = path.utf8.lastIndex(of: UInt8(ascii: "/"))
    return slash.map { String(path[..<$0]) }.flatMap { $0.isEmpty ? nil : $0 }
  }

  private func perform(
    _ act: FileAction.Act,
    at path: String,
    in service: ServiceAccess,
    _ scope: Scope
  ) async throws(Unperformed) -> Ending {
    var exchange = FileExchange(source: service.name, path: path)
    var content: [UInt8]?
    var items: [PathItem] = []
    switch act {
    case .write(let template, let mode):
      content = Array(try text(template, scope).utf8)
      items = mode.map { [.mode($0)] } ?? []
    case .link(let target): items = [.link(to: try text(target, scope))]
    case .folder(let mode): items = [.folder] + (mode.map { [.mode($0)] } ?? [])
    case .mode(let mode): items = [.mode(mode)]
    }
    exchange.bytes = content?.count
    do throws(DeploymentError) {
      var answer = Answer()
      if let content {
        try await service.write(content, to: path)
        answer.file = (content.count, content)
      }
      for item in items { try await service.make(item, at: path) }
      return .answered(answer, .file(exchange))
    } catch {
      return .unanswered(
        .noAnswer(detail: "\(service.name): \(error.description)"),
        .file(exchange)
      )
    }
  }

  private func lookIntoSnapshot(_ path: String) async throws(Unperformed) -> Ending {
    guard let snapshot, let deployment else { throw Unperformed("no snapshot was taken yet") }
    var exchange = FileExchange(source: "snapshot", path: path)
    do throws(DeploymentError) {
      let file = try await deployment.read(path, from: snapshot, limit: 1 << 20)
      exchange.bytes = file?.size
      var answer = Answer()
      answer.file = file.map { ($0.size, $0.content) }
      // What is left out of a backup leaves no folder; its volume is there.
      let volume = path.prefix { $0 != "/" }
      let paths = snapshot.files.map(\.path) + snapshot.declaredPaths
      if file == nil, !paths.contains(where: { $0.prefix { $0 != "/" } == volume }) {
        answer.missingFolder = String(volume)
      }
      return .answered(answer, .file(exchange))
    } catch {
      return .unanswered(.noAnswer(detail: "snapshot: \(error.description)"), .file(exchange))
    }
  }
}

extension Command {
  /// `sleep did not end within 2.0 s`, `sleep was killed by signal 9`.
  func ended(_ ending: CommandOutput.Ending) -> String {
    let program = argv.first ?? "the command"
    return switch ending {
    case .timedOut: "\(program) did not end within \(deadline.shown)"
    case .signalled(let signal): "\(program) was killed by signal \(signal)"
    case .exited: "\(program): \(ending)"
    }
  }
}
