package import Deployments
import Suites

/// Runs a recipe as a stack of a Docker Swarm.
package final class SwarmDriver: Driver {
  private let host: SwarmHost

  package init(_ configuration: SwarmConfiguration) throws(DeploymentError) {
    host = try SwarmHost(configuration)
  }

  package var name: String { "swarm" }

  package func deploy(_ version: String) async throws(DeploymentError) -> any Deployment {
    try await host.deploy(version)
    return SwarmDeployment(host: host, facts: try await host.facts())
  }

  package func takeOperations() async -> [Operation] { await host.takeOperations() }

  package func values() async -> [String: String] { await host.values() }

  package func lost() async -> String? { await host.lost() }

  package func tearDown() async -> TeardownReport { await host.tearDown() }
}

/// One stack: what does not change while it lives, and the way to the rest.
struct SwarmDeployment: Deployment {
  struct Facts: Sendable {
    var services: [String]
    var baseURL: String
    var domain: String
  }

  let host: SwarmHost
  let facts: Facts

  var services: [String] { facts.services }
  var baseURL: String { facts.baseURL }
  var domain: String { facts.domain }

  func upgrade(to version: String) async throws(DeploymentError) {
    try await host.upgrade(to: version)
  }

  func backUp() async throws(DeploymentError) -> Snapshot { try await host.backUpWatched() }

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
    guard facts.services.contains(name) else {
      throw DeploymentError(
        .noSuchService,
        "\(name) is no service of this deployment: \(facts.services.joined(separator: ", "))"
      )
    }
    return SwarmServiceAccess(name: name, host: host)
  }

  func runScript(_ command: ServiceCommand) async throws(DeploymentError) -> CommandOutput {
    try await host.bench().runScript(command, ofSuiteIn: host.configuration.suite.folder)
  }

  func runningVersion() async throws(DeploymentError) -> RunningVersion {
    try await host.runningVersion()
  }

  func deadServices() async -> [DeadService] { await host.deadServices() }
}

struct SwarmServiceAccess: ServiceAccess {
  let name: String
  let host: SwarmHost

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
