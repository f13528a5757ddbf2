import Auditing
import FoundationEssentials
import Git
import Suites

/// The variables of this process that suites may take as secrets.
///
/// A suite comes with a change that somebody proposes, and so does the `parity.yml` beside it: what may
/// be taken is said where the change is to go, or by whoever runs the tool.
struct AllowedVariables: Sendable {
  let names: Set<String>
  /// The file that was read for them, or why none was.
  let place: String

  /// - Parameter asked: on the command line.
  init(
    _ project: Project,
    asked: [String],
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) async {
    let (listed, place) = await Self.listed(project, environment)
    names = Set(asked + listed)
    self.place = place
  }

  init(names: Set<String>, place: String) {
    self.names = names
    self.place = place
  }

  /// - Throws: where a secret is to come from another variable.
  func require(_ secrets: [SecretSetting]) throws {
    for secret in secrets {
      guard case .environment(let name) = secret.source, !names.contains(name) else { continue }
      throw Failure(
        .wrongUsage,
        "secret \(secret.name) may not be read from $\(name): \(place) does not name it under `env`;"
          + " add it there, or give --env \(name)"
      )
    }
  }

  private static func listed(
    _ project: Project,
    _ environment: [String: String]
  ) async -> (names: [String], place: String) {
    let file = ProjectLoader.fileName
    guard let repository = try? await GitRepository(at: project.folder),
      let branch = await base(of: repository, environment)
    else { return (project.variables, file) }
    let place = "\(file) of \(branch)"
    let path = repository.prefix.isEmpty ? file : "\(repository.prefix)/\(file)"
    guard let bytes = try? await repository.read(path, at: "refs/remotes/\(branch)") else {
      return ([], "\(place), which this clone does not have,")
    }
    let there = try? ProjectLoader.project(bytes, folder: project.folder)
    return (there?.variables ?? [], place)
  }

  /// The branch that the change is to go into: as CI has it, else what the remote has checked out; nil
  /// where neither is known.
  private static func base(
    of repository: GitRepository,
    _ environment: [String: String]
  ) async -> String? {
    let told = [
      "GITHUB_BASE_REF", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "CI_COMMIT_TARGET_BRANCH",
      "DRONE_TARGET_BRANCH", "CHANGE_TARGET",
    ]
    if let name = told.lazy.compactMap({ environment[$0] }).first(where: { !$0.isEmpty }) {
      return "origin/\(name)"
    }
    return (try? await repository.resolve("refs/remotes/origin/HEAD")) == nil ? nil : "origin/HEAD"
  }
}
