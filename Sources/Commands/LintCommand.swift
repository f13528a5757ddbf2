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
      var mistakes = Mistakes()
      var recipes: [String] = []
      try await mistakes.collecting { recipes = try workspace.recipes(options.recipes) }
      if recipes.isEmpty { recipes = workspace.project.suiteNames() }
      for recipe in recipes {
        var suite: Suite?
        var warnings: [Diagnostic] = []
        try await mistakes.collecting {
          let loaded = try workspace.suite(recipe)
          warnings = loaded.warnings
          suite = loaded.suite
        }
        mistakes.diagnostics += warnings
        try await mistakes.collecting {
          let checkout = try await workspace.recipeSource(recipe)
          if let suite { try workspace.crossCheck(suite, checkout) }
        }
      }
      try mistakes.conclude()
      if !mistakes.diagnostics.isEmpty { Console.report(SuiteErrors(mistakes.diagnostics)) }
      Console.out("\(recipes.count) suite\(recipes.count == 1 ? "" : "s"), no mistakes\n")
      return .proven
    }
  }
}
