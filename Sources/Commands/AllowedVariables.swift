import Auditing
import Suites

/// The variables of this process that suites may take as secrets.
struct AllowedVariables: Sendable {
  let names: Set<String>
  /// The file that was read for them, or why none was.
  let place: String

  /// - Parameter asked: on the command line.
  init(_ project: Project, asked: [String]) async {
    let base = await BaseProject(of: project)
    names = Set(asked + (base.project?.variables ?? []))
    place = base.place
  }

  init(names: Set<String>, place: String) {
    self.names = names
    self.place = place
  }

  /// - Throws: where a secret of it or of what it needs is to come from another variable.
  func require(_ candidate: RunCandidate) throws {
    for one in candidate.dependencies + [candidate] { try require(one.secrets) }
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
}
