internal import Deployments
internal import FoundationEssentials
internal import Programs

/// The `docker` program of whoever runs this: the first one of `PATH`, with the user's own settings.
struct Docker: Sendable {
  /// Nil where there is none: requests need none.
  private let program: Program?
  private let environment: [String: String]

  /// - Parameter socket: the engine's, or one that leads to it.
  init(socket: String) {
    var environment = Self.ownEnvironment
    program = Self.program(environment)
    for name in ["DOCKER_CONTEXT", "DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH"] {
      environment[name] = nil
    }
    environment["DOCKER_HOST"] = "unix://\(socket)"
    self.environment = environment
  }

  var path: String { program?.path ?? "docker" }

  static var ownEnvironment: [String: String] { ProcessInfo.processInfo.environment }

  static let missing = DeploymentError(
    .driverBroken,
    "docker: no such program; install docker.io or docker-ce-cli"
  )

  static func program(_ environment: [String: String]) -> Program? {
    let standard = "/usr/local/bin:/usr/bin:/bin"
    return Program.find("docker", path: environment["PATH"].map { "\($0):\(standard)" } ?? standard)
  }

  /// Variables of a caller's, with those that docker's own settings need: what it fills into a compose
  /// file.
  func variables(_ variables: [String: String]) -> [String: String] {
    var all = variables
    for name in ["PATH", "HOME", "DOCKER_CONFIG", "DOCKER_HOST"] { all[name] = environment[name] }
    return all
  }

  /// Runs it to its end, whatever that is. A cancelled task kills it.
  ///
  /// - Parameter variables: in place of all of the user's but what docker's own settings need.
  func run(
    _ arguments: [String],
    stdin: [UInt8] = [],
    variables: [String: String]? = nil,
    folder: String = "/",
    deadline: Duration = .seconds(60),
    input: Program.Input = .command,
    output: Program.Output = .kept
  ) async throws(EngineError) -> CommandOutput {
    guard let program else { throw EngineError(.missing, Self.missing.message) }
    let command = Command(
      argv: ["docker"] + arguments,
      stdin: stdin,
      environment: variables.map { self.variables($0) } ?? environment,
      folder: folder,
      deadline: deadline
    )
    do throws(ProgramError) {
      return try await program.run(command, input: input, output: output)
    } catch {
      throw EngineError(error.code == .cancelled ? .cancelled : .unreachable, error.description)
    }
  }
}
