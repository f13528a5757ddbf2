package import Deployments

/// Runs a recipe as a stack of a Docker Swarm.
package final class SwarmDriver: Driver {
  private let host: SwarmHost

  package init(_ configuration: SwarmConfiguration) throws(DeploymentError) {
    host = try SwarmHost(configuration)
  }

  package var name: String { "swarm" }

  package func deploy(_ version: String) async throws(DeploymentError) -> any Deployment {
    try await host.deploy(version)
  }

  package func takeOperations() async -> [Operation] { host.log.take() }

  package func values() async -> [String: String] { await host.values() }

  package func lost() async -> String? { await host.lost() }

  package func tearDown() async -> TeardownReport { await host.tearDown() }
}
