import ArgumentParser
import Auditing
import Evidence
import FoundationEssentials
import Reports
import Suites

struct MergeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "merge",
    abstract: "Merge the reports of shards, retries and other machines.",
    discussion: """
      Each DIR is a folder of reports that `parity run` wrote on some machine. Runs of one recipe \
      over the same files are its attempts: a check that failed in one of them is refuted, and \
      flaky if it passed in another. A recipe of a shard without a run counts as not run, and the \
      merge exits with 2. The order of the folders does not matter.

        parity merge shard-1 shard-2
        parity merge --into all shard-*/reports
      """
  )

  @OptionGroup var location: ProjectOption

  @Argument(help: ArgumentHelp("Folders of reports.", valueName: "dir"), completion: .directory)
  var folders: [String]

  @Option(
    help: ArgumentHelp(
      "Write reports and pages there; by default to the project's own reports and suites.",
      valueName: "folder"
    ),
    completion: .directory
  )
  var into: String?

  @OptionGroup var junit: JUnitOption

  @Flag(help: "Count warnings as errors.")
  var strict = false

  func validate() throws {
    if folders.isEmpty { throw ValidationError("merge needs folders of reports") }
    if into?.isEmpty == true { throw ValidationError("--into needs a folder") }
  }

  func run() async throws {
    try await concluding {
      var workspace = try await location.workspace().withCorpus()
      let here = FileManager.default.currentDirectoryPath
      func absolute(_ path: String) -> String {
        // One path for one folder, however it is written.
        let full = path.hasPrefix("/") ? path : "\(here)/\(path)"
        return URL(filePath: full).standardizedFileURL.path
      }
      let sources = try folders.map { try ReportsSource(absolute($0), shownAs: $0) }
      if let into { workspace = workspace.reporting(into: absolute(into)) }
      let merge = ReportsMerge(
        workspace: workspace,
        sources: sources,
        strict: strict,
        junit: junit.flavour
      )
      return try await merge.write()
    }
  }
}
