import ArgumentParser
import Auditing
import Drafting
import FoundationEssentials
import Suites

struct NewCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "new",
    abstract: "Create a suite: for a recipe, or one that runs at once.",
    discussion: """
      With --from, reads the recipe's compose files and drafts a suite for it: services, secrets, \
      health, a marker for each store, checks of the backup, swarm.yml, and local.yml where this \
      machine has the programs. What the files cannot say is marked "open:" and printed.

      Without it, creates a small recipe of one web server with install, backup, restore and two \
      functional checks.

      No existing file is replaced; parity.yml gets a line under `recipes`. If there is no parity.yml \
      in this folder or above it, one is created here, with a .gitattributes and a .gitignore unless \
      they are there.

        parity new notes --from ../recipes/notes
        parity new notes --from https://git.example.org/recipes/notes.git
      """
  )

  @Argument(help: "The recipe's name.")
  var recipe: String

  @Option(
    name: .customLong("from"),
    help: ArgumentHelp(
      "The recipe: a folder, or the address of a git repository.",
      valueName: "folder|url"
    )
  )
  var source: String?

  @Flag(help: "With --from: draft local.yml also where this machine lacks programs.")
  var local = false

  @OptionGroup var location: ProjectOption

  func validate() throws {
    if local, source == nil { throw ValidationError("--local needs --from") }
    if source?.isEmpty == true { throw ValidationError("--from needs a folder or an address") }
  }

  func run() async throws {
    try await concluding {
      guard Project.isRecipeName(recipe) else {
        throw Failure(
          .wrongUsage,
          "\"\(Console.quotable(recipe))\" is not a recipe name: letters, digits, - _ . only"
        )
      }
      guard let source else {
        let writer = SuiteWriter(workspace: try await SuiteWriter.project(location))
        let files = NewSuite.files(recipe: recipe).map { NewFile($0.path, Array($0.content.utf8)) }
        try writer.write([(recipe, files)])
        writer.sayNext(recipe)
        return .proven
      }
      let origin = try await DraftSource(source)
      let draft: SuiteDraft
      do throws(SuiteErrors) {
        draft = SuiteDraft(
          try DraftedRecipe(name: recipe, folder: origin.folder),
          programs: MachinePrograms.names,
          writesLocal: local
        )
      } catch {
        throw error.below(source)
      }
      let writer = SuiteWriter(workspace: try await SuiteWriter.project(location))
      let files = draft.files.map { NewFile($0.path, Array($0.content.utf8)) }
      let entry = origin.entry(for: recipe, in: writer.workspace.project.folder)
      try writer.write([(recipe, files)], [entry])
      let lines = writer.open(draft, of: recipe).map { "  \($0)\n" }
      Console.out("\nOpen:\n" + lines.joined())
      writer.sayNext(recipe)
      return .proven
    }
  }
}

/// The programs of this machine that services are run with.
enum MachinePrograms {
  /// Names of what can be executed in the folders of `PATH` and where databases keep theirs.
  static var names: Set<String> {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"
    var folders = path.split(separator: ":").map(String.init).filter { $0.hasPrefix("/") }
    folders += ["/usr/local/sbin", "/usr/sbin", "/usr/bin"]
    let postgres = "/usr/lib/postgresql"
    folders += (SuiteFiles(folder: postgres).entries(in: "") ?? []).map {
      "\(postgres)/\($0.name)/bin"
    }
    let entries = Set(folders).flatMap { SuiteFiles(folder: $0).entries(in: "") ?? [] }
    return Set(entries.filter { $0.isExecutable && !$0.isFolder }.map(\.name))
  }
}
