import ArgumentParser
import Auditing
import Evidence
import Rendering
import Suites

struct LintCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lint",
    abstract: "Check suite files, parity.yml and the recipe's own files.",
    discussion: """
      Every mistake is told at its place, all at once; a suite file that is wrong exits with 65. \
      Then the rules that need no run look at the recipe: an error among them exits with 1, and \
      with `--strict` a warning too. What the suite waives is told apart and does not count.
      """
  )

  @OptionGroup var options: ProjectOptions

  @Flag(help: "Count warnings as errors.")
  var strict = false

  func run() async throws {
    try await concluding {
      let workspace = try Workspace(folder: options.project)
      var diagnostics: [Diagnostic] = []
      var found: [Diagnostic] = []
      var waived: [String] = []
      let recipes = try workspace.recipes(options.recipes)
      for recipe in recipes {
        do {
          let loaded = try workspace.suite(recipe)
          diagnostics += loaded.warnings
          let checkout = try await workspace.recipeSource(recipe)
          try workspace.crossCheck(loaded.suite, checkout)
          let findings = checkout.ruleFindings(loaded.suite)
          let waivers = Waivers(loaded.suite.waivers, today: nil)
          found += checkout.diagnostics(
            findings.filter { !waivers.applied(to: $0.finding).isWaived }
          )
          waived += findings.map { waivers.applied(to: $0.finding) }.filter(\.isWaived)
            .map { "\(recipe): \(ReportText.finding($0))" }
        } catch let errors as SuiteErrors {
          diagnostics += errors.diagnostics
        }
      }
      Console.report(SuiteErrors(diagnostics + found))
      for line in waived { Console.error(line) }
      if diagnostics.contains(where: { $0.severity == .error }) { return .wrongSuite }
      Console.out(
        "\(recipes.count) suite\(recipes.count == 1 ? "" : "s"), no mistakes\(Self.counted(found))\n"
      )
      let isRefuted = found.contains {
        $0.severity == .error || (strict && $0.severity == .warning)
      }
      return isRefuted ? .refuted : .proven
    }
  }

  /// `; of the recipes: 1 error, 2 warnings`; empty where there is nothing.
  private static func counted(_ found: [Diagnostic]) -> String {
    let parts = Diagnostic.Severity.allCases.compactMap { severity -> String? in
      let count = found.count { $0.severity == severity }
      return count == 0 ? nil : "\(count) \(severity.rawValue)\(count == 1 ? "" : "s")"
    }
    return parts.isEmpty ? "" : "; of the recipes: \(parts.joined(separator: ", "))"
  }
}
