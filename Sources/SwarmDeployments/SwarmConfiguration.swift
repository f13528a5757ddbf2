package import Backups
internal import Deployments
internal import Evidence
package import Guarding
package import Suites

/// All that the swarm driver needs to know of one run.
package struct SwarmConfiguration: Sendable {
  var suite: Suite
  var engine: SwarmEngine
  var source: RecipeSource
  package var run: RunSettings
  /// Services whose images are known to stand for others.
  var standins: Set<String>
  /// Takes the values of secrets out of a text.
  var redact: @Sendable (String) -> String

  package init(
    suite: Suite,
    engine: SwarmEngine,
    source: RecipeSource,
    run: RunSettings,
    standins: Set<String> = [],
    redact: @escaping @Sendable (String) -> String
  ) {
    self.suite = suite
    self.engine = engine
    self.source = source
    self.run = run
    self.standins = standins
    self.redact = redact
  }

  /// Names of `swarm.yml` and what stands behind them.
  func text(_ template: Template, adding names: [String: String]) throws(DeploymentError) -> String
  {
    var result = ""
    for part in template.parts {
      switch part {
      case .text(let text): result += text
      case .name(let name):
        let secret = name.hasPrefix("secret.") ? run.secrets[String(name.dropFirst(7))] : nil
        guard let value = names[name] ?? secret else {
          throw DeploymentError(.unsupported, "swarm.yml: {{\(name)}} has no value there")
        }
        result += value
      }
    }
    return result
  }
}
