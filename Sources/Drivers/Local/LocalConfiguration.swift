package import Suites

/// All that the local driver needs to know of one run.
package struct LocalConfiguration: Sendable {
  package var suite: Suite
  package var settings: LocalSettings
  package var source: RecipeSource
  package var runID: String
  package var identity: ServiceIdentity
  /// Holds `<service>.<start>.stdout.log` and the like; exists, belongs to the runner.
  package var logFolder: String
  /// By name, as in `{{secret.NAME}}`.
  package var secrets: [String: String]
  /// Of every service, beside its own.
  package var environment: [String: String]
  /// From the upgrade on.
  package var upgradeEnvironment: [String: String]
  /// The folder of this tool's own binary, where programs are looked for before `PATH`.
  package var toolFolder: String
  package var waiting: RunLock.Waiting
  /// Where the lock of the deployment's name is; the user's own by default.
  package var lockFolder = RunLock.defaultFolder()
  package var guardianExecutable: String
  package var guardianArguments: [String]
  /// Asks a URL for its status and body; nil where no answer came.
  package var fetch: @Sendable (_ url: String) async -> (status: Int, body: [UInt8])?
  /// Told what is done and awaited.
  package var progress: @Sendable (String) -> Void

  package init(
    suite: Suite,
    settings: LocalSettings,
    source: RecipeSource,
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
    fetch: @escaping @Sendable (String) async -> (status: Int, body: [UInt8])?,
    progress: @escaping @Sendable (String) -> Void = { _ in }
  ) {
    self.suite = suite
    self.settings = settings
    self.source = source
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
    self.fetch = fetch
    self.progress = progress
  }
}
