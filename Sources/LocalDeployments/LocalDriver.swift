package import Deployments

/// Runs a recipe's services as processes of this machine, below one guardian.
package final class LocalDriver: Driver {
  private let host: LocalHost

  package init(_ configuration: LocalConfiguration) {
    host = LocalHost(configuration)
  }

  package var name: String { "local" }

  package func deploy(_ version: String) async throws(DeploymentError) -> any Deployment {
    try await host.deploy(version)
  }

  package func takeOperations() async -> [Operation] { host.log.take() }

  package func values() async -> [String: String] { await host.values() }

  package func lost() async -> String? { await host.lost() }

  package func tearDown() async -> TeardownReport { await host.tearDown() }
}
