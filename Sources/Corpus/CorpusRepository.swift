import Evidence
import Files
import Git
import Glibc

/// A corpus in a git repository, read at a commit; the repository's own work tree and index are not
/// looked at.
///
/// The corpus is the folder that is named, in it the folder `recipe-info` where there is one. Its
/// files at the commit are written into a folder of their own, read, and removed.
package struct CorpusRepository: Sendable {
  /// A folder of a repository on this machine.
  package let folder: String
  /// A branch, a tag or a commit.
  let revision: String
  let shownAs: String
  /// How the revision is shown; what was asked for, where it is a commit that was fetched.
  let shownRevision: String
  let isSample: Bool
  /// Where the files are written; `TMPDIR`, or `/tmp`, where it is nil.
  let temporary: String?

  package init(
    folder: String,
    revision: String,
    shownAs: String,
    shownRevision: String? = nil,
    isSample: Bool,
    temporary: String? = nil
  ) {
    self.shownRevision = shownRevision ?? revision
    self.temporary = temporary
    self.folder = folder
    self.revision = revision
    self.shownAs = shownAs
    self.isSample = isSample
  }

  /// What is found for each recipe, in their order. It never throws: what cannot be read is the
  /// answer's state.
  package func readings(of recipes: [String]) async -> [CorpusReading] {
    var temporary: DiskPath?
    defer { if let temporary { Self.remove(temporary) } }
    do throws(GitError) {
      let repository = try await GitRepository(at: folder, allowsBare: true)
      let commit = try await repository.resolve(revision)
      let path = try await Self.root(of: repository, at: commit)
      let place = try temporaryFolder()
      temporary = place
      let root = place.appending("corpus")
      try await repository.export(commit, path: path, to: root.description)
      let inside = path.isEmpty ? "" : "/\(path)"
      let reader = CorpusReader(
        root: root.description,
        shownAs: "\(shownAs)\(inside)@\(shownRevision)",
        isSample: isSample
      )
      return reader.readings(of: recipes).map { reading in
        var reading = reading
        reading.commit = commit
        return reading
      }
    } catch {
      let isThere: CorpusCoverage.State =
        switch error.code {
        case .noSuchFolder, .notARepository, .unknownRevision, .noSuchPath, .malformed: .rootMissing
        default: .unreadable
        }
      let detail = error.message
      return recipes.map { recipe in
        var reading = CorpusReading(
          recipe: recipe,
          root: "\(shownAs)@\(shownRevision)",
          isSample: isSample,
          state: isThere,
          recipes: 0
        )
        reading.detail = detail
        return reading
      }
    }
  }

  private static func root(
    of repository: GitRepository,
    at commit: String
  ) async throws(GitError) -> String {
    let prefix = repository.prefix
    let named = prefix.isEmpty ? "recipe-info" : "\(prefix)/recipe-info"
    do {
      _ = try await repository.treeHash(of: commit, path: named)
      return named
    } catch {
      guard error.code == .noSuchPath else { throw error }
    }
    // An error names the folder that was asked for.
    _ = try await repository.treeHash(of: commit, path: prefix)
    return prefix
  }

  private func temporaryFolder() throws(GitError) -> DiskPath {
    let base = temporary ?? getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array("\(base)/parity-corpus-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else {
      throw GitError(.unreadable(.number(errno)), "\(base) takes no folder (error \(errno))")
    }
    return DiskPath(template.dropLast().map { UInt8(bitPattern: $0) })
  }

  /// Everything below a folder of our own, without following links.
  private static func remove(_ path: DiskPath) {
    if (try? path.kind()) == .folder {
      for entry in (try? path.entries()) ?? [] { remove(path.appending(entry.name)) }
      _ = withCString(path) { rmdir($0) }
    } else {
      _ = withCString(path) { unlink($0) }
    }
  }

  private static func withCString(_ path: DiskPath, _ body: (UnsafePointer<CChar>) -> Int32)
    -> Int32
  {
    (path.bytes.map { CChar(bitPattern: $0) } + [0]).withUnsafeBufferPointer { buffer in
      buffer.baseAddress.map(body) ?? -1
    }
  }
}
