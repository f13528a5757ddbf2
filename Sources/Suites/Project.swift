package import Formats

/// What is fetched with git.
package struct GitSource: Sendable, Hashable {
  /// A folder among them is absolute.
  package var address: GitAddress
  /// A branch, tag or commit; nil for what `HEAD` is there.
  package var ref: String?
  /// How long fetching may take.
  package var limit: Duration

  package static let defaultLimit = Duration.seconds(300)

  package init(_ address: GitAddress, ref: String? = nil, limit: Duration = Self.defaultLimit) {
    self.address = address
    self.ref = ref
    self.limit = limit
  }
}

/// `parity.yml`: where a project keeps its suites, recipes, corpus and reports.
package struct Project: Sendable {
  package enum RecipeSource: Sendable, Hashable {
    /// Absolute.
    case folder(String)
    case git(GitSource)
  }

  package enum CorpusSource: Sendable, Hashable {
    /// Absolute; `isSample` where it is only an example, and pages say so.
    case folder(String, isSample: Bool)
    case git(GitSource, isSample: Bool)
    /// The project has none, and says why.
    case none(reason: String)
  }

  package struct Policy: Sendable, Hashable {
    /// How many functional checks of strength `state` P3 asks for.
    package var functionalChecks = 2
  }

  /// The folder of `parity.yml`, absolute.
  package var folder: String
  /// Absolute.
  package var suites: String
  /// By recipe.
  package var recipes: [String: RecipeSource] = [:]
  /// Nil where `parity.yml` says nothing.
  package var corpus: CorpusSource?
  /// Absolute.
  package var reports: String
  package var driver: String?
  /// The driver whose full runs write the pages; nil: the one that is used.
  package var publish: String?
  package var policy = Policy()
  /// Variables of whoever runs the tool that suites may take as secrets.
  package var variables: [String] = []
  /// By host name: how the engines of a Swarm's other nodes are reached, as `DOCKER_HOST` has it.
  package var swarmNodes: [String: String] = [:]

  init(folder: String) {
    self.folder = folder
    suites = folder + "/suites"
    reports = folder + "/reports"
  }

  /// The folder of a recipe's suite. The name was checked when the project was loaded or by
  /// `isRecipeName`.
  package func suiteFolder(of recipe: String) -> String { "\(suites)/\(recipe)" }

  /// Names of all folders of `suites` that are suites, in UTF-8 order.
  package func suiteNames() -> [String] {
    let files = SuiteFiles(folder: suites)
    return (files.entries(in: "") ?? []).filter { entry in
      entry.isFolder && Self.isRecipeName(entry.name) && files.isNamed("\(entry.name)/recipe.yml")
    }.map(\.name)
  }

  /// Folders of `suites` that were meant to be suites and are none; a sweep would leave them out.
  package func strays() -> [Diagnostic] {
    let files = SuiteFiles(folder: suites)
    let shown = suites.hasPrefix(folder + "/") ? String(suites.dropFirst(folder.count + 1)) : suites
    return (files.entries(in: "") ?? []).compactMap { entry in
      guard entry.isFolder else { return nil }
      let isNamed = Self.isRecipeName(entry.name)
      let path = "\(shown)/\(entry.name)"
      if files.isNamed("\(entry.name)/recipe.yml") {
        if isNamed { return nil }
        return Diagnostic(
          .error,
          file: path,
          message: "suite has a name that no recipe can have",
          expected: "letters, digits, \"_\", \".\", \"-\""
        )
      }
      let signs = ["recipe.yaml", "Recipe.yml", "local.yml", "functional", "overlays"]
      guard let sign = signs.first(where: { files.isNamed("\(entry.name)/\($0)") }) else {
        return nil
      }
      return Diagnostic(
        .error,
        file: path,
        message: "folder has \(sign) and no recipe.yml",
        expected: "recipe.yml, which may be empty"
      )
    }
  }

  /// Letters, digits, `_`, `.`, `-`: nothing that could leave a folder or break a line.
  package static func isRecipeName(_ name: String) -> Bool {
    NodeReader.isName(name) && !name.hasPrefix(".") && !name.hasPrefix("-")
  }
}
