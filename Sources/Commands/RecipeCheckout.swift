import Auditing
import Backups
import Deployments
import Evidence
import Files
import Formats
import FoundationEssentials
import Git
import Guarding
import Suites

/// A recipe's folder: the checkout as given, and the versions of its repository.
struct RecipeCheckout: Sendable {
  let name: String
  let folder: String
  let shownAs: String
  /// Where it was fetched from; nil for a folder.
  let origin: RecipeOrigin?
  /// Folders that are submodules: their files are no part of the recipe, and no run gets them.
  let submodules: [String]
  /// Nil where the folder is no repository of its own.
  let repository: GitRepository?
  /// Versions with an annotated or plain tag, oldest first.
  let published: [String]
  let target: RecipeRevision
  let compose: Compose
  /// What the suite sets for the variables of the compose files.
  private let settings: [String: String]
  /// The files that git has, relative to the folder; nil where it has none of them, and all count.
  let tracked: Set<[UInt8]>?
  /// Files that git does not have, ignored ones too: they are no part of the recipe, and no run gets
  /// them. Sorted; caches are not told.
  let leftOut: [String]

  /// - Parameters:
  ///   - fetched: what `folder` has the files of; nil where it is a folder as it is.
  ///   - settings: what the suite sets; asked for when git has answered.
  init(
    name: String,
    folder: String,
    shownAs: String,
    fetched: FetchedSource? = nil,
    settings: () async throws -> [String: String]
  ) async throws {
    self.name = name
    self.folder = folder
    self.shownAs = shownAs
    guard FileManager.default.fileExists(atPath: folder) else {
      throw Failure(
        .wrongSuite,
        "recipe \(name) is not at \(shownAs): give its folder under `recipes` in parity.yml, or "
          + "make it (this project's own samples: `make samples`)"
      )
    }
    origin = fetched?.origin
    if let fetch = fetched?.fetch {
      repository = fetch.repository
      (tracked, leftOut) = (fetch.files, [])
      submodules = fetch.submodules.map { DiskPath.shown($0) }
    } else {
      let found = try? await GitRepository(at: folder)
      repository = found.flatMap { $0.prefix.isEmpty ? $0 : nil }
      (tracked, leftOut) = try await Self.known(found)
      submodules = try await found?.submodules().map { DiskPath.shown($0) } ?? []
    }
    let tags = try await repository?.tags() ?? []
    published = RecipeVersion.sorted(tags.filter { RecipeVersion($0) != nil })
    self.settings = try await settings()
    let environment = ComposeEnvironment(setting: self.settings) {
      SuiteFiles(folder: folder).read($0)
    }
    do throws(SuiteErrors) {
      compose = try ComposeReader.read(
        folder: folder,
        files: environment.composeFiles,
        environment: environment.values
      )
    } catch {
      throw error.below(shownAs)
    }
    let tree = try FolderTree.hash(of: folder, ignoring: FolderTree.caches, only: tracked)
    target = RecipeRevision(version: compose.version ?? Self.unlabelled(compose), tree: tree)
  }

  /// What a recipe is called whose version no label tells where Swarm looks: its own word counts,
  /// wherever it stands, and a rule says that it stands there in vain.
  private static func unlabelled(_ compose: Compose) -> String {
    compose.misplacedVersion ?? "0.0.0+unversioned"
  }

  /// What git has of a folder, and what it has not. A folder inside somebody else's repository that
  /// has nothing of it is no part of that.
  private static func known(
    _ repository: GitRepository?
  ) async throws -> (tracked: Set<[UInt8]>?, leftOut: [String]) {
    guard let repository else { return (nil, []) }
    let tracked = try await repository.trackedFiles()
    if tracked.isEmpty, !repository.prefix.isEmpty { return (nil, []) }
    let caches = NamePatterns(FolderTree.caches)
    let others = try await repository.otherFiles().filter { path in
      !path.split(separator: UInt8(ascii: "/")).contains { caches.match(Array($0), isTop: false) }
    }
    return (tracked, others.map { DiskPath.shown($0) })
  }

  /// The version to upgrade from.
  ///
  /// - Parameters:
  ///   - asked: by the command line, else by the suite, where it was looked at before; must exist.
  ///   - lastProven: the newest version that a run has proven.
  /// - Returns: nil where there is none, with the reason.
  func base(asked: String?, lastProven: String?) async throws -> (RecipeRevision?, Reason?) {
    let version: String
    if let asked {
      guard published.contains(asked) else {
        throw Failure(
          .wrongUsage,
          "--base \"\(Console.quotable(asked))\" is not a version of \(name) "
            + "(\(published.isEmpty ? "no tags in \(shownAs)" : published.joined(separator: ", ")))"
            + NearestName.hint(for: asked, among: published)
        )
      }
      version = asked
    } else if let lastProven, lastProven != target.version, published.contains(lastProven) {
      version = lastProven
    } else if let older = RecipeVersion.newest(of: published, below: target.version) {
      version = older
    } else {
      return (nil, Reason(.noOlderVersion))
    }
    guard let repository else { return (nil, Reason(.noRepository(path: shownAs))) }
    return (
      RecipeRevision(version: version, tree: try await repository.treeHash(of: version)), nil
    )
  }

  /// The compose files of a version.
  ///
  /// - Parameters:
  ///   - overlays: laid over them.
  ///   - settings: over what the suite sets.
  func compose(
    at version: String,
    under overlays: [ComposeReader.File] = [],
    setting settings: [String: String] = [:]
  ) async throws(DeploymentError) -> Compose {
    if version == target.version, overlays.isEmpty, settings.isEmpty { return compose }
    guard version == target.version || repository != nil else {
      throw DeploymentError(.noSuchVersion, "\(shownAs) is not a git repository: no \(version)")
    }
    func bytes(_ name: String) async throws -> [UInt8]? {
      if version == target.version { return SuiteFiles(folder: folder).read(name) }
      return try await repository?.read(name, at: version)
    }
    do {
      let (sample, exports) = (try await bytes(".env.sample"), try await bytes("abra.sh"))
      let environment = ComposeEnvironment(setting: self.settings.merging(settings) { $1 }) {
        $0 == "abra.sh" ? exports : sample
      }
      var files: [ComposeReader.File] = []
      for name in environment.composeFiles {
        guard let content = try await bytes(name) else {
          throw DeploymentError(.noSuchVersion, "\(version) has no \(name)")
        }
        files.append(ComposeReader.File(name: "\(name)@\(version)", bytes: content))
      }
      return try ComposeReader.read(files + overlays, environment: environment.values)
    } catch let error as DeploymentError {
      throw error
    } catch {
      throw DeploymentError(.noSuchVersion, "\(version): \(error)")
    }
  }

  /// For a driver: facts and files by version.
  var source: RecipeSource {
    RecipeSource(
      recipe: { version throws(DeploymentError) in
        Recipe(
          name: name,
          version: version,
          tree: version == target.version ? target.tree : "",
          compose: try await compose(at: version),
          publishedVersions: published
        )
      },
      export: { version, folder throws(DeploymentError) in
        try await export(version, to: folder)
      }
    )
  }

  private func export(_ version: String, to destination: String) async throws(DeploymentError) {
    do {
      if version == target.version {
        try await SourceFolder(folder).copy(to: destination) { path in
          tracked?.contains(Array(path.utf8)) ?? (path != ".git" && !path.hasPrefix(".git/"))
        }
      } else if let repository {
        try await repository.export(version, to: destination)
      } else {
        throw DeploymentError(.noSuchVersion, "\(shownAs) is not a git repository: no \(version)")
      }
    } catch let error as DeploymentError {
      throw error
    } catch {
      throw DeploymentError(.driverBroken, "\(version) cannot be checked out: \(error)")
    }
  }
}
