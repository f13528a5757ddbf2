import ArgumentParser
import Auditing
import Evidence
import Reports
import Suites

struct ShowCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Print again what a run came to, or all that is known of some checks.",
    discussion: """
      Reads the last run, or the committed coverage where none is kept, and changes nothing. Of a check \
      it prints every step with what was expected, what came and how long it took, also where it passed.

        parity show plausible
        parity show plausible test_custom_event_roundtrip
        parity show plausible functional/event_tracking --run 20261130T171412Z-kh5p
      """
  )

  @OptionGroup var location: ProjectOption

  @Argument(
    help: ArgumentHelp("The recipe.", valueName: "recipe"),
    completion: ProjectCompletions.recipes
  )
  var recipe: String

  @Argument(
    help: ArgumentHelp("Checks: an id, a file, a name, or name[row].", valueName: "check"),
    completion: ProjectCompletions.checks
  )
  var checks: [String] = []

  @Option(help: ArgumentHelp("A run's id instead of the last one.", valueName: "id"))
  var run: String?

  func run() async throws {
    try await concluding {
      let workspace = try await location.workspace().withCorpus()
      let recipe = try workspace.recipes([recipe]).first ?? recipe
      let (coverage, record) = try await known(recipe, workspace)
      guard !checks.isEmpty else {
        Console.out(TerminalSummary(coverage, record, style: Console.style).rendered())
        return .proven
      }
      let ids = coverage.checks.map(\.id)
      var places: [Int] = []
      for name in checks {
        let found = ids.indices.filter { CheckSelection.matches(ids[$0], name) }
        guard !found.isEmpty else {
          let hint = CheckSelection.nearest(to: name, in: ids).map { "; did you mean \($0)?" } ?? ""
          throw Failure(.wrongUsage, "\(recipe) has no check \"\(Console.quotable(name))\"\(hint)")
        }
        places += found.filter { !places.contains($0) }
      }
      Console.out(CheckText(coverage, record, style: Console.style).rendered(places))
      return .proven
    }
  }

  /// The run that was asked for or the last one, audited now; else the committed coverage alone.
  private func known(
    _ recipe: String,
    _ workspace: Workspace
  ) async throws -> (CoverageModel, RunRecord?) {
    let runs = KeptRuns(workspace: workspace, recipe: recipe)
    if run == nil, runs.ids.isEmpty {
      guard let coverage = try workspace.coverage(recipe) else {
        throw Failure(.broken, "\(recipe) has no run and no coverage.json; parity run \(recipe)")
      }
      return (coverage, nil)
    }
    let record = try runs.record(run).record
    let suite = try workspace.suite(recipe).suite
    let reports = Reports(workspace: await workspace.holding(suite), suite: suite)
    return (reports.coverage(record), record)
  }
}
