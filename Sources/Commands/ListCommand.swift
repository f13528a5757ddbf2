import ArgumentParser
import Auditing
import Evidence
import Reports
import Suites

struct ListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "Print what would be run, without running it.",
    discussion: """
      Each check with its kind, the strength of evidence that its steps can give, whether a \
      control belongs to it, and its place. Stores without a marker are named.
      """
  )

  @OptionGroup var options: ProjectOptions

  @OptionGroup var address: AddressOption

  @Option(
    help: ArgumentHelp("As for `parity run`.", valueName: "name"),
    completion: .list(Workspace.drivers)
  )
  var driver: String?

  func run() async throws {
    try await concluding {
      let (workspace, asked) = try await address.workspace(options)
      for recipe in try workspace.recipes(asked) {
        // git looks at the recipe while the suite is read.
        let reading = Task { try workspace.suite(recipe).suite }
        let checkout = try await workspace.recipeSource(recipe) { try await reading.value }
        let suite = try await reading.value
        let planner = RunPlanner(
          workspace: workspace,
          suite: suite,
          checkout: checkout,
          driver: try workspace.driverName(driver, suite)
        )
        var plan = try await planner.plan()
        for other in try workspace.dependencies(of: suite) {
          let source = try await workspace.recipeSource(other.recipe) { other }
          plan.add(DependencyFacts(recipe: other.recipe, revision: source.target))
        }
        Console.out(plan.listing)
      }
      return .proven
    }
  }
}
