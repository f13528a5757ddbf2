// A runner that may be killed, and its guardian: `guardian-runner guardian`, and
// `guardian-runner run PLAN`, which starts what the plan says, prints one line, and waits.

import FoundationEssentials
import Glibc
import Guarding
import Programs

struct Plan: Codable {
  var runID: String
  var root: String
  var lockFolder: String
  var lockName: String
  var logFolder: String
  /// Arguments in which `{folder}` stands for the run's folder.
  var commands: [[String]]
  var services: [Service]

  struct Service: Codable {
    var name: String
    var arguments: [String]
  }
}

struct Started: Codable {
  var runner: Int32
  var guardian: Int32
  var folder: String
  var processes: [GuardedProcess]
}

/// Replaces each secret that lies within one piece, which is all the tests need.
struct MaskingFilter: LogFilter {
  var secrets: [[UInt8]]

  func feed(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
    guard !secrets.isEmpty else { return [UInt8](bytes) }
    var output = [UInt8](bytes)
    for secret in secrets {
      while let range = output.firstRange(of: secret) {
        output.replaceSubrange(range, with: [0x2A])
      }
    }
    return output
  }

  func finish() -> [UInt8] { [] }
}

func run(_ plan: Plan) async throws {
  let lease = try UserLease.take()
  let lock = try await RunLock.acquire(
    plan.lockName,
    holder: LockHolder(
      processID: getpid(),
      since: 0,
      host: "localhost",
      runID: plan.runID,
      recipe: "sample"
    ),
    wait: .no,
    folder: plan.lockFolder
  )
  let folder = try RunFolder.create(
    runID: plan.runID,
    identity: lease.identity,
    lockName: plan.lockName,
    root: plan.root
  )
  try lease.note(folder)
  let guardian = try await Guardian.start(
    GuardianConfiguration(
      runID: plan.runID,
      identity: lease.identity,
      logFolder: plan.logFolder,
      folder: folder,
      lock: lock,
      lease: lease
    )
  )
  func expanded(_ arguments: [String]) -> [String] {
    arguments.map { $0.replacing("{folder}", with: folder.path) }
  }
  let environment = ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C"]
  for arguments in plan.commands {
    let result = try await guardian.run(
      Command(argv: expanded(arguments), environment: environment, folder: folder.path)
    )
    guard result.succeeded else {
      print("failed: \(arguments): \(result.ending) \(result.lastLine)")
      exit(1)
    }
  }
  for service in plan.services {
    _ = try await guardian.startService(
      GuardedService(
        name: service.name,
        command: Command(
          argv: expanded(service.arguments),
          environment: environment,
          folder: folder.path
        ),
        stop: StopStep(signal: SIGTERM, grace: .seconds(10))
      )
    )
  }
  while true {
    let started = Started(
      runner: getpid(),
      guardian: guardian.processID,
      folder: folder.path,
      processes: try await guardian.processes()
    )
    print(String(decoding: try JSONEncoder().encode(started), as: UTF8.self))
    fflush(nil)
    try await Task.sleep(for: .milliseconds(200))
  }
}

switch CommandLine.arguments.dropFirst().first {
case "guardian":
  GuardianProcess.main { MaskingFilter(secrets: $0.map { Array($0.utf8) }) }
case "run":
  let plan = try Data(contentsOf: URL(filePath: CommandLine.arguments[2]))
  try await run(try JSONDecoder().decode(Plan.self, from: plan))
default:
  exit(64)
}
