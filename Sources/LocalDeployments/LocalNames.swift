internal import Deployments
internal import Evidence
internal import Suites

/// What stands behind the names between braces in `local.yml`.
struct LocalNames: Sendable {
  var service: String
  var serviceFolder: String
  var recipeFolder: String
  var domain: String
  var baseURL: String
  /// By service, then by the port inside it.
  var ports: [String: [Int: Int]]
  /// By volume.
  var volumes: [String: String]
  /// Of the version that runs.
  var versionNames: [String: String]
  var secrets: [String: String]
  var dependencies: [String: String]

  /// A template as text.
  ///
  /// - Parameter allowsSecrets: false for arguments of a command, which every user can read.
  func text(_ template: Template, allowsSecrets: Bool) throws(DeploymentError) -> String {
    var result = ""
    for part in template.parts {
      switch part {
      case .text(let text): result += text
      case .name(let name): result += try value(of: name, allowsSecrets: allowsSecrets)
      }
    }
    return result
  }

  func arguments(_ templates: [Template]) throws(DeploymentError) -> [String] {
    var result: [String] = []
    for template in templates { result.append(try text(template, allowsSecrets: false)) }
    return result
  }

  private func value(of name: String, allowsSecrets: Bool) throws(DeploymentError) -> String {
    let parts = name.split(separator: ".").map(String.init)
    if Template.isSecret(name), !allowsSecrets {
      throw DeploymentError(
        .unsupported,
        "\(service): {{\(name)}} stands in a command, where every user of the machine can read "
          + "it; give it through environment or files"
      )
    }
    switch parts.first {
    case "folder": return serviceFolder
    case "recipe": return recipeFolder
    case "domain": return domain
    case "base_url": return baseURL
    case "secret":
      if let secret = secrets[String(name.dropFirst("secret.".count))] { return secret }
    case "dependency":
      if let value = secrets[name] ?? dependencies[name] { return value }
    case "version":
      if let value = versionNames[String(name.dropFirst("version.".count))] { return value }
    case "volume":
      if let folder = volumes[String(name.dropFirst("volume.".count))] { return folder }
    case "port":
      let owner = parts.count > 2 ? parts[1..<(parts.count - 1)].joined(separator: ".") : service
      if let inside = Int(parts.last ?? ""), let port = ports[owner]?[inside] {
        return String(port)
      }
    default: break
    }
    throw DeploymentError(.unsupported, "\(service): {{\(name)}} has no value in local.yml")
  }
}
