package import Deployments
internal import Suites

/// Backup and restore as backup-bot-two does them, wherever services run.
package protocol LabelledBackup: Actor {
  /// A file as it is now; another one after it was written again.
  associatedtype Stamp: Equatable & Sendable

  /// Files that the hooks of the last backup wrote, by the names of a snapshot; sorted.
  var dumps: [String] { get set }

  func backupPlan() throws(DeploymentError) -> BackupPlan

  /// Where backups go; nil where no label asked for one.
  var restic: ResticRepository? { get }

  /// Runs a hook in its service's surroundings, and throws where it does not succeed.
  func runHook(_ name: String, _ text: String, of service: String) async throws(DeploymentError)

  /// The files at the places that labels declare one by one, by the names of a snapshot.
  func dumpFiles(_ plan: BackupPlan) async throws(DeploymentError) -> [String: Stamp]

  func takeSnapshot(_ plan: BackupPlan) async throws(DeploymentError) -> Snapshot

  /// Removes `dumps`.
  func removeDumps(_ plan: BackupPlan) async throws(DeploymentError)

  /// Puts the snapshot's files over what is there. Files that it does not have stay as they are, as
  /// with the bot.
  func putBack(_ snapshot: Snapshot, _ plan: BackupPlan) async throws(DeploymentError)
}

extension LabelledBackup {
  /// Hooks before, one snapshot of what the labels name, hooks after.
  ///
  /// A hook that fails fails the backup: an empty dump must not look like one. The hooks after run
  /// whatever the snapshot came to, for every service whose hook before was begun, and the first
  /// failure is the one that is told.
  package func backUp() async throws(DeploymentError) -> Snapshot {
    let plan = try backupPlan()
    try await repository().require()
    let before = try await dumpFiles(plan)
    var begun: [BackupLabels] = []
    let taken: Result<Snapshot, DeploymentError>
    do throws(DeploymentError) {
      for label in plan.labels {
        begun.append(label)
        if let hook = label.preHook {
          try await runHook("backup.pre-hook", hook, of: label.service)
        }
      }
      dumps = try await dumpFiles(plan).filter { before[$0.key] != $0.value }.keys.sorted()
      taken = .success(try await takeSnapshot(plan))
    } catch {
      taken = .failure(error)
    }
    var failure: DeploymentError?
    for label in begun {
      guard let hook = label.postHook else { continue }
      do throws(DeploymentError) {
        try await runHook("backup.post-hook", hook, of: label.service)
      } catch {
        failure = failure ?? error
      }
    }
    let snapshot = try taken.get()
    if let failure { throw failure }
    return snapshot
  }

  /// Hooks before, the files put back over what is there, hooks after. First goes what the hooks of
  /// the backup had written: what is loaded must have come out of the snapshot.
  package func restore(_ snapshot: Snapshot) async throws(DeploymentError) {
    let plan = try backupPlan()
    if !dumps.isEmpty { try await removeDumps(plan) }
    for label in plan.labels {
      guard let hook = label.restorePreHook else { continue }
      try await runHook("restore.pre-hook", hook, of: label.service)
    }
    try await putBack(snapshot, plan)
    for label in plan.labels {
      guard let hook = label.restorePostHook else { continue }
      try await runHook("restore.post-hook", hook, of: label.service)
    }
  }
  /// - Throws: where there is none.
  package func repository() throws(DeploymentError) -> ResticRepository {
    guard let restic else { throw DeploymentError(.driverBroken, "no repository for backups") }
    return restic
  }
}
