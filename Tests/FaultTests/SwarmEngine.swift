import BuiltTool
import Foundation

/// The engine on which faults of a Swarm are tried.
struct SwarmEngine: Sendable {
  /// As `DOCKER_HOST` says it: `unix:///run/docker.sock`.
  var host: String

  /// Nil where nobody started one: `Tests/swarm/engine.sh start` does, and `make test-swarm`.
  static let given = ProcessInfo.processInfo.environment["PARITY_SWARM_HOST"].map(SwarmEngine.init)

  /// Whether it may be stopped: its folder is known then.
  static var isOwn: Bool { ProcessInfo.processInfo.environment["PARITY_SWARM_FOLDER"] != nil }

  /// What a client needs to find it, whatever the machine's own settings are.
  func environment(in folder: String) -> [String: String] {
    ["DOCKER_HOST": host, "DOCKER_CONFIG": folder + "/docker", "DOCKER_CONTEXT": ""]
  }

  /// Kinds of things that a run may own.
  private static let kinds = [
    ["service", "ls"], ["container", "ls", "--all"], ["volume", "ls"], ["network", "ls"],
    ["secret", "ls"], ["config", "ls"],
  ]

  /// What carries the label of one of the runs, or the name of their stack: kind and id of each.
  func remains(ofRuns ids: [String], stack: String) throws -> [String] {
    let filters = ids.map { "label=parity.run=\($0)" } + ["name=\(stack)"]
    var found: Set<String> = []
    for kind in Self.kinds {
      for filter in filters {
        let lines = try Prepared.output(
          ["docker"] + kind + ["--quiet", "--filter", filter],
          ["DOCKER_HOST": host]
        )
        found.formUnion(lines.split(separator: "\n").map { "\(kind[0]) \($0)" })
      }
    }
    return found.sorted()
  }
}
