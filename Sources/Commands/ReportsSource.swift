import Auditing
import Evidence
import Files
import Formats
import FoundationEssentials
import Running
import Suites

/// One folder of reports, as another machine wrote it.
struct ReportsSource {
  /// One run in it.
  struct Run {
    var record: RunRecord
    /// Where its events and logs are, below the source's tree.
    var folder: String
  }

  /// Nothing in it is believed to be what it was when it was looked at.
  let tree: FileTree
  /// As it was asked for.
  let name: String
  /// What shards it tells of: its own, or all that were merged into it.
  let shards: [ShardFile]
  /// By recipe; those that count as attempts.
  private(set) var runs: [String: [Run]] = [:]
  /// By recipe: ids of runs of which no event can be read.
  private(set) var lost: [String: [String]] = [:]
  /// What is passed over, in sentences.
  private(set) var notes: [String] = []

  init(_ folder: String, shownAs name: String) throws {
    let tree = FileTree(folder)
    self.tree = tree
    self.name = name
    guard Console.isFolder(folder) == true else {
      throw Failure(.wrongUsage, "\(Console.quotable(name)) is not a folder")
    }
    let own = try ShardFile.read(tree)
    let merged = try MergeFile.read(tree)
    shards = (own.map { [$0] } ?? []) + (merged?.shards ?? [])
    let recipes = ((try? tree.names(in: "")) ?? []).filter { tree.isFolder("\($0)/runs") }
    guard !recipes.isEmpty || !shards.isEmpty else {
      throw Failure(
        .wrongUsage,
        "\(Console.quotable(name)) holds no reports: there is neither a \(ShardFile.name) nor a "
          + "<recipe>/runs in it"
      )
    }
    for recipe in recipes { try read(recipe) }
  }

  private mutating func read(_ recipe: String) throws {
    let folder = "\(tree.root)/\(recipe)/runs"
    let ids = try ids(in: folder)
    var found: [Run] = []
    for id in ids {
      let path = "\(folder)/\(id)/events.ndjson"
      guard !EventFile.isBeingWritten(path, in: tree) else {
        throw Failure(.broken, "run \(id) of \(recipe) in \(name) still goes on")
      }
      do {
        found.append(
          Run(record: try EventFile.record(at: path, in: tree), folder: "\(folder)/\(id)")
        )
      } catch {
        if case .otherSchema = error.code { throw Failure(.broken, error.message) }
        lost[recipe, default: []].append(id)
      }
    }
    runs[recipe] = current(attempts(among: found), recipe)
  }

  /// Of the runs in a folder, newest first.
  ///
  /// - Throws: where a run is not a folder of its own.
  private func ids(in folder: String) throws -> [String] {
    let names = ((try? tree.names(in: folder)) ?? []).reversed()
    let ids = names.filter {
      RunID.isOne($0) || tree.kind("\(folder)/\($0)/events.ndjson") != nil
    }
    for id in ids where tree.kind("\(folder)/\(id)") != .folder {
      throw Failure(
        .broken,
        "\(name): run \(Console.quotable(id)) is not a folder; `merge` takes regular files and "
          + "folders only"
      )
    }
    return Array(ids)
  }

  /// Where runs were merged already: those that were, and those that came after. What was merged is
  /// made again from its parts.
  private func attempts(among runs: [Run]) -> [Run] {
    guard let place = runs.firstIndex(where: { $0.record.attempts != nil }) else { return runs }
    let known = Set(runs[place].record.attempts?.map(\.run) ?? [])
    return runs.enumerated().filter { index, run in
      run.record.attempts == nil && (index < place || known.contains(run.record.header.id))
    }.map(\.element)
  }

  /// On one machine ids go up: runs over other files than the last one's are of the past.
  private mutating func current(_ runs: [Run], _ recipe: String) -> [Run] {
    guard let newest = runs.first else { return [] }
    return runs.filter { run in
      let isSame = (try? AttemptMerge([newest.record, run.record])) != nil
      if !isSame {
        notes.append(
          "\(recipe): run \(run.record.header.id) in \(name) is of older files than run "
            + "\(newest.record.header.id): left out"
        )
      }
      return isSame
    }
  }
}

/// `<reports>/merge.json`: what was joined, and what its parts do not agree on.
struct MergeFile: Codable, Hashable {
  static let schemaVersion = 1
  static let name = "merge.json"

  struct Recipe: Codable, Hashable {
    var recipe: String
    /// The merged run.
    var run: String
    /// The exit status that `parity run` would have had for it.
    var status: Int32
    var attempts: [Attempt]
    var flaky: [Flaky]
  }

  struct Attempt: Codable, Hashable {
    /// From 1; flaky checks name it.
    var number: Int
    var run: String
    var host: String
    var shard: Shard?
    var end: RunEnd
  }

  struct Flaky: Codable, Hashable {
    /// A check's id, or `stage install`.
    var name: String
    /// Numbers of attempts.
    var passed: [Int]
    var failed: [Int]
    var broken: [Int]
  }

  var schema = Self.schemaVersion
  /// By number.
  var shards: [ShardFile]
  /// Numbers of shards that nothing tells of.
  var missing: [Int]
  /// By name.
  var recipes: [Recipe]

  /// Nil where a folder has none.
  static func read(_ folder: FileTree) throws -> MergeFile? {
    let path = "\(folder.root)/\(name)"
    return try CoverageFile.read(
      MergeFile.self,
      at: path,
      in: folder,
      upTo: schemaVersion,
      \.schema
    )
  }
}

extension MergeFile.Recipe {
  init(_ record: RunRecord, _ status: ExitStatus) {
    recipe = record.header.recipe
    run = record.header.id
    self.status = status.rawValue
    attempts = (record.attempts ?? []).enumerated().map { index, attempt in
      MergeFile.Attempt(
        number: index + 1,
        run: attempt.run,
        host: attempt.host,
        shard: attempt.shard,
        end: attempt.end
      )
    }
    flaky = record.flaky.map {
      MergeFile.Flaky(name: $0.name, passed: $0.passed, failed: $0.failed, broken: $0.broken)
    }
  }
}
