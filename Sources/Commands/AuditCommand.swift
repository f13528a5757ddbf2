import ArgumentParser
import Auditing
import Evidence
import Formats
import FoundationEssentials
import Reports
import Suites

struct AuditCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit",
    abstract: "Audit the last run again and print the result; write nothing.",
    discussion: """
      The corpus is read as it is now, the run as it was. Deferrals and waivers whose date is \
      before `--today` have expired, and an expired waiver waives nothing. Nothing is stored.

      A recipe without a run is compared with its corpus only. With several recipes a list says \
      which of them needs work first, in one line each unless they are named.
      """
  )

  @OptionGroup var options: ProjectOptions

  @Option(help: ArgumentHelp("A run's id instead of the last one.", valueName: "id"))
  var run: String?

  @OptionGroup var todayOption: TodayOption

  @Flag(help: "Count warnings as errors.")
  var strict = false

  @OptionGroup var ciOptions: CIOptions

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
        worst = worst.worse(audited.status)
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

  private var day: String { todayOption.day }

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
      text: { Self.text(of: unrun) }
    )
  }

  private static func text(of unrun: UnrunAudit) -> String {
    var lines = ["\(unrun.recipe): no run is kept, so nothing is proven"]
    if unrun.corpus.state != .scripts { lines.append("  \(unrun.corpus.sentences)") }
    for claim in unrun.claims {
      let until = claim.verdict.until.map { " until \($0)" } ?? ""
      let reason = claim.verdict.reason.map { ": \($0.cause)" } ?? ""
      lines.append("  \(claim.verdict.word.shown)\(until) \(claim.id)\(reason)")
    }
    for finding in unrun.findings where finding.severity != .note && finding.waived == nil {
      let place = finding.place.map { " (\($0.file):\($0.line))" } ?? ""
      lines.append("  \(finding.severity.rawValue) \(finding.rule): \(finding.message)\(place)")
    }
    return lines.map { TerminalText.stripped($0) + "\n" }.joined()
  }
}
