/// What every driver is told of the run that it is for.
package struct RunSettings: Sendable {
  package var runID: String
  /// Of services on this machine, scripts of the suite and restic.
  package var identity: ServiceIdentity
  /// Where the services' logs are kept; exists, belongs to the runner.
  package var logFolder: String
  /// By name, as in `{{secret.NAME}}`.
  package var secrets: [String: String]
  /// What the suite sets for the app.
  package var environment: [String: String]
  /// From the upgrade on.
  package var upgradeEnvironment: [String: String]
  /// The folder of this tool's own binary, where programs are looked for before `PATH`.
  package var toolFolder: String
  package var waiting: RunLock.Waiting
  /// Where the lock of the deployment's name is; the user's own by default.
  package var lockFolder = RunLock.defaultFolder()
  /// The program that becomes the guardian, and with which arguments.
  package var guardianExecutable: String
  package var guardianArguments: [String]
  /// Told what is done and awaited.
  package var progress: @Sendable (String) -> Void

  package init(
    runID: String,
    identity: ServiceIdentity,
    logFolder: String,
    secrets: [String: String],
    environment: [String: String] = [:],
    upgradeEnvironment: [String: String] = [:],
    toolFolder: String,
    waiting: RunLock.Waiting,
    guardianExecutable: String = "/proc/self/exe",
    guardianArguments: [String] = ["guardian"],
    progress: @escaping @Sendable (String) -> Void = { _ in }
  ) {
    self.runID = runID
    self.identity = identity
    self.logFolder = logFolder
    self.secrets = secrets
    self.environment = environment
    self.upgradeEnvironment = upgradeEnvironment
    self.toolFolder = toolFolder
    self.waiting = waiting
    self.guardianExecutable = guardianExecutable
    self.guardianArguments = guardianArguments
    self.progress = progress
  }
}
