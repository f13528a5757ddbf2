package import Deployments
internal import Formats
package import Suites

/// What the labels of a recipe say is to be backed up.
package struct BackupPlan: Sendable {
  private let compose: Compose
  package let labels: [BackupLabels]
  private let shared: Set<String>

  /// - Parameter shared: volumes that others use, too: nothing of them is backed up or restored.
  /// - Throws: where there is no backup at all, or a path leads out of its volume.
  package init(
    _ recipe: Recipe?,
    without shared: Set<String> = []
  ) throws(DeploymentError) {
    guard let recipe else { throw DeploymentError(.driverBroken, "nothing is deployed") }
    compose = recipe.compose
    self.shared = shared
    labels = BackupLabels.read(from: recipe.compose).map { label in
      var own = label
      own.volumes.removeAll { shared.contains($0.name) }
      return own
    }
    guard !labels.isEmpty else {
      throw DeploymentError(
        .recipeFailed,
        "the recipe has no backup: no service carries backupbot.backup=true under deploy.labels"
      )
    }
    for label in labels {
      for volume in label.volumes {
        for path in volume.paths where path.split(separator: "/").contains("..") {
          throw DeploymentError(
            .recipeFailed,
            "backupbot.backup.volumes.\(volume.name).path leads out of its volume: \(path)"
          )
        }
      }
    }
  }

  /// One path that is backed up.
  package struct Declared: Hashable, Sendable {
    package var volume: String
    /// Below the volume's root; nil for all of the volume.
    package var path: String?
    /// As in a snapshot: `<volume>/<path>`.
    package var name: String { path.map { "\(volume)/\($0)" } ?? volume }
  }

  /// All of them, each once, sorted by name.
  ///
  /// - Throws: where nothing is left.
  package func declared() throws(DeploymentError) -> [Declared] {
    let all = labels.flatMap(\.volumes).flatMap { volume in
      volume.paths.isEmpty
        ? [Declared(volume: volume.name, path: nil)]
        : volume.paths.map { Declared(volume: volume.name, path: $0) }
    }
    guard !all.isEmpty else {
      throw DeploymentError(.recipeFailed, "nothing to back up: the labels exclude every volume")
    }
    return Set(all).sorted { UTF8Order.precedes($0.name, $1.name) }
  }

  /// Those that are named one by one, which is where hooks write.
  package var dumpPlaces: [Declared] {
    let all = labels.flatMap(\.volumes).flatMap { volume in
      volume.paths.map { Declared(volume: volume.name, path: $0) }
    }
    return Set(all).sorted { UTF8Order.precedes($0.name, $1.name) }
  }

  /// Services of whose data nothing is backed up, although their own labels ask for it.
  ///
  /// A label that stands once is for the stack, and its service may have nothing to keep; beside
  /// others, or on a database, it is for its own service, as a hook is.
  ///
  /// A hook of a database writes its dump. Where nothing of what it wrote is declared, the dump stays
  /// behind in the volume, and would be there for the hook after the restore.
  ///
  /// - Parameter dumps: what the hooks wrote, by the names of a snapshot.
  package func leftOut(_ dumps: [String]) -> [String: String] {
    var result: [String: String] = [:]
    let labelled = BackupLabels.labelled(in: compose)
    for label in labels {
      guard let service = compose[service: label.service], !service.mounts.isEmpty else { continue }
      let isDatabase = RecipeFacts.database(of: service.image) != nil
      let asks =
        label.preHook != nil
        || (labelled.contains(label.service) && (isDatabase || labelled.count > 1))
      if label.volumes.isEmpty {
        guard asks else { continue }
        let isShared = service.mounts.contains { shared.contains($0.volume) }
        result[label.service] =
          isShared
          ? "its volumes are shared with others, so that nothing of them is restored"
          : "backup is enabled, but the labels exclude every volume"
      } else if label.preHook != nil, isDatabase,
        label.volumes.allSatisfy({ !$0.paths.isEmpty }), !Self.wroteDump(label, dumps)
      {
        result[label.service] = "its hook wrote none of the files that are backed up"
      }
    }
    return result
  }

  private static func wroteDump(_ label: BackupLabels, _ dumps: [String]) -> Bool {
    let own = label.volumes.flatMap { volume in volume.paths.map { "\(volume.name)/\($0)" } }
    return dumps.contains { dump in own.contains { dump == $0 || dump.hasPrefix($0 + "/") } }
  }
}
