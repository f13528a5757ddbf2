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
}

/// What every command that looks at recipes of a project takes.
struct ProjectOptions: ParsableArguments {
  @OptionGroup var location: ProjectOption

  @Argument(help: ArgumentHelp("Recipes; by default all that have a suite.", valueName: "recipe"))
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

extension NearestName {
  /// `; did you mean x?`, for the end of a message; empty where nothing is near.
  static func hint(for name: String, among names: some Sequence<String>) -> String {
    of(name, among: names).map { "; did you mean \($0)?" } ?? ""
  }
}
