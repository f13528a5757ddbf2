internal import Backups
internal import Deployments
internal import Evidence
internal import Guarding
internal import Programs
internal import Suites

/// Backup and restore of a local deployment's volumes.
actor LocalBackup: LabelledBackup {
  private(set) var restic: ResticRepository?
  var dumps: [String] = []
  private var around: LocalSurroundings
  private let log: OperationLog

  init(_ around: LocalSurroundings, log: OperationLog) {
    self.around = around
    self.log = log
  }

  /// Goes on with another version; begins a repository where its labels ask for one.
  func use(_ around: LocalSurroundings) {
    self.around = around
    guard restic == nil, !BackupLabels.read(from: around.recipe.compose).isEmpty else { return }
    restic = ResticRepository(around.bench, deadline: deadline)
  }

  /// What the hooks had written went with the volumes.
  func forgetDumps() { dumps = [] }

  func end() async {
    await restic?.end()
    restic = nil
  }

  private var deadline: Duration { around.configuration.suite.deadlines.operation }
  private var volumes: String { "\(around.root)/volumes" }

  func backupPlan() throws(DeploymentError) -> BackupPlan { try BackupPlan(around.recipe) }

  // MARK: Snapshots

  func takeSnapshot(_ plan: BackupPlan) async throws(DeploymentError) -> Snapshot {
    let paths = try plan.declared().map(\.name)
    let restic = try repository()
    let taken = try await restic.backUp(paths, tag: around.configuration.run.runID)
    log.note(Operation(taken, of: paths))
    let id = try taken.required()
    let contents = try await restic.contents(of: id)
    var snapshot = Snapshot(
      id: id,
      files: contents.files,
      declaredPaths: paths,
      leftOut: plan.leftOut(dumps)
    )
    snapshot.links = contents.links
    snapshot.unread = taken.unread
    return snapshot
  }

  /// A file of a snapshot; of a large one its end.
  func read(
    _ path: String,
    from snapshot: Snapshot,
    limit: Int
  ) async throws(DeploymentError) -> SnapshotFile? {
    guard let file = snapshot.files.first(where: { $0.path == path }) else { return nil }
    let content = try await repository().read(path, from: snapshot.id, size: max(file.bytes, limit))
    return SnapshotFile(size: file.bytes, content: Array(content.suffix(limit)))
  }

  func putBack(_ snapshot: Snapshot, _ plan: BackupPlan) async throws(DeploymentError) {
    let output = try await repository().restore(
      snapshot.id,
      over: snapshot.links,
      to: volumes
    )
    log.note(Operation("restore files", restored: output, of: snapshot.id))
    try output.requireRestore()
  }

  // MARK: Hooks

  /// Runs the label's own text, by a shell as the bot does inside the container, or what local.yml
  /// says to run in its place, which is told.
  func runHook(_ name: String, _ text: String, of service: String) async throws(DeploymentError) {
    let settings = try around.settings(of: service)
    var difference: String?
    var facts: [String: String] = [:]
    var command = Command(
      argv: ["sh", "-c", text],
      environment: try around.environment(of: settings),
      folder: around.serviceFolder(service),
      deadline: deadline
    )
    if let replacement = settings.hooks[name] {
      if let meant = replacement.label, meant != text {
        throw DeploymentError(
          .unsupported,
          "\(name) of \(service) in local.yml stands for `\(meant)`, and the label is `\(text)`"
        )
      }
      command.argv = try around.names(for: settings).arguments(replacement.command)
      let shown = replacement.command.map(\.source).joined(separator: " ")
      if shown != text { difference = "the recipe says `\(text)`, this machine ran `\(shown)`" }
    } else {
      let hook = LocalHookText(around: around, service: service, text: text)
      let prepared = try await hook.prepare()
      command.argv = ["sh", "-c", prepared.text]
      facts = prepared.mapped
      let path = prepared.programs + [command.environment["PATH"] ?? ""]
      command.environment["PATH"] = path.joined(separator: ":")
    }
    around.configuration.run.progress("\(name) of \(service)")
    let output = try await around.bench.run(command)
    var operation = Operation(
      hook: name,
      of: service,
      argv: command.argv,
      output,
      difference: difference
    )
    operation.facts.merge(facts) { $1 }
    log.note(operation)
    try output.requireHook(name, of: service)
  }

  // MARK: What the hooks wrote

  func dumpFiles(_ plan: BackupPlan) async throws(DeploymentError) -> [String: RunFile] {
    var found: [String: RunFile] = [:]
    for place in plan.dumpPlaces {
      for file in try await around.bench.files(at: "volumes/\(place.name)") {
        found[String(file.path.dropFirst("volumes/".count))] = file
      }
    }
    return found
  }

  /// Removes the hooks' files, as the services' user. A hook after the restore would load them
  /// whether or not they ever were in the snapshot.
  func removeDumps(_ plan: BackupPlan) async throws(DeploymentError) {
    let start = ContinuousClock.now
    do throws(DeploymentError) {
      try await around.bench.remove(dumps.map { "volumes/\($0)" })
    } catch {
      log.note(
        Operation(removed: dumps.count, .broken(error.message), ContinuousClock.now - start)
      )
      throw DeploymentError(
        .driverBroken,
        "the dumps of the backup cannot be removed before the restore: \(error)"
      )
    }
    log.note(Operation(removed: dumps.count, .succeeded, ContinuousClock.now - start))
  }
}
