import ArgumentParser
import FoundationEssentials
import Suites

/// Where the project is.
struct ProjectOption: ParsableArguments {
  @Option(
    name: .long,
    help: ArgumentHelp(
      "The folder of parity.yml; by default it is looked for from here upwards.",
      valueName: "folder"
    ),
    completion: .directory
  )
  var project: String?

  @Flag(
    help: ArgumentHelp(
      "As root, follow parity.yml out of its repository, though the base branch does not."
    )
  )
  var allowOutside = false

  @Flag(help: "Fetch nothing; use recipes and corpora at git addresses as they were fetched last.")
  var offline = false

  /// - Parameter other: in place of the folder that was asked for.
  func workspace(at other: String? = nil) async throws -> Workspace {
    let workspace = try Workspace(folder: other ?? project, isOffline: offline)
    if !allowOutside { try await OutsidePaths(workspace.project).requireAllowed() }
    return workspace
  }
}

/// What every command that looks at recipes of a project takes.
struct ProjectOptions: ParsableArguments {
  @OptionGroup var location: ProjectOption

  @Argument(
    help: ArgumentHelp("Recipes; by default all that have a suite.", valueName: "recipe"),
    completion: ProjectCompletions.recipes
  )
  var recipes: [String] = []

  var project: String? { location.project }
}

/// The day that ends are compared with.
struct TodayOption: ParsableArguments {
  @Option(help: ArgumentHelp("YYYY-MM-DD; by default this day, in UTC.", valueName: "date"))
  var today: String?

  var day: String { today ?? String(Date.now.formatted(.iso8601).prefix(10)) }

  func validate() throws { try CalendarDay.requireDay(today, "--today") }
}

extension CalendarDay {
  /// - Throws: where an option's text is no day.
  static func requireDay(_ text: String?, _ option: String) throws {
    guard let text, !isDay(text) else { return }
    throw ValidationError("\(option) needs a day as YYYY-MM-DD, not \"\(Console.quotable(text))\"")
  }
}
