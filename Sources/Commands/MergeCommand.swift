import ArgumentParser
import Auditing
import Evidence
import FoundationEssentials
import Reports
import Suites

struct MergeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "merge",
    abstract: "Join the reports of shards, retries and other machines into one.",
    discussion: """
      Each DIR is a folder of reports that `parity run` wrote on some machine. Runs of one recipe \
      over the same files are its attempts: what failed in one of them is refuted, whatever the \
      others say, and told as flaky. A recipe that a shard was given and that nothing tells of is \
      not run, and the merge exits with 2. The order of the folders does not matter.

        parity merge shard-1 shard-2
        parity merge --into all shard-*/reports
      """
  )

  @Option(
    help: ArgumentHelp(
      "The folder of parity.yml; by default it is looked for from here upwards.",
      valueName: "folder"
    ),
    completion: .directory
  )
  var project: String?

  @Argument(help: ArgumentHelp("Folders of reports.", valueName: "dir"), completion: .directory)
  var folders: [String]

  @Option(
    help: ArgumentHelp(
      "Takes what is joined, pages included; by default the project's own reports and suites.",
      valueName: "folder"
    ),
    completion: .directory
  )
  var into: String?

  @Flag(help: "Count warnings as errors.")
  var strict = false

  func validate() throws {
    if folders.isEmpty { throw ValidationError("merge takes folders of reports") }
    if into?.isEmpty == true { throw ValidationError("--into takes a folder, not nothing") }
  }

  func run() async throws {
    try await concluding {
      var workspace = try await Workspace(folder: project).withCorpus()
      let here = FileManager.default.currentDirectoryPath
      func absolute(_ path: String) -> String {
        // One path for one folder, however it is written.
        let full = path.hasPrefix("/") ? path : "\(here)/\(path)"
        return URL(filePath: full).standardizedFileURL.path
      }
      let sources = try folders.map { try ReportsSource(absolute($0), shownAs: $0) }
      if let into { workspace = workspace.reporting(into: absolute(into)) }
      return try await ReportsMerge(workspace: workspace, sources: sources, strict: strict).write()
    }
  }
}
