import Auditing
import Corpus
import Deployments
import Evidence
import Files
import Formats
import FoundationEssentials
import Git
import Glibc
import Running
import Suites

/// A project as the commands see it: suites, recipes, corpus, reports.
struct Workspace: Sendable {
  private(set) var project: Project
  let sources: FetchedSources
  /// Whether its one recipe was named by its address on the command line.
  private(set) var isByAddress = false
  /// Why a corpus at an address could not be read.
  private var corpusProblem: String?
  /// Takes the pages in place of the suites' folders; nil for those.
  private var pages: String?
  /// What was found in a corpus that was read at once for many recipes, by recipe.
  private var fetched: [String: CorpusReading] = [:]
  /// The units of scripts that were read, by recipe: those of the corpus and, by check, the suite's.
  private var units: [String: [CorpusUnit]] = [:]
  private var scripts: [String: [CheckID: [CorpusUnit]]] = [:]

  /// - Parameter folder: nil to look for `parity.yml` from here upwards.
  init(folder: String?, isOffline: Bool = false) throws {
    sources = FetchedSources(isOffline: isOffline)
    let here = FileManager.default.currentDirectoryPath
    if let folder {
      let path = folder.hasPrefix("/") ? folder : here + "/" + folder
      try Self.checkFolder(path, asked: folder)
      project = try ProjectLoader.load(folder: path)
    } else {
      project = try ProjectLoader.find(from: here)
    }
  }

  /// Where there is no parity.yml: reports go below this folder.
  init(withoutProject isOffline: Bool) throws {
    project = try ProjectLoader.project(
      Array("corpus: {none: the recipe was run by its address outside of any project}\n".utf8),
      folder: FileManager.default.currentDirectoryPath
    )
    sources = FetchedSources(isOffline: isOffline)
  }

  mutating func beByAddress(_ recipe: String, _ source: GitSource) {
    isByAddress = true
    project.recipes[recipe] = .git(source)
  }

  /// Its one recipe has a suite that says nothing, and its page lies among the reports.
  mutating func useEmptySuite(of recipe: String) throws {
    do throws(GitError) {
      project.suites = try GitCache().emptySuites(for: recipe)
    } catch {
      throw Failure(.broken, error.message)
    }
    pages = project.reports
  }

  /// What `--project` names must be there: else a command would speak of a file nobody knows.
  private static func checkFolder(_ path: String, asked: String) throws {
    guard !asked.isEmpty else { throw Failure(.wrongUsage, "--project needs a folder") }
    guard let isFolder = Console.isFolder(path) else {
      throw Failure(.wrongUsage, "--project \(asked): folder does not exist")
    }
    guard isFolder else {
      throw Failure(.wrongUsage, "--project \(asked): is a file; give the folder of parity.yml")
    }
    guard SuiteFiles(folder: path).isNamed(ProjectLoader.fileName) else {
      throw Failure(.wrongUsage, "--project \(asked): folder has no parity.yml")
    }
  }

  /// The recipes asked for, each once, or all; none is an error, for a sweep over nothing proves
  /// nothing, and so is a folder that a sweep would leave out.
  func recipes(_ asked: [String]) throws -> [String] {
    let known = project.suiteNames()
    let strays = asked.isEmpty ? project.strays() : []
    guard strays.isEmpty else { throw SuiteErrors(strays) }
    guard FileManager.default.fileExists(atPath: project.suites) || !asked.isEmpty else {
      throw Failure(
        .wrongSuite,
        "\(shown(project.suites)) does not exist; `suites` in parity.yml says where suites are, and "
          + "`parity new NAME` makes one"
      )
    }
    guard !known.isEmpty else {
      throw Failure(.wrongUsage, "\(shown(project.suites)) holds no suite; try `parity new NAME`")
    }
    let unknown = asked.filter { !known.contains($0) }
    guard unknown.isEmpty else {
      let messages = unknown.map { unknownRecipe($0, known) }
      throw Failure(.wrongUsage, messages.joined(separator: "\n"))
    }
    var seen: Set<String> = []
    return asked.isEmpty ? known : asked.filter { seen.insert($0).inserted }
  }

  private func unknownRecipe(_ asked: String, _ known: [String]) -> String {
    let name = Console.quotable(asked)
    let isPath = name.contains("/") && !name.hasSuffix("/..")
    let last = name.split(separator: "/").last.map(String.init) ?? ""
    let near = isPath && known.contains(last) ? last : NearestName.of(name, among: known)
    let hint = near.map { "; did you mean \($0)?" } ?? ""
    return "\"\(name)\" has no suite in \(shown(project.suites)) "
      + "(\(known.joined(separator: ", ")))\(hint)"
  }

  /// A path relative to the project, where it is inside.
  func shown(_ path: String) -> String {
    path.hasPrefix(project.folder + "/") ? String(path.dropFirst(project.folder.count + 1)) : path
  }

  func suite(_ recipe: String) throws -> LoadedSuite {
    let place = shown(project.suiteFolder(of: recipe))
    do {
      var loaded = try SuiteLoader.load(
        folder: project.suiteFolder(of: recipe),
        name: recipe,
        rules: Rule.waivable.map(\.rawValue)
      )
      loaded.warnings = SuiteErrors(loaded.warnings).below(place).diagnostics
      _ = try pins(recipe)
      return loaded
    } catch {
      throw error.below(place)
    }
  }

  /// The suites of the recipes that one needs, in the order in which they are deployed.
  func dependencies(of suite: Suite) throws -> [Suite] {
    if suite.dependencies.isEmpty { return [] }
    do {
      return try DependencyOrder(of: suite, known: project.suiteNames()) {
        try self.suite($0).suite
      }.suites
    } catch let error as SuiteErrors where error.diagnostics.allSatisfy({ !isShown($0.file) }) {
      throw error.below(shown(project.suites))
    }
  }

  /// Whether a file is named from the project's folder already.
  private func isShown(_ file: String) -> Bool { file.hasPrefix(shown(project.suites) + "/") }

  /// - Parameter suite: where it was read already, or is being read.
  func recipeSource(
    _ recipe: String,
    for suite: (() async throws -> Suite)? = nil
  ) async throws -> RecipeCheckout {
    let folder: String
    let shownAs: String
    var fetched: FetchedSource?
    switch project.recipes[recipe] {
    case .folder(let path)?: (folder, shownAs) = (path, shown(path))
    case .git(let source)?:
      let found = try await fetch(source, of: recipe)
      fetched = found.source
      folder = found.folder
      shownAs = shown(source)
    case nil:
      folder = project.suiteFolder(of: recipe) + "/recipe"
      shownAs = shown(folder)
    }
    return try await RecipeCheckout(
      name: recipe,
      folder: folder,
      shownAs: shownAs,
      fetched: fetched
    ) {
      if let suite { return try await suite().composeSettings }
      // What is wrong with it is told where it is read for its own sake.
      return (try? self.suite(recipe).suite.composeSettings) ?? [:]
    }
  }

  /// The suite's names that the recipe does not have are mistakes like any other.
  ///
  /// - Parameter compose: as the driver deploys it; nil where no driver is known.
  func crossCheck(
    _ suite: Suite,
    _ checkout: RecipeCheckout,
    _ compose: Compose? = nil
  ) throws {
    let prefix = shown(project.suiteFolder(of: suite.recipe)) + "/"
    var found = SuiteCrossCheck.diagnostics(
      suite,
      compose: compose ?? checkout.compose,
      published: checkout.published,
      knowsImages: compose != nil
    )
    for index in found.indices { found[index].file = prefix + found[index].file }
    if found.contains(where: { $0.severity == .error }) { throw SuiteErrors(found) }
  }

  /// The drivers that this version has.
  static let drivers = ["local", "swarm"]

  func driverName(_ asked: String?, _ suite: Suite) throws -> String {
    if let name = asked ?? project.driver {
      guard Self.drivers.contains(name) else {
        throw Failure(
          asked == nil ? .wrongSuite : .wrongUsage,
          "\(asked == nil ? "driver in parity.yml" : "--driver") cannot be \"\(name)\"; this "
            + "version has: \(Self.drivers.joined(separator: ", "))"
            + NearestName.hint(for: name, among: Self.drivers)
        )
      }
      return name
    }
    if let name = usualDriver(of: suite.recipe) { return name }
    throw Failure(
      .wrongUsage,
      "\(suite.recipe) has neither local.yml nor swarm.yml: name a driver (\(Self.drivers.joined(separator: ", "))) "
        + "with --driver or in parity.yml"
    )
  }

  /// The driver of a suite that says how for one of them: `local` where it says so for both.
  private func usualDriver(of recipe: String) -> String? {
    let files = SuiteFiles(folder: project.suiteFolder(of: recipe))
    return Self.drivers.first { files.isNamed("\($0).yml") }
  }

  // MARK: Corpus

  /// The workspace with what the corpus says, where that lies in a git repository.
  func withCorpus() async -> Workspace {
    guard case .git(let source, let isSample)? = project.corpus else { return self }
    var workspace = self
    let ref = source.ref ?? "HEAD"
    let repository: CorpusRepository
    var isOwn = false
    switch source.address.place {
    case .folder(let folder):
      repository = CorpusRepository(
        folder: folder,
        revision: ref,
        shownAs: shown(folder),
        isSample: isSample
      )
      isOwn = await isOwnRepository(folder)
    case .remote:
      do throws(GitError) {
        let fetch = try await sources.fetch(source).fetch
        repository = CorpusRepository(
          folder: fetch.repository.topLevel,
          revision: fetch.commit,
          shownAs: "\(source.address)",
          shownRevision: ref,
          isSample: isSample
        )
      } catch {
        workspace.corpusProblem = error.message
        return workspace
      }
    }
    for var reading in await repository.readings(of: project.suiteNames()) {
      // Committing the coverage would change what it says.
      if isOwn { reading.commit = nil }
      workspace.fetched[reading.recipe] = reading
    }
    return workspace
  }

  /// Whether a folder lies in the repository that the project itself lies in.
  private func isOwnRepository(_ folder: String) async -> Bool {
    guard let own = try? await GitRepository(at: project.folder),
      let other = try? await GitRepository(at: folder, allowsBare: true)
    else { return false }
    return own.topLevel.utf8.elementsEqual(other.topLevel.utf8)
  }

  /// The workspace with what a corpus in a folder says of these recipes, read once for all.
  ///
  /// The units in their scripts are read at once too, which takes one process where each recipe
  /// alone would take its own.
  func withCorpus(of recipes: [String]) async -> Workspace {
    var workspace = self
    if case .folder(let root, let isSample)? = project.corpus {
      let reader = CorpusReader(root: root, shownAs: shown(root), isSample: isSample)
      for reading in reader.readings(of: recipes) { workspace.fetched[reading.recipe] = reading }
    } else {
      workspace = await withCorpus()
    }
    let readings = recipes.compactMap { workspace.fetched[$0] }
    for (reading, units) in zip(readings, await CorpusReading.units(of: readings)) {
      workspace.units[reading.recipe] = units
    }
    return workspace
  }

  /// The workspace with everything read that a suite is held to, for `held`.
  func holding(_ suite: Suite) async -> Workspace {
    var workspace = self
    if workspace.units[suite.recipe] == nil {
      let reading = workspace.corpus(for: suite.recipe).reading
      workspace.fetched[suite.recipe] = reading
      workspace.units[suite.recipe] =
        await CorpusReading.units(of: [reading].compactMap { $0 }).first ?? []
    }
    if workspace.units[suite.recipe]?.isEmpty == false {
      workspace.scripts[suite.recipe] = await Self.scripts(of: suite)
    }
    return workspace
  }

  /// What a suite is held to, after `holding`: the units of its corpus, its pins, and what its
  /// scripts look at.
  func held(_ corpus: CorpusView, _ suite: Suite) -> HeldCorpus {
    HeldCorpus(
      units: corpus.reading == nil ? [] : units[suite.recipe] ?? [],
      // What is wrong with the lock was told when the suite was loaded.
      pins: (try? pins(suite.recipe)) ?? Pins(),
      scripts: scripts[suite.recipe] ?? [:]
    )
  }

  struct CorpusView {
    var coverage: CorpusCoverage
    /// Nil where there is nothing that could be read.
    var reading: CorpusReading?
  }

  func corpus(for recipe: String) -> CorpusView {
    func state(_ state: CorpusCoverage.State, _ root: String, _ detail: String) -> CorpusCoverage {
      CorpusCoverage(
        state: state,
        root: root,
        path: root,
        recipes: 0,
        scripts: [],
        tree: nil,
        isSample: false,
        detail: detail
      )
    }
    var reading: CorpusReading?
    let coverage: CorpusCoverage
    switch project.corpus {
    case .folder(let root, let isSample)?:
      let found =
        fetched[recipe]
        ?? CorpusReader(root: root, shownAs: shown(root), isSample: isSample).reading(of: recipe)
      reading = found
      coverage = found.coverage
    case .git(let source, _)?:
      reading = fetched[recipe]
      coverage =
        reading?.coverage
        ?? state(.rootMissing, "\(source.address)", corpusProblem ?? "was not read")
    case .none(let reason)?: coverage = state(.none, "", reason)
    case nil:
      coverage = state(.rootMissing, "", "parity.yml names no corpus")
    }
    return CorpusView(
      coverage: coverage,
      reading: reading
    )
  }

  // MARK: Reports

  /// Whether full runs of a recipe by this driver replace its page and its coverage.
  func publishes(_ driver: String, _ recipe: String) -> Bool {
    !isByAddress
      && driver == project.publish ?? project.driver ?? usualDriver(of: recipe) ?? "local"
  }

  func reportsFolder(_ recipe: String) -> String { "\(project.reports)/\(recipe)" }

  /// What a path of this project is opened in: the largest folder that a person named. Below it no
  /// link is followed.
  func tree(of path: String) -> FileTree {
    let roots = [project.folder, project.reports, pages ?? project.suites, project.suites]
    return roots.map { FileTree($0) }.first { $0.relative(path) != nil }
      ?? FileTree.place(of: path).tree
  }

  var reportsTree: FileTree { tree(of: project.reports) }

  func runsFolder(_ recipe: String) -> String { reportsFolder(recipe) + "/runs" }
  func importsFolder(_ recipe: String) -> String { reportsFolder(recipe) + "/imports" }
  func coveragePath(_ recipe: String) -> String { reportsFolder(recipe) + "/coverage.json" }
  func pagePath(_ recipe: String) -> String {
    (pages.map { "\($0)/\(recipe)" } ?? project.suiteFolder(of: recipe)) + "/PARITY.md"
  }

  /// The same project with its reports, pages included, in another folder.
  func reporting(into folder: String) -> Workspace {
    var copy = self
    copy.project.reports = folder
    copy.pages = folder
    return copy
  }

  /// What could only be told after the whole run is told before anything is started.
  ///
  /// - Parameter publishing: whether the run may replace the page and the coverage.
  func requireWritable(_ recipe: String, publishing: Bool) throws {
    var folders = [runsFolder(recipe)]
    if publishing {
      folders += [reportsFolder(recipe), project.reports, pages ?? project.suiteFolder(of: recipe)]
    }
    for folder in folders {
      // What is not there yet is made in the nearest folder that is.
      var existing = folder
      while access(existing, F_OK) != 0, errno == ENOENT, existing.utf8.count > 1 {
        existing = existing.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 }
        if existing.isEmpty { existing = "/" }
      }
      if access(existing, W_OK | X_OK) != 0 {
        let why = String(cString: strerror(errno))
        throw Failure(
          .broken,
          "\(shown(existing)) cannot be written: \(why); nothing was started, because the reports "
            + "of \(recipe) would have no place"
        )
      }
    }
  }

  func suiteTree(_ recipe: String) throws -> String {
    do {
      return try FolderTree.hash(
        of: project.suiteFolder(of: recipe),
        ignoring: FolderTree.generated
      )
    } catch {
      throw Failure(.broken, error.description)
    }
  }

  /// How suite and recipe are other than a run or a coverage had them; empty where they are the same.
  ///
  /// - Parameter event: `run X`, `the coverage was made`.
  func changes(
    of recipe: String,
    since event: String,
    suiteTree: String,
    target: RecipeRevision
  ) async throws -> [String] {
    var result: [String] = []
    let tree = try self.suiteTree(recipe)
    if tree != suiteTree {
      result.append(
        "the suite changed since \(event) (\(suiteTree.prefix(12)), now \(tree.prefix(12)))"
      )
    }
    let now = try await recipeSource(recipe).target
    if now.tree != target.tree {
      result.append(
        "the recipe changed since \(event) (\(target.version) \(target.tree.prefix(12)), now "
          + "\(now.version) \(now.tree.prefix(12)))"
      )
    }
    return result
  }

  /// Recipes of which a coverage lies in the reports, and which are not among these; sorted.
  func coverageWithoutSuite(_ recipes: [String]) -> [String] {
    let all = (try? FileManager.default.contentsOfDirectory(atPath: project.reports)) ?? []
    return all.filter {
      !recipes.contains($0) && reportsTree.kind(coveragePath($0)) != nil
    }.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// The committed coverage of a recipe; nil where there is none.
  func coverage(_ recipe: String) throws -> CoverageModel? {
    try CoverageFile.read(
      coveragePath(recipe),
      in: reportsTree,
      shownAs: shown(coveragePath(recipe))
    )
  }
}
