import ArgumentParser
import Auditing
import Evidence
import Formats
import Glibc
import Reports
import Suites

struct HistoryCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "history",
    abstract: "Print the committed coverage of a recipe, commit by commit.",
    discussion: """
      Reads coverage.json from git's objects, through renames; nothing is checked out. Says of \
      each claim when it was first proven, when it was last refuted, and how often it went from \
      proven to anything else or back. Uncommitted files are not looked at.
      """
  )

  enum Format: String, ExpressibleByArgument, CaseIterable { case terminal, json }

  @Argument(help: "The recipe.", completion: ProjectCompletions.recipes)
  var recipe: String

  @OptionGroup var location: ProjectOption

  @Option(help: ArgumentHelp("Only this claim.", valueName: "id"))
  var claim: String?

  @Option(help: ArgumentHelp("Only commits from this day on, YYYY-MM-DD.", valueName: "date"))
  var since: String?

  @Option(help: ArgumentHelp("terminal or json.", valueName: "name"))
  var format = Format.terminal

  func validate() throws { try CalendarDay.requireDay(since, "--since") }

  func run() async throws {
    try await concluding {
      let workspace = try await location.workspace()
      let history = try await HistoryReader(
        workspace: workspace,
        recipe: try workspace.historic(recipe)
      ).history(since: since)
      if let claim { try require(claim, of: history) }
      switch format {
      case .terminal:
        Console.out(HistoryText(history, style: Console.style).rendered(claim: claim))
      case .json:
        Console.json(String(decoding: try CoverageFile.bytes(history), as: UTF8.self))
      }
      return .proven
    }
  }

  private func require(_ claim: String, of history: CoverageHistory) throws {
    let ids = history.claims.map(\.id)
    guard !ids.contains(claim) else { return }
    throw Failure(
      .wrongUsage,
      "\"\(Console.quotable(claim))\" was never a claim of \(recipe)"
        + NearestName.hint(for: claim, among: ids)
    )
  }
}

extension Workspace {
  /// A recipe that has a suite, or had a coverage: a history may be of one that is gone.
  func historic(_ name: String) throws -> String {
    guard Project.isRecipeName(name) else {
      throw Failure(.wrongUsage, "\"\(Console.quotable(name))\" is not a recipe name")
    }
    return name
  }
}
