package import Programs

/// The actor behind a driver, which does all that is done for one deployment.
package protocol DeploymentHost: Actor {
  func upgrade(to version: String) async throws(DeploymentError)
  func backUp() async throws(DeploymentError) -> Snapshot
  func restore(_ snapshot: Snapshot) async throws(DeploymentError)
  func read(_ path: String, from snapshot: Snapshot, limit: Int) async throws(DeploymentError)
    -> SnapshotFile?
  func runScript(_ command: Command) async throws(DeploymentError) -> CommandOutput
  func runningVersion() async throws(DeploymentError) -> RunningVersion
  func deadServices() async -> [DeadService]
  func stoppedServices() async -> [DeadService]

  // Of one service.
  func run(_ command: Command, in name: String) async throws(DeploymentError) -> CommandOutput
  func read(_ path: String, of name: String, limit: Int) async throws(DeploymentError) -> [UInt8]?
  func write(_ content: [UInt8], to path: String, of name: String) async throws(DeploymentError)
  func endpoint(port: Int, of name: String) async throws(DeploymentError) -> Endpoint
  func accepts(port: Int, of name: String) async throws(DeploymentError) -> Bool?
  func log(of name: String, limit: Int) async -> String
}

extension DeploymentHost {
  package func stoppedServices() async -> [DeadService] { await deadServices() }

  package func accepts(port: Int, of name: String) async throws(DeploymentError) -> Bool? { nil }
}

/// What does not change while a deployment lives, and the way to the rest.
package struct HostedDeployment<Host: DeploymentHost>: Deployment {
  private let host: Host
  /// Sorted.
  package let services: [String]
  package let baseURL: String
  package let domain: String

  package init(host: Host, services: [String], baseURL: String, domain: String) {
    self.host = host
    self.services = services.sorted()
    self.baseURL = baseURL
    self.domain = domain
  }

  package func upgrade(to version: String) async throws(DeploymentError) {
    try await host.upgrade(to: version)
  }

  package func backUp() async throws(DeploymentError) -> Snapshot { try await host.backUp() }

  package func restore(_ snapshot: Snapshot) async throws(DeploymentError) {
    try await host.restore(snapshot)
  }

  package func read(
    _ path: String,
    from snapshot: Snapshot,
    limit: Int
  ) async throws(DeploymentError) -> SnapshotFile? {
    try await host.read(path, from: snapshot, limit: limit)
  }

  package func service(_ name: String) throws(DeploymentError) -> any ServiceAccess {
    guard services.contains(name) else {
      throw DeploymentError(
        .noSuchService,
        "unknown service \(name); services are \(services.joined(separator: ", "))"
      )
    }
    return HostedService(name: name, host: host)
  }

  package func runScript(_ command: Command) async throws(DeploymentError) -> CommandOutput {
    try await host.runScript(command)
  }

  package func runningVersion() async throws(DeploymentError) -> RunningVersion {
    try await host.runningVersion()
  }

  package func deadServices() async -> [DeadService] { await host.deadServices() }

  package func stoppedServices() async -> [DeadService] { await host.stoppedServices() }
}

/// One service of a hosted deployment.
private struct HostedService<Host: DeploymentHost>: ServiceAccess {
  let name: String
  let host: Host

  func run(_ command: Command) async throws(DeploymentError) -> CommandOutput {
    try await host.run(command, in: name)
  }

  func read(_ path: String, limit: Int) async throws(DeploymentError) -> [UInt8]? {
    try await host.read(path, of: name, limit: limit)
  }

  func write(_ content: [UInt8], to path: String) async throws(DeploymentError) {
    try await host.write(content, to: path, of: name)
  }

  func endpoint(port: Int) async throws(DeploymentError) -> Endpoint {
    try await host.endpoint(port: port, of: name)
  }

  func accepts(port: Int) async throws(DeploymentError) -> Bool? {
    try await host.accepts(port: port, of: name)
  }

  func log(limit: Int) async -> String { await host.log(of: name, limit: limit) }
}
