import FoundationEssentials
import Git
import Suites

/// The `parity.yml` of the branch that a change is to go into.
///
/// A suite comes with a change that somebody proposes, and so does the `parity.yml` beside it: what lets
/// anything out of the runner is said where the change is to go, or by whoever runs the tool.
struct BaseProject: Sendable {
  /// Nil where the clone does not have it.
  let project: Project?
  /// The file that was read, or why none was.
  let place: String
  /// Whether it is the file that is used; there is no other branch.
  let isOwn: Bool

  init(
    of project: Project,
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) async {
    let file = ProjectLoader.fileName
    guard let repository = try? await GitRepository(at: project.folder),
      let branch = await Self.branch(of: repository, environment)
    else {
      (self.project, place, isOwn) = (project, file, true)
      return
    }
    isOwn = false
    let path = repository.prefix.isEmpty ? file : "\(repository.prefix)/\(file)"
    guard let bytes = try? await repository.read(path, at: "refs/remotes/\(branch)") else {
      (self.project, place) = (nil, "\(file) of \(branch), which this clone does not have,")
      return
    }
    self.project = try? ProjectLoader.project(bytes, folder: project.folder)
    place = "\(file) of \(branch)"
  }

  /// As CI has it, else what the remote has checked out; nil where neither is known.
  private static func branch(
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
