import Files
import Glibc

/// A repository with a work tree, read through the `git` program.
///
/// Nothing here changes the repository, its index or its work tree, and nothing that its
/// configuration names is run. Paths are relative to the top level.
package struct GitRepository: Sendable {
  /// The folder of the work tree, absolute, without links.
  package let topLevel: String
  /// The folder that was asked for, relative to the top level; empty where it is the top level.
  package let prefix: String

  let command: GitCommand

  /// Finds the repository that a folder belongs to.
  ///
  /// - Parameters:
  ///   - allowsBare: A bare repository counts too; its own folder is then the top level.
  ///   - timeLimit: For each single call of `git`.
  package init(
    at folder: String,
    allowsBare: Bool = false,
    timeLimit: Duration = .seconds(60)
  ) async throws(GitError) {
    do {
      guard try DiskPath(folder).kind(followingLinks: true) == .folder else {
        throw DiskPath.Failure.notAFolder
      }
    } catch {
      throw GitError(.noSuchFolder, "\(DiskPath(folder)) is no folder that can be read")
    }
    let ceiling = Self.ceiling(above: folder)
    let command = GitCommand(folder: folder, timeLimit: timeLimit, ceiling: ceiling)
    let question = ["rev-parse", "--show-toplevel"]
    let answer = try await command.run(question)
    guard answer.status == 0 else {
      if allowsBare, await Self.isBare(command) {
        self.init(topLevel: folder, prefix: "", timeLimit)
        return
      }
      throw await Self.whyNone(command, question, answer)
    }
    let top = DiskPath(Array(answer.output.dropLast()))
    // `core.worktree` may name any folder of the machine.
    guard let real = try? DiskPath(folder).resolved(), real.isInside(top) else {
      throw GitError(.notARepository, "\(DiskPath(folder)) is not in the work tree \(top)")
    }
    guard let topText = String(validating: top.bytes, as: UTF8.self),
      let inside = String(
        validating: real.bytes.dropFirst(top.bytes.count).drop { $0 == UInt8(ascii: "/") },
        as: UTF8.self
      )
    else {
      throw GitError(.unsupported, "\(DiskPath(folder)) lies under a name that is not UTF-8")
    }
    self.init(topLevel: topText, prefix: inside, timeLimit)
  }

  /// The nearest folder above in which somebody else has put a repository: what it says (which files are
  /// tracked, which branch is the base) counts for nothing below, and git would wait for a pipe that its
  /// settings name.
  private static func ceiling(above folder: String) -> String? {
    guard let real = try? DiskPath(folder).resolved(),
      var place = String(validating: real.bytes, as: UTF8.self)
    else { return nil }
    func owner(_ path: String) -> UInt32? {
      var facts = stat()
      return lstat(path, &facts) == 0 ? facts.st_uid : nil
    }
    let trusted = [nil, 0, geteuid(), owner(place)]
    while place.utf8.count > 1, let slash = place.utf8.lastIndex(of: UInt8(ascii: "/")) {
      place = slash == place.startIndex ? "/" : String(place[..<slash])
      // What a repository is known by, a bare one too.
      let signs = [".git", "HEAD"].map { owner("\(place)/\($0)") }
      if !signs.allSatisfy(trusted.contains) { return place }
    }
    return nil
  }

  private init(topLevel: String, prefix: String, _ timeLimit: Duration) {
    self.topLevel = topLevel
    self.prefix = prefix
    command = GitCommand(folder: topLevel, timeLimit: timeLimit)
  }

  /// Whether a folder is itself a bare repository.
  private static func isBare(_ command: GitCommand) async -> Bool {
    let question = ["rev-parse", "--is-bare-repository", "--absolute-git-dir"]
    guard let answer = try? await command.output(question),
      let real = try? DiskPath(command.folder).resolved()
    else { return false }
    return answer.elementsEqual(Array("true\n".utf8) + real.bytes + [UInt8(ascii: "\n")])
  }

  /// The commit that is checked out.
  package var head: String {
    get async throws(GitError) { try await resolve("HEAD") }
  }

  /// The commit that a revision (a branch, a tag, `HEAD~2`, part of an id) stands for.
  package func resolve(_ revision: String) async throws(GitError) -> String {
    try await resolve(revision, to: "commit")
  }

  /// The id of a commit, or of the `tree` of a commit.
  func resolve(_ revision: String, to type: String) async throws(GitError) -> String {
    try Self.check(revision)
    let peeled = type == "commit" ? "^{commit}" : "^{commit}^{\(type)}"
    let answer = try await command.run([
      "rev-parse", "--verify", "--quiet", "--end-of-options", "\(revision)\(peeled)",
    ])
    guard answer.status == 0 else {
      let isShallow = try? await isShallow
      let hint = isShallow == true ? "; this clone is shallow and may lack it" : ""
      throw GitError(.unknownRevision, "\(revision) is no commit of \(topLevel)\(hint)")
    }
    return String(decoding: answer.output.dropLast(), as: UTF8.self)
  }

  /// Refuses what could be read as an option, a range, a path or a search.
  static func check(_ revision: String) throws(GitError) {
    let refused = Set(":?*[\\ \"'<>|&;$`!()".utf8)
    let isPlain =
      !revision.isEmpty && revision.utf8.count <= 1024
      && revision.utf8.first != UInt8(ascii: "-") && revision.utf8.first != UInt8(ascii: "^")
      && revision.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F && !refused.contains($0) }
      && !revision.contains("..")
    guard isPlain else {
      let shown = DiskPath.shown(Array(revision.utf8.prefix(80)))
      throw GitError(.malformed, "\"\(shown)\" is not the name of a revision")
    }
  }

  /// Why a folder has no repository, told without reading git's text.
  private static func whyNone(
    _ command: GitCommand,
    _ question: [String],
    _ answer: GitCommand.Answer
  ) async -> GitError {
    let folder = DiskPath(command.folder)
    if var above = try? folder.resolved() {
      while above.description != command.ceiling {
        if (try? above.appending(".git").kind()) != nil {
          let inside = try? await command.output(["rev-parse", "--is-inside-work-tree"])
          if inside == Array("false\n".utf8) { break }
          return await command.failure(question, answer)
        }
        guard let slash = above.bytes.lastIndex(of: UInt8(ascii: "/")), above.bytes.count > 1 else {
          break
        }
        above = DiskPath(slash == 0 ? [UInt8(ascii: "/")] : Array(above.bytes[..<slash]))
      }
    }
    return GitError(.notARepository, "\(folder) is in no git work tree")
  }
}
