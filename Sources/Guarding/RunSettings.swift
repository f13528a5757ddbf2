package import Files

/// What every driver is told of the run that it is for.
package struct RunSettings: Sendable {
  package var runID: String
  /// Where the services' logs are kept; exists, belongs to the runner.
  package var logFolder: String
  /// The folder that a person named and that the logs lie in: below it no link is followed.
  package var logTree: FileTree
  /// By name, as in `{{secret.NAME}}`.
  package var secrets: [String: String]
  /// What recipes beside this one are, by the whole name: `dependency.NAME.base_url`.
  package var dependencies: [String: String]
  /// What the suite sets for the app.
  package var environment: [String: String]
  /// From the upgrade on.
  package var upgradeEnvironment: [String: String]
  /// The folder of this tool's own binary, where programs are looked for before `PATH`.
  var toolFolder: String
  /// The runner's own `PATH`; nil for what its environment says.
  package var path: String?
  package var waiting: RunLock.Waiting
  /// Where the lock of the deployment's name is; the user's own by default.
  package var lockFolder = RuntimeFolder.path
  /// The program that becomes the guardian, and with which arguments.
  var guardianExecutable: String
  var guardianArguments: [String]
  /// Told what is done and awaited.
  package var progress: @Sendable (String) -> Void

  package init(
    runID: String,
    logFolder: String,
    logTree: FileTree? = nil,
    secrets: [String: String],
    dependencies: [String: String] = [:],
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
    self.logTree = logTree ?? FileTree(logFolder)
    self.secrets = secrets
    self.dependencies = dependencies
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
