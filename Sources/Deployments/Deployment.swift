package import Programs

/// One running instance of a recipe, owned by one run.
package protocol Deployment: Sendable {
  func upgrade(to version: String) async throws(DeploymentError)

  /// Runs the backup hooks and takes a snapshot of what the labels name.
  func backUp() async throws(DeploymentError) -> Snapshot

  /// Puts the snapshot's content back and runs the restore hooks.
  func restore(_ snapshot: Snapshot) async throws(DeploymentError)

  /// The bytes of a file inside a snapshot; nil where the snapshot has no such file.
  ///
  /// - Parameter path: as in the snapshot's `files`.
  func read(_ path: String, from snapshot: Snapshot, limit: Int) async throws(DeploymentError)
    -> SnapshotFile?

  /// The services, sorted by name.
  var services: [String] { get }

  func service(_ name: String) throws(DeploymentError) -> any ServiceAccess

  /// Runs a program of the suite beside the services, as the run's unprivileged user, in a copy of
  /// the suite's folder.
  ///
  /// - Parameter command: `argv` begins with a program, or with a path below the suite's folder.
  func runScript(_ command: Command) async throws(DeploymentError) -> CommandOutput

  /// What runs now, read off the running things themselves, never from what was asked for.
  func runningVersion() async throws(DeploymentError) -> RunningVersion

  /// Services that have stopped for good since they were started, with how; empty where all live.
  func deadServices() async -> [DeadService]

  /// Services that do not run, with how they ended, after those that are being started again had a
  /// while to come back.
  func stoppedServices() async -> [DeadService]

  /// The host's name or address under which the app is reached, with scheme and port.
  var baseURL: String { get }

  /// The domain that the app believes to have.
  var domain: String { get }
}

extension Deployment {
  /// Where nothing is started again, what has stopped is dead.
  package func stoppedServices() async -> [DeadService] { await deadServices() }
}
