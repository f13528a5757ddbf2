import Files
package import Formats
import Glibc

/// Clones of repositories that lie elsewhere, below the user's folder for caches.
///
/// Each address has one bare repository, which git alone made: branches, tags and what `HEAD` was.
/// Objects that a server no longer names stay. Files of a commit lie in folders named after the tree
/// that they are.
package struct GitCache: Sendable {
  private let folder: String

  /// - Throws: `noCache` where there is no folder that only this user can write to.
  package init(below base: String? = UserCache.base) throws(GitError) {
    let advice = "set XDG_CACHE_HOME to a folder that only you can write to"
    guard let base else { throw GitError(.noCache, "neither XDG_CACHE_HOME nor HOME is set") }
    guard let own = UserCache.folder(below: base) else {
      throw GitError(.noCache, "no clone can be kept in \(DiskPath(base)): \(advice)")
    }
    if let open = UserCache.openFolder(above: own) {
      throw GitError(
        .noCache,
        "no clone can be kept in \(DiskPath(base)): others can change \(DiskPath(open)); \(advice)"
      )
    }
    folder = own + "/git"
    for path in [folder, "\(folder)/trees"] { mkdir(path, 0o700) }
  }

  /// The repository at an address, as it is now.
  ///
  /// A commit's whole id needs no server where the commit was fetched before. Runs that fetch from one
  /// address wait for each other.
  ///
  /// - Parameters:
  ///   - ref: A branch, tag or commit; nil for what `HEAD` is there.
  ///   - limit: For all of it.
  ///   - isOffline: Whether what was fetched before is taken as it is.
  package func fetch(
    _ address: GitAddress,
    ref: String?,
    within limit: Duration,
    isOffline: Bool
  ) async throws(GitError) -> GitFetch {
    guard case .remote(let url) = address.place else {
      throw GitError(.malformed, "\(address) is a folder, which is not fetched")
    }
    if let ref { try GitRepository.check(ref) }
    let clone = "\(folder)/\(ObjectDigest.blobID(of: Array(url.utf8)))"
    if isOffline, (try? DiskPath(clone).kind()) == nil {
      throw GitError(.notFetched, "\(address) was never fetched; run once without --offline")
    }
    try await make(clone)
    let lock = open(clone, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    defer { if lock >= 0 { close(lock) } }
    try await wait(for: lock, of: address, within: limit)
    let repository = try await GitRepository(at: clone, allowsBare: true)
    let name = ref ?? Self.head
    let before = try? await repository.resolve(name)
    if isOffline {
      guard before != nil else {
        throw GitError(
          .notFetched,
          "\(address) was fetched without \(ref ?? "HEAD"); run once without --offline"
        )
      }
      return try await GitFetch(repository, name, isOffline: true)
    }
    if let before, before == ref { return try await GitFetch(repository, name) }
    let tags = try await repository.tagObjects()
    do throws(GitError) {
      try await repository.fetch(url, address, ref, within: limit)
    } catch {
      guard error.code != .cancelled, error.code != .gitMissing else { throw error }
      let remedy =
        before.map { "; --offline uses \($0.prefix(12)), which was fetched before" } ?? ""
      throw GitError(.notFetched, "\(address) cannot be fetched: \(error.message)\(remedy)")
    }
    var fetch = try await GitFetch(repository, name, shownAs: "\(address)", ref: ref)
    if let before, before != fetch.commit,
      try await !repository.isAncestor(before, of: fetch.commit)
    {
      fetch.rewrittenFrom = before
    }
    fetch.movedTags = try await repository.tagObjects().filter { name, id in
      tags[name].map { $0 != id } ?? false
    }.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    return fetch
  }

  /// What `HEAD` was on the server.
  static let head = "refs/parity/HEAD"

  private func make(_ clone: String) async throws(GitError) {
    guard (try? DiskPath(clone).kind()) == nil else { return }
    var template = Array("\(folder)/new-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw unwritable() }
    let new = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let command = GitCommand(folder: folder, timeLimit: .seconds(60))
    _ = try await command.output(["init", "--bare", "--quiet", "--template=", "--", new])
    // Somebody may have been faster.
    if rename(new, clone) != 0 { FolderRemoval.remove(new) }
  }

  private func unwritable() -> GitError {
    let number = errno
    return GitError(
      .unreadable(.number(number)),
      "\(DiskPath(folder)) cannot be written: \(String(cString: strerror(number)))"
    )
  }

  private func wait(
    for lock: Int32,
    of address: GitAddress,
    within limit: Duration
  ) async throws(GitError) {
    let start = ContinuousClock.now
    while flock(lock, LOCK_EX | LOCK_NB) != 0 {
      guard ContinuousClock.now - start < limit else {
        throw GitError(.timedOut, "another run has been fetching \(address) for \(limit)")
      }
      do { try await Task.sleep(for: .milliseconds(50)) } catch {
        throw GitError(.cancelled, "fetching \(address) was cancelled")
      }
    }
  }

  /// A folder of suites that has one for a recipe, which says nothing.
  package func emptySuites(for recipe: String) throws(GitError) -> String {
    let suites = "\(folder)/suites/\(ObjectDigest.blobID(of: Array(recipe.utf8)))"
    do throws(DiskPath.Failure) {
      let suite = DiskPath("\(suites)/\(recipe)")
      try suite.createFolder()
      let file = suite.appending("recipe.yml")
      if (try? file.kind()) == nil { try file.createFile([UInt8](), isExecutable: false) }
    } catch {
      throw GitError(.unreadable(error), "\(DiskPath(suites)) \(error)")
    }
    return suites
  }

  // MARK: Files

  /// A folder with the files of a commit, submodules left out, which nobody may change.
  ///
  /// What lies there from before is looked at whole, and made anew where it is not the tree.
  package func files(of fetch: GitFetch) async throws(GitError) -> String {
    let trees = "\(folder)/trees"
    let place = "\(trees)/\(fetch.tree)"
    if try await isWhole(place, fetch) { return place }
    var template = Array("\(trees)/new-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw unwritable() }
    let new = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    do throws(GitError) {
      try await fetch.repository.export(fetch.commit, to: new, leavingOutSubmodules: true)
    } catch {
      FolderRemoval.remove(new)
      throw error
    }
    FolderRemoval.remove(place)
    if rename(new, place) != 0 {
      FolderRemoval.remove(new)
      guard try await isWhole(place, fetch) else { throw unwritable() }
    }
    return place
  }

  private func isWhole(_ place: String, _ fetch: GitFetch) async throws(GitError) -> Bool {
    guard (try? DiskPath(place).kind()) == .folder else { return false }
    if fetch.submodules.isEmpty {
      return try FolderTree.hash(of: place, ignoring: []) == fetch.tree
    }
    return false
  }
}
