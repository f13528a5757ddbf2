import Deployments
import Evidence
package import Suites

/// All that the swarm driver needs to know of one run.
package struct SwarmConfiguration: Sendable {
  package var suite: Suite
  package var engine: SwarmEngine
  package var source: RecipeSource
  package var runID: String
  /// Of scripts of the suite and of restic.
  package var identity: ServiceIdentity
  /// Where the services' logs are kept; exists, belongs to the runner.
  package var logFolder: String
  /// By name, as in `{{secret.NAME}}`.
  package var secrets: [String: String]
  /// Values of the app's env file.
  package var environment: [String: String]
  /// From the upgrade on.
  package var upgradeEnvironment: [String: String]
  /// Services whose images are known to stand for others.
  package var standins: Set<String>
  /// The folder of this tool's own binary, where programs are looked for before `PATH`.
  package var toolFolder: String
  package var waiting: RunLock.Waiting
  /// Where the lock of the deployment's name is; the user's own by default.
  package var lockFolder = RunLock.defaultFolder()
  package var guardianExecutable: String
  package var guardianArguments: [String]
  /// Takes the values of secrets out of a text.
  package var redact: @Sendable (String) -> String
  /// Told what is done and awaited.
  package var progress: @Sendable (String) -> Void

  package init(
    suite: Suite,
    engine: SwarmEngine,
    source: RecipeSource,
    runID: String,
    identity: ServiceIdentity,
    logFolder: String,
    secrets: [String: String],
    environment: [String: String] = [:],
    upgradeEnvironment: [String: String] = [:],
    standins: Set<String> = [],
    toolFolder: String,
    waiting: RunLock.Waiting,
    guardianExecutable: String = "/proc/self/exe",
    guardianArguments: [String] = ["guardian"],
    redact: @escaping @Sendable (String) -> String,
    progress: @escaping @Sendable (String) -> Void = { _ in }
  ) {
    self.suite = suite
    self.engine = engine
    self.source = source
    self.runID = runID
    self.identity = identity
    self.logFolder = logFolder
    self.secrets = secrets
    self.environment = environment
    self.upgradeEnvironment = upgradeEnvironment
    self.standins = standins
    self.toolFolder = toolFolder
    self.waiting = waiting
    self.guardianExecutable = guardianExecutable
    self.guardianArguments = guardianArguments
    self.redact = redact
    self.progress = progress
  }

  /// Names of `swarm.yml` and what stands behind them.
  func text(_ template: Template, adding names: [String: String]) throws(DeploymentError) -> String
  {
    var result = ""
    for part in template.parts {
      switch part {
      case .text(let text): result += text
      case .name(let name):
        let secret = name.hasPrefix("secret.") ? secrets[String(name.dropFirst(7))] : nil
        guard let value = names[name] ?? secret else {
          throw DeploymentError(.unsupported, "swarm.yml: {{\(name)}} has no value there")
        }
        result += value
      }
    }
    return result
  }
}
