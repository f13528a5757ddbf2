internal import CLinux
package import Deployments
internal import FoundationEssentials
internal import Glibc
package import Programs

/// The folder of a run and the guardian below which its commands run, as an unprivileged user.
package struct Workbench: Sendable {
  package let folder: RunFolder
  package let guardian: Guardian
  private let search: ProgramSearch

  init(folder: RunFolder, guardian: Guardian, search: ProgramSearch) {
    self.folder = folder
    self.guardian = guardian
    self.search = search
  }

  package var root: String { folder.path }

  /// What `PATH` of the run's programs is.
  package var searchPath: String { search.searchPath }

  /// What every program of this machine is given, whatever else it gets.
  package var plainEnvironment: [String: String] {
    ["PATH": search.searchPath, "LANG": "C.UTF-8", "TZ": "UTC"]
  }

  // MARK: Commands

  /// Runs a program below the guardian to its end.
  ///
  /// - Parameter command: without a folder it runs in the run's own.
  package func run(_ command: Command) async throws(DeploymentError) -> CommandOutput {
    var command = command
    let folder = command.folder ?? root
    command.folder = folder
    command.argv = [try await program(command.name, from: folder)] + command.argv.dropFirst()
    do throws(GuardianError) {
      return try await guardian.run(command)
    } catch {
      throw DeploymentError(error)
    }
  }

  /// A program's path that the services' user can reach: a copy in the run's folder where the
  /// original stands below a folder that is closed to others.
  ///
  /// - Parameter folder: what a relative path starts from.
  package func program(_ name: String, from folder: String) async throws(DeploymentError) -> String
  {
    let named = name.contains("/") && !name.hasPrefix("/") ? "\(folder)/\(name)" : name
    guard let program = search.find(named) else {
      throw DeploymentError(.driverBroken, "\(name): no such program in \(search.searchPath)")
    }
    guard geteuid() == 0, !program.hasPrefix(root + "/"), !ProgramSearch.isOpenToAll(program) else {
      return program
    }
    let copy = "\(root)/bin/" + (program.split(separator: "/").last.map(String.init) ?? "program")
    if !FileManager.default.fileExists(atPath: copy) {
      try await bring(file: program, to: copy, mode: 0o755)
    }
    return copy
  }

  /// Runs a plain command of the machine on the run's folder, which must succeed.
  package func act(_ argv: [String], stdin: [UInt8] = []) async throws(DeploymentError) {
    let output = try await run(Command(argv: argv, stdin: stdin, environment: plainEnvironment))
    guard output.succeeded else {
      throw DeploymentError(
        .driverBroken,
        "\(argv.first ?? "command") failed (\(output.ending)): \(output.lastLine)"
      )
    }
  }

  /// Runs a program of the suite in a copy of the suite's folder, which the first one makes.
  package func runScript(
    _ command: Command,
    ofSuiteIn suite: String
  ) async throws(DeploymentError) -> CommandOutput {
    let copy = "\(root)/suite"
    if !FileManager.default.fileExists(atPath: copy) { try await bring(suite, to: copy) }
    var command = command
    command.folder = copy
    let own = ["HOME": copy, "TMPDIR": "\(root)/scratch", "PYTHONDONTWRITEBYTECODE": "1"]
    command.environment = plainEnvironment.merging(own) { $1 }
      .merging(command.environment) { $1 }
    return try await run(command)
  }

  // MARK: Into the run's folder

  /// Copies a folder's files into the run's folder, as the services' user.
  ///
  /// Services may put links where they like as soon as one of them runs; a runner that is root
  /// would follow them.
  ///
  /// - Parameter keepsLinks: false leaves the source's own links out.
  package func bring(
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

  private func bring(file: String, to target: String, mode: mode_t) async throws(DeploymentError) {
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
  package func makeFolder(_ path: String) throws(GuardianError) {
    guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw .system(path) }
    try give(path)
  }

  /// Makes a file that only the services' user can read. Only before anything has been started.
  package func makeFile(_ path: String, _ bytes: [UInt8]) throws(GuardianError) {
    try PrivateFile.write(bytes, to: path)
    try give(path)
  }

  /// Makes a file or folder the services' user's.
  private func give(_ path: String) throws(GuardianError) {
    guard geteuid() == 0 else { return }
    guard lchown(path, identity.user, identity.group) == 0 else { throw .system(path) }
  }
}

extension FileManager {
  /// Paths below a folder, relative to it, without following links; nil where it cannot be read.
  fileprivate func enumeratorPaths(below folder: String) -> [String]? {
    try? subpathsOfDirectory(atPath: folder)
  }
}
