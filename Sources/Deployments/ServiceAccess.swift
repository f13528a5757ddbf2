package import Programs

/// Access to one service of a deployment.
package protocol ServiceAccess: Sendable {
  var name: String { get }

  /// Runs a command in the service's surroundings: its user, environment, file system.
  func run(_ command: Command) async throws(DeploymentError) -> CommandOutput

  /// The bytes of a file as the service sees it; nil where there is none.
  func read(_ path: String, limit: Int) async throws(DeploymentError) -> [UInt8]?

  /// Writes a file as the service sees it, with the service's own rights; what was there is gone.
  func write(_ content: [UInt8], to path: String) async throws(DeploymentError)

  /// Where to reach a port that the service listens on.
  func endpoint(port: Int) async throws(DeploymentError) -> Endpoint

  /// Whether something listens on a port; nil where a connection to its endpoint tells.
  func accepts(port: Int) async throws(DeploymentError) -> Bool?

  /// The end of the service's output, redacted, at most `limit` bytes.
  func log(limit: Int) async -> String
}

extension ServiceAccess {
  package func accepts(port: Int) async throws(DeploymentError) -> Bool? { nil }
}

/// Where a port of a service is reached.
package enum Endpoint: Sendable, Hashable {
  case tcp(host: String, port: Int)
  /// The path of a unix socket that leads to the port.
  case unix(path: String)
}
