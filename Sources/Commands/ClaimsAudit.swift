import Auditing
import Evidence
import Files
import FoundationEssentials
import Importing
import Reports
import Suites

/// Holds a page's claims against a recipe's suite and its last run.
struct ClaimsAudit {
  let workspace: Workspace
  let file: ImportFile
  /// On the command line; nil to take what the page names.
  let asked: String?
  /// A run's id; nil for the last one.
  let run: String?

  func output() async throws -> ClaimsOutput {
    let page = try await file.locating { try PageOutput.page(file) }
    guard let named = asked ?? page.recipe else {
      throw Failure(
        .wrongUsage,
        "\(Console.quotable(file.path)) does not say which recipe it is of: name it before --claims"
      )
    }
    let recipe = try workspace.recipes([named])[0]
    let suite = try workspace.suite(recipe).suite
    let held = await workspace.holding(suite)
    let (ground, remarks) = try await self.ground(suite, held)
    let judged = ClaimAudit(ground) { $0.cause }.judge(page)
    return ClaimsOutput(
      path: file.path,
      recipe: recipe,
      page: page,
      judged: judged,
      ground: remarks
    )
  }

  private func ground(_ suite: Suite, _ workspace: Workspace) async throws -> (
    ClaimGround, [String]
  ) {
    let recipe = suite.recipe
    let runs = KeptRuns(workspace: workspace, recipe: recipe)
    var coverage: CoverageModel?
    var source = "no run is kept"
    if run != nil || !runs.ids.isEmpty {
      let (record, _) = try runs.record(run)
      coverage = Reports(workspace: workspace, suite: suite).audit(record).coverage()
      source = "run \(record.header.id)"
    } else if let committed = try workspace.coverage(recipe) {
      coverage = committed
      source = "the run that coverage.json is of"
    }
    var changes: [String] = []
    if let coverage {
      changes = try await workspace.changes(
        of: recipe,
        since: source,
        suiteTree: coverage.suiteTree,
        target: coverage.target
      )
    }
    var ports: [String: [CheckID]] = [:]
    for check in suite.checks {
      for unit in check.ports { ports[unit, default: []].append(check.id) }
    }
    var checks = suite.checks.map { (id: $0.id, file: $0.place.file) }
    let known = Set(checks.map(\.id))
    // What a script holds is only known once it ran.
    for check in coverage?.checks ?? []
    where check.kind == .functional && !known.contains(check.id) {
      if let place = check.place { checks.append((check.id, place.file)) }
    }
    let files = self.files(of: recipe)
    let ground = ClaimGround(
      coverage: coverage,
      source: source,
      changes: changes,
      checks: checks,
      files: files,
      functions: functions(in: files, of: suite),
      ports: ports,
      corpus: workspace.corpus(for: recipe).coverage
    )
    return (ground, [coverage == nil ? source : "compared with \(source)"] + changes)
  }

  /// Test functions that stand in scripts, whether they ever ran or not.
  private func functions(in files: [String], of suite: Suite) -> [String: Set<String>] {
    let source = SuiteFiles(folder: suite.folder)
    var found: [String: Set<String>] = [:]
    for file in files where file.hasSuffix(".py") {
      guard let bytes = source.read(file) else { continue }
      let words = String(decoding: bytes, as: UTF8.self)
        .split(whereSeparator: { !$0.isLetter && !$0.isNumber && $0 != "_" }).map(String.init)
      found[file] = Set(zip(words, words.dropFirst()).filter { $0.0 == "def" }.map(\.1))
    }
    return found
  }

  /// Below the suite's folder, sorted.
  private func files(of recipe: String) -> [String] {
    let folder = workspace.project.suiteFolder(of: recipe)
    let all = try? FileManager.default.subpathsOfDirectory(atPath: folder)
    return (all ?? []).filter {
      !$0.hasPrefix("recipe/") && !$0.contains("__pycache__")
    }.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }
}
