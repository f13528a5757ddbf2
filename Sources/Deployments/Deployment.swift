package import Programs

/// One running instance of a recipe, owned by one run.
package protocol Deployment: Sendable {
  func upgrade(to version: String) async throws(DeploymentError)

  /// Runs the backup hooks and takes a snapshot of what the labels name.
  func backUp() async throws(DeploymentError) -> Snapshot

  /// Puts the snapshot's content back and runs the restore hooks.
  func restore(_ snapshot: Snapshot) async throws(DeploymentError)

  /// Takes everything away that holds data of the deployment, its folders and volumes included, and
  /// deploys the version that runs anew, on empty stores. Snapshots outlive it.
  func rebuild() async throws(DeploymentError)

  /// Stops services and starts them again, on the same data; those that are started again come in
  /// the order in which a deployment starts them.
  func restart(_ services: [String]) async throws(DeploymentError)

  /// The bytes of a file inside a snapshot; nil where the snapshot has no such file.
  ///
  /// - Parameter path: as in the snapshot's `files`.
  func read(_ path: String, from snapshot: Snapshot, limit: Int) async throws(DeploymentError)
    -> SnapshotFile?

  /// Everything in a volume, sorted by path.
  ///
  /// - Parameter volume: by its name in the compose file.
  func contents(
    ofVolume volume: String,
    limits: ContentLimits
  ) async throws(DeploymentError) -> [StoredPath]

  /// Files that a service has beside its volumes and its folders for temporary files, by their paths as
  /// the service sees them: each with a word that is another one once it was written again.
  func filesBesideVolumes(
    of service: String
  ) async throws(DeploymentError) -> [String: String]

  /// The services of the version that runs, sorted by name.
  var services: [String] { get async }

  /// Runs a program of the suite beside the services, as the run's unprivileged user, in a copy of
  /// the suite's folder.
  ///
  /// - Parameters:
  ///   - command: `argv` begins with a program, or with a path below the suite's folder.
  ///   - files: by their names: what stands in a folder of its own, which `PYTHONPATH` names.
  func runScript(
    _ command: Command,
    beside files: [String: [UInt8]]
  ) async throws(DeploymentError) -> CommandOutput

  /// What runs now, read off the running things themselves, never from what was asked for.
  func runningVersion() async throws(DeploymentError) -> RunningVersion

  /// Services that have stopped for good since they were started, with how; empty where all live.
  func deadServices() async -> [DeadService]

  /// Services that do not run, with how they ended, after those that are being started again had a
  /// while to come back.
  func stoppedServices() async -> [DeadService]

  /// Services of which nothing is to run now, with why: they did their work and ended.
  func idleServices() async -> [String: String]

  /// The host's name or address under which the app is reached, with scheme and port.
  var baseURL: String { get async }

  /// The same for services of other deployments of the run.
  var innerURL: String { get async }

  /// The domain that the app believes to have.
  var domain: String { get async }

  // MARK: One service

  /// Runs a command in the service's surroundings: its user, environment, file system.
  func run(_ command: Command, in name: String) async throws(DeploymentError) -> CommandOutput

  /// The bytes of a file as the service sees it; nil where there is none.
  func read(_ path: String, of name: String, limit: Int) async throws(DeploymentError) -> [UInt8]?

  /// Whether there is a folder as the service sees it; nil where that is not known.
  func hasFolder(_ path: String, of name: String) async throws(DeploymentError) -> Bool?

  /// Writes a file as the service sees it, with the service's own rights; what was there is gone.
  func write(_ content: [UInt8], to path: String, of name: String) async throws(DeploymentError)

  /// What is at a path as the service sees it, and not what a link there leads to; nil where there is
  /// nothing.
  func whatIs(at path: String, of name: String) async throws(DeploymentError) -> StoredPath?

  /// Makes something that is no file with the service's own rights, or sets permissions.
  func make(_ item: PathItem, at path: String, of name: String) async throws(DeploymentError)

  /// Where to reach a port that the service listens on.
  func endpoint(port: Int, of name: String) async throws(DeploymentError) -> Endpoint

  /// Whether something listens on a port; nil where a connection to its endpoint tells.
  func accepts(port: Int, of name: String) async throws(DeploymentError) -> Bool?

  /// How a person gets at services and volumes.
  func access() async -> Access
}

extension Deployment {
  package func service(_ name: String) async throws(DeploymentError) -> ServiceAccess {
    let services = await services
    guard services.contains(name) else {
      throw DeploymentError(
        .noSuchService,
        "unknown service \(name); services are \(services.joined(separator: ", "))"
      )
    }
    return ServiceAccess(name: name, deployment: self)
  }

  package func hasFolder(_ path: String, of name: String) async throws(DeploymentError) -> Bool? {
    nil
  }

  package func accepts(port: Int, of name: String) async throws(DeploymentError) -> Bool? { nil }

  package func access() async -> Access {
    Access(services: await services.map { Access.Service(name: $0) })
  }

  package func whatIs(at path: String, of name: String) async throws(DeploymentError) -> StoredPath?
  {
    throw DeploymentError(.unsupported, "\(name): this driver tells only what is in a file")
  }

  package func make(
    _ item: PathItem,
    at path: String,
    of name: String
  ) async throws(DeploymentError) {
    throw DeploymentError(.unsupported, "\(name): this driver writes only files")
  }

  package func idleServices() async -> [String: String] { [:] }

  /// Where all processes share one network, as whoever runs the tool does.
  package var innerURL: String { get async { await baseURL } }

  /// Where nothing is started again, what has stopped is dead.
  package func stoppedServices() async -> [DeadService] { await deadServices() }

  package func contents(
    ofVolume volume: String,
    limits: ContentLimits
  ) async throws(DeploymentError) -> [StoredPath] {
    throw DeploymentError(.unsupported, "\(volume): this driver cannot look into volumes")
  }

  package func filesBesideVolumes(
    of service: String
  ) async throws(DeploymentError) -> [String: String] {
    throw DeploymentError(.unsupported, "\(service): this driver cannot look beside volumes")
  }
}
