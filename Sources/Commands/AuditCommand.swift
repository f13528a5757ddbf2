import ArgumentParser
import Auditing
import Evidence
import Formats
import FoundationEssentials
import Glibc
import Importing
import Reports
import Suites

struct AuditCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit",
    abstract: "Audit the last run again and print the result; write nothing.",
    discussion: """
      The corpus is read as it is now, the run as it was; that suite or recipe changed since is said. Deferrals and waivers whose date is \
      before `--today` have expired, and an expired waiver waives nothing. Nothing is stored.

      A recipe without a run is compared with its corpus only. With several recipes a list says \
      which of them needs work first, in one line each unless they are named.

      With `--claims` each claim of a hand-written page is compared with the suite and the last run: \
      its line, a mark under what is meant, and what speaks for or against it. Exit status 1 where a \
      claim is refuted.
      """
  )

  @OptionGroup var options: ProjectOptions

  @Option(help: ArgumentHelp("A run's id instead of the last one.", valueName: "id"))
  var run: String?

  @OptionGroup var todayOption: TodayOption

  @Flag(help: "Count warnings as errors.")
  var strict = false

  @Option(
    help: ArgumentHelp(
      "Compare the claims of a page with the suite and the last run.",
      valueName: "page"
    ),
    completion: .file()
  )
  var claims: String?

  @Option(help: "How judged claims are printed: text, markdown, json or junit.")
  var format: ClaimsOutput.Format?

  @OptionGroup var ciOptions: CIOptions

  func validate() throws {
    if claims == nil, format != nil { throw ValidationError("--format needs --claims") }
    if claims != nil, options.recipes.count > 1 {
      throw ValidationError("--claims takes a page of one recipe")
    }
  }

  func run() async throws {
    try await concluding {
      if let claims { return try await audit(claimsOf: claims) }
      let plain = try await options.location.workspace()
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
        let runs = KeptRuns(workspace: workspace, recipe: recipe)
        let audited = try await audit(suite, runs, workspace)
        if let coverage = audited.coverage { ci.add(coverage) }
        if !isCatalogue { Console.out(audited.text()) }
        for remark in audited.remarks { Console.out("\(remark)\n") }
        ranking.add(audited.row)
        worst = worst.worse(audited.status)
      }
      if recipes.count > 1 { Console.out((isCatalogue ? "" : "\n") + ranking.text) }
      return worst
    }
  }

  private func audit(claimsOf page: String) async throws -> ExitStatus {
    let output = try await ClaimsAudit(
      workspace: await options.location.workspace().withCorpus(),
      file: ImportFile(path: page),
      asked: options.recipes.first,
      run: run
    ).output()
    let format = format ?? .text
    let hasColour = format == .text && Console.hasColour(STDOUT_FILENO)
    let text = output.text(format, hasColour: hasColour)
    switch format {
    case .text: Console.out(text)
    case .json: Console.json(text)
    case .markdown, .junit: Console.data(text)
    }
    return output.status
  }

  private struct Audited {
    var row: CatalogueRanking.Row
    var status: ExitStatus
    /// Nil where no run is kept.
    var coverage: CoverageModel?
    /// What the verdict rests on besides the run, one line each.
    var remarks: [String] = []
    /// Made only where it is printed.
    var text: () -> String
  }

  private var day: String { todayOption.day }

  private func audit(
    _ suite: Suite,
    _ runs: KeptRuns,
    _ workspace: Workspace
  ) async throws -> Audited {
    guard run != nil || !runs.ids.isEmpty else { return auditUnrun(suite, workspace) }
    let (record, _) = try runs.record(run)
    let reports = Reports(workspace: workspace, suite: suite)
    let coverage = reports.audit(record).coverage(today: day)
    var status = ExitStatus(coverage: coverage, record: record, strict: strict)
    var remarks = try await workspace.changes(
      of: suite.recipe,
      since: "run \(record.header.id)",
      suiteTree: record.header.suiteTree,
      target: record.header.target
    ).map { "\(suite.recipe): \($0): the verdicts are of the run" }
    if run == nil, let standing = StandingVerdict(behind: record, runs, reports) {
      status = status.worse(standing.status)
      remarks.append(standing.sentence(suite.recipe))
    }
    return Audited(
      row: CatalogueRanking.Row(
        recipe: suite.recipe,
        hasRun: true,
        claims: coverage.claims,
        units: coverage.corpus.units ?? [],
        findings: coverage.findings
      ),
      status: status,
      coverage: coverage,
      remarks: remarks,
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
