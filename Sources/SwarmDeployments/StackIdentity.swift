internal import Deployments
internal import Evidence
internal import Suites

/// How a run's stack is called on its engine.
struct StackIdentity: Sendable {
  let recipe: String
  /// The domain that the app is told.
  let domain: String
  /// The domain with `_` for dots.
  let name: String

  init(_ configuration: SwarmConfiguration) throws(DeploymentError) {
    recipe = configuration.suite.recipe
    var domain = "\(recipe).parity.test"
    if let template = configuration.suite.swarm?.domain {
      domain = try configuration.text(template, adding: ["recipe": recipe])
    }
    guard Self.isDomain(domain) else {
      throw DeploymentError(.unsupported, "swarm.yml: domain \"\(domain)\" is not a domain name")
    }
    self.domain = domain
    name = Self.name(of: domain)
  }

  /// Of the stack that has a domain.
  static func name(of domain: String) -> String { String(domain.map { $0 == "." ? "_" : $0 }) }

  /// What `{{name}}` may stand for in `swarm.yml`.
  var names: [String: String] { ["recipe": recipe, "domain": domain, "stack": name] }

  private static func isDomain(_ text: String) -> Bool {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    return parts.allSatisfy { part in
      !part.isEmpty && part.first != "-"
        && part.utf8.allSatisfy {
          0x30...0x39 ~= $0 || 0x61...0x7A ~= $0 || $0 == UInt8(ascii: "-")
        }
    }
  }
}
