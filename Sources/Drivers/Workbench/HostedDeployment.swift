import Deployments

/// The actor behind a driver, which does all that is done for one deployment.
protocol DeploymentHost: LabelledBackup {
  func upgrade(to version: String) async throws(DeploymentError)
  func takeBackup() async throws(DeploymentError) -> Snapshot
  func read(_ path: String, from snapshot: Snapshot, limit: Int) async throws(DeploymentError)
    -> SnapshotFile?
  func runScript(_ command: ServiceCommand) async throws(DeploymentError) -> CommandOutput
  func runningVersion() async throws(DeploymentError) -> RunningVersion
  func deadServices() async -> [DeadService]
  func stoppedServices() async -> [DeadService]

  // Of one service.
  func run(_ command: ServiceCommand, in name: String) async throws(DeploymentError)
    -> CommandOutput
  func read(_ path: String, of name: String, limit: Int) async throws(DeploymentError) -> [UInt8]?
  func write(_ content: [UInt8], to path: String, of name: String) async throws(DeploymentError)
  func endpoint(port: Int, of name: String) async throws(DeploymentError) -> Endpoint
  func accepts(port: Int, of name: String) async throws(DeploymentError) -> Bool?
  func log(of name: String, limit: Int) async -> String
}

extension DeploymentHost {
  func takeBackup() async throws(DeploymentError) -> Snapshot { try await backUp() }

  func stoppedServices() async -> [DeadService] { await deadServices() }

  func accepts(port: Int, of name: String) async throws(DeploymentError) -> Bool? { nil }
}

/// What does not change while a deployment lives, and the way to the rest.
struct HostedDeployment<Host: DeploymentHost>: Deployment {
  let host: Host
  /// Sorted.
  let services: [String]
  let baseURL: String
  let domain: String

  func upgrade(to version: String) async throws(DeploymentError) {
    try await host.upgrade(to: version)
  }

  func backUp() async throws(DeploymentError) -> Snapshot { try await host.takeBackup() }

  func restore(_ snapshot: Snapshot) async throws(DeploymentError) {
    try await host.restore(snapshot)
  }

  func read(
    _ path: String,
    from snapshot: Snapshot,
    limit: Int
  ) async throws(DeploymentError) -> SnapshotFile? {
    try await host.read(path, from: snapshot, limit: limit)
  }

  func service(_ name: String) throws(DeploymentError) -> any ServiceAccess {
    guard services.contains(name) else {
      throw DeploymentError(
        .noSuchService,
        "\(name) is no service of this deployment: \(services.joined(separator: ", "))"
      )
    }
    return HostedService(name: name, host: host)
  }

  func runScript(_ command: ServiceCommand) async throws(DeploymentError) -> CommandOutput {
    try await host.runScript(command)
  }

  func runningVersion() async throws(DeploymentError) -> RunningVersion {
    try await host.runningVersion()
  }

  func deadServices() async -> [DeadService] { await host.deadServices() }

  func stoppedServices() async -> [DeadService] { await host.stoppedServices() }
}

struct HostedService<Host: DeploymentHost>: ServiceAccess {
  let name: String
  let host: Host

  func run(_ command: ServiceCommand) async throws(DeploymentError) -> CommandOutput {
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
