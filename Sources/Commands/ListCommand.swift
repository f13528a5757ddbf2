import ArgumentParser
import Auditing
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

  @Option(help: ArgumentHelp("As for `parity run`.", valueName: "name"))
  var driver: String?

  func run() async throws {
    try await concluding {
      let workspace = try Workspace(folder: options.project)
      for recipe in try workspace.recipes(options.recipes) {
        // git looks at the recipe while the suite is read.
        async let checkout = workspace.recipeSource(recipe)
        let suite = try workspace.suite(recipe).suite
        let planner = RunPlanner(
          workspace: workspace,
          suite: suite,
          checkout: try await checkout,
          driver: try workspace.driverName(driver, suite)
        )
        Console.out(try await planner.plan().listing)
      }
      return .proven
    }
  }
}
