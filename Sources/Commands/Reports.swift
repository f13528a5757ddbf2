import Auditing
import Evidence
import FoundationEssentials
import Glibc
import Rendering
import Running
import Suites

/// Audits a record and writes what follows from it.
struct Reports {
  let workspace: Workspace
  let suite: Suite
  var templates = TemplateSet.embedded

  /// Only a full, finished run by the driver named under `publish` replaces the page, and only one
  /// that can tell something: where not even the install gave an answer, what an earlier run showed
  /// stays.
  func mayPublish(_ record: RunRecord) -> Bool {
    let driver = workspace.project.publish ?? workspace.project.driver ?? "local"
    return record.header.isFull && record.end == .finished && record.header.driver == driver
      && record[.install]?.outcome.word != .broken
  }

  func coverage(_ record: RunRecord) -> CoverageModel {
    audit(record).coverage()
  }

  func audit(_ record: RunRecord) -> Audit {
    let corpus = workspace.corpus(for: suite.recipe)
    return Audit(
      record: record,
      suite: suite,
      corpus: corpus.coverage,
      corpusStatement: corpus.statement,
      policy: workspace.project.policy,
      held: workspace.held(corpus, suite)
    )
  }

  /// Writes all reports of a run and prints its summary.
  ///
  /// - Parameter runFolder: takes them where they are not published.
  func conclude(
    _ record: RunRecord,
    runFolder: String,
    publishes: Bool,
    strict: Bool
  ) throws -> ExitStatus {
    let coverage = coverage(record)
    let written = try write(coverage, record, runFolder: runFolder, publishes: publishes)
    Console.out(summary(coverage, record, written))
    return ExitStatus(coverage: coverage, record: record, strict: strict)
  }

  /// - Returns: the paths that were written, as a person reads them.
  func write(
    _ coverage: CoverageModel,
    _ record: RunRecord,
    runFolder: String,
    publishes: Bool
  ) throws -> [String] {
    let folder = publishes ? workspace.reportsFolder(suite.recipe) : runFolder
    let page = publishes ? workspace.pagePath(suite.recipe) : "\(runFolder)/PARITY.md"
    // What is validated and rendered comes first: a page never stands beside an older coverage.
    let text = try ParityPage(coverage, templates: templates).rendered()
    try JUnitReport(coverage, record, templates: templates).write(to: "\(folder)/junit.xml")
    try HTMLReport(coverage, record, templates: templates).write(to: "\(folder)/coverage.html")
    try CoverageFile.write(coverage, to: "\(folder)/coverage.json")
    try AtomicFile.write(Array(text.utf8), to: page)
    if publishes { try writeIndex(coverage) }
    return [page, "\(folder)/coverage.json", "\(folder)/junit.xml", "\(folder)/coverage.html"]
      .map(workspace.shown)
  }

  /// - Parameter own: what was just written, which need not be read again.
  private func writeIndex(_ own: CoverageModel) throws {
    var entries: [HTMLIndex.Entry] = []
    for recipe in workspace.project.suiteNames() {
      let known = recipe == suite.recipe ? own : try workspace.coverage(recipe)
      guard let coverage = known else { continue }
      entries.append(HTMLIndex.Entry(coverage, link: "\(recipe)/coverage.html"))
    }
    try HTMLIndex(entries, templates: templates).write(
      to: "\(workspace.project.reports)/index.html"
    )
  }

  func summary(_ coverage: CoverageModel, _ record: RunRecord?, _ paths: [String]) -> String {
    TerminalSummary(
      coverage,
      record,
      reports: paths,
      style: TerminalSummary.Style(
        width: min(Console.width(STDOUT_FILENO), 120),
        hasColour: Console.hasColour(STDOUT_FILENO)
      )
    ).rendered()
  }
}

/// The runs of a recipe that are kept below its reports.
struct KeptRuns {
  let workspace: Workspace
  let recipe: String

  /// Newest first: ids begin with their start.
  var ids: [String] {
    let folder = workspace.runsFolder(recipe)
    return ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [])
      .filter { FileManager.default.fileExists(atPath: "\(folder)/\($0)/events.ndjson") }
      .sorted { $1.utf8.lexicographicallyPrecedes($0.utf8) }
  }

  func folder(_ id: String) -> String { "\(workspace.runsFolder(recipe))/\(id)" }

  /// The record of one run, made from its events; the newest where none is named.
  func record(_ id: String?) throws -> (record: RunRecord, folder: String) {
    let ids = ids
    guard let chosen = id ?? ids.first else {
      throw Failure(
        .broken,
        "\(recipe) has no run in \(workspace.shown(workspace.runsFolder(recipe)))"
      )
    }
    guard ids.contains(chosen) else {
      let near = NearestName.of(chosen, among: ids).map { "; did you mean \($0)?" } ?? ""
      throw Failure(
        .wrongUsage,
        "\(recipe) has no run \"\(Console.quotable(chosen))\"\(ids.isEmpty ? "; none is kept" : near)"
      )
    }
    let record = try EventFile.record(at: folder(chosen) + "/events.ndjson")
    return (record, folder(chosen))
  }
}
