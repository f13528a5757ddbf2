import Auditing
import Evidence
import FoundationEssentials
import Git
import Suites

/// Reads what committed coverages of a recipe said, out of git's objects, in two calls of git.
struct HistoryReader {
  let workspace: Workspace
  let recipe: String
  /// The most commits that are looked at, the newest first.
  var limit = 500

  /// - Parameter since: `YYYY-MM-DD`; older commits are left out.
  /// - Throws: `Failure` where there is no repository or no committed coverage.
  func history(since: String? = nil) async throws -> CoverageHistory {
    let repository = try await repository()
    let path = try path(in: repository)
    let changes = try await changes(of: path, in: repository)
    guard !changes.isEmpty else {
      throw Failure(.broken, "\(recipe) has no committed coverage: no commit has \(path)")
    }
    var (entries, isOwn) = try await entries(changes, repository)
    var beginning = isOwn ? try await reasonForMore(changes.count, repository) : nil
    if let since {
      let all = entries.count
      entries.removeAll { $0.day < since }
      guard !entries.isEmpty else {
        throw Failure(.broken, "\(recipe) has no committed coverage since \(since)")
      }
      if entries.count < all { beginning = "older commits were not asked for" }
    }
    return CoverageHistory(recipe: recipe, entries: entries, beginning: beginning)
  }

  /// For a report, which is written all the same where there is no history.
  func historyIfAny() async -> CoverageHistory? { try? await history() }

  private func changes(of path: String, in repository: GitRepository) async throws
    -> [GitFileChange]
  {
    do {
      return try await repository.history(of: path, limit: limit)
    } catch {
      guard error.code == .unknownRevision else { throw error }
      throw Failure(.broken, "\(workspace.shown(workspace.project.folder)) has no commit yet")
    }
  }

  /// Why there may be commits before the first one; nil where there are none.
  private func reasonForMore(_ count: Int, _ repository: GitRepository) async throws -> String? {
    if count == limit { return "only the newest \(limit) commits were looked at" }
    let isShallow = try await repository.isShallow
    return isShallow
      ? "this clone is shallow: what came before its first commit is not known" : nil
  }

  private func repository() async throws -> GitRepository {
    do {
      return try await GitRepository(at: workspace.project.folder)
    } catch {
      throw Failure(.broken, error.description)
    }
  }

  private func path(in repository: GitRepository) throws -> String {
    let coverage = workspace.coveragePath(recipe)
    let inside = workspace.shown(coverage)
    guard inside != coverage else {
      throw Failure(.broken, "\(coverage) is outside the project, and so of its repository")
    }
    return repository.prefix.isEmpty ? inside : "\(repository.prefix)/\(inside)"
  }

  /// The oldest first.
  ///
  /// - Returns: also whether the last one is the first that git knows, and not one of another recipe
  ///   that git took for an older name of this file.
  private func entries(_ changes: [GitFileChange], _ repository: GitRepository) async throws
    -> ([CoverageHistory.Entry], Bool)
  {
    var states: [String: Result<CoverageModel, Failure>] = [:]
    var blobs: [GitBlob] = []
    for blob in changes.compactMap(\.blob) where states[blob.id] == nil {
      states[blob.id] = .failure(Failure(.broken, "cannot be read"))
      blobs.append(blob)
    }
    for (blob, bytes) in zip(blobs, try await repository.contents(of: blobs)) {
      do {
        states[blob.id] = .success(try CoverageFile.model(bytes, shownAs: blob.path))
      } catch let failure as Failure {
        states[blob.id] = .failure(failure)
      }
    }
    var entries: [CoverageHistory.Entry] = []
    for change in changes {
      func add(_ state: CoverageHistory.State?, _ problem: String?) {
        entries.append(
          CoverageHistory.Entry(
            commit: change.commit,
            day: change.day,
            state: state,
            problem: problem
          )
        )
      }
      guard let blob = change.blob else {
        add(nil, "removed")
        continue
      }
      switch states[blob.id] {
      case .success(let model)?:
        guard model.recipe == recipe else { return (entries.reversed(), false) }
        add(CoverageHistory.State(model), nil)
      case .failure(let failure)?: add(nil, failure.message)
      case nil: add(nil, "cannot be read")
      }
    }
    return (entries.reversed(), true)
  }
}
