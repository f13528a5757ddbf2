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
    return await run(command, in: try service(action.service))
  }

  func run(_ command: Command, in service: any ServiceAccess) async -> Ending {
    var exchange = CommandExchange(service: service.name, argv: command.argv)
    let start = ContinuousClock.now
    do throws(DeploymentError) {
      let output = try await service.run(command)
      exchange.ending = output.ending.description
      exchange.stdout = output.stdout.shownEnd()
      exchange.stderr = output.stderr.shownEnd()
      exchange.microseconds = output.duration.microseconds
      guard case .exited(let code) = output.ending else {
        return .unanswered(
          .noAnswer(detail: "\(service.name): \(command.ended(output.ending))"),
          .command(exchange)
        )
      }
      var answer = Answer()
      answer.exit = Int(code)
      answer.stdout = output.stdout
      answer.stderr = output.stderr
      answer.isCut = output.isCut
      answer.microseconds = exchange.microseconds
      return .answered(answer, .command(exchange))
    } catch {
      exchange.microseconds = (ContinuousClock.now - start).microseconds
      return .unanswered(
        .noAnswer(detail: "\(service.name): \(error.description)"),
        .command(exchange)
      )
    }
  }

  /// Reads a file, or writes it with the means of the service.
  func look(_ action: FileAction, _ scope: Scope) async throws(Unperformed) -> Ending {
    let path = try text(action.path, scope)
    switch action.source {
    case .snapshot: return try await lookIntoSnapshot(path)
    case .service(let name):
      let service = try service(name)
      if let template = action.write {
        return await write(Array(try text(template, scope).utf8), to: path, in: service)
      }
      var exchange = FileExchange(source: name, path: path)
      do throws(DeploymentError) {
        let content = try await service.read(path, limit: 16 << 20)
        exchange.bytes = content?.count
        var answer = Answer()
        answer.file = content.map { ($0.count, $0) }
        return .answered(answer, .file(exchange))
      } catch {
        return .unanswered(.noAnswer(detail: "\(name): \(error.description)"), .file(exchange))
      }
    }
  }

  private func write(
    _ content: [UInt8],
    to path: String,
    in service: any ServiceAccess
  ) async -> Ending {
    let exchange = FileExchange(source: service.name, path: path, bytes: content.count)
    do throws(DeploymentError) {
      try await service.write(content, to: path)
      var answer = Answer()
      answer.file = (content.count, content)
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
