internal import CLinux
import Deployments
import Formats
import FoundationEssentials
import Glibc

/// The folder of a run and the guardian below which its commands run, as an unprivileged user.
struct Workbench: Sendable {
  let folder: RunFolder
  let guardian: Guardian
  let search: ProgramSearch

  var root: String { folder.path }

  // MARK: Commands

  /// Runs a program below the guardian to its end.
  func run(
    argv: [String],
    environment: [String: String],
    folder: String,
    stdin: [UInt8] = [],
    deadline: Duration = .seconds(60),
    outputLimit: Int = 1 << 20,
    keepsDescendants: Bool = false
  ) async throws(DeploymentError) -> CommandOutput {
    guard let name = argv.first, let program = try await reachable(name, from: folder) else {
      throw DeploymentError(
        .driverBroken,
        "\(argv.first ?? "command"): no such program in \(search.searchPath)"
      )
    }
    var command = GuardedCommand(
      arguments: [program] + argv.dropFirst(),
      environment: environment,
      workingDirectory: folder
    )
    command.standardInput = stdin
    command.deadline = deadline
    command.outputLimit = outputLimit
    command.keepsDescendants = keepsDescendants
    let result: CommandResult
    do throws(GuardianError) {
      result = try await guardian.run(command)
    } catch {
      throw DeploymentError(.driverBroken, error.description)
    }
    if result.end == .cancelled { throw DeploymentError(.interrupted, "\(name) was interrupted") }
    return CommandOutput(
      ending: Self.ending(result.end),
      stdout: result.standardOutput.bytes,
      stderr: result.standardError.bytes,
      isCut: result.standardOutput.isTruncated || result.standardError.isTruncated,
      duration: result.duration
    )
  }

  private static func ending(_ end: CommandResult.End) -> CommandOutput.Ending {
    switch end {
    case .exited(let code): .exited(code)
    case .signalled(let signal): .signalled(signal)
    case .timedOut: .timedOut
    case .cancelled: .signalled(SIGKILL)
    }
  }

  /// A program's path that the services' user can reach: a copy in the run's folder where the
  /// original stands below a folder that is closed to others.
  func reachable(_ name: String, from folder: String) async throws(DeploymentError) -> String? {
    let named = name.contains("/") && !name.hasPrefix("/") ? "\(folder)/\(name)" : name
    guard let program = search.find(named) else { return nil }
    guard geteuid() == 0, !program.hasPrefix(root + "/"), !ProgramSearch.isOpenToAll(program) else {
      return program
    }
    let copy = "\(root)/bin/" + (program.split(separator: "/").last.map(String.init) ?? "program")
    if !FileManager.default.fileExists(atPath: copy) {
      try await bring(file: program, to: copy, mode: 0o755)
    }
    return copy
  }

  /// Runs a plain command of the machine on the run's folder.
  func act(_ argv: [String], stdin: [UInt8] = []) async throws(DeploymentError) {
    let output = try await run(
      argv: argv,
      environment: ["PATH": search.searchPath, "LANG": "C.UTF-8"],
      folder: root,
      stdin: stdin
    )
    guard output.succeeded else {
      throw DeploymentError(
        .driverBroken,
        "\(argv.first ?? "a command") failed (\(output.ending)): \(output.lastLine)"
      )
    }
  }

  /// Runs a program of the suite in a copy of the suite's folder, which the first one makes.
  func runScript(
    _ command: ServiceCommand,
    ofSuiteIn suite: String
  ) async throws(DeploymentError) -> CommandOutput {
    let copy = "\(root)/suite"
    if !FileManager.default.fileExists(atPath: copy) { try await bring(suite, to: copy) }
    var environment = [
      "PATH": search.searchPath, "HOME": copy, "LANG": "C.UTF-8", "TZ": "UTC",
      "TMPDIR": "\(root)/scratch", "PYTHONDONTWRITEBYTECODE": "1",
    ]
    environment.merge(command.environment) { $1 }
    return try await run(
      argv: command.argv,
      environment: environment,
      folder: copy,
      stdin: command.stdin,
      deadline: command.deadline,
      outputLimit: command.outputLimit
    )
  }

  // MARK: Into the run's folder

  /// Copies a folder's files into the run's folder, as the services' user.
  ///
  /// Services may put links where they like as soon as one of them runs; a runner that is root
  /// would follow them.
  ///
  /// - Parameter keepsLinks: false leaves the source's own links out.
  func bring(
    _ source: String,
    to target: String,
    keepsLinks: Bool = false
  ) async throws(DeploymentError) {
    try await act(["mkdir", "-p", "-m", "755", "--", target])
    guard let paths = FileManager.default.enumeratorPaths(below: source) else {
      throw DeploymentError(.driverBroken, "\(source) cannot be read")
    }
    for path in paths {
      var status = stat()
      guard lstat("\(source)/\(path)", &status) == 0 else { continue }
      switch status.st_mode & S_IFMT {
      case S_IFREG:
        let mode = status.st_mode
        try await bring(file: "\(source)/\(path)", to: "\(target)/\(path)", mode: mode)
      case S_IFLNK where keepsLinks:
        try await link("\(source)/\(path)", to: "\(target)/\(path)")
      default: continue
      }
    }
  }

  private func link(_ source: String, to target: String) async throws(DeploymentError) {
    guard let goal = try? FileManager.default.destinationOfSymbolicLink(atPath: source) else {
      throw DeploymentError(.driverBroken, "\(source) cannot be read")
    }
    let folder = target[..<(target.lastIndex(of: "/") ?? target.endIndex)]
    try await act(["mkdir", "-p", "--", String(folder)])
    try await act(["ln", "-s", "--", goal, target])
  }

  func bring(file: String, to target: String, mode: mode_t) async throws(DeploymentError) {
    guard let content = FileManager.default.contents(atPath: file) else {
      throw DeploymentError(.driverBroken, "\(file) cannot be read")
    }
    let mode = mode & 0o100 == 0 ? "644" : "755"
    try await act(["install", "-D", "-m", mode, "--", "/dev/stdin", target], stdin: Array(content))
  }
}

extension RunFolder {
  /// Makes a folder that belongs to the services' user; one that is there is theirs already.
  ///
  /// Only before anything of the run has been started: what is below is theirs to change then.
  func makeFolder(_ path: String, mode: mode_t = 0o700) throws(DeploymentError) {
    guard mkdir(path, mode) == 0 || errno == EEXIST else {
      throw DeploymentError(.driverBroken, "\(path): \(String(cString: strerror(errno)))")
    }
    try give(path)
  }

  /// Makes a file or folder the services' user's.
  func give(_ path: String) throws(DeploymentError) {
    guard geteuid() == 0 else { return }
    guard lchown(path, identity.user, identity.group) == 0 else {
      throw DeploymentError(.driverBroken, "\(path): \(String(cString: strerror(errno)))")
    }
  }
}

extension RunLock {
  /// Takes the lock of a deployment's name for a run of this process.
  static func take(
    _ name: String,
    runID: String,
    recipe: String,
    wait: Waiting,
    folder: String
  ) async throws(DeploymentError) -> RunLock {
    let holder = LockHolder(
      processID: getpid(),
      since: Int64(Date().timeIntervalSince1970),
      host: ProcessInfo.processInfo.hostName,
      runID: runID,
      recipe: recipe
    )
    do {
      return try await RunLock.acquire(name, holder: holder, wait: wait, folder: folder)
    } catch let error as GuardianError {
      if case .locked(let holder) = error.code {
        throw DeploymentError(.held(by: holder?.description ?? "another run"), error.description)
      }
      throw DeploymentError(.driverBroken, error.description)
    } catch {
      throw DeploymentError(.interrupted, "interrupted while waiting for the lock")
    }
  }
}

extension CommandOutput {
  /// The last line of what a command said, for a message.
  var lastLine: String {
    let text = String(decoding: stderr.isEmpty ? stdout : stderr, as: UTF8.self)
    guard let line = text.split(whereSeparator: \.isNewline).last else { return "it said nothing" }
    let bytes = Array(line.utf8)
    let cut = String(decoding: TextCut.start(bytes, limit: 300), as: UTF8.self)
    return bytes.count > 300 ? cut + "…" : cut
  }
}

extension FileManager {
  /// Paths below a folder, relative to it, without following links; nil where it cannot be read.
  fileprivate func enumeratorPaths(below folder: String) -> [String]? {
    try? subpathsOfDirectory(atPath: folder)
  }
}
