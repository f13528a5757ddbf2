package import Deployments
import Formats
import FoundationEssentials
internal import Synchronization

/// Where an engine is reached.
package enum EngineAddress: Sendable, Hashable, CustomStringConvertible {
  /// A unix socket of this machine.
  case socket(path: String)
  /// Through `docker … system dial-stdio`, which knows ssh, TLS and contexts: the options before
  /// `system`, and how the place is called in messages.
  case relayed(options: [String], name: String)

  package var description: String {
    switch self {
    case .socket(let path): "unix://\(path)"
    case .relayed(_, let name): name
    }
  }

  package static let defaultSocket = "/var/run/docker.sock"

  /// Whether it is where an engine is that nobody has named.
  package var isDefault: Bool { self == .socket(path: Self.defaultSocket) }

  /// Whether the engine's host may be another machine.
  package var isRemote: Bool {
    if case .relayed = self { true } else { false }
  }

  /// The engine that `docker` itself would take, or the one of a context.
  ///
  /// - Parameter context: a docker context; nil for `DOCKER_HOST`, `DOCKER_CONTEXT`, the context
  ///   that `docker context use` chose, or the default socket, in this order.
  package static func resolve(
    context: String?,
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) async throws(DeploymentError) -> EngineAddress {
    if context == nil, let host = environment["DOCKER_HOST"], !host.isEmpty {
      return Self.host(host)
    }
    let named =
      context ?? environment["DOCKER_CONTEXT"].flatMap { $0.isEmpty ? nil : $0 }
      ?? currentContext(environment)
    guard let named, named != "default" else { return .socket(path: defaultSocket) }
    let output = try await DockerTool(environment).run(
      ["context", "inspect", "--format", "{{.Endpoints.docker.Host}}", "--", named]
    )
    let host = String(decoding: output.stdout, as: UTF8.self).split(separator: "\n").first
    guard output.succeeded, let host else {
      throw DeploymentError(
        .unsupported,
        "docker context \"\(named)\" cannot be used: \(output.lastLine)"
      )
    }
    return address(String(host), options: ["--context", named], name: "context \(named)")
  }

  /// As `DOCKER_HOST` has it.
  package static func host(_ host: String) -> EngineAddress {
    address(host, options: ["--host", host], name: host)
  }

  private static func address(_ host: String, options: [String], name: String) -> EngineAddress {
    host.hasPrefix("unix://")
      ? .socket(path: String(host.dropFirst("unix://".count)))
      : .relayed(options: options, name: shown(name))
  }

  /// Without a user's password, which an address may hold.
  private static func shown(_ name: String) -> String {
    guard let scheme = name.firstRange(of: "://"), let at = name.lastIndex(of: "@"),
      at > scheme.upperBound
    else { return name }
    let user = name[scheme.upperBound..<at].prefix { $0 != ":" }
    return String(name[..<scheme.upperBound] + user + name[at...])
  }

  /// What `docker context use` wrote; nil for the default one.
  private static func currentContext(_ environment: [String: String]) -> String? {
    let folder =
      environment["DOCKER_CONFIG"] ?? environment["HOME"].map { $0 + "/.docker" } ?? "/root/.docker"
    guard let data = FileManager.default.contents(atPath: folder + "/config.json") else {
      return nil
    }
    let context = (try? JSONParser().parse(Array(data)))?["currentContext"]?.stringValue
    return context.flatMap { $0.isEmpty ? nil : $0 }
  }

  /// A new connection. Blocks.
  func dial() throws(EngineError) -> EngineSocket {
    switch self {
    case .socket(let path): return try EngineSocket.connect(path: path)
    case .relayed(let options, _):
      let tool = DockerTool()
      guard let program = tool.program else {
        throw EngineError(.unreachable, "\(self): there is no docker program to reach it with")
      }
      DockerTool.noteStart()
      return try EngineSocket.relay(
        program: program,
        arguments: ["docker"] + options + ["system", "dial-stdio"],
        environment: tool.environment
      )
    }
  }
}

/// The `docker` program, with the surroundings of whoever runs this: its own settings say how an
/// engine is reached.
struct DockerTool: Sendable {
  let environment: [String: String]

  init(_ environment: [String: String] = ProcessInfo.processInfo.environment) {
    self.environment = environment
  }

  /// How many of these were started in this process.
  static var started: Int { count.load(ordering: .relaxed) }
  private static let count = Atomic<Int>(0)
  static func noteStart() { count.add(1, ordering: .relaxed) }

  /// Nil where there is none.
  var program: String? {
    ProgramSearch(patterns: [], toolFolder: "/usr/bin", path: environment["PATH"]).find("docker")
  }

  /// Runs it to its end. A cancelled task kills it.
  ///
  /// - Parameter addressed: the engine; nil leaves that to the surroundings.
  func run(
    _ arguments: [String],
    on addressed: String? = nil,
    adding variables: [String: String] = [:],
    folder: String = "/",
    deadline: Duration = .seconds(60)
  ) async throws(DeploymentError) -> CommandOutput {
    guard let program else {
      throw DeploymentError(.driverBroken, "docker: no such program; install docker.io")
    }
    var all = environment
    if let addressed {
      for name in ["DOCKER_CONTEXT", "DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH"] { all[name] = nil }
      all["DOCKER_HOST"] = addressed
    }
    all.merge(variables) { $1 }
    let start = ContinuousClock.now
    Self.noteStart()
    let spawn = SubprocessRun(
      program: program,
      arguments: ["docker"] + arguments,
      environment: all,
      folder: folder,
      deadline: deadline
    )
    var output = try await spawn.output()
    output.duration = ContinuousClock.now - start
    return output
  }
}
