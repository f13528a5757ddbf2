import ArgumentParser
import Auditing
import Evidence
import Glibc
import Reports
import Suites

struct HistoryCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "history",
    abstract: "Print what the committed coverage of a recipe said, commit by commit.",
    discussion: """
      Reads coverage.json out of git's objects, through renames; nothing is checked out. Says of \
      each claim when it was first proven, when it was last refuted, and how often it went from \
      proven to anything else or back. What is not committed is not part of it.
      """
  )

  enum Format: String, ExpressibleByArgument, CaseIterable { case terminal, json }

  @Argument(help: "The recipe.")
  var recipe: String

  @Option(
    name: .long,
    help: ArgumentHelp("The folder of parity.yml.", valueName: "folder"),
    completion: .directory
  )
  var project: String?

  @Option(help: ArgumentHelp("Only this claim.", valueName: "id"))
  var claim: String?

  @Option(help: ArgumentHelp("Only commits from this day on, YYYY-MM-DD.", valueName: "date"))
  var since: String?

  @Option(help: ArgumentHelp("terminal or json.", valueName: "name"))
  var format = Format.terminal

  func validate() throws {
    if let since, !CalendarDay.isDay(since) {
      throw ValidationError(
        "--since takes a day as YYYY-MM-DD, not \"\(Console.quotable(since))\""
      )
    }
  }

  func run() async throws {
    try await concluding {
      let workspace = try Workspace(folder: project)
      let history = try await HistoryReader(
        workspace: workspace,
        recipe: try workspace.historic(recipe)
      ).history(since: since)
      if let claim { try require(claim, of: history) }
      switch format {
      case .terminal:
        let style = TerminalSummary.Style(
          width: min(Console.width(STDOUT_FILENO), 120),
          hasColour: Console.hasColour(STDOUT_FILENO)
        )
        Console.out(HistoryText(history, style: style).rendered(claim: claim))
      case .json:
        Console.out(String(decoding: try CoverageFile.bytes(history), as: UTF8.self))
      }
      return .proven
    }
  }

  private func require(_ claim: String, of history: CoverageHistory) throws {
    let ids = history.claims.map(\.id)
    guard !ids.contains(claim) else { return }
    let near = NearestName.of(claim, among: ids).map { "; did you mean \($0)?" } ?? ""
    throw Failure(
      .wrongUsage,
      "\"\(Console.quotable(claim))\" was never a claim of \(recipe)\(near)"
    )
  }
}

extension Workspace {
  /// A recipe that has a suite, or had a coverage: a history may be of one that is gone.
  func historic(_ name: String) throws -> String {
    guard Project.isRecipeName(name) else {
      throw Failure(.wrongUsage, "\"\(Console.quotable(name))\" is no recipe name")
    }
    return name
  }
}
