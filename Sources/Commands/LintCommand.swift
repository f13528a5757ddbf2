import ArgumentParser
import Auditing
import Suites

struct LintCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lint",
    abstract: "Check suite files, parity.yml and the recipe's compose file.",
    discussion: "Every mistake is told at its place, all at once. Exits with 65 where there is one."
  )

  @OptionGroup var options: ProjectOptions

  func run() async throws {
    try await concluding {
      let workspace = try Workspace(folder: options.project)
      var diagnostics: [Diagnostic] = []
      let recipes = try workspace.recipes(options.recipes)
      for recipe in recipes {
        do {
          let loaded = try workspace.suite(recipe)
          diagnostics += loaded.warnings
          try workspace.crossCheck(loaded.suite, try await workspace.recipeSource(recipe))
        } catch let errors as SuiteErrors {
          diagnostics += errors.diagnostics
        }
      }
      let errors = SuiteErrors(diagnostics)
      if !diagnostics.isEmpty { Console.report(errors) }
      let count = diagnostics.filter { $0.severity == .error }.count
      if count > 0 { return .wrongSuite }
      Console.out("\(recipes.count) suite\(recipes.count == 1 ? "" : "s"), no mistakes\n")
      return .proven
    }
  }
}
