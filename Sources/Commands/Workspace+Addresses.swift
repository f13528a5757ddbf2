import ArgumentParser
import Auditing
import Files
import Formats
import FoundationEssentials
import Git
import Suites

extension Workspace {
  /// A recipe's source as messages name it: `https://git.example.org/notes@main`.
  func shown(_ source: GitSource) -> String {
    shown("\(source.address)") + (source.ref.map { "@\($0)" } ?? "")
  }

  /// - Throws: where the recipe cannot be fetched, or its files cannot be written safely.
  func fetch(
    _ source: GitSource,
    of recipe: String
  ) async throws -> (source: FetchedSource, folder: String) {
    do throws(GitError) {
      let fetched = try await sources.fetch(source)
      guard fetched.fetch.repository.prefix.isEmpty else {
        throw GitError(
          .notARepository,
          "\(source.address) is a folder of the repository "
            + "\(shown(fetched.fetch.repository.topLevel)), not a repository"
        )
      }
      return (fetched, try await fetched.files())
    } catch {
      let status: ExitStatus =
        switch error.code {
        case .notFetched, .noCache, .timedOut, .cancelled, .gitMissing, .unreadable: .broken
        default: .wrongSuite
        }
      throw Failure(status, "recipe \(recipe): \(error.message)")
    }
  }

  /// A workspace for one recipe at an address: with the suite of that name that the project has, else
  /// with one that says nothing, so that the generic checks are what runs.
  ///
  /// - Parameter workspace: of the project; nil where there is none.
  static func byAddress(
    _ source: GitSource,
    in workspace: Workspace?,
    isOffline: Bool
  ) throws -> (workspace: Workspace, recipe: String) {
    let recipe = source.address.name
    guard Project.isRecipeName(recipe) else {
      throw Failure(.wrongUsage, "\(source.address) does not end in the name of a recipe")
    }
    let hasSuite = workspace?.project.suiteNames().contains(recipe) ?? false
    var result = try workspace ?? Workspace(withoutProject: isOffline)
    result.beByAddress(recipe, source)
    if hasSuite {
      let suite = result.shown(result.project.suiteFolder(of: recipe))
      Console.error("\(recipe): suite \(suite)")
    } else {
      let why = workspace == nil ? "no parity.yml here" : "no suite in this project"
      Console.error("\(recipe): \(why): generic checks only, reports in \(result.project.reports)")
      try result.useEmptySuite(of: recipe)
    }
    return (result, recipe)
  }
}

/// For commands that take a recipe by its address.
struct AddressOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Of a recipe that is named by its git address: a branch, tag or commit.",
      valueName: "ref"
    )
  )
  var ref: String?

  /// The project, and the recipes that were asked for.
  func workspace(_ options: ProjectOptions) async throws -> (Workspace, [String]) {
    guard let text = options.recipes.first(where: Self.isAddress) else {
      guard ref == nil else {
        throw Failure(.wrongUsage, "--ref belongs to a git address; others have it in parity.yml")
      }
      return (try await options.location.workspace(), options.recipes)
    }
    guard options.recipes.count == 1 else {
      throw Failure(.wrongUsage, "a git address goes alone: \(GitAddress.masked(text))")
    }
    let address: GitAddress
    do throws(GitAddress.Mistake) { address = try GitAddress(text) } catch {
      let expected = error.expected.map { "; expected \($0)" } ?? ""
      throw Failure(.wrongUsage, "\"\(GitAddress.masked(text))\" \(error.reason)\(expected)")
    }
    let here = FileManager.default.currentDirectoryPath
    let hasProject = try options.project != nil || ProjectLoader.nearest(to: here) != nil
    let project = try await hasProject ? options.location.workspace() : nil
    let (workspace, recipe) = try Workspace.byAddress(
      GitSource(address, ref: ref),
      in: project,
      isOffline: options.location.offline
    )
    return (workspace, [recipe])
  }

  /// `https://…`, `git@host:path`: what no recipe is called.
  private static func isAddress(_ text: String) -> Bool {
    text.contains("://") || text.contains("::")
      || text.contains(":") && !text.prefix { $0 != ":" }.contains("/")
  }
}
