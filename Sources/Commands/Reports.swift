import Auditing
import Evidence
import Files
import Formats
import FoundationEssentials
import Reports
import Running
import Suites

/// Audits a record and writes what follows from it.
struct Reports {
  let workspace: Workspace
  let suite: Suite
  var templates = TemplateSet.embedded
  var ci: CIOutput?
  var junit = JUnitForm()
  /// Of the committed coverage, for the page to draw; nil where there is none.
  var history: CoverageHistory?
  /// Whether only what is not as claimed is printed.
  var isQuiet = false

  /// Only a full, finished run by the driver named under `publish` replaces the page, and only one
  /// that can tell something: where not even the install gave an answer, what an earlier run showed
  /// stays.
  func mayPublish(_ record: RunRecord) -> Bool {
    return record.header.isFull && record.isWhole
      && workspace.publishes(record.header.driver, suite.recipe)
      && record[.install]?.outcome.word != .broken && !record.hasBrokenOperation
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
    strict: Bool,
    told: (CoverageModel) -> Void = { _ in }
  ) throws -> ExitStatus {
    let coverage = coverage(record)
    ci?.add(coverage)
    told(coverage)
    let status = ExitStatus(coverage: coverage, record: record, strict: strict)
    let written: [String]
    do {
      written = try write(coverage, record, runFolder: runFolder, publishes: publishes)
    } catch {
      // What was seen is told all the same.
      Console.out(summary(coverage, record, []))
      Console.error("parity: \(workspace.shown("\(error)")); no report was replaced")
      return status == .refuted ? status : .broken
    }
    if !isQuiet || status != .proven { Console.out(summary(coverage, record, written)) }
    return status
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
    // All are on the disk before the first takes its name: a page never stands beside an older
    // coverage, whatever could not be rendered or had no room.
    let text = try ParityPage(coverage, templates: templates).rendered()
    let tree = workspace.reportsTree
    let newPage = try AtomicFile.prepared(text.utf8, at: page, in: workspace.tree(of: page))
    let model = try CoverageFile.prepared(coverage, at: "\(folder)/coverage.json", in: tree)
    let junit = try JUnitReport(coverage, record, templates: templates, form: junit)
      .prepared(at: "\(folder)/junit.xml", in: tree)
    let neighbours = HTMLReport.Neighbours(
      index: publishes ? "../index.html" : nil,
      logFolder: publishes ? "runs/\(record.header.id)/logs/" : "logs/",
      logs: (try? tree.names(in: "\(runFolder)/logs")) ?? []
    )
    let html = try HTMLReport(
      coverage,
      record,
      history: history,
      templates: templates,
      neighbours: neighbours
    )
    .prepared(at: "\(folder)/coverage.html", in: tree)
    let own = try templates.ownTexts.map { name in
      (name, try OwnText(coverage, name: name, templates: templates).rendered())
    }
    let badge = try AtomicFile.prepared(
      Badge(coverage, startedAt: record.header.startedAt).rendered().utf8,
      at: "\(folder)/badge.svg",
      in: tree
    )
    // The index is made from what the other recipes' runs have written, which may end right now.
    let lock = FolderLock(workspace.project.reports)
    if publishes {
      let index = try preparedIndex(coverage, record.header.startedAt)
      try index.commit()
    }
    for (name, text) in own { try AtomicFile.write(text.utf8, to: "\(folder)/\(name)", in: tree) }
    try badge.commit()
    try html.commit()
    try junit.commit()
    try model.commit()
    try newPage.commit()
    withExtendedLifetime(lock) {}
    let standard = ["coverage.json", "junit.xml", "coverage.html"]
    return ([page] + (standard + own.map { $0.0 }).map { "\(folder)/\($0)" }).map(workspace.shown)
  }

  /// - Parameter own: what was just written, which need not be read again.
  private func preparedIndex(_ own: CoverageModel, _ startedAt: String) throws -> AtomicFile {
    var entries: [HTMLIndex.Entry] = []
    var unrun: [String] = []
    for recipe in workspace.project.suiteNames() {
      let known = recipe == suite.recipe ? own : try workspace.coverage(recipe)
      guard let coverage = known else {
        unrun.append(recipe)
        continue
      }
      let link = "\(recipe)/coverage.html"
      let time =
        recipe == suite.recipe
        ? startedAt
        : ReportDate.read("\(workspace.project.reports)/\(link)", in: workspace.reportsTree)
      entries.append(HTMLIndex.Entry(coverage, link: link, startedAt: time))
    }
    return try HTMLIndex(entries, unrun: unrun, templates: templates)
      .prepared(at: "\(workspace.project.reports)/index.html", in: workspace.reportsTree)
  }

  func summary(_ coverage: CoverageModel, _ record: RunRecord?, _ paths: [String]) -> String {
    TerminalSummary(
      coverage,
      record,
      reports: paths,
      style: Console.style
    ).rendered()
  }
}

/// The runs of a recipe that are kept below its reports.
struct KeptRuns {
  let workspace: Workspace
  let recipe: String
  /// Those that other tools made.
  var isImported = false

  private var root: String {
    isImported ? workspace.importsFolder(recipe) : workspace.runsFolder(recipe)
  }
  private var tree: FileTree { workspace.reportsTree }

  /// Newest first: ids go up with every run. One whose events are gone is among them, so that no
  /// older run is taken for the last one.
  var ids: [String] {
    let folder = root
    return ((try? tree.names(in: folder)) ?? []).reversed().filter {
      RunID.isOne($0) || tree.kind("\(folder)/\($0)/events.ndjson") != nil
    }
  }

  /// Removes what runs that were killed left beside their logs: copies of the recipe's files, made
  /// by the runner itself, which no guardian knows. Nothing of a run that goes on.
  func removeScratch() {
    for id in ids where !EventFile.isBeingWritten(folder(id) + "/events.ndjson", in: tree) {
      let logs = folder(id) + "/logs"
      for name in (try? tree.names(in: logs)) ?? []
      where name.hasPrefix("recipe-") && name.dropFirst(7).allSatisfy(\.isNumber) {
        tree.remove("\(logs)/\(name)")
      }
    }
  }

  func folder(_ id: String) -> String { "\(root)/\(id)" }

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
      throw Failure(
        .wrongUsage,
        "\(recipe) has no run \"\(Console.quotable(chosen))\""
          + (ids.isEmpty ? "; none is kept" : NearestName.hint(for: chosen, among: ids))
      )
    }
    guard !EventFile.isBeingWritten(folder(chosen) + "/events.ndjson", in: tree) else {
      throw Failure(
        .broken,
        "run \(chosen) of \(recipe) still goes on"
          + (earlier(than: chosen).map { "; `--run \($0)` takes the run before it" } ?? "")
      )
    }
    do {
      let record = try EventFile.record(at: folder(chosen) + "/events.ndjson", in: tree)
      return (record, folder(chosen))
    } catch {
      throw Failure(
        .broken,
        "run \(chosen) of \(recipe): \(workspace.shown(error.message))"
          + (earlier(than: chosen).map { "; `--run \($0)` takes the run before it" } ?? "")
      )
    }
  }

  /// An imported record; nil where none has this id.
  func imported(_ id: String) throws -> (record: RunRecord, folder: String)? {
    let imports = KeptRuns(workspace: workspace, recipe: recipe, isImported: true)
    return imports.ids.contains(id) ? try imports.record(id) : nil
  }

  private func earlier(than id: String) -> String? {
    ids.first { $0.utf8.lexicographicallyPrecedes(id.utf8) }
  }
}
