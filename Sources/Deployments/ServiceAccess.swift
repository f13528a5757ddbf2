package import Programs

/// Access to one service of a deployment.
package struct ServiceAccess: Sendable {
  package let name: String
  let deployment: any Deployment

  package func run(_ command: Command) async throws(DeploymentError) -> CommandOutput {
    try await deployment.run(command, in: name)
  }

  package func read(_ path: String, limit: Int) async throws(DeploymentError) -> [UInt8]? {
    try await deployment.read(path, of: name, limit: limit)
  }

  package func hasFolder(_ path: String) async throws(DeploymentError) -> Bool? {
    try await deployment.hasFolder(path, of: name)
  }

  package func write(_ content: [UInt8], to path: String) async throws(DeploymentError) {
    try await deployment.write(content, to: path, of: name)
  }

  package func whatIs(at path: String) async throws(DeploymentError) -> StoredPath? {
    try await deployment.whatIs(at: path, of: name)
  }

  /// A link gets the folders above it.
  package func make(_ item: PathItem, at path: String) async throws(DeploymentError) {
    if case .link = item, let slash = path.lastIndex(of: "/"), slash != path.startIndex {
      try await deployment.make(.folder, at: String(path[..<slash]), of: name)
    }
    try await deployment.make(item, at: path, of: name)
  }

  package func endpoint(port: Int) async throws(DeploymentError) -> Endpoint {
    try await deployment.endpoint(port: port, of: name)
  }

  package func accepts(port: Int) async throws(DeploymentError) -> Bool? {
    try await deployment.accepts(port: port, of: name)
  }
}

/// Where a port of a service is reached.
package enum Endpoint: Sendable, Hashable {
  case tcp(host: String, port: Int)
  /// The path of a unix socket that leads to the port.
  case unix(path: String)
}

/// What can be made at a path, beside a file. A folder that is there stays, a link is replaced.
package enum PathItem: Sendable, Hashable {
  case link(to: String)
  /// With those above it.
  case folder
  /// Of what is there.
  case mode(Int)

  /// The command that makes it.
  package func command(at path: String) -> [String] {
    switch self {
    case .link(let target): ["ln", "-sfn", "--", target, path]
    case .folder: ["mkdir", "-p", "--", path]
    case .mode(let mode): ["chmod", "--", "0" + String(mode, radix: 8), path]
    }
  }
}
