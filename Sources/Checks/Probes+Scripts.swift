import Deployments
package import Evidence
import Formats
import FoundationEssentials
import Glibc
import HTTPRequests
import Programs
package import Suites

/// Where a script finds the app.
package enum ScriptAddress: Sendable {
  case deployment
  /// Where nothing answers: what passes there cannot fail.
  case nowhere
}

extension Probes {
  /// The script of a step: it says no more than its exit status.
  func runScript(_ action: ScriptAction, _ scope: Scope, _ limit: Duration)
    async throws(Unperformed) -> Ending
  {
    let recording = action.record ?? options.scripts.record ? Recording(hasTests: false) : nil
    let ending = try await proxied(scope, recording) { scope throws(Unperformed) in
      await perform(try await command(action, scope, limit))
    }
    guard let recording else { return ending }
    guard case .answered(var answer, .command(var exchange)) = ending else { return ending }
    exchange.recorded = recording.count(of: nil)
    answer.recorded = steps(of: recording, test: nil, inside: "", in: scope)
    return .answered(answer, .command(exchange))
  }

  private func command(_ action: ScriptAction, _ scope: Scope, _ limit: Duration)
    async throws(Unperformed) -> Command
  {
    var argv = ["./" + action.path]
    if action.path.hasSuffix(".sh") {
      argv = (action.interpreter.isEmpty ? ["sh"] : action.interpreter) + [action.path]
    }
    var command = Command(argv: argv, deadline: action.timeout ?? limit)
    for template in action.arguments { command.argv.append(try text(template, scope)) }
    if let template = action.stdin { command.stdin = Array(try text(template, scope).utf8) }
    command.environment = try await scriptEnvironment(scope, port: nil)
    for (name, value) in action.environment {
      command.environment[name] = try text(value, scope)
    }
    return command
  }

  /// Runs a script of the suite; what it says meanwhile goes to the desk.
  ///
  /// - Parameter tests: those of its tests that are run; nil for all.
  package func runScript(
    _ script: SuiteScript,
    tests: [String]?,
    scope: Scope,
    at address: ScriptAddress,
    desk: ScriptDesk,
    within limit: Duration
  ) async -> Ending {
    var nowhere: (descriptor: Int32, port: Int)?
    defer { if let nowhere { close(nowhere.descriptor) } }
    do {
      if case .nowhere = address { nowhere = try StepServer.bound() }
      let token = UUID().uuidString
      let server = try StepServer { await desk.answer($0, token: token) }
      defer { server.close() }
      let ending = try await proxied(scope, nowhere == nil ? desk.recording : nil) {
        scope throws(Unperformed) in
        var command = Command(
          argv: script.argv(tests: tests, python: options.scripts.python),
          deadline: limit
        )
        command.environment = try await scriptEnvironment(scope, port: nowhere?.port)
        command.environment["PARITY_STEPS"] = "127.0.0.1:\(server.port):\(token)"
        return await perform(command)
      }
      if script.runner == .bats, case .answered(let answer, _) = ending {
        await desk.tell(BatsOutput(answer.stdout ?? [], declared: desk.declared))
      }
      return ending
    } catch let error as Unperformed {
      return .unanswered(error.code, nil)
    } catch {
      return .unanswered(.noAnswer(detail: "\(error)"), nil)
    }
  }

  /// Runs with the address of a proxy in the place of the app's, while it runs, where there is something
  /// to record to and the app's is a plain address of this machine.
  private func proxied(
    _ scope: Scope,
    _ recording: Recording?,
    _ run: (Scope) async throws(Unperformed) -> Ending
  ) async throws(Unperformed) -> Ending {
    guard let recording, case .string(let base)? = scope.constants["base_url"],
      let origin = HTTPAddress(base)?.origin, origin[0] == "http", let port = Int(origin[2])
    else { return try await run(scope) }
    let proxy: RecordingProxy?
    let ended: AsyncStream<Void>?
    do throws(LoopbackError) {
      let host = origin[1] == "localhost" ? "127.0.0.1" : origin[1]
      proxy = try RecordingProxy(host: host, port: port, recording)
      ended = try proxy?.start()
    } catch {
      throw Unperformed(error.description)
    }
    guard let proxy, let ended else { return try await run(scope) }
    var led = scope
    let path = base.dropFirst("http://".count).drop { $0 != "/" }
    led.constants["base_url"] = .string("http://127.0.0.1:\(proxy.port)\(path)")
    let result: Result<Ending, Unperformed>
    do throws(Unperformed) {
      result = .success(try await run(led))
    } catch {
      result = .failure(error)
    }
    proxy.stop()
    for await _ in ended {}
    return try result.get()
  }

  /// What a recorded script asked, as steps inside its own.
  ///
  /// - Parameters:
  ///   - test: nil for all of it.
  ///   - number: of the script's own step.
  package func steps(
    of recording: Recording,
    test: String?,
    inside number: String,
    in scope: Scope
  ) -> [StepRecord] {
    recording.steps(of: test, inside: number, in: scope, options)
  }

  private func perform(_ command: Command) async -> Ending {
    guard let deployment else { return .unanswered(.notDeployed, nil) }
    let exchange = CommandExchange(service: nil, argv: command.argv)
    do throws(DeploymentError) {
      let output = try await deployment.runScript(command, beside: ScriptFixture.files)
      return ended(command, output, exchange, of: nil)
    } catch {
      return .unanswered(.noAnswer(detail: error.description), .command(exchange))
    }
  }

  /// `PARITY_…`, then what the suite says; secrets among it.
  ///
  /// - Parameter port: of 127.0.0.1, in the place of every address; nil for the real ones.
  private func scriptEnvironment(_ scope: Scope, port: Int?) async throws(Unperformed)
    -> [String: String]
  {
    var scope = scope
    if let port {
      scope.constants["base_url"] = .string("http://127.0.0.1:\(port)")
      scope.constants["domain"] = "nothing.invalid"
    }
    var environment = options.scriptEnvironment.merging(options.trustEnvironment) { $1 }
    for (name, value) in scope.constants {
      environment["PARITY_" + name.uppercased()] = Scope.text(of: value)
    }
    for (name, value) in scope.fresh { environment["PARITY_" + name.uppercased()] = value }
    for (name, settings) in options.services {
      guard let own = settings.knownPort else { continue }
      let variable =
        "PARITY_SERVICE_" + name.uppercased().map { $0.isASCIIWord ? "\($0)" : "_" }.joined()
      if let port {
        environment[variable] = "127.0.0.1:\(port)"
      } else if case .tcp(let host, let port)? = try? await endpoint(name, port: own) {
        environment[variable] = "\(host):\(port)"
      }
    }
    for (name, template) in options.scripts.environment {
      environment[name] = try text(template, scope)
    }
    return environment
  }
}

extension Character {
  fileprivate var isASCIIWord: Bool { isASCII && (isLetter || isNumber) }
}

extension ServiceSettings {
  /// The port inside the service, where the suite or its kind says one.
  var knownPort: Int? { port ?? database?.kind.usualPort }
}

/// Files that stand beside the scripts of a run.
enum ScriptFixture {
  static let files: [String: [UInt8]] = [
    "parity.py": PackageResources.parity_py, "parity.sh": PackageResources.parity_sh,
    "parity_pytest.py": PackageResources.parity_pytest_py,
    "parity_unittest.py": PackageResources.parity_unittest_py,
  ]
}

extension SuiteScript {
  /// The command that runs it in the suite's folder.
  ///
  /// - Parameters:
  ///   - tests: those of its tests that are run; nil for all.
  ///   - python: what the suite names.
  package func argv(tests: [String]? = nil, python: String? = nil) -> [String] {
    let isPython = interpreter.contains {
      $0.split(separator: "/").last?.hasPrefix("python") ?? false
    }
    let python = isPython ? interpreter : [python ?? "python3"]
    switch runner {
    case .executable: return ["./" + path]
    case .shell: return (interpreter.isEmpty ? ["sh"] : interpreter) + [path]
    case .bats:
      let names = (tests ?? []).map { "^\($0.map { $0.isASCIIWord ? "\($0)" : "." }.joined())$" }
      let filter = names.isEmpty ? [] : ["--filter", names.joined(separator: "|")]
      return ["bats", "--tap"] + filter + [path]
    // No cache folder beside the suite; what it tells does not depend on what it prints.
    case .pytest:
      let names = (tests ?? []).map { "\(path)::\($0.replacing(".", with: "::"))" }
      return python + ["-m", "pytest", "-p", "parity_pytest", "-p", "no:cacheprovider"]
        + (names.isEmpty ? [path] : names)
    case .unittest: return python + ["-m", "parity_unittest", path] + (tests ?? [])
    }
  }
}
