import Deployments
import Evidence
import FoundationEssentials
import Suites

extension LocalHost {
  var repository: String { "\(root)/scratch/repository" }

  /// Creates the repository while services start: restic takes seconds to derive its keys.
  func beginRepository() {
    repositoryPassword = (0..<32).map { _ in String(Int.random(in: 0..<36), radix: 36) }.joined()
    repositoryTask = Task {
      do throws(DeploymentError) {
        let output = try await restic(["init", "--quiet"])
        return output.succeeded ? nil : "restic init: \(output.ending), \(output.lastLine)"
      } catch {
        return error.description
      }
    }
  }

  private func requireRepository() async throws(DeploymentError) {
    guard let task = repositoryTask else {
      throw DeploymentError(.driverBroken, "there is no repository for backups")
    }
    if let problem = await task.value { throw DeploymentError(.driverBroken, problem) }
  }

  func restic(
    _ arguments: [String],
    outputLimit: Int = 16 << 20
  ) async throws(DeploymentError) -> CommandOutput {
    try await run(
      argv: ["restic", "--repo", repository, "--no-cache"] + arguments,
      environment: [
        "PATH": search.searchPath, "HOME": "\(root)/scratch", "TMPDIR": "\(root)/scratch",
        "RESTIC_PASSWORD": repositoryPassword, "LANG": "C.UTF-8", "TZ": "UTC",
      ],
      folder: "\(root)/volumes",
      deadline: configuration.suite.deadlines.operation,
      outputLimit: outputLimit
    )
  }

  private func labels() throws(DeploymentError) -> [BackupLabels] {
    guard let recipe else { throw DeploymentError(.driverBroken, "nothing is deployed") }
    let labels = BackupLabels.read(from: recipe.compose)
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
    return labels
  }

  // MARK: Backup

  /// Hooks before, one snapshot of what the labels name, hooks after, as backup-bot-two does it.
  ///
  /// A hook that fails fails the backup: an empty dump must not look like one. The hooks after run
  /// whatever the snapshot came to, and the first failure is the one that is told.
  func backUp() async throws(DeploymentError) -> Snapshot {
    let labels = try labels()
    try await requireRepository()
    let before = declaredFiles(labels)
    for label in labels {
      try await hook("backup.pre-hook", label.preHook, of: label.service)
    }
    dumps = declaredFiles(labels).filter { before[$0.key] != $0.value }.keys.sorted()
    let taken: Result<Snapshot, DeploymentError>
    do throws(DeploymentError) {
      taken = .success(try await takeSnapshot(labels))
    } catch {
      taken = .failure(error)
    }
    var failure: DeploymentError?
    for label in labels {
      do throws(DeploymentError) {
        try await hook("backup.post-hook", label.postHook, of: label.service)
      } catch {
        failure = failure ?? error
      }
    }
    let snapshot = try taken.get()
    if let failure { throw failure }
    return snapshot
  }

  private func takeSnapshot(_ labels: [BackupLabels]) async throws(DeploymentError) -> Snapshot {
    let declared = labels.flatMap(\.volumes).flatMap { volume in
      volume.paths.isEmpty ? [volume.name] : volume.paths.map { "\(volume.name)/\($0)" }
    }
    let paths = Array(Set(declared)).sorted()
    guard !paths.isEmpty else {
      throw DeploymentError(.recipeFailed, "the labels leave out every volume: nothing to back up")
    }
    // restic takes a missing path beside a present one for a success: the caller looks inside.
    let output = try await restic(
      ["backup", "--json", "--host", "parity", "--tag", configuration.runID] + paths
    )
    let id = Self.snapshotID(in: output.stdout)
    note(
      Operation(
        name: "snapshot",
        ending: id == nil ? .broken("restic: \(output.ending)") : .succeeded,
        duration: output.duration,
        argv: ["restic", "backup"] + paths,
        output: output.withoutProgress,
        facts: id.map { ["id": $0] } ?? [:]
      )
    )
    guard let id, output.succeeded || output.ending == .exited(3) else {
      throw DeploymentError(
        .recipeFailed,
        "restic took no snapshot (\(output.ending)): \(output.lastLine)"
      )
    }
    return Snapshot(
      id: id,
      files: try await files(of: id),
      declaredPaths: paths,
      leftOut: leftOut(labels)
    )
  }

  /// Services of whose data nothing is backed up, although their own labels ask for it.
  ///
  /// A label that stands once is for the stack, and its service may have nothing to keep; beside
  /// others, or on a database, it is for its own service, as a hook is.
  ///
  /// A hook of a database writes its dump. Where nothing of what it wrote is declared, the dump stays
  /// behind in the volume, and would be there for the hook after the restore.
  private func leftOut(_ labels: [BackupLabels]) -> [String: String] {
    var result: [String: String] = [:]
    let labelled = recipe.map { BackupLabels.labelled(in: $0.compose) } ?? []
    for label in labels {
      guard let service = recipe?.compose.services.first(where: { $0.name == label.service }),
        !service.mounts.isEmpty
      else { continue }
      let isDatabase = RecipeFacts.database(of: service.image) != nil
      let asks =
        label.preHook != nil
        || (labelled.contains(label.service) && (isDatabase || labelled.count > 1))
      if label.volumes.isEmpty {
        if asks { result[label.service] = "its labels ask for it, and leave out all its volumes" }
      } else if label.preHook != nil, isDatabase,
        label.volumes.allSatisfy({ !$0.paths.isEmpty }), !wroteDump(label)
      {
        result[label.service] = "its hook wrote none of the files that are backed up"
      }
    }
    return result
  }

  private func wroteDump(_ label: BackupLabels) -> Bool {
    let own = label.volumes.flatMap { volume in volume.paths.map { "\(volume.name)/\($0)" } }
    return dumps.contains { dump in own.contains { dump == $0 || dump.hasPrefix($0 + "/") } }
  }

  /// restic's last message is `{"message_type":"summary",…,"snapshot_id":"…"}` (0.14).
  private static func snapshotID(in output: [UInt8]) -> String? {
    for line in output.split(separator: UInt8(ascii: "\n")).reversed() {
      if let id = (try? JSONParser().parse(Array(line)))?["snapshot_id"]?.stringValue { return id }
    }
    return nil
  }

  private func files(of id: String) async throws(DeploymentError) -> [Snapshot.File] {
    let output = try await restic(["ls", "--json", id])
    guard output.succeeded, !output.isCut else {
      throw DeploymentError(.driverBroken, "restic ls \(id): \(output.ending)")
    }
    let prefix = "\(root)/volumes/"
    var files: [Snapshot.File] = []
    for line in output.stdout.split(separator: UInt8(ascii: "\n")) {
      guard let node = try? JSONParser().parse(Array(line)), node["type"]?.stringValue == "file",
        let path = node["path"]?.stringValue
      else { continue }
      // restic tells paths from the root of the file system, relative ones as given.
      let short = path.hasPrefix(prefix) ? String(path.dropFirst(prefix.count)) : path.trimmedSlash
      files.append(Snapshot.File(path: short, bytes: Int(node["size"]?.intValue ?? 0)))
    }
    return files.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
  }

  /// A file of a snapshot; of a large one its end.
  func read(
    _ path: String,
    from snapshot: Snapshot,
    limit: Int
  ) async throws(DeploymentError) -> SnapshotFile? {
    guard let file = snapshot.files.first(where: { $0.path == path }) else { return nil }
    let output = try await restic(
      ["dump", snapshot.id, "/\(path)"],
      outputLimit: max(file.bytes, limit)
    )
    guard output.succeeded else {
      throw DeploymentError(.driverBroken, "restic dump \(path): \(output.lastLine)")
    }
    return SnapshotFile(size: file.bytes, content: Array(output.stdout.suffix(limit)))
  }

  // MARK: Restore

  /// Hooks before, the files put back over what is there, hooks after. First goes what the hooks of
  /// the backup had written: what is loaded must have come out of the snapshot.
  ///
  /// Files that the snapshot does not have stay as they are, as with the bot.
  func restore(_ snapshot: Snapshot) async throws(DeploymentError) {
    let labels = try labels()
    try await removeDumps()
    for label in labels {
      try await hook("restore.pre-hook", label.restorePreHook, of: label.service)
    }
    let output = try await restic(["restore", snapshot.id, "--target", "\(root)/volumes"])
    note(
      Operation(
        name: "restore files",
        ending: output.succeeded ? .succeeded : .broken("restic: \(output.ending)"),
        duration: output.duration,
        argv: ["restic", "restore", snapshot.id],
        output: output
      )
    )
    guard output.succeeded else {
      throw DeploymentError(.driverBroken, "restic restore: \(output.lastLine)")
    }
    for label in labels {
      try await hook("restore.post-hook", label.restorePostHook, of: label.service)
    }
  }

  // MARK: Hooks

  /// Runs a hook in its service's surroundings: the label's own text, by a shell as the bot does
  /// inside the container, or what local.yml says to run in its place, which is told.
  private func hook(
    _ name: String,
    _ text: String?,
    of serviceName: String
  ) async throws(DeploymentError) {
    guard let text else { return }
    let service = try settings(of: serviceName)
    var difference: String?
    var argv = ["sh", "-c", text]
    if let replacement = service.hooks[name] {
      argv = try names(for: service).arguments(replacement)
      let shown = replacement.map(\.source).joined(separator: " ")
      if shown != text { difference = "the recipe says `\(text)`, this machine ran `\(shown)`" }
    }
    configuration.progress("\(name) of \(serviceName)")
    let output = try await run(
      argv: argv,
      environment: try environment(of: service),
      folder: serviceFolder(serviceName),
      deadline: configuration.suite.deadlines.operation
    )
    note(
      Operation(
        name: "\(name) of \(serviceName)",
        ending: output.succeeded ? .succeeded : .failed("\(output.ending): \(output.lastLine)"),
        duration: output.duration,
        service: serviceName,
        argv: argv,
        output: output,
        difference: difference
      )
    )
    guard output.succeeded else {
      throw DeploymentError(
        .recipeFailed,
        "\(name) of \(serviceName) failed (\(output.ending)): \(output.lastLine)"
      )
    }
  }
}

extension CommandOutput {
  /// restic's JSON without its status lines, which come several times a second.
  fileprivate var withoutProgress: CommandOutput {
    var copy = self
    let status = Array("{\"message_type\":\"status\"".utf8)
    copy.stdout = Array(
      stdout.split(separator: UInt8(ascii: "\n")).filter { !$0.starts(with: status) }
        .joined(separator: [UInt8(ascii: "\n")])
    )
    return copy
  }
}

extension String {
  fileprivate var trimmedSlash: String { hasPrefix("/") ? String(dropFirst()) : self }
}
