import Deployments
import Evidence
import Formats
import FoundationEssentials
import Glibc
import Suites

/// The state of one stack: the engine's side, this machine's side, and what was done.
///
/// What it does stands in extensions: deploying, backup, access, versions, teardown.
actor SwarmHost {
  nonisolated let configuration: SwarmConfiguration
  nonisolated let domain: String
  /// The domain with `_` for dots.
  nonisolated let stack: String
  let search: ProgramSearch

  var lock: RunLock?
  var lease: SwarmLease?
  var folder: RunFolder?
  var privateFolder: PrivateFolder?
  var guardian: Guardian?
  var watch: EngineWatch?
  /// Leads the `docker` program to the engine. With this process it ends, and so does whatever the
  /// program was about to do.
  var doorway: SocketRelay?
  var dockerKnowsDetach: Bool?
  var restic: ResticRepository?
  var dumps: [String] = []
  /// The files of each snapshot's archives.
  var archives: [String: [SwarmArchive]] = [:]
  /// The snapshot whose archives lie in the run's folder.
  var lookedAt: String?

  var version = ""
  var firstVersion = ""
  /// As it was deployed, with its variables filled in.
  var recipe: Recipe?
  /// By service, what the recipe itself says, without the suite's compose files.
  var ownImages: [String: String] = [:]
  /// External networks that were made for this run: in the compose file → on the engine.
  var madeNetworks: [String: String] = [:]
  var appTunnel: SocketRelay?
  /// By service and port: what leads there.
  var tunnels: [String: Task<Result<SocketRelay, DeploymentError>, Never>] = [:]
  var tunnelCount = 0
  /// By container, what leads to a port in its container.
  var bridges: [String: Bridge] = [:]
  /// Tasks that there were before the version that runs was deployed.
  var tasksBefore: Set<String> = []
  /// Why the engine could once not say what runs.
  var silence: String?
  /// Ended tasks, with whether their health check had said no.
  var unhealthy: [String: Bool] = [:]
  private var operations: [Operation] = []
  private var teardown: Task<TeardownReport, Never>?

  init(_ configuration: SwarmConfiguration) throws(DeploymentError) {
    self.configuration = configuration
    let recipe = configuration.suite.recipe
    domain =
      try configuration.suite.swarm?.domain.map { template throws(DeploymentError) in
        try configuration.text(template, adding: ["recipe": recipe])
      } ?? "\(recipe).parity.test"
    guard Self.isDomain(domain) else {
      throw DeploymentError(.unsupported, "swarm.yml: domain \"\(domain)\" is no domain")
    }
    stack = String(domain.map { $0 == "." ? "_" : $0 })
    search = ProgramSearch(
      patterns: [],
      toolFolder: configuration.toolFolder,
      path: ProcessInfo.processInfo.environment["PATH"]
    )
  }

  private static func isDomain(_ text: String) -> Bool {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    return !parts.isEmpty
      && parts.allSatisfy { part in
        !part.isEmpty && part.first != "-"
          && part.utf8.allSatisfy {
            0x30...0x39 ~= $0 || 0x61...0x7A ~= $0 || $0 == UInt8(ascii: "-")
          }
      }
  }

  nonisolated var manager: EngineClient { configuration.engine.manager }

  // MARK: Facts

  func deployment() throws(DeploymentError) -> HostedDeployment<SwarmHost> {
    HostedDeployment(
      host: self,
      services: serviceNames,
      baseURL: try baseURL(),
      domain: domain
    )
  }

  var serviceNames: [String] { (recipe?.compose.services ?? []).map(\.name).sorted() }

  private func baseURL() throws(DeploymentError) -> String {
    if let url = configuration.suite.swarm?.url {
      return try configuration.text(
        url,
        adding: ["recipe": configuration.suite.recipe, "domain": domain, "stack": stack]
      )
    }
    guard case .tcp(let host, let port)? = appTunnel?.endpoint else { return "http://\(domain)" }
    return "http://\(host):\(port)"
  }

  /// What no two runs have in common.
  func values() -> [String: String] {
    var values: [String: String] = [:]
    if let folder { values["run_folder"] = folder.path }
    if case .tcp(_, let port)? = appTunnel?.endpoint { values["app_port"] = String(port) }
    return values
  }

  // MARK: Operations

  func note(_ operation: Operation) { operations.append(operation) }

  func takeOperations() -> [Operation] {
    defer { operations = [] }
    return operations
  }

  func bench() throws(DeploymentError) -> Workbench {
    guard let guardian, let folder else {
      throw DeploymentError(.driverBroken, "nothing is deployed")
    }
    return Workbench(folder: folder, guardian: guardian, search: search)
  }

  /// An engine's refusal as the driver tells it.
  static func told(_ error: EngineError, _ subject: String) -> DeploymentError {
    DeploymentError(
      error.code == .cancelled ? .interrupted : .driverBroken,
      "\(subject): \(error)"
    )
  }

  /// Whether the engine goes or has gone, where something on it did not succeed; nil where it is there.
  func engineIsAway() async -> String? {
    if let ending = watch?.ending { return ending }
    // Its connections end one after the other.
    await watch?.wait(beyond: .max, atMost: .seconds(1))
    if let ending = watch?.ending { return ending }
    do throws(EngineError) {
      let swarm = try await manager.get("/info")["Swarm"]
      return swarm?["ControlAvailable"]?.boolValue == true
        ? nil : "it manages no Swarm at this moment"
    } catch {
      return error.description
    }
  }

  /// Why nothing can be said of the stack any more.
  func lost() -> String? {
    if let lost = lease?.lost { return lost }
    if let ending = watch?.ending {
      return "the engine was away, and with it what it runs: \(ending)"
    }
    if let silence { return silence }
    guard let guardian, !guardian.isAlive else { return nil }
    return "the run's guardian died (killed from outside?)"
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
