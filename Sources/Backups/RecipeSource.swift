package import Deployments
package import Suites

/// Where a driver gets a recipe's files and facts from, by version.
package struct RecipeSource: Sendable {
  package typealias Facts = @Sendable (_ version: String) async throws(DeploymentError) -> Recipe
  package typealias Export =
    @Sendable (_ version: String, _ folder: String) async throws(DeploymentError) -> Void

  private let facts: Facts
  private let files: Export

  package init(recipe: @escaping Facts, export: @escaping Export) {
    facts = recipe
    files = export
  }

  package func recipe(_ version: String) async throws(DeploymentError) -> Recipe {
    try await facts(version)
  }

  /// Writes the recipe's files at a version into an empty folder.
  package func export(_ version: String, _ folder: String) async throws(DeploymentError) {
    try await files(version, folder)
  }
}
