/// Puts a recipe up and takes it down again: on this machine, on a Swarm engine, through abra.
package protocol Driver: Sendable {
  /// As on the command line: `local`, `swarm`, `abra`.
  var name: String { get }

  /// Starts the first version. The deployment is the caller's, who must undeploy it even where
  /// this throws after something was started: `undeploy` on the driver's side cleans a half start.
  ///
  /// - Returns: a deployment whose services were started; whether they are ready is for the
  ///   caller's gate.
  func deploy(_ version: String) async throws(DeploymentError) -> any Deployment

  /// Operations that were performed since the last call, in order; for the record.
  func takeOperations() async -> [Operation]

  /// What differs from run to run and may stand in messages, by name: the run's folder, ports.
  func values() async -> [String: String]

  /// Why the driver can no longer answer for what it put up; nil while it can.
  ///
  /// What services do from then on says nothing about the recipe.
  func lost() async -> String?

  /// Takes everything down that this driver put up in this run and says what was left.
  /// Never throws, never hangs: its last step is a kill.
  func tearDown() async -> TeardownReport
}

extension Driver {
  package func values() async -> [String: String] { [:] }

  package func lost() async -> String? { nil }
}

/// One running instance of a recipe, owned by one run.
package protocol Deployment: Sendable {
  func upgrade(to version: String) async throws(DeploymentError)

  /// Runs the backup hooks and takes a snapshot of what the labels name.
  func backUp() async throws(DeploymentError) -> Snapshot

  /// Puts the snapshot's content back and runs the restore hooks.
  func restore(_ snapshot: Snapshot) async throws(DeploymentError)

  /// The bytes of a file inside a snapshot; nil where the snapshot has no such file.
  ///
  /// - Parameter path: as in the snapshot's `files`.
  func read(_ path: String, from snapshot: Snapshot, limit: Int) async throws(DeploymentError)
    -> SnapshotFile?

  /// The services, sorted by name.
  var services: [String] { get }

  func service(_ name: String) throws(DeploymentError) -> any ServiceAccess

  /// Runs a program of the suite beside the services, as the run's unprivileged user, in a copy of
  /// the suite's folder.
  ///
  /// - Parameter command: `argv` begins with a program, or with a path below the suite's folder.
  func runScript(_ command: ServiceCommand) async throws(DeploymentError) -> CommandOutput

  /// What runs now, read off the running things themselves, never from what was asked for.
  func runningVersion() async throws(DeploymentError) -> RunningVersion

  /// Services that have stopped for good since they were started, with how; empty where all live.
  func deadServices() async -> [DeadService]

  /// The host's name or address under which the app is reached, with scheme and port.
  var baseURL: String { get }

  /// The domain that the app believes to have.
  var domain: String { get }
}

/// Access to one service of a deployment.
package protocol ServiceAccess: Sendable {
  var name: String { get }

  /// Runs a command in the service's surroundings: its user, environment, file system.
  func run(_ command: ServiceCommand) async throws(DeploymentError) -> CommandOutput

  /// The bytes of a file as the service sees it; nil where there is none.
  func read(_ path: String, limit: Int) async throws(DeploymentError) -> [UInt8]?

  /// Writes a file as the service sees it, with the service's own rights; what was there is gone.
  func write(_ content: [UInt8], to path: String) async throws(DeploymentError)

  /// Where to reach a port that the service listens on.
  func endpoint(port: Int) async throws(DeploymentError) -> Endpoint

  /// Whether something listens on a port; nil where a connection to its endpoint tells.
  func accepts(port: Int) async throws(DeploymentError) -> Bool?

  /// The end of the service's output, redacted, at most `limit` bytes.
  func log(limit: Int) async -> String
}

extension ServiceAccess {
  package func accepts(port: Int) async throws(DeploymentError) -> Bool? { nil }
}

package struct ServiceCommand: Sendable, Hashable {
  package var argv: [String]
  package var stdin: [UInt8]
  /// Nil for the service's own user.
  package var user: String?
  /// Added to the service's environment.
  package var environment: [String: String]
  package var deadline: Duration
  /// Bytes of each output stream that are kept; the rest is counted and thrown away.
  package var outputLimit: Int

  package init(
    argv: [String],
    stdin: [UInt8] = [],
    user: String? = nil,
    environment: [String: String] = [:],
    deadline: Duration = .seconds(60),
    outputLimit: Int = 1 << 20
  ) {
    self.argv = argv
    self.stdin = stdin
    self.user = user
    self.environment = environment
    self.deadline = deadline
    self.outputLimit = outputLimit
  }
}

package struct CommandOutput: Sendable, Hashable {
  package enum Ending: Sendable, Hashable, CustomStringConvertible {
    case exited(Int32)
    case signalled(Int32)
    case timedOut

    package var description: String {
      switch self {
      case .exited(let code): "exit \(code)"
      case .signalled(let signal): "signal \(signal)"
      case .timedOut: "timed out"
      }
    }
  }

  package var ending: Ending
  package var stdout: [UInt8]
  package var stderr: [UInt8]
  /// True where a stream was longer than the limit.
  package var isCut: Bool
  package var duration: Duration

  package init(
    ending: Ending,
    stdout: [UInt8],
    stderr: [UInt8],
    isCut: Bool,
    duration: Duration
  ) {
    self.ending = ending
    self.stdout = stdout
    self.stderr = stderr
    self.isCut = isCut
    self.duration = duration
  }

  package var succeeded: Bool { ending == .exited(0) }
}

/// Where a port of a service is reached.
package enum Endpoint: Sendable, Hashable {
  case tcp(host: String, port: Int)
  /// The path of a unix socket that leads to the port.
  case unix(path: String)
}

package struct DeadService: Sendable, Hashable, CustomStringConvertible {
  package var service: String
  /// `exit 1`, `signal 11`.
  package var ending: String
  /// The last lines of its log, redacted.
  package var lastWords: String

  package init(service: String, ending: String, lastWords: String) {
    self.service = service
    self.ending = ending
    self.lastWords = lastWords
  }

  /// `db is dead (killed by signal 9); its last words: …`.
  package var description: String { "\(service) is \(state)" }

  /// The same without the service's name.
  package var state: String {
    let how = ending.hasPrefix("signal ") ? "killed by \(ending)" : ending
    return "dead (\(how))" + (lastWords.isEmpty ? "" : "; its last words: \(lastWords)")
  }
}

/// What runs, as the running things themselves say.
package struct RunningVersion: Sendable, Hashable {
  /// The recipe version that the processes or tasks carry.
  package var version: String
  /// Further proof by name: `app reports` → `2.0.0`.
  package var facts: [String: String]
  /// What contradicts the version: `app reports 1.0.0, 2.0.0 belongs to 3.0.1+v2.0.0`.
  package var contradictions: [String]

  package init(version: String, facts: [String: String], contradictions: [String]) {
    self.version = version
    self.facts = facts
    self.contradictions = contradictions
  }
}

package struct Snapshot: Sendable, Hashable {
  package var id: String
  /// Every file in it, sorted by path: `<volume>/<path below it>`.
  package var files: [File]
  /// What the labels declare, as paths of the same form.
  package var declaredPaths: [String]
  /// Services whose data are not in it although the recipe wants them backed up, with what is
  /// wrong.
  package var leftOut: [String: String]

  package struct File: Sendable, Hashable {
    package var path: String
    package var bytes: Int

    package init(path: String, bytes: Int) {
      self.path = path
      self.bytes = bytes
    }
  }

  package init(id: String, files: [File], declaredPaths: [String], leftOut: [String: String] = [:])
  {
    self.id = id
    self.files = files
    self.declaredPaths = declaredPaths
    self.leftOut = leftOut
  }
}

/// A file of a snapshot, or its end.
package struct SnapshotFile: Sendable, Hashable {
  package var size: Int
  /// The whole file, or its last bytes where it is larger than the limit.
  package var content: [UInt8]

  package init(size: Int, content: [UInt8]) {
    self.size = size
    self.content = content
  }
}

/// One thing that a driver did.
package struct Operation: Sendable, Hashable {
  package enum Ending: Sendable, Hashable {
    case succeeded
    /// The recipe's own part did not do: a hook failed, a service went away.
    case failed(String)
    /// Something of ours or of the machine did not do.
    case broken(String)
  }

  package var name: String
  package var ending: Ending
  package var duration: Duration
  package var service: String?
  package var argv: [String]
  package var output: CommandOutput?
  package var facts: [String: String]
  /// Where the driver did something else than the recipe says, and why.
  package var difference: String?

  package init(
    name: String,
    ending: Ending,
    duration: Duration,
    service: String? = nil,
    argv: [String] = [],
    output: CommandOutput? = nil,
    facts: [String: String] = [:],
    difference: String? = nil
  ) {
    self.name = name
    self.ending = ending
    self.duration = duration
    self.service = service
    self.argv = argv
    self.output = output
    self.facts = facts
    self.difference = difference
  }
}

package struct TeardownReport: Sendable, Hashable {
  /// What was removed, by kind: `services` → 3.
  package var removed: [String: Int]
  /// What is still there: `process 4711 postgres`, `folder …`.
  package var leftovers: [String]
  /// Why nobody can tell whether that is all; nil where it is.
  package var doubt: String?
  package var duration: Duration

  package init(
    removed: [String: Int],
    leftovers: [String],
    doubt: String? = nil,
    duration: Duration
  ) {
    self.removed = removed
    self.leftovers = leftovers
    self.doubt = doubt
    self.duration = duration
  }
}
