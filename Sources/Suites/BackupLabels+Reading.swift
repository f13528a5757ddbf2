import Formats

extension BackupLabels {
  static let prefix = "backupbot."

  /// What backup-bot-two would do with a recipe: one entry for each service that has a part in it,
  /// by name.
  ///
  /// Only `deploy.labels` count. One `backupbot.backup=true` is for the whole stack: every volume of
  /// every service is backed up, and the hooks of every service run, whether or not it carries the
  /// label itself (the specification of the labels, which the bot follows).
  /// `backupbot.backup.volumes.<v>=false` leaves a volume out, `….path=a,b` takes only these paths of
  /// it; both count on any service. v1's `backupbot.backup.path` is ignored, as version 2.4.0 ignores
  /// it.
  package static func read(from compose: Compose) -> [BackupLabels] {
    guard !labelled(in: compose).isEmpty else { return [] }
    let excluded = excluded(in: compose)
    var paths: [String: [String]] = [:]
    for (volume, label) in compose.services.flatMap(volumesNamed)
    where label.name.hasSuffix(".path") {
      for path in label.value.split(separator: ",").map({ String($0.trimmed) }) {
        if !path.isEmpty, !paths[volume, default: []].contains(path) {
          paths[volume, default: []].append(path)
        }
      }
    }
    return compose.services.compactMap { service in
      let kept = Set(service.mounts.map(\.volume)).subtracting(excluded)
      let entry = BackupLabels(
        service: service.name,
        preHook: value("backup.pre-hook", of: service),
        postHook: value("backup.post-hook", of: service),
        restorePreHook: value("restore.pre-hook", of: service),
        restorePostHook: value("restore.post-hook", of: service),
        volumes: kept.sorted(by: UTF8Order.precedes).map {
          Volume(name: $0, paths: paths[$0] ?? [])
        }
      )
      let hooks = [entry.preHook, entry.postHook, entry.restorePreHook, entry.restorePostHook]
      let takesPart =
        !service.mounts.isEmpty || isLabelled(service) || hooks.contains { $0 != nil }
      return takesPart ? entry : nil
    }
  }

  /// The services that carry `backupbot.backup=true` themselves, by name.
  package static func labelled(in compose: Compose) -> [String] {
    compose.services.filter(isLabelled).map(\.name)
  }

  /// The volumes that a label of any service leaves out.
  package static func excluded(in compose: Compose) -> Set<String> {
    let named = compose.services.flatMap(volumesNamed)
    return Set(
      named.filter { !$0.label.name.hasSuffix(".path") && flag($0.label.value) == "false" }
        .map(\.volume)
    )
  }

  private static func isLabelled(_ service: Compose.Service) -> Bool {
    value("backup", of: service).map(flag) == "true"
  }

  private static func value(_ name: String, of service: Compose.Service) -> String? {
    service.deployLabels.last { $0.name == prefix + name }?.value
  }

  /// A value as the bot compares it with `true` and `false`.
  package static func flag(_ text: String) -> String {
    text.filter { $0 != " " }.lowercased()
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
