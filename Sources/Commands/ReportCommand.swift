import ArgumentParser
import Auditing
import Evidence
import Reports
import Suites

struct ReportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Write the reports again from the last run or the committed coverage.",
    discussion: """
      A run that died is reported as far as its events go, in its own folder. Without a kept run, \
      PARITY.md is written again from coverage.json alone.
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

  func run() async throws {
    try await concluding {
      let workspace = try await Workspace(folder: options.project).withCorpus()
      let set = try TemplateFolder.read(templates)
      var worst = ExitStatus.proven
      for recipe in try workspace.recipes(options.recipes) {
        worst = worst.worse(try await report(recipe, workspace, set))
      }
      return worst
    }
  }

  private func report(_ recipe: String, _ workspace: Workspace, _ templates: TemplateSet)
    async throws -> ExitStatus
  {
    let runs = KeptRuns(workspace: workspace, recipe: recipe)
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
    let reports = Reports(
      workspace: await workspace.holding(suite),
      suite: suite,
      templates: templates,
      history: await HistoryReader(workspace: workspace, recipe: recipe).historyIfAny()
    )
    return try reports.conclude(
      record,
      runFolder: folder,
      publishes: reports.mayPublish(record),
      strict: false
    )
  }
}
