internal import CLinux
import Deployments
import Evidence
import FoundationEssentials
import Glibc
import Suites

/// The state of one local deployment: folders, ports, processes, and what was done.
///
/// What it does stands in extensions: starting, backup, files, versions, teardown.
actor LocalHost {
  let configuration: LocalConfiguration
  let search: ProgramSearch

  var lock: RunLock?
  var folder: RunFolder?
  var guardian: Guardian?
  var ports: [String: [Int: Int]] = [:]
  var reserved: FreePorts?
  /// The version whose services run.
  var version = ""
  var recipe: Recipe?
  /// Services in the order in which they were started.
  var started: [StartedService] = []
  /// By service: the process that was started last, and the version in its environment.
  var starts: [String: (process: Int32, version: String)] = [:]
  /// Where backups go; nil before anything is deployed, and where no label asks for one.
  var restic: ResticRepository?
  /// Files that the hooks of the last backup wrote, below the volumes' folder; sorted.
  var dumps: [String] = []
  private var operations: [Operation] = []
  private var teardown: Task<TeardownReport, Never>?

  init(_ configuration: LocalConfiguration) {
    self.configuration = configuration
    search = ProgramSearch(
      patterns: configuration.settings.search,
      toolFolder: configuration.toolFolder,
      path: ProcessInfo.processInfo.environment["PATH"]
    )
  }

  // MARK: Facts

  var root: String { folder?.path ?? "" }
  var recipeFolder: String { "\(root)/recipe-\(version)" }
  func serviceFolder(_ name: String) -> String { "\(root)/services/\(name)" }
  func volumeFolder(_ name: String) -> String { "\(root)/volumes/\(name)" }

  /// The web service is called `app`; else the first one that has a port.
  var appService: LocalService? {
    configuration.settings.services.first { $0.name == "app" }
      ?? configuration.settings.services.last { !$0.ports.isEmpty }
  }

  func deployment() -> HostedDeployment<LocalHost> {
    HostedDeployment(
      host: self,
      services: configuration.settings.services.map(\.name).sorted(),
      baseURL: baseURL,
      domain: domain
    )
  }

  var domain: String { "\(configuration.suite.recipe).test" }

  var baseURL: String {
    guard let app = appService, let inside = app.ports.first, let port = ports[app.name]?[inside]
    else { return "http://127.0.0.1" }
    return "http://127.0.0.1:\(port)"
  }

  func settings(of name: String) throws(DeploymentError) -> LocalService {
    guard let service = configuration.settings.services.first(where: { $0.name == name }) else {
      throw DeploymentError(.noSuchService, "\(name) is not in local.yml")
    }
    return service
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
      secrets: configuration.secrets
    )
  }

  /// Every volume of local.yml and of the compose file, with its folder.
  var volumes: [String: String] {
    let names = configuration.settings.services.flatMap(\.volumes) + (recipe?.compose.volumes ?? [])
    return Dictionary(names.map { ($0, volumeFolder($0)) }) { first, _ in first }
  }

  /// The whole environment of a service's processes; nothing is inherited from the runner.
  func environment(of service: LocalService) throws(DeploymentError) -> [String: String] {
    var result = [
      "PATH": search.searchPath,
      "HOME": serviceFolder(service.name),
      "LANG": "C.UTF-8",
      "TZ": "UTC",
      "TMPDIR": serviceFolder(service.name) + "/tmp",
      "PARITY_SERVICE": service.name,
      "PARITY_RECIPE_VERSION": version,
    ]
    result.merge(configuration.environment) { $1 }
    if version != firstVersion { result.merge(configuration.upgradeEnvironment) { $1 } }
    let names = names(for: service)
    for (name, value) in service.environment {
      result[name] = try names.text(value, allowsSecrets: true)
    }
    return result
  }

  var firstVersion = ""

  /// What no two runs have in common, by the names that `local.yml` has for it.
  func values() -> [String: String] {
    var values: [String: String] = [:]
    if let folder { values["run_folder"] = folder.path }
    for (service, numbers) in ports {
      for (inside, port) in numbers { values["port.\(service).\(inside)"] = String(port) }
    }
    return values
  }

  // MARK: Operations

  func note(_ operation: Operation) { operations.append(operation) }

  func takeOperations() -> [Operation] {
    defer { operations = [] }
    return operations
  }

  // MARK: Commands

  func requireGuardian() throws(DeploymentError) -> Guardian {
    guard let guardian else { throw DeploymentError(.driverBroken, "nothing is deployed") }
    return guardian
  }

  func bench() throws(DeploymentError) -> Workbench {
    guard let guardian, let folder else {
      throw DeploymentError(.driverBroken, "nothing is deployed")
    }
    return Workbench(folder: folder, guardian: guardian, search: search)
  }

  // MARK: Teardown

  /// Takes everything down once, in a task of its own, which nobody can cancel; later calls tell
  /// the same.
  func tearDown() async -> TeardownReport {
    let task = teardown ?? Task { await performTeardown() }
    teardown = task
    return await task.value
  }
}
