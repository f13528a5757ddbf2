import Auditing
import Evidence
import Files
import FoundationEssentials
import Git
import Running
import Suites

/// One side of a diff: where each recipe's coverage is, not yet read.
struct DiffSide: Sendable {
  /// As a person reads it: `HEAD (1a2b3c4d5e6f)`, `the working tree`, a path.
  var name: String
  var entries: [String: Entry] = [:]
  /// A single file is of one recipe, and only that one is compared.
  var isOneFile = false
  /// Where blobs are read from.
  var repository: GitRepository?

  /// The coverage of one recipe.
  struct Entry: Sendable {
    enum Source: Sendable, Hashable {
      case blob(GitBlob)
      case file(String)
    }

    var source: Source
    /// As messages name it.
    var shown: String
    /// The folder of its runs; nil where none can be.
    var runs: String?
  }

  // MARK: A commit

  /// The coverage that a commit holds, below the reports folder that its own `parity.yml` names.
  static func commit(
    _ revision: String,
    of project: String,
    in repository: GitRepository
  ) async throws -> DiffSide {
    let id = try await repository.resolve(revision)
    let isID = id.hasPrefix(revision)
    let name = isID ? String(id.prefix(12)) : "\(revision) (\(id.prefix(12)))"
    var side = DiffSide(name: name, repository: repository)
    let prefix = repository.prefix.isEmpty ? "" : repository.prefix + "/"
    let path = prefix + ProjectLoader.fileName
    guard let bytes = try await repository.read(path, at: id) else {
      throw Failure(.broken, "\(name) has no \(path), so that its reports cannot be found")
    }
    let reports = try Self.reports(bytes, of: name, project: project)
    guard let folder = Self.relative(reports, to: repository.topLevel) else {
      throw Failure(.broken, "\(name) keeps its reports in \(reports), outside of the repository")
    }
    let blobs = try await repository.blobs(named: "coverage.json", oneBelow: folder, at: id)
    for blob in blobs {
      let recipe = Self.recipe(ofPath: blob.path)
      side.entries[recipe] = Entry(source: .blob(blob), shown: "\(blob.path) of \(name)")
    }
    guard !side.entries.isEmpty else {
      let place = folder.isEmpty ? "its top level" : folder
      throw Failure(.broken, "\(name) has no coverage: there is no */coverage.json in \(place)")
    }
    return side
  }

  private static func reports(
    _ bytes: [UInt8],
    of name: String,
    project: String
  ) throws -> String {
    do {
      return try ProjectLoader.project(bytes, folder: project).reports
    } catch {
      let first = error.diagnostics.first.map { " (line \($0.line)): \($0.message)" } ?? ""
      throw Failure(.broken, "parity.yml of \(name) cannot be read\(first)")
    }
  }

  private static func recipe(ofPath path: String) -> String {
    path.split(separator: "/").dropLast().last.map(String.init) ?? ""
  }

  private static func relative(_ path: String, to top: String) -> String? {
    if path == top { return "" }
    let prefix = top == "/" ? "/" : top + "/"
    return path.hasPrefix(prefix) ? String(path.dropFirst(prefix.count)) : nil
  }

  // MARK: Files

  /// A project as it lies on the disk.
  static func project(_ project: Project, name: String) throws -> DiffSide {
    try reports(project.reports, name: name)
  }

  /// A folder with one folder for each recipe.
  static func reports(_ folder: String, name: String) throws -> DiffSide {
    var side = DiffSide(name: name)
    let tree = FileTree(folder)
    for recipe in (try? tree.names(in: "")) ?? [] {
      guard tree.kind("\(recipe)/coverage.json") != nil else { continue }
      let path = "\(folder)/\(recipe)/coverage.json"
      side.entries[recipe] = Entry(
        source: .file(path),
        shown: path,
        runs: "\(folder)/\(recipe)/runs"
      )
    }
    guard !side.entries.isEmpty else {
      throw Failure(.broken, "\(name) has no coverage: there is no */coverage.json in \(folder)")
    }
    return side
  }

  /// One file; its recipe is the one that it names.
  static func file(_ path: String, name: String) throws -> DiffSide {
    let bytes: [UInt8]
    do {
      bytes = try DiskPath(path).contents(limit: Self.sizeLimit, followingLinks: true)
    } catch {
      throw Failure(.broken, "\(name) \(error)")
    }
    let coverage = try CoverageFile.model(bytes, shownAs: name)
    var side = DiffSide(name: name, isOneFile: true)
    side.entries[coverage.recipe] = Entry(source: .file(path), shown: name)
    return side
  }

  // MARK: Reading

  /// The contents of several recipes' coverage; git is asked once for all.
  func contents(_ recipes: [String]) async throws -> [String: [UInt8]] {
    var contents: [String: [UInt8]] = [:]
    var blobs: [(recipe: String, blob: GitBlob)] = []
    for recipe in recipes {
      guard let entry = entries[recipe] else { continue }
      switch entry.source {
      case .file(let path):
        do {
          contents[recipe] = try DiskPath(path).contents(
            limit: Self.sizeLimit,
            followingLinks: isOneFile
          )
        } catch {
          throw Failure(.broken, "\(entry.shown) \(error)")
        }
      case .blob(let blob): blobs.append((recipe, blob))
      }
    }
    guard let repository, !blobs.isEmpty else { return contents }
    let read = try await repository.contents(of: blobs.map(\.blob), limit: Self.sizeLimit)
    for ((recipe, _), bytes) in zip(blobs, read) { contents[recipe] = bytes }
    return contents
  }

  /// Of one file, in bytes.
  private static let sizeLimit = 1 << 30

  func sizes(_ recipes: [String]) async throws -> [String: Int] {
    var sizes: [String: Int] = [:]
    var blobs: [(recipe: String, blob: GitBlob)] = []
    for recipe in recipes {
      switch entries[recipe]?.source {
      case .file(let path):
        if case .file(_, let size)? = try? DiskPath(path).kind(followingLinks: true) {
          sizes[recipe] = size
        }
      case .blob(let blob): blobs.append((recipe, blob))
      case nil: break
      }
    }
    guard let repository, !blobs.isEmpty else { return sizes }
    for ((recipe, _), size) in zip(blobs, try await repository.sizes(of: blobs.map(\.blob))) {
      sizes[recipe] = size
    }
    return sizes
  }

  /// How long the stages of the newest run took; nil where no whole run is kept.
  func durations(_ recipe: String) -> [Stage: Int]? {
    guard let folder = entries[recipe]?.runs else { return nil }
    let tree = FileTree(folder)
    guard let newest = (try? tree.names(in: ""))?.last(where: RunID.isOne),
      let record = try? EventFile.record(at: "\(newest)/events.ndjson", in: tree),
      record.header.isFull, record.isWhole
    else { return nil }
    return Dictionary(
      record.stages.filter { $0.startedAt != nil }.map { ($0.stage, $0.microseconds) }
    ) { first, _ in first }
  }
}
