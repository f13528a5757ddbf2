import CLinux
import FoundationEssentials
import Glibc
import Testing

@testable import Guarding

/// A runner in a process of its own, which may be killed.
final class TestRunner {
  struct Plan: Codable {
    var runID: String
    var root: String
    var lockFolder: String
    var lockName: String
    var logFolder: String
    var commands: [[String]]
    var services: [Service]
  }

  struct Service: Codable {
    var name: String
    var arguments: [String]
  }

  struct Started: Codable {
    var runner: Int32
    var guardian: Int32
    var folder: String
    var processes: [GuardedProcess]
  }

  let processID: Int32
  private let output: String
  private var isReaped = false

  init(
    _ fixture: RunFixture,
    runID: String,
    lockName: String = "sample",
    commands: [[String]] = [],
    services: [Service],
    user: UInt32? = nil,
    group: String? = nil
  ) throws {
    let plan = Plan(
      runID: runID,
      root: fixture.root,
      lockFolder: fixture.locks,
      lockName: lockName,
      logFolder: fixture.logs,
      commands: commands,
      services: services
    )
    let planPath = fixture.path + "/\(runID).json"
    try JSONEncoder().encode(plan).write(to: URL(filePath: planPath))
    output = fixture.path + "/\(runID).out"
    let file = open(output, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    defer { close(file) }
    var spawn = ProcessSpawn(
      program: RunFixture.executable,
      arguments: ["guardian-runner", "run", planPath],
      environment: [:],
      workingDirectory: nil,
      descriptors: [file, file, file]
    )
    if let user, let group {
      let script = "echo $$ > \(group)/cgroup.procs && exec setpriv --clear-groups \"$@\""
      spawn.candidates = ["/bin/sh"]
      spawn.arguments =
        ["sh", "-c", script, "sh", "--reuid=\(user)", "--regid=\(user)", RunFixture.executable]
        + ["run", planPath]
      spawn.environment = RunFixture.environment
      chown(planPath, user, user)
    } else if let user {
      spawn.identity = ServiceIdentity(user: user, group: user)
      chown(planPath, user, user)
    }
    processID = try spawn.start()
  }

  deinit {
    kill()
  }

  /// SIGKILL.
  func kill() {
    guard !isReaped else { return }
    isReaped = true
    Glibc.kill(processID, SIGKILL)
    waitpid(processID, nil, 0)
  }

  /// The newest line of what it says, once everything of the plan was started.
  func started() async throws -> Started {
    var found: Started?
    try await eventually("the runner has started: \(text(of: output))") {
      let lines = text(of: output).split(separator: "\n", omittingEmptySubsequences: false)
      guard lines.count > 1 else { return false }
      let line = lines[lines.count - 2]
      found = try? JSONDecoder().decode(Started.self, from: Data(line.utf8))
      return found != nil
    }
    return try #require(found)
  }
}
