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
      """
  )

  @OptionGroup var options: ProjectOptions

  @Option(help: ArgumentHelp("A run's id instead of the last one.", valueName: "id"))
  var run: String?

  @Option(help: ArgumentHelp("YYYY-MM-DD; by default this day, in UTC.", valueName: "date"))
  var today: String?

  @Flag(help: "Count warnings as errors.")
  var strict = false

  func validate() throws {
    if let today, !CalendarDay.isDay(today) {
      throw ValidationError(
        "--today takes a day as YYYY-MM-DD, not \"\(Console.quotable(today))\""
      )
    }
  }

  func run() async throws {
    try await concluding {
      let workspace = try await Workspace(folder: options.project).withCorpus()
      var worst = ExitStatus.proven
      for recipe in try workspace.recipes(options.recipes) {
        let suite = try workspace.suite(recipe).suite
        let (record, _) = try KeptRuns(workspace: workspace, recipe: recipe).record(self.run)
        let reports = Reports(workspace: workspace, suite: suite)
        let audit = reports.audit(record)
        let day = today ?? String(Date.now.formatted(.iso8601).prefix(10))
        let coverage = audit.coverage(today: day)
        Console.out(reports.summary(coverage, record, []))
        let status = ExitStatus(coverage: coverage, record: record, strict: strict)
        if status.precedence > worst.precedence { worst = status }
      }
      return worst
    }
  }
}
