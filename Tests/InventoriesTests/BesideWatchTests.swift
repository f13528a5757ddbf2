import Deployments
import Evidence
import FakeDeployments
import Programs
import Testing

@testable import Inventories

/// What counts as data of a service beside its volumes.
@Suite struct BesideWatchTests {
  /// One whose services have the files that a test says.
  private struct Kept: Deployment {
    var base = FakeDeployment(port: 1)
    var files: [String: [String: String]]

    var services: [String] { files.keys.sorted() }
    var baseURL: String { base.baseURL }
    var domain: String { base.domain }

    func filesBesideVolumes(of service: String) async throws(DeploymentError) -> [String: String] {
      guard let files = files[service], files["dead"] == nil else {
        throw DeploymentError(.driverBroken, "\(service) does not run")
      }
      return files
    }

    func upgrade(to version: String) async throws(DeploymentError) {}
    func backUp() async throws(DeploymentError) -> Snapshot { try await base.backUp() }
    func restore(_ snapshot: Snapshot) async throws(DeploymentError) {}
    func restart(_ services: [String]) async throws(DeploymentError) {}
    func rebuild() async throws(DeploymentError) {}
    func read(_ path: String, from snapshot: Snapshot, limit: Int)
      async throws(DeploymentError) -> SnapshotFile?
    { nil }
    func run(_ command: Command, in name: String) async throws(DeploymentError) -> CommandOutput {
      try await base.run(command, in: name)
    }
    func read(_ path: String, of name: String, limit: Int) -> [UInt8]? { nil }
    func write(_ content: [UInt8], to path: String, of name: String) {}
    func endpoint(port: Int, of name: String) throws(DeploymentError) -> Endpoint {
      try base.endpoint(port: port, of: name)
    }
    func runScript(
      _ command: Command,
      beside files: [String: [UInt8]]
    ) async throws(DeploymentError) -> CommandOutput {
      try await base.runScript(command, beside: files)
    }
    func runningVersion() async throws(DeploymentError) -> RunningVersion {
      try await base.runningVersion()
    }
    func deadServices() async -> [DeadService] { [] }
  }

  @Test func `What is written while a service serves is kept, what its start writes is not`() async
  {
    var watch = BesideWatch()
    await watch.begin(Kept(files: ["app": ["conf": "1", "a.db": "1"], "db": [:]]))
    #expect(watch.found.isEmpty)
    await watch.look(Kept(files: ["app": ["conf": "1", "a.db": "2", "new": "1"], "db": [:]]))
    #expect(watch.found == ["app": ["a.db", "new"]])
    // It is started again, and writes its configuration anew.
    await watch.begin(
      Kept(files: ["app": ["conf": "2", "a.db": "2", "new": "1"], "db": ["x": "1"]])
    )
    await watch.look(
      Kept(files: ["app": ["conf": "2", "a.db": "2", "new": "1"], "db": ["x": "1"]])
    )
    #expect(watch.found == ["app": ["a.db", "new"]])
  }

  @Test func `A service that does not run tells nothing`() async {
    var watch = BesideWatch()
    await watch.begin(Kept(files: ["app": ["dead": ""]]))
    await watch.look(Kept(files: ["app": ["a": "1"]]))
    #expect(watch.found.isEmpty)
    await watch.begin(Kept(files: ["app": ["a": "1"]]))
    await watch.look(Kept(files: ["app": ["dead": ""]]))
    #expect(watch.found.isEmpty)
  }
}
