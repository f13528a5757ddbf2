import ArgumentParser
import Auditing
import Evidence
import Formats
import Importing
import Reports
import Suites

struct ReportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Write the reports again from the last run or the committed coverage.",
    discussion: """
      A run that died is reported as far as its events go, in its own folder. Without a kept run, \
      PARITY.md is written again from coverage.json alone. A run of another suite or recipe than the \
      files here is refused.
      """
  )

  @OptionGroup var options: ProjectOptions

  @Option(help: ArgumentHelp("A run's id instead of the last one.", valueName: "id"))
  var run: String?

  @Option(
    help: ArgumentHelp("Templates that replace the built-in ones.", valueName: "folder"),
    completion: .directory
  )
  var templates: String?

  @OptionGroup var junit: JUnitOption

  enum Form: String, CaseIterable, ExpressibleByArgument {
    case results = "results.json"
    case ctrf
  }

  @Option(
    name: .customLong("as"),
    help: ArgumentHelp(
      "Print the run as results.json (schema 2 of the catalogue's CI) or ctrf, and write nothing.",
      valueName: "form"
    )
  )
  var form: Form?

  func validate() throws {
    if form != nil, options.recipes.count != 1 { throw ValidationError("--as takes one recipe") }
  }

  func run() async throws {
    try await concluding {
      let workspace = try await options.location.workspace().withCorpus()
      let set = try TemplateFolder.read(templates)
      var worst = ExitStatus.proven
      for recipe in try workspace.recipes(options.recipes) {
        worst = worst.worse(try await report(recipe, workspace, set))
      }
      return worst
    }
  }

  private func print(_ form: Form, _ recipe: String, _ runs: KeptRuns, _ workspace: Workspace)
    async throws -> ExitStatus
  {
    let record = try run.flatMap { try runs.imported($0) }?.record ?? runs.record(run).record
    let coverage: CoverageModel
    if let source = record.header.imported {
      coverage = ImportedCoverage.make(record, source)
    } else {
      let suite = try workspace.suite(recipe).suite
      coverage = Reports(workspace: await workspace.holding(suite), suite: suite).coverage(record)
    }
    let value =
      switch form {
      case .results: ResultsFile.written(coverage, record) { $0.cause }
      case .ctrf: CTRFFile.written(coverage, record) { $0.cause }
      }
    Console.json(JSONWriter(.spaced).string(of: value) + "\n")
    return .proven
  }

  private func report(_ recipe: String, _ workspace: Workspace, _ templates: TemplateSet)
    async throws -> ExitStatus
  {
    let runs = KeptRuns(workspace: workspace, recipe: recipe)
    if let form { return try await print(form, recipe, runs, workspace) }
    if let run, let (record, folder) = try runs.imported(run) {
      return try ImportedReports(workspace, templates: templates).conclude(record, folder)
    }
    if run == nil, runs.ids.isEmpty {
      guard let coverage = try workspace.coverage(recipe) else {
        throw Failure(.broken, "\(recipe) has neither a run nor a coverage.json to report")
      }
      let page = workspace.pagePath(recipe)
      try ParityPage(coverage, templates: templates).write(to: page, in: workspace.tree(of: page))
      Console.out("\(workspace.shown(page))\n")
      return .proven
    }
    let (record, folder) = try runs.record(run)
    let suite = try workspace.suite(recipe).suite
    let changes = try await workspace.changes(
      of: recipe,
      since: "run \(record.header.id)",
      suiteTree: record.header.suiteTree,
      target: record.header.target
    )
    guard changes.isEmpty else {
      throw Failure(
        .broken,
        changes.map { "\(recipe): \($0)" }.joined(separator: "\n")
          + "\n\(recipe): a report would tell of what was never run; run it again"
      )
    }
    let reports = Reports(
      workspace: await workspace.holding(suite),
      suite: suite,
      templates: templates,
      junit: await workspace.form(junit.flavour, of: recipe),
      history: await HistoryReader(workspace: workspace, recipe: recipe).historyIfAny()
    )
    let status = try reports.conclude(
      record,
      runFolder: folder,
      publishes: reports.mayPublish(record),
      strict: false
    )
    guard run == nil, let standing = StandingVerdict(behind: record, runs, reports) else {
      return status
    }
    Console.error(standing.sentence(recipe))
    return status.worse(standing.status)
  }
}
