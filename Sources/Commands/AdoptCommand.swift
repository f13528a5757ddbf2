import ArgumentParser
import Auditing
import Drafting
import FoundationEssentials
import Suites

struct AdoptCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "adopt",
    abstract: "Make suites of a catalogue's older tests, or of a hand-written page.",
    discussion: """
      Takes the folder of one recipe (recipe_meta.py, ops.py, overlays, functional/ or custom/, \
      compose.ccci.yml, PARITY.md), a folder of several, or a page alone. Settings are read as \
      constants, and nothing is run: what is code is told with its place. pytest files stay as they \
      are, one check a function; ports that the page claims become `covered`, what it puts off \
      `deferred`, other words `notes`. Hooks and markers are marked "open:", which `parity lint` tells. \
      What is not carried over stands in ADOPTED.md.

      With --from, the recipe's compose files add what `parity new --from` reads off them. No existing \
      file is replaced; parity.yml gets a line under `recipes`.

        parity adopt tests/notes --from ../recipes/notes
        parity adopt tests --from ~/.abra/recipes
        parity adopt PARITY.md --recipe notes
      """
  )

  @Argument(
    help: ArgumentHelp("A recipe's folder, a folder of several, or a page.", valueName: "path"),
    completion: .file()
  )
  var path: String

  @Option(
    name: .customLong("from"),
    help: ArgumentHelp(
      "The recipe: a folder or the address of a git repository; of several recipes, their folder.",
      valueName: "folder|url"
    )
  )
  var source: String?

  @Option(help: ArgumentHelp("The recipe's name, of a single one.", valueName: "name"))
  var recipe: String?

  @Flag(help: "With --from: draft local.yml also where this machine lacks programs.")
  var local = false

  @OptionGroup var location: ProjectOption

  func validate() throws {
    if local, source == nil { throw ValidationError("--local needs --from") }
    if path.isEmpty { throw ValidationError("adopt needs a folder or a page") }
    if source?.isEmpty == true { throw ValidationError("--from needs a folder or an address") }
  }

  func run() async throws {
    try await concluding {
      let sources = try await AdoptionSource.all(at: path, recipe: recipe)
      if recipe != nil, sources.count > 1 {
        throw Failure(.wrongUsage, "--recipe names one recipe; \(sources.count) are here")
      }
      let known = try await project(sources.map(\.recipe))
      var mistakes = Mistakes()
      var found: [Adoption] = []
      for source in sources {
        try await mistakes.collecting {
          found.append(
            try await Adoption(
              source,
              from: self.source,
              project: known,
              writesLocal: local
            )
          )
        }
      }
      try mistakes.conclude()
      let writer = SuiteWriter(workspace: try await SuiteWriter.project(location))
      let project = writer.workspace.project
      try writer.write(
        found.map { ($0.source.recipe, $0.files) },
        found.compactMap { one in
          one.origin.map { $0.entry(for: one.source.recipe, in: project.folder) }
        }
      )
      conclude(found, writer)
      return .proven
    }
  }

  /// Nil where there is none yet.
  private func project(_ recipes: [String]) async throws -> Project? {
    let here = FileManager.default.currentDirectoryPath
    if location.project == nil, try ProjectLoader.nearest(to: here) == nil { return nil }
    let workspace = try await location.workspace()
    try SuiteWriter(workspace: workspace).requireAbsent(recipes)
    return workspace.project
  }

  private func conclude(_ found: [Adoption], _ writer: SuiteWriter) {
    let warnings = found.flatMap(\.suite.warnings)
    if !warnings.isEmpty { Console.report(SuiteErrors(warnings)) }
    let open = found.flatMap { writer.open($0.suite.draft, of: $0.source.recipe) }
    if !open.isEmpty { Console.out("\nOpen:\n" + open.map { "  \($0)\n" }.joined()) }
    let left = found.filter { !$0.suite.leftovers.isEmpty }
    if !left.isEmpty { Console.out("\nNot carried over:\n") }
    for one in left {
      let folder = writer.workspace.project.suiteFolder(of: one.source.recipe)
      let count = one.suite.leftovers.count
      let shown = writer.workspace.shown(folder)
      Console.out("  \(shown)/\(AdoptedSuite.noteFile): \(count) thing\(count == 1 ? "" : "s")\n")
    }
    writer.sayNext(found.map(\.source.recipe).joined(separator: " "))
  }
}
