package import ArgumentParser

/// The command line's root.
package struct ParityCommand: AsyncParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "parity",
    abstract: "Proves what a recipe's tests prove, and writes it down.",
    discussion: """
      Parity takes a self-hosted app's recipe through its life (install, upgrade, backup, \
      restore), runs the recipe's own checks, audits what that proved, and writes PARITY.md, \
      JUnit XML and an HTML page from the evidence.

      A first look:
        parity list              what would be run, without running it
        parity run plausible     run it, audit it, write the reports
        parity audit plausible   audit the last run again, write nothing

      Exit status: 0 as claimed; 1 a check failed or a claim was refuted; 2 the run broke and \
      cannot tell; 64 wrong usage; 65 a suite file is wrong.
      """,
    version: ToolVersion.current,
    subcommands: [
      RunCommand.self, AuditCommand.self, ReportCommand.self, VerifyCommand.self,
      ListCommand.self, LintCommand.self, NewCommand.self, RulesCommand.self,
      ExplainCommand.self, CleanCommand.self, TemplatesCommand.self,
    ]
  )

  package init() {}
}

enum ToolVersion {
  /// Goes up with every release; records hold it.
  static let current = "0.1.0"
}

/// What every command that looks at a project takes.
struct ProjectOptions: ParsableArguments {
  @Option(
    name: .long,
    help: ArgumentHelp(
      "The folder of parity.yml; by default it is looked for from here upwards.",
      valueName: "folder"
    ),
    completion: .directory
  )
  var project: String?

  @Argument(
    help: ArgumentHelp("Recipes; by default all that have a suite.", valueName: "recipe")
  )
  var recipes: [String] = []
}
