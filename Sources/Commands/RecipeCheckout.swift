import Auditing
import Backups
import Deployments
import Evidence
import FoundationEssentials
import Git
import Suites

/// A recipe's folder: the checkout as given, and the versions of its repository.
struct RecipeCheckout: Sendable {
  let name: String
  let folder: String
  let shownAs: String
  /// Nil where the folder is no repository of its own.
  let repository: GitRepository?
  /// Versions with an annotated or plain tag, oldest first.
  let published: [String]
  let target: RecipeRevision
  let compose: Compose

  init(name: String, folder: String, shownAs: String) async throws {
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
    let repository = try? await GitRepository(at: folder)
    let isOwn = repository.map { $0.prefix.isEmpty } ?? false
    self.repository = isOwn ? repository : nil
    let tags = isOwn ? try await repository?.tags() ?? [] : []
    published = RecipeVersion.sorted(tags.filter { RecipeVersion($0) != nil })
    let sample = SuiteFiles(folder: folder).read(".env.sample")
      .map { EnvironmentSample(String(decoding: $0, as: UTF8.self)) }
    do throws(SuiteErrors) {
      compose = try ComposeReader.read(
        folder: folder,
        files: sample?.composeFiles ?? ["compose.yml"]
      )
    } catch {
      throw error.below(shownAs)
    }
    let tree = try FolderTree.hash(of: folder, ignoring: FolderTree.caches)
    target = RecipeRevision(version: compose.version ?? "0.0.0+unversioned", tree: tree)
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
  ///   - environment: over the values of the version's own `.env.sample`; nil leaves variables as
  ///     they are.
  func compose(
    at version: String,
    under overlays: [ComposeReader.File] = [],
    environment: [String: String]? = nil
  ) async throws(DeploymentError) -> Compose {
    if version == target.version, overlays.isEmpty, environment == nil { return compose }
    guard version == target.version || repository != nil else {
      throw DeploymentError(.noSuchVersion, "\(shownAs) is not a git repository: no \(version)")
    }
    func bytes(_ name: String) async throws -> [UInt8]? {
      if version == target.version { return SuiteFiles(folder: folder).read(name) }
      return try await repository?.read(name, at: version)
    }
    do {
      let text = try await bytes(".env.sample").map { String(decoding: $0, as: UTF8.self) }
      let sample = EnvironmentSample(text ?? "")
      var files: [ComposeReader.File] = []
      for name in sample.composeFiles {
        guard let content = try await bytes(name) else {
          throw DeploymentError(.noSuchVersion, "\(version) has no \(name)")
        }
        files.append(ComposeReader.File(name: "\(name)@\(version)", bytes: content))
      }
      return try ComposeReader.read(
        files + overlays,
        environment: environment.map { sample.values.merging($0) { $1 } }
      )
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
        for entry in try FileManager.default.contentsOfDirectory(atPath: folder)
        where entry != ".git" {
          try FileManager.default.copyItem(
            atPath: "\(folder)/\(entry)",
            toPath: "\(destination)/\(entry)"
          )
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
