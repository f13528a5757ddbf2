import Deployments
import Evidence
import Programs
import Suites

extension Probes {
  func runScript(_ action: ScriptAction, _ scope: Scope, _ limit: Duration)
    async throws(Unperformed) -> Ending
  {
    var arguments: [String] = []
    for template in action.arguments { arguments.append(try text(template, scope)) }
    return await runScript(
      argv: [action.path] + arguments,
      scope: scope,
      within: action.timeout ?? limit
    )
  }

  /// Runs a script of the suite: a bare program that says no more than its exit status.
  ///
  /// It finds `PARITY_BASE_URL`, `PARITY_DOMAIN` and `PARITY_UNIQUE` in its environment.
  package func runScript(argv: [String], scope: Scope, within limit: Duration) async -> Ending {
    guard let deployment else {
      return .unanswered(.notDeployed, nil)
    }
    var environment = options.scriptEnvironment
    for (name, value) in scope.constants {
      environment["PARITY_" + name.uppercased()] = Scope.text(of: value)
    }
    for (name, value) in scope.fresh { environment["PARITY_" + name.uppercased()] = value }
    var exchange = CommandExchange(service: nil, argv: argv)
    let command = Command(argv: argv, environment: environment, deadline: limit)
    do throws(DeploymentError) {
      let output = try await deployment.runScript(command)
      exchange.ending = output.ending.description
      exchange.stdout = output.stdout.shownEnd()
      exchange.stderr = output.stderr.shownEnd()
      exchange.microseconds = output.duration.microseconds
      guard case .exited(let code) = output.ending else {
        return .unanswered(
          .noAnswer(detail: command.ended(output.ending)),
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
      return .unanswered(.noAnswer(detail: error.description), .command(exchange))
    }
  }
}
