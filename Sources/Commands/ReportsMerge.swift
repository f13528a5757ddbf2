import Auditing
import Evidence
import Files
import Formats
import FoundationEssentials
import Reports
import Running
import Suites

/// Joins folders of reports, recipe by recipe, and writes what a run would have written.
struct ReportsMerge {
  /// Its reports take what is joined.
  let workspace: Workspace
  let sources: [ReportsSource]
  let strict: Bool
  let junit: JUnitFlavour

  /// One recipe's part.
  private struct Merged {
    var record: RunRecord
    var suite: Suite
    /// Folders of its attempts, and what they lie in.
    var folders: [(path: String, tree: FileTree)]
  }

  func write() async throws -> ExitStatus {
    let shards = try division()
    let planned = shards.first?.plan ?? []
    // Where artifacts were poured into one folder one file of a shard has replaced another's: what was
    // run of it is there all the same.
    let missing = planned.indices.map { $0 + 1 }.filter { number in
      let recipes = planned[number - 1]
      let hasAll =
        !recipes.isEmpty
        && recipes.allSatisfy { recipe in
          sources.contains { $0.runs[recipe]?.isEmpty == false }
        }
      return !hasAll && !shards.contains { $0.shard.number == number }
    }
    // Everything that can be wrong is told before anything is written.
    let recipes = Set(planned.joined()).union(sources.flatMap(\.runs.keys))
      .union(sources.flatMap(\.lost.keys)).sorted { UTF8Order.precedes($0, $1) }
    guard !recipes.isEmpty else {
      throw Failure(.wrongUsage, "there is no run of any recipe to be joined")
    }
    var parts: [Merged] = []
    var mistakes = Mistakes()
    for recipe in try workspace.recipes(recipes) {
      try await mistakes.collecting { parts.append(try await merged(recipe, shards)) }
    }
    try mistakes.conclude()
    for note in Set(sources.flatMap(\.notes)).sorted() { Console.error(note) }
    for number in missing { Console.error(Self.told(number, planned)) }

    var worst = ExitStatus.proven
    var rows: [MergeFile.Recipe] = []
    for part in parts {
      let status = try await write(part)
      rows.append(MergeFile.Recipe(part.record, status))
      worst = worst.worse(status)
    }
    let file = MergeFile(shards: shards, missing: missing, recipes: rows)
    do {
      try CoverageFile.write(
        file,
        to: "\(workspace.project.reports)/\(MergeFile.name)",
        in: workspace.reportsTree
      )
    } catch {
      throw Failure(.broken, workspace.shown("\(error)"))
    }
    return worst
  }

  private static func told(_ number: Int, _ plan: [[String]]) -> String {
    let recipes = plan[number - 1]
    return "shard \(number)/\(plan.count) is missing: "
      + (recipes.isEmpty ? "it had no recipe" : recipes.joined(separator: ", "))
  }

  // MARK: Shards

  /// The shards that are told of, by number; they must be parts of one plan.
  private func division() throws -> [ShardFile] {
    var known: [Int: (file: ShardFile, source: String)] = [:]
    var first: (file: ShardFile, source: String)?
    for source in sources.sorted(by: { UTF8Order.precedes($0.name, $1.name) }) {
      for file in source.shards {
        if let first, first.file.plan != file.plan {
          throw Failure(
            .broken,
            "\(first.source) and \(source.name) are not shards of the same plan: "
              + "\(Self.shape(first.file)), and \(Self.shape(file))"
          )
        }
        first = first ?? (file, source.name)
        known[file.shard.number] = (file, source.name)
      }
    }
    return known.sorted { $0.key < $1.key }.map(\.value.file)
  }

  private static func shape(_ file: ShardFile) -> String {
    let recipes = file.plan.joined().sorted { UTF8Order.precedes($0, $1) }
    return "\(file.plan.count) shards of \(recipes.joined(separator: ", "))"
  }

  // MARK: One recipe

  private func merged(_ recipe: String, _ shards: [ShardFile]) async throws -> Merged {
    let suite = try workspace.suite(recipe).suite
    let runs = sources.flatMap { source in
      (source.runs[recipe] ?? []).map { (run: $0, source: source.name, tree: source.tree) }
    }
    guard !runs.isEmpty else {
      return Merged(record: try await absent(recipe, suite, shards), suite: suite, folders: [])
    }
    let merge: AttemptMerge
    do {
      merge = try AttemptMerge(runs.map(\.run.record))
    } catch {
      func place(_ id: String) -> String {
        runs.first { $0.run.record.header.id == id }?.source ?? ""
      }
      throw Failure(
        .broken,
        "\(recipe): run \(error.first) in \(place(error.first)) and run \(error.second) in "
          + "\(place(error.second)) are not of the same files: \(error.difference)"
      )
    }
    let ids = merge.attempts.map(\.header.id)
    if let twice = ids.first(where: { id in ids.count { $0 == id } > 1 }) {
      throw Failure(.broken, "\(recipe): two different runs have the id \(twice)")
    }
    let tree = try workspace.suiteTree(recipe)
    let theirs = merge.attempts[0].header.suiteTree
    guard tree == theirs else {
      throw Failure(
        .broken,
        "\(recipe): run \(ids[0]) is of the suite with tree \(theirs), and the suite here has tree "
          + "\(tree): check out the commit that was run"
      )
    }
    let others = kept(recipe).filter { !ids.contains($0) }
    return Merged(
      record: merge.record(id: RunID.merged(from: ids, after: others)),
      suite: suite,
      folders: runs.map { ($0.run.folder, $0.tree) }
    )
  }

  /// Ids of runs, merged ones apart, that the folder of the reports holds already.
  private func kept(_ recipe: String) -> [String] {
    let kept = KeptRuns(workspace: workspace, recipe: recipe)
    return kept.ids.filter { !isMerged(kept.folder($0)) }
  }

  private func isMerged(_ folder: String) -> Bool {
    let events = folder + "/events.ndjson"
    return (try? EventFile.record(at: events, in: workspace.reportsTree))?.attempts != nil
  }

  /// The record of a recipe that nothing tells of: none of its checks has run.
  private func absent(_ recipe: String, _ suite: Suite, _ shards: [ShardFile]) async throws
    -> RunRecord
  {
    let reason = why(recipe, shards)
    let planner = RunPlanner(
      workspace: workspace,
      suite: suite,
      checkout: try await workspace.recipeSource(recipe) { suite },
      driver: try workspace.driverName(nil, suite)
    )
    let plan = try await planner.plan()
    let header = RunHeader(
      plan,
      id: RunID.merged(from: [], after: kept(recipe)),
      startedAt: Date(timeIntervalSince1970: 0),
      host: ""
    )
    return RunRecord(unrun: header, because: reason)
  }

  private func why(_ recipe: String, _ shards: [ShardFile]) -> Reason {
    let lost = sources.flatMap { $0.lost[recipe] ?? [] }.sorted { UTF8Order.precedes($0, $1) }
    if let id = lost.first { return Reason(.runLost(run: id)) }
    let plan = shards.first?.plan ?? []
    guard let index = plan.firstIndex(where: { $0.contains(recipe) }) else {
      return Reason(.runLost(run: nil))
    }
    let shard = Shard(number: index + 1, count: plan.count)
    let isMissing = !shards.contains { $0.shard.number == shard.number }
    return Reason(.shardLost(shard, isMissing: isMissing))
  }

  // MARK: Writing

  private func write(_ part: Merged) async throws -> ExitStatus {
    let runs = workspace.runsFolder(part.suite.recipe)
    let folder = "\(runs)/\(part.record.header.id)"
    let tree = workspace.reportsTree
    do {
      try tree.makeFolder(runs)
      // What was merged before is made of the same parts.
      for id in KeptRuns(workspace: workspace, recipe: part.suite.recipe).ids
      where isMerged("\(runs)/\(id)") {
        if let left = tree.remove("\(runs)/\(id)").first { throw FileError(.exists, left) }
      }
      for source in part.folders { try copy(source.path, of: source.tree, to: runs) }
      try tree.makeFolder(folder)
      var lines: [UInt8] = []
      for event in part.record.events {
        lines += try JSONTextEncoder().bytes(of: event) + [UInt8(ascii: "\n")]
      }
      try AtomicFile.write(lines, to: "\(folder)/events.ndjson", in: tree)
    } catch {
      throw Failure(.broken, "\(workspace.shown(folder)) cannot be written: \(error)")
    }
    let reports = Reports(
      workspace: await workspace.holding(part.suite),
      suite: part.suite,
      junit: await workspace.form(junit, of: part.suite.recipe)
    )
    return try reports.conclude(
      part.record,
      runFolder: folder,
      publishes: reports.mayPublish(part.record),
      strict: strict
    )
  }

  private func copy(_ source: String, of tree: FileTree, to runs: String) throws {
    let name = source.split(separator: "/").last.map(String.init) ?? ""
    let target = "\(runs)/\(name)"
    // The same run: its events are the same bytes, or the ids had been refused.
    guard workspace.reportsTree.kind(target) == nil else { return }
    do {
      try tree.copy(source, to: target, in: workspace.reportsTree)
    } catch {
      // A half would pass for the run the next time.
      workspace.reportsTree.remove(target)
      throw error
    }
  }
}
