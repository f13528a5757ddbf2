package import Deployments
import Evidence
package import Suites

/// Runs a recipe's services as processes of this machine, below one guardian.
package final class LocalDriver: Driver {
  private let host: LocalHost

  package init(_ configuration: LocalConfiguration) {
    host = LocalHost(configuration)
  }

  package var name: String { "local" }

  package func deploy(_ version: String) async throws(DeploymentError) -> any Deployment {
    try await host.deploy(version)
    return await host.deployment()
  }

  package func takeOperations() async -> [Operation] { await host.takeOperations() }

  package func values() async -> [String: String] { await host.values() }

  package func lost() async -> String? { await host.lost() }

  package func tearDown() async -> TeardownReport { await host.tearDown() }
}

/// Where the driver gets a recipe's files and facts from, by version.
package struct RecipeSource: Sendable {
  package var recipe: @Sendable (_ version: String) async throws(DeploymentError) -> Recipe
  /// Writes the recipe's files at a version into an empty folder.
  package var export:
    @Sendable (_ version: String, _ folder: String) async throws(DeploymentError) -> Void

  package init(
    recipe: @escaping @Sendable (String) async throws(DeploymentError) -> Recipe,
    export: @escaping @Sendable (String, String) async throws(DeploymentError) -> Void
  ) {
    self.recipe = recipe
    self.export = export
  }
}
