internal import Deployments
internal import Evidence
internal import Guarding
internal import Programs
internal import Suites

/// What a local deployment is at one version: its folders, ports, volumes, and what its services are
/// given.
struct LocalSurroundings: Sendable {
  let configuration: LocalConfiguration
  let bench: Workbench
  /// By service, then by the port inside it.
  let ports: [String: [Int: Int]]
  let firstVersion: String
  /// The version whose services run.
  var recipe: Recipe

  var version: String { recipe.version }
  var root: String { bench.root }
  var recipeFolder: String { "\(root)/recipe-\(version)" }
  func serviceFolder(_ name: String) -> String { "\(root)/services/\(name)" }
  func volumeFolder(_ name: String) -> String { "\(root)/volumes/\(name)" }

  /// The service that Traefik's labels lead to; else the one that is called `app`, else the last one
  /// that has a port.
  var appService: LocalService? {
    let services = configuration.settings.services
    let routed = recipe.compose.routedApp?.service
    return services.first { $0.name == routed && !$0.ports.isEmpty }
      ?? services.first { $0.name == "app" } ?? services.last { !$0.ports.isEmpty }
  }

  var domain: String { "\(configuration.suite.recipe).test" }

  var baseURL: String {
    guard let app = appService, let inside = app.ports.first, let port = ports[app.name]?[inside]
    else { return "http://127.0.0.1" }
    return "http://127.0.0.1:\(port)"
  }

  /// Every volume of local.yml and of the compose file, with its folder.
  var volumes: [String: String] {
    let names = configuration.settings.services.flatMap(\.volumes) + recipe.compose.volumes
    return Dictionary(names.map { ($0, volumeFolder($0)) }) { first, _ in first }
  }

  func settings(of name: String) throws(DeploymentError) -> LocalService {
    guard let service = configuration.settings.services.first(where: { $0.name == name }) else {
      throw DeploymentError(.noSuchService, "\(name) is not in local.yml")
    }
    return service
  }

  func port(_ inside: Int, of service: LocalService) throws(DeploymentError) -> Int {
    guard let port = ports[service.name]?[inside] else {
      throw DeploymentError(.unsupported, "\(service.name): port \(inside) is not under ports")
    }
    return port
  }

  func names(for service: LocalService) -> LocalNames {
    LocalNames(
      service: service.name,
      serviceFolder: serviceFolder(service.name),
      recipeFolder: recipeFolder,
      domain: domain,
      baseURL: baseURL,
      ports: ports,
      volumes: volumes,
      versionNames: configuration.settings.versions[version] ?? [:],
      secrets: configuration.run.secrets,
      dependencies: configuration.run.dependencies
    )
  }

  /// The whole environment of a service's processes; nothing is inherited from the runner.
  func environment(of service: LocalService) throws(DeploymentError) -> [String: String] {
    let folder = serviceFolder(service.name)
    var result = bench.plainEnvironment
    result["HOME"] = folder
    result["TMPDIR"] = folder + "/tmp"
    result["PARITY_SERVICE"] = service.name
    result["PARITY_RECIPE_VERSION"] = version
    result.merge(configuration.run.environment) { $1 }
    if version != firstVersion { result.merge(configuration.run.upgradeEnvironment) { $1 } }
    let names = names(for: service)
    for (name, value) in service.environment {
      result[name] = try names.text(value, allowsSecrets: true)
    }
    return result
  }

  /// A command of local.yml, in its service's folder and environment.
  func command(
    _ templates: [Template],
    of service: LocalService,
    deadline: Duration
  ) throws(DeploymentError) -> Command {
    Command(
      argv: try names(for: service).arguments(templates),
      environment: try environment(of: service),
      folder: serviceFolder(service.name),
      deadline: deadline
    )
  }
}
