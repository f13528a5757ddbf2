import Deployments
import Evidence
import FoundationEssentials
import Suites

extension LocalHost: DeploymentHost {
  func backupPlan() throws(DeploymentError) -> BackupPlan { try BackupPlan(recipe) }

  func requireRepository() async throws(DeploymentError) { try await repository().require() }

  private func repository() throws(DeploymentError) -> ResticRepository {
    guard let restic else {
      throw DeploymentError(.driverBroken, "there is no repository for backups")
    }
    return restic
  }

  func takeSnapshot(_ plan: BackupPlan) async throws(DeploymentError) -> Snapshot {
    let paths = try plan.declared().map(\.name)
    let restic = try repository()
    let taken = try await restic.backUp(paths, tag: configuration.runID)
    note(Operation(taken, of: paths))
    guard let id = taken.id else {
      throw DeploymentError(
        .recipeFailed,
        "restic took no snapshot (\(taken.output.ending)): \(taken.output.lastLine)"
      )
    }
    return Snapshot(
      id: id,
      files: try await restic.files(of: id),
      declaredPaths: paths,
      leftOut: plan.leftOut(dumps)
    )
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
    let output = try await repository().restore(snapshot.id, to: "\(root)/volumes")
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
  }

  /// Runs the label's own text, by a shell as the bot does inside the container, or what local.yml
  /// says to run in its place, which is told.
  func runHook(
    _ name: String,
    _ text: String,
    of serviceName: String
  ) async throws(DeploymentError) {
    let service = try settings(of: serviceName)
    var difference: String?
    var argv = ["sh", "-c", text]
    if let replacement = service.hooks[name] {
      argv = try names(for: service).arguments(replacement)
      let shown = replacement.map(\.source).joined(separator: " ")
      if shown != text { difference = "the recipe says `\(text)`, this machine ran `\(shown)`" }
    }
    configuration.progress("\(name) of \(serviceName)")
    let output = try await bench().run(
      argv: argv,
      environment: try environment(of: service),
      folder: serviceFolder(serviceName),
      deadline: configuration.suite.deadlines.operation
    )
    note(Operation(hook: name, of: serviceName, argv: argv, output, difference: difference))
    try output.requireHook(name, of: serviceName)
  }
}
