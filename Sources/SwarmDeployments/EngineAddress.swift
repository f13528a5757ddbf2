package import Deployments
internal import FoundationEssentials
internal import Programs

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
  var isRemote: Bool {
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
    guard let docker = Docker.program(environment) else {
      guard context == nil else { throw Docker.missing }
      return .socket(path: defaultSocket)
    }
    var environment = environment
    environment["DOCKER_HOST"] = nil
    let format = "{{.Name}} {{.Endpoints.docker.Host}}"
    let command = Command(
      argv: ["docker", "context", "inspect", "--format", format]
        + (context.map { ["--", $0] } ?? []),
      environment: environment
    )
    let output: CommandOutput
    do throws(ProgramError) {
      output = try await docker.run(command)
    } catch {
      throw DeploymentError(.driverBroken, error.description)
    }
    let words = output.text.split(whereSeparator: \.isWhitespace).map(String.init)
    guard output.succeeded, words.count == 2 else {
      let named = context ?? environment["DOCKER_CONTEXT"] ?? "default"
      throw DeploymentError(
        .unsupported,
        "docker context \"\(named)\" cannot be used: \(output.lastLine)"
      )
    }
    return address(words[1], options: ["--context", words[0]], name: "context \(words[0])")
  }

  /// As `DOCKER_HOST` has it.
  static func host(_ host: String) -> EngineAddress {
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
}
