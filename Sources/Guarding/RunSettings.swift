/// What every driver is told of the run that it is for.
package struct RunSettings: Sendable {
  package var runID: String
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
  /// The runner's own `PATH`; nil for what its environment says.
  package var path: String?
  package var waiting: RunLock.Waiting
  /// Where the lock of the deployment's name is; the user's own by default.
  package var lockFolder = RuntimeFolder.path
  /// The program that becomes the guardian, and with which arguments.
  package var guardianExecutable: String
  package var guardianArguments: [String]
  /// Told what is done and awaited.
  package var progress: @Sendable (String) -> Void

  package init(
    runID: String,
    logFolder: String,
    secrets: [String: String],
    environment: [String: String] = [:],
    upgradeEnvironment: [String: String] = [:],
    toolFolder: String,
    path: String? = nil,
    waiting: RunLock.Waiting,
    guardianExecutable: String = "/proc/self/exe",
    guardianArguments: [String] = ["guardian"],
    progress: @escaping @Sendable (String) -> Void = { _ in }
  ) {
    self.runID = runID
    self.logFolder = logFolder
    self.secrets = secrets
    self.environment = environment
    self.upgradeEnvironment = upgradeEnvironment
    self.toolFolder = toolFolder
    self.path = path
    self.waiting = waiting
    self.guardianExecutable = guardianExecutable
    self.guardianArguments = guardianArguments
    self.progress = progress
  }
}
