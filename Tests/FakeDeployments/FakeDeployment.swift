package import Deployments
package import Programs
import Synchronization

/// A recipe that runs nowhere: a table of files, and closures that say what each operation does.
package final class FakeDeployment: Deployment {
  package struct Behaviour: Sendable {
    package typealias Act = @Sendable (FakeDeployment) async throws(DeploymentError) -> Void

    package var deploy: Act = { _ in }
    package var upgrade: @Sendable (FakeDeployment, String) async throws(DeploymentError) -> Void =
      { deployment, version in deployment.version = version }
    package var backUp: @Sendable (FakeDeployment) async throws(DeploymentError) -> Snapshot =
      { deployment in deployment.takeSnapshot() }
    package var restore: Act = { deployment in deployment.putBack() }
    package var rebuild: Act = { _ in }
    package var restart:
      @Sendable (FakeDeployment, [String]) async throws(DeploymentError) -> Void =
        { _, _ in }
    package var runningVersion:
      @Sendable (FakeDeployment) async throws(DeploymentError) -> RunningVersion = { deployment in
        RunningVersion(version: deployment.version, facts: [:], contradictions: [])
      }
    package var run: @Sendable (Command) async throws(DeploymentError) -> CommandOutput =
      { _ in .exited(0) }
    /// Nil: every port is the app's.
    package var endpoint: (@Sendable (_ port: Int) throws(DeploymentError) -> Endpoint)?
    package var leftovers: [String] = []
    /// Asked each time whether the driver has lost what it put up, and why.
    package var lost: @Sendable (FakeDeployment) -> String? = { _ in nil }
    package var doubt: String?
    package var services = ["app"]

    package init() {}
  }

  private struct State {
    var version = ""
    var files: [String: [UInt8]] = [:]
    var saved: [String: [UInt8]] = [:]
    var dead: [DeadService] = []
    var commands: [Command] = []
  }

  package let behaviour: Behaviour
  package let baseURL: String
  package let domain = "app.test"
  private let port: Int
  private let state = Mutex(State())

  /// - Parameter port: where the app and every service of it is reached.
  package init(_ behaviour: Behaviour = Behaviour(), port: Int) {
    self.behaviour = behaviour
    self.port = port
    baseURL = "http://127.0.0.1:\(port)"
  }

  package var version: String {
    get { state.withLock { $0.version } }
    set { state.withLock { $0.version = newValue } }
  }

  /// By absolute path; every service sees the same ones.
  package var files: [String: [UInt8]] {
    get { state.withLock { $0.files } }
    set { state.withLock { $0.files = newValue } }
  }

  package var dead: [DeadService] {
    get { state.withLock { $0.dead } }
    set { state.withLock { $0.dead = newValue } }
  }

  package var commands: [Command] { state.withLock { $0.commands } }

  package func takeSnapshot() -> Snapshot {
    state.withLock { state in
      state.saved = state.files
      return Snapshot(
        id: "0123abcd",
        files: state.files.sorted { $0.key < $1.key }
          .map { Snapshot.File(path: String($0.key.dropFirst()), bytes: $0.value.count) },
        declaredPaths: ["data"]
      )
    }
  }

  package func putBack() { state.withLock { $0.files = $0.saved } }

  // MARK: Deployment

  package var services: [String] { behaviour.services }

  package func upgrade(to version: String) async throws(DeploymentError) {
    try await behaviour.upgrade(self, version)
  }

  package func backUp() async throws(DeploymentError) -> Snapshot {
    try await behaviour.backUp(self)
  }

  package func restore(_ snapshot: Snapshot) async throws(DeploymentError) {
    try await behaviour.restore(self)
  }

  package func rebuild() async throws(DeploymentError) {
    state.withLock { $0.files = [:] }
    try await behaviour.rebuild(self)
  }

  package func restart(_ services: [String]) async throws(DeploymentError) {
    try await behaviour.restart(self, services)
  }

  package func read(_ path: String, from snapshot: Snapshot, limit: Int)
    async throws(DeploymentError) -> SnapshotFile?
  {
    state.withLock { $0.saved["/" + path] }
      .map { SnapshotFile(size: $0.count, content: $0.suffix(limit)) }
  }

  package func runScript(
    _ command: Command,
    beside files: [String: [UInt8]]
  ) async throws(DeploymentError) -> CommandOutput {
    state.withLock { $0.commands.append(command) }
    return try await behaviour.run(command)
  }

  package func runningVersion() async throws(DeploymentError) -> RunningVersion {
    try await behaviour.runningVersion(self)
  }

  package func deadServices() async -> [DeadService] { dead }

  package func run(_ command: Command, in name: String) async throws(DeploymentError)
    -> CommandOutput
  {
    try await runScript(command, beside: [:])
  }

  package func read(_ path: String, of name: String, limit: Int) -> [UInt8]? {
    files[path].map { Array($0.prefix(limit)) }
  }

  package func write(_ content: [UInt8], to path: String, of name: String) {
    files[path] = content
  }

  package func endpoint(port: Int, of name: String) throws(DeploymentError) -> Endpoint {
    if let endpoint = behaviour.endpoint { return try endpoint(port) }
    return .tcp(host: "127.0.0.1", port: self.port)
  }
}

extension CommandOutput {
  package static func exited(_ code: Int32, _ stdout: String = "") -> CommandOutput {
    CommandOutput(
      ending: .exited(code),
      stdout: Array(stdout.utf8),
      stderr: [],
      isCut: false,
      duration: .milliseconds(1)
    )
  }
}

/// Puts one fake deployment up, and says that it took it down.
package final class FakeDriver: Driver {
  package let name = "fake"
  package let deployment: FakeDeployment
  private let teardowns = Mutex(0)

  package init(_ deployment: FakeDeployment) { self.deployment = deployment }

  package var teardownCount: Int { teardowns.withLock { $0 } }

  package func deploy(_ version: String) async throws(DeploymentError) -> any Deployment {
    try await deployment.behaviour.deploy(deployment)
    deployment.version = version
    return deployment
  }

  package func takeOperations() async -> [Deployments.Operation] { [] }

  package func values() async -> [String: String] { [:] }

  package func lost() async -> String? { deployment.behaviour.lost(deployment) }

  package func tearDown() async -> TeardownReport {
    teardowns.withLock { $0 += 1 }
    return TeardownReport(
      removed: ["services": 1],
      leftovers: deployment.behaviour.leftovers,
      doubt: deployment.behaviour.doubt,
      duration: .zero
    )
  }
}
