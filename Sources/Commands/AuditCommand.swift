import ArgumentParser
import Auditing
import Evidence
import FoundationEssentials
import Suites

struct AuditCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit",
    abstract: "Audit the last run again and print it; write nothing.",
    discussion: """
      The corpus is read as it is now, the run as it was. `--today` says which deferrals and \
      waivers are past their date, and an expired waiver waives nothing; nothing of it is stored.

      A recipe without a run is held against its corpus alone. With several recipes a list says \
      which of them needs work first, in one line each unless they are named.
      """
  )

  @OptionGroup var options: ProjectOptions

  @Option(help: ArgumentHelp("A run's id instead of the last one.", valueName: "id"))
  var run: String?

  @Option(help: ArgumentHelp("YYYY-MM-DD; by default this day, in UTC.", valueName: "date"))
  var today: String?

  @Flag(help: "Count warnings as errors.")
  var strict = false

  @OptionGroup var ciOptions: CIOptions

  func validate() throws {
    if let today, !CalendarDay.isDay(today) {
      throw ValidationError(
        "--today takes a day as YYYY-MM-DD, not \"\(Console.quotable(today))\""
      )
    }
  }

  func run() async throws {
    try await concluding {
      let plain = try Workspace(folder: options.project)
      let recipes = try plain.recipes(options.recipes)
      let workspace = await plain.withCorpus(of: recipes)
      let ci = CIOutput(ciOptions.ci, workspace, writesReports: false)
      defer { ci.conclude() }
      // A catalogue is told in one line for each recipe, unless recipes are named.
      let isCatalogue = recipes.count > 1 && options.recipes.isEmpty
      var ranking = CatalogueRanking()
      var worst = ExitStatus.proven
      for recipe in recipes {
        let suite = try workspace.suite(recipe).suite
        let workspace = await workspace.holding(suite)
        let audited = try audit(suite, KeptRuns(workspace: workspace, recipe: recipe), workspace)
        if let coverage = audited.coverage { ci.add(coverage) }
        if !isCatalogue { Console.out(audited.text()) }
        ranking.add(audited.row)
        if audited.status.precedence > worst.precedence { worst = audited.status }
      }
      if recipes.count > 1 { Console.out((isCatalogue ? "" : "\n") + ranking.text) }
      return worst
    }
  }

  private struct Audited {
    var row: CatalogueRanking.Row
    var status: ExitStatus
    /// Nil where no run is kept.
    var coverage: CoverageModel?
    /// Made only where it is printed.
    var text: () -> String
  }

  private var day: String { today ?? String(Date.now.formatted(.iso8601).prefix(10)) }

  private func audit(_ suite: Suite, _ runs: KeptRuns, _ workspace: Workspace) throws -> Audited {
    guard run != nil || !runs.ids.isEmpty else { return auditUnrun(suite, workspace) }
    let (record, _) = try runs.record(run)
    let reports = Reports(workspace: workspace, suite: suite)
    let coverage = reports.audit(record).coverage(today: day)
    return Audited(
      row: CatalogueRanking.Row(
        recipe: suite.recipe,
        hasRun: true,
        claims: coverage.claims,
        units: coverage.corpus.units ?? [],
        findings: coverage.findings
      ),
      status: ExitStatus(coverage: coverage, record: record, strict: strict),
      coverage: coverage,
      text: { reports.summary(coverage, record, []) }
    )
  }

  /// A recipe of which no run is kept: its links are held against the corpus, and nothing is proven.
  private func auditUnrun(_ suite: Suite, _ workspace: Workspace) -> Audited {
    let corpus = workspace.corpus(for: suite.recipe)
    let unrun = UnrunAudit(
      suite: suite,
      corpus: corpus.coverage,
      statement: corpus.statement,
      held: workspace.held(corpus, suite),
      today: day
    )
    return Audited(
      row: CatalogueRanking.Row(
        recipe: suite.recipe,
        hasRun: false,
        claims: unrun.claims,
        units: unrun.units,
        findings: unrun.findings
      ),
      status: unrun.status(strict: strict),
      coverage: nil,
      text: { unrun.text }
    )
  }
}
