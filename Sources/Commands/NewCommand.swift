import ArgumentParser
import Auditing
import Drafting
import Files
import FoundationEssentials
import Reports
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
        let workspace = try await project()
        try write(NewSuite.files(recipe: recipe), workspace)
        sayNext(workspace)
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
      let workspace = try await project()
      try add(origin.entry(for: recipe, in: workspace.project.folder), workspace) {
        try write(draft.files.map { ($0.path, $0.content) }, workspace)
      }
      sayOpen(draft, workspace)
      sayNext(workspace)
      return .proven
    }
  }

  /// The project, begun here where there is none.
  private func project() async throws -> Workspace {
    let here = FileManager.default.currentDirectoryPath
    if location.project == nil, try ProjectLoader.nearest(to: here) == nil {
      let tree = FileTree(here)
      for (name, content) in NewSuite.projectFiles where tree.kind("\(here)/\(name)") == nil {
        try AtomicFile.write(content.utf8, to: "\(here)/\(name)", in: tree)
        Console.out("\(name)\n")
      }
    }
    return try await location.workspace()
  }

  private func write(_ files: [(path: String, content: String)], _ workspace: Workspace) throws {
    let folder = workspace.project.suiteFolder(of: recipe)
    guard !FileManager.default.fileExists(atPath: folder) else {
      throw Failure(.wrongUsage, "\(workspace.shown(folder)) exists already")
    }
    let tree = workspace.tree(of: folder)
    for (path, content) in files {
      let full = "\(folder)/\(path)"
      let parent = full.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 }
      try tree.makeFolder(parent)
      try AtomicFile.write(content.utf8, to: full, in: tree)
      Console.out("\(workspace.shown(full))\n")
    }
  }

  /// Adds the recipe to parity.yml, once the suite is written.
  private func add(
    _ entry: ProjectEntry,
    _ workspace: Workspace,
    after writing: () throws -> Void
  ) throws {
    let project = workspace.project
    if project.recipes[recipe] == entry.source { return try writing() }
    if let other = project.recipes[recipe] {
      let shown =
        switch other {
        case .folder(let path): workspace.shown(path)
        case .git(let git): "\(git.address)"
        }
      throw Failure(
        .wrongUsage,
        "recipe \(recipe) is at \(shown) in parity.yml, not at \(entry.shown)"
      )
    }
    let path = "\(project.folder)/\(ProjectLoader.fileName)"
    let tree = workspace.tree(of: path)
    let text = String(validating: try tree.contents(path), as: UTF8.self)
    guard let added = text.flatMap({ entry.added(to: $0, folder: project.folder) }) else {
      throw Failure(
        .wrongUsage,
        "parity.yml is of a form that is not edited here: add `\(entry.line)` under `recipes`, then "
          + "run this again"
      )
    }
    try writing()
    try AtomicFile.write(added.utf8, to: path, in: tree)
    Console.out("parity.yml: recipes: \(entry.line)\n")
  }

  private func sayOpen(_ draft: SuiteDraft, _ workspace: Workspace) {
    let folder = workspace.shown(workspace.project.suiteFolder(of: recipe))
    var lines = draft.files.flatMap { file in
      file.questions.map { "  \(folder)/\(file.path):\($0.line): \($0.text)\n" }
    }
    lines += draft.notes.map { "  \($0)\n" }
    Console.out("\nOpen:\n" + lines.joined())
  }

  private func sayNext(_ workspace: Workspace) {
    var next = "\nNow: parity list \(recipe); parity run \(recipe)\n"
    if workspace.project.corpus == nil {
      next += """
        First say under `corpus` in parity.yml where the older scripts are, or why there are none: until \
        then a run ends with 2.

        """
    }
    Console.out(next)
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
