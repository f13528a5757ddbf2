import ArgumentParser
import Auditing
import Formats
import Importing
import Suites

struct ImportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Read results of other tools, and hand-written pages.",
    discussion: """
      JUnit XML of any dialect, CTRF and a CI's results.json become a record of their own below \
      reports/<recipe>/imports, with their source and age. What another tool saw proves nothing here: \
      a pass is unproven, a failure refutes, and what is older than the last change of suite or recipe \
      is stale. A Markdown page is read into its claims, which are printed; `parity audit --claims` \
      compares them with the tree and the last run.

        parity import --recipe plausible target/report.xml
        parity import results.json
        parity import PARITY.md --format json
      """
  )

  enum Format: String, CaseIterable, ExpressibleByArgument { case text, json }

  @OptionGroup var location: ProjectOption

  @Argument(help: ArgumentHelp("Files to read.", valueName: "file"), completion: .file())
  var files: [String]

  @Option(
    help: ArgumentHelp(
      "The recipe that results are of, where the file does not say it, or says another.",
      valueName: "name"
    ),
    completion: ProjectCompletions.recipes
  )
  var recipe: String?

  @Option(help: "How claims of a page are printed: text or json.")
  var format = Format.text

  func validate() throws {
    if files.isEmpty { throw ValidationError("import needs files") }
  }

  func run() async throws {
    try await concluding {
      var mistakes = Mistakes()
      var worst = ExitStatus.proven
      var workspace: Workspace?
      for path in files {
        let file = ImportFile(path: path)
        try await mistakes.collecting {
          try await file.locating {
            if case .page = try file.kind() {
              let text = try PageOutput(file).text(format)
              if format == .text { Console.out(text) } else { Console.json(text) }
              return
            }
            if workspace == nil { workspace = try await location.workspace() }
            guard let workspace else { return }
            worst = worst.worse(try await ResultsImport(workspace, file, asked: recipe).conclude())
          }
        }
      }
      try mistakes.conclude()
      return worst
    }
  }
}
