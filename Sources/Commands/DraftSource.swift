import Auditing
import Drafting
import Files
import Formats
import FoundationEssentials
import Git
import Suites

/// Where a recipe is that a suite is drafted from.
struct DraftSource {
  /// Of its files, on this machine.
  let folder: String
  /// As it was given.
  private let asked: String
  /// Nil for a folder.
  private let address: GitAddress?

  /// - Parameter text: a folder, relative to the current one, or the address of a git repository.
  init(_ text: String) async throws {
    asked = text
    guard Self.isAddress(text) else {
      let here = FileManager.default.currentDirectoryPath
      let path = text.hasPrefix("/") ? text : "\(here)/\(text)"
      guard Console.isFolder(path) == true, let real = SuiteFiles(folder: path).resolved("") else {
        throw Failure(
          .wrongUsage,
          "--from \(Console.quotable(text)): neither a folder nor the address of a git repository"
        )
      }
      (folder, address) = (real, nil)
      return
    }
    let address: GitAddress
    do throws(GitAddress.Mistake) {
      address = try GitAddress(text)
    } catch {
      throw Failure(.wrongUsage, "--from \(error.reason)")
    }
    guard address.login == nil else {
      throw Failure(
        .wrongUsage,
        "--from holds a password, which would be written into parity.yml; let git's own helpers "
          + "give it"
      )
    }
    do throws(GitError) {
      folder = try await FetchedSources().fetch(GitSource(address)).files()
    } catch {
      throw Failure(.broken, "--from \(Console.quotable("\(address)")): \(error.message)")
    }
    self.address = address
  }

  /// `https://…`, `ssh://…`, `user@host:path`.
  private static func isAddress(_ text: String) -> Bool {
    text.firstMatch(of: /^[a-z][a-z0-9+.-]*:\/\//) != nil
      || text.firstMatch(of: /^[A-Za-z0-9_.-]+@[A-Za-z0-9_.-]+:/) != nil
  }

  /// The recipe's line in a project's `parity.yml`.
  ///
  /// - Parameter project: the folder of the file.
  func entry(for recipe: String, in project: String) -> ProjectEntry {
    if let address {
      return ProjectEntry(
        recipe: recipe,
        source: .git(GitSource(address)),
        shown: asked
      )
    }
    return ProjectEntry(
      recipe: recipe,
      source: .folder(folder),
      shown: Self.relative(folder, to: project)
    )
  }

  /// A path by the folders that two have in common; an absolute one where they have none.
  private static func relative(_ path: String, to base: String) -> String {
    let (a, b) = (path.split(separator: "/"), base.split(separator: "/"))
    let common = zip(a, b).prefix { $0 == $1 }.count
    guard common > 0, b.count - common <= 3 else { return path }
    let parts =
      Array(repeating: "..", count: b.count - common) + a.dropFirst(common).map(String.init)
    return parts.isEmpty ? "." : parts.joined(separator: "/")
  }
}
