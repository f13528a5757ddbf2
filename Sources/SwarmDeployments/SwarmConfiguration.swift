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

  /// Stacks of the recipes that this one needs.
  var companions: [String] {
    run.dependencies.filter { $0.key.hasSuffix(".domain") }.map(\.value).sorted()
      .map(StackIdentity.name(of:))
  }

  /// Names of `swarm.yml` and what stands behind them.
  func text(_ template: Template, adding names: [String: String]) throws(DeploymentError) -> String
  {
    var result = ""
    for part in template.parts {
      switch part {
      case .text(let text): result += text
      case .name(let name):
        let key = name.hasPrefix("secret.") ? String(name.dropFirst(7)) : name
        let secret = Template.isSecret(name) ? run.secrets[key] : nil
        guard let value = names[name] ?? secret ?? run.dependencies[name] else {
          throw DeploymentError(.unsupported, "swarm.yml: {{\(name)}} has no value there")
        }
        result += value
      }
    }
    return result
  }
}
