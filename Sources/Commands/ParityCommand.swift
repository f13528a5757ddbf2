package import ArgumentParser
import Formats
import Synchronization

/// The command line's root.
package struct ParityCommand: AsyncParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "parity",
    abstract: "Test a recipe and write its parity report.",
    discussion: """
      Parity installs, upgrades, backs up and restores a self-hosted app's recipe, runs the \
      recipe's own checks, audits what the run proved, and writes PARITY.md, JUnit XML and an \
      HTML page from the evidence.

      A first look:
        parity list              print the plan, without running it
        parity run plausible     run it, audit it, write the reports
        parity audit plausible   audit the last run again, write nothing

      Exit status: 0 passed; 1 a check failed or a claim was refuted; 2 the run broke and shows \
      nothing; 64 wrong usage; 65 a mistake in a suite file.
      """,
    version: ToolVersion.current,
    subcommands: [
      RunCommand.self, UpCommand.self, MergeCommand.self, AuditCommand.self, ReportCommand.self,
      DiffCommand.self, ShowCommand.self, HistoryCommand.self, VerifyCommand.self,
      ImportCommand.self, AdoptCommand.self, JUnitLintCommand.self, PinCommand.self,
      ListCommand.self, LintCommand.self, NewCommand.self, RulesCommand.self, ExplainCommand.self,
      CleanCommand.self, TemplatesCommand.self,
    ]
  )

  package init() {}

  /// What to say where the first word is no command; nil where it is one, or an option.
  static func unknownCommand(_ arguments: [String]) -> String? {
    var arguments = arguments[...]
    if arguments.first == "help" { arguments = arguments.dropFirst() }
    var command: any ParsableCommand.Type = ParityCommand.self
    while let word = arguments.popFirst(), !word.hasPrefix("-") {
      let commands = command.configuration.subcommands
      if commands.isEmpty { return nil }
      let names = commands.compactMap { $0.configuration.commandName }
      guard let next = commands.first(where: { $0.configuration.commandName == word }) else {
        let hidden = ["guardian", "completion-script"]
        if hidden.contains(word) { return nil }
        return "unknown command \"\(Console.quotable(word))\" (\(names.joined(separator: ", ")))"
          + NearestName.hint(for: word, among: names)
      }
      command = next
    }
    return nil
  }
}

enum ToolVersion {
  /// Goes up with every release.
  private static let release = "0.1.0"
  /// `abc1234`; empty where the build does not know it. Set once, before anything asks for it.
  static let commit = Mutex("")

  /// `0.1.0+gabc1234`, without the commit where that is not known; records hold it.
  static var current: String {
    commit.withLock { $0.isEmpty ? release : "\(release)+g\($0)" }
  }
}
