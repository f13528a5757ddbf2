import Evidence

extension BackupLabels {
  static let prefix = "backupbot."

  /// What backup-bot-two would do with a recipe: one entry for each labelled service, by name.
  ///
  /// Only `deploy.labels` count. By default every volume of a labelled service is backed up;
  /// `backupbot.backup.volumes.<v>=false` leaves one out, `….path=a,b` takes only these paths of it.
  /// Values whose variables are not filled in yet (`${ENABLE_BACKUPS:-true}`) count with their
  /// defaults. v1's `backupbot.backup.path` is ignored, as version 2.4.0 ignores it.
  package static func read(from compose: Compose) -> [BackupLabels] {
    compose.services.compactMap(read)
  }

  private static func read(_ service: Compose.Service) -> BackupLabels? {
    func value(_ name: String) -> String? {
      service.deployLabels.last { $0.name == prefix + name }?.value
    }
    func flag(_ text: String) -> String {
      let filled = text.contains("${") ? ComposeVariables.fill(text, [:]) : text
      return filled.filter { $0 != " " }.lowercased()
    }
    guard let enabled = value("backup"), flag(enabled) == "true" else { return nil }
    var volumes: [Volume] = []
    var names = service.mounts.map(\.volume)
    names.sort(by: UTF8Order.precedes)
    for name in names where volumes.last?.name != name {
      if let text = value("backup.volumes.\(name)"), flag(text) == "false" { continue }
      let paths = (value("backup.volumes.\(name).path") ?? "").split(separator: ",")
        .map { String($0.trimmed) }.filter { !$0.isEmpty }
      volumes.append(Volume(name: name, paths: paths))
    }
    return BackupLabels(
      service: service.name,
      preHook: value("backup.pre-hook"),
      postHook: value("backup.post-hook"),
      restorePreHook: value("restore.pre-hook"),
      restorePostHook: value("restore.post-hook"),
      volumes: volumes
    )
  }

  /// Volumes that a service's labels name, with the label, in order: also those that do not exist.
  package static func volumesNamed(
    by service: Compose.Service
  ) -> [(volume: String, label: Compose.Label)] {
    let start = prefix + "backup.volumes."
    return service.deployLabels.compactMap { label in
      guard label.name.hasPrefix(start) else { return nil }
      var rest = label.name.dropFirst(start.count)
      if rest.hasSuffix(".path") { rest = rest.dropLast(5) }
      return rest.isEmpty ? nil : (String(rest), label)
    }
  }

  /// How it keeps a volume, in one line: `pg_backup.sh backup → backup.sql`; nil where it does not.
  package func mechanism(of volume: String) -> String? {
    guard let kept = volumes.first(where: { $0.name == volume }) else { return nil }
    let what = kept.paths.isEmpty ? "all of \(volume)" : kept.paths.joined(separator: ", ")
    return preHook.map { "\($0) → \(what)" } ?? what
  }
}

extension Substring {
  fileprivate var trimmed: Substring {
    var text = self.drop { $0 == " " || $0 == "\t" }
    while text.last == " " || text.last == "\t" { text.removeLast() }
    return text
  }
}
