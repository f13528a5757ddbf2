import CLinux
import Files
import FoundationEssentials
import Glibc
import Programs
import Testing

@testable import Guarding

/// A folder for one test, with room for runs, logs and locks; removed with all that is in it.
final class RunFixture: Sendable {
  let path: String
  var root: String { path + "/runs" }
  var logs: String { path + "/logs" }
  var locks: String { path + "/locks" }

  init() throws {
    var template = Array("/tmp/guardian-tests-XXXXXX".utf8CString)
    let name = try #require(mkdtemp(&template))
    path = String(cString: name)
    chmod(path, 0o711)
    for folder in [path + "/runs", path + "/logs", path + "/locks"] { mkdir(folder, 0o700) }
    // Like /tmp, so that a guardian without root's rights can remove its folder.
    chmod(path + "/runs", 0o1777)
  }

  deinit {
    _ = FolderRemoval.remove(path)
  }

  /// The executable that is both guardian and runner; beside the test bundle.
  static let executable: String = {
    let own = ProcessTable.link("/proc/self/exe") ?? ""
    // `swift test` runs a tool of the toolchain, which names the bundle in an argument.
    for argument in [own] + CommandLine.arguments {
      guard let slash = argument.lastIndex(of: "/") else { continue }
      let candidate = argument[..<slash] + "/guardian-runner"
      if access(String(candidate), X_OK) == 0 { return String(candidate) }
    }
    return ".build/debug/guardian-runner"
  }()

  static let environment = ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C"]

  func configuration(
    runID: String = "test",
    withFolder: Bool = true,
    secrets: [String] = [],
    limits: LogLimits = LogLimits(),
    lock: RunLock? = nil
  ) throws -> GuardianConfiguration {
    let lease = try UserLease.take()
    let identity = lease.identity
    let folder =
      withFolder ? try RunFolder.create(runID: runID, identity: identity, root: root) : nil
    if let folder { try lease.note(folder) }
    return GuardianConfiguration(
      runID: runID,
      identity: identity,
      logFolder: logs,
      executable: Self.executable,
      secrets: secrets,
      logLimits: limits,
      folder: folder,
      lock: lock,
      lease: lease,
      diagnosticsPath: path + "/guardian.log"
    )
  }

  /// The folder of a run that holds its users no more.
  func folder(runID: String, lockName: String? = nil) throws -> RunFolder {
    let lease = try UserLease.take()
    let folder = try RunFolder.create(
      runID: runID,
      identity: lease.identity,
      lockName: lockName,
      root: root
    )
    try lease.note(folder)
    return folder
  }

  /// Lets runs of another user be here.
  func give(to user: UInt32) {
    for folder in [path, logs, locks] { chown(folder, user, user) }
  }

  func reap() async -> [Janitor.Reaped] {
    await Janitor(root: root, lockFolder: locks, executable: Self.executable).reap()
  }

  func holder(_ runID: String) -> LockHolder {
    LockHolder(processID: getpid(), since: 1, host: "here", runID: runID, recipe: "sample")
  }
}

/// Runs a body with a guardian that is shut down, cleanly, at the end.
func withGuardian(
  secrets: [String] = [],
  limits: LogLimits = LogLimits(),
  _ body: (Guardian, RunFixture, RunFolder) async throws -> Void
) async throws {
  let fixture = try RunFixture()
  let configuration = try fixture.configuration(secrets: secrets, limits: limits)
  let guardian = try await Guardian.start(configuration)
  do {
    try await body(guardian, fixture, try #require(configuration.folder))
  } catch {
    _ = await guardian.shutDown()
    throw error
  }
  let report = await guardian.shutDown()
  #expect(report.isClean)
  #expect(!exists(configuration.folder?.base ?? ""))
}

func shell(
  _ script: String,
  in folder: RunFolder,
  input: [UInt8] = [],
  limit: Int = 1 << 20,
  deadline: Duration = .seconds(60),
  keepsDescendants: Bool = false
) -> Command {
  Command(
    argv: ["sh", "-c", script],
    stdin: input,
    environment: RunFixture.environment,
    folder: folder.path,
    deadline: deadline,
    outputLimit: limit,
    keepsDescendants: keepsDescendants
  )
}

func service(
  _ name: String,
  _ script: String,
  in folder: RunFolder,
  stop: StopStep = StopStep(signal: SIGTERM, grace: .seconds(10))
) -> GuardedService {
  GuardedService(name: name, command: shell(script, in: folder), stop: stop)
}

func exists(_ path: String) -> Bool {
  var status = stat()
  return lstat(path, &status) == 0
}

func text(of path: String) -> String {
  ProcessTable.text(of: path) ?? ""
}

/// Waits until something holds; half a minute is for ever.
@discardableResult
func eventually(
  _ what: Comment,
  location: SourceLocation = #_sourceLocation,
  _ condition: () async throws -> Bool
) async throws -> Bool {
  for _ in 0..<3000 {
    if try await condition() { return true }
    try await Task.sleep(for: .milliseconds(10))
  }
  Issue.record(what, sourceLocation: location)
  return false
}

/// Whether this process, and no later one of its id, is still there.
func isAlive(_ process: GuardedProcess) -> Bool {
  guard let status = ProcessTable.status(of: process.processID) else { return false }
  return status.startTime == process.startTime && status.state != "Z"
}
