import Evidence
import Formats
import Git
import Reports
import Suites

/// What a command takes from git addresses: each is fetched once.
actor FetchedSources {
  private let isOffline: Bool
  private var fetches: [GitSource: Task<Result<FetchedSource, GitError>, Never>] = [:]

  init(isOffline: Bool = false) { self.isOffline = isOffline }

  /// - Throws: where it can be neither fetched nor, offline, taken as it was.
  func fetch(_ source: GitSource) async throws(GitError) -> FetchedSource {
    let isOffline = isOffline
    let task =
      fetches[source]
      ?? Task<Result<FetchedSource, GitError>, Never> {
        do throws(GitError) {
          let fetched = try await FetchedSource(source, isOffline: isOffline)
          for warning in fetched.origin.warnings { Console.error("warning: \(warning)") }
          return .success(fetched)
        } catch {
          return .failure(error)
        }
      }
    fetches[source] = task
    return try await task.value.get()
  }
}

/// A repository as it was fetched.
struct FetchedSource: Sendable {
  let fetch: GitFetch
  let origin: RecipeOrigin

  fileprivate init(_ source: GitSource, isOffline: Bool) async throws(GitError) {
    let address = source.address
    switch address.place {
    case .folder(let folder): fetch = try await GitFetch(folder: folder, ref: source.ref)
    case .remote:
      let cache = try GitCache()
      if !isOffline { Console.error("fetching \(address)") }
      fetch = try await cache.fetch(
        address,
        ref: source.ref,
        within: source.limit,
        isOffline: isOffline
      )
    }
    var origin = RecipeOrigin(address: "\(address)", ref: source.ref, commit: fetch.commit)
    if fetch.isShallow { origin.isShallow = true }
    if fetch.isOffline { origin.isOffline = true }
    origin.rewrittenFrom = fetch.rewrittenFrom
    if !fetch.movedTags.isEmpty { origin.movedTags = fetch.movedTags }
    self.origin = origin
  }

  /// The folder of the recipe's files.
  func files() async throws(GitError) -> String { try await GitCache().files(of: fetch) }
}
