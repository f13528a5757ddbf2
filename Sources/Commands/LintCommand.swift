import ArgumentParser
import Auditing
import Drafting
import Evidence
import Reports
import Suites

struct LintCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lint",
    abstract: "Check suite files, parity.yml and the recipe's own files.",
    discussion: """
      Every mistake is told at its place, all at once; a suite file that is wrong exits with 65. \
      Then the rules that need no run look at the recipe: an error among them exits with 1, and \
      with `--strict` a warning too. What the suite waives is told apart and does not count. Questions \
      that `parity new` and `parity adopt` left open are warnings.
      """
  )

  @OptionGroup var options: ProjectOptions

  @Flag(help: "Count warnings as errors.")
  var strict = false

  func run() async throws {
    try await concluding {
      let workspace = try await options.location.workspace()
      var found: [Diagnostic] = []
      var open: [Diagnostic] = []
      var waived: [String] = []
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
          open += OpenQuestions.all(in: loaded.suite.folder).map {
            var question = $0
            let folder = workspace.project.suiteFolder(of: recipe)
            question.file = workspace.shown("\(folder)/\($0.file)")
            return question
          }
        }
        mistakes.diagnostics += warnings
        try await mistakes.collecting {
          let read = suite
          let checkout = try await workspace.recipeSource(
            recipe,
            for: read.map { read in { read } }
          )
          guard let suite else { return }
          try workspace.crossCheck(suite, checkout)
          _ = try workspace.dependencies(of: suite)
          let findings = try await checkout.ruleFindings(suite)
          let waivers = Waivers(suite.waivers, today: nil)
          found += checkout.diagnostics(
            findings.filter { !waivers.applied(to: $0.finding).isWaived },
            of: suite,
            in: workspace.shown(workspace.project.suiteFolder(of: recipe))
          )
          waived += findings.map { waivers.applied(to: $0.finding) }.filter(\.isWaived)
            .map { "\(recipe): \(ReportText.finding($0))" }
        }
      }
      try mistakes.conclude()
      let all = mistakes.diagnostics + found + open
      if !all.isEmpty { Console.report(SuiteErrors(all)) }
      for line in waived { Console.error(line) }
      Console.out(
        "\(recipes.count) suite\(recipes.count == 1 ? "" : "s"), no mistakes\(Self.counted(found))"
          + (open.isEmpty ? "\n" : "; \(open.count) open question\(open.count == 1 ? "" : "s")\n")
      )
      let isRefuted = (found + open).contains {
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
