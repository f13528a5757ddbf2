internal import CLinux
package import Deployments
internal import Files
internal import Glibc
package import Programs
internal import Synchronization

/// The folder of a run and the guardian below which its commands run, as an unprivileged user.
///
/// What is in the folder is the guardian's to make, read and remove: this process has descriptors of
/// it at most.
package final class Workbench: Sendable {
  let folder: RunFolder
  package let guardian: Guardian
  private let search: ProgramSearch
  /// What was brought already, by its path.
  private let brought = Mutex<Set<String>>([])

  init(folder: RunFolder, guardian: Guardian, search: ProgramSearch) {
    self.folder = folder
    self.guardian = guardian
    self.search = search
  }

  package var root: String { folder.path }

  /// What `PATH` of the run's programs is.
  var searchPath: String { search.searchPath }

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
    command.argv = [try await program(command.name, from: folder)] + command.argv.dropFirst()
    return try await perform(command, in: folder)
  }

  /// Runs a program that the driver itself needs, looked up where no suite has a say.
  package func runOwn(_ command: Command) async throws(DeploymentError) -> CommandOutput {
    guard let program = search.findOwn(command.name) else {
      throw DeploymentError(.driverBroken, "\(command.name): no such program in \(search.ownPath)")
    }
    var command = command
    command.argv = [program] + command.argv.dropFirst()
    command.environment["PATH"] = search.ownPath
    return try await perform(command, in: command.folder ?? root)
  }

  private func perform(
    _ command: Command,
    in folder: String
  ) async throws(DeploymentError) -> CommandOutput {
    var command = command
    command.folder = folder
    return try await asking { () async throws(GuardianError) in try await guardian.run(command) }
  }

  /// A program's path that the services' user can reach: one that lies beside this tool, in a folder
  /// that is closed to others, as a copy in the run's folder.
  ///
  /// - Parameter folder: what a relative path starts from.
  package func program(_ name: String, from folder: String) async throws(DeploymentError) -> String
  {
    // Whether it is there and may be run is for the services' user to find out.
    guard !name.contains("/") else { return name.hasPrefix("/") ? name : "\(folder)/\(name)" }
    guard let program = search.find(name) else {
      throw DeploymentError(.driverBroken, "\(name): no such program in \(search.searchPath)")
    }
    guard geteuid() == 0, search.isTool(program), !ProgramSearch.isOpenToAll(program) else {
      return program
    }
    let copy = "bin/\(name)"
    if brought.withLock({ $0.insert(copy).inserted }) {
      let source = Glibc.open(program, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
      guard source >= 0 else { throw .system(program) }
      defer { close(source) }
      try await write(source, to: copy, mode: 0o700)
    }
    return "\(root)/\(copy)"
  }

  /// Runs a program of the suite in a copy of the suite's folder, which the first one makes.
  package func runScript(
    _ command: Command,
    ofSuiteIn suite: String,
    beside files: [String: [UInt8]]
  ) async throws(DeploymentError) -> CommandOutput {
    if brought.withLock({ $0.insert("suite").inserted }) { try await bring(suite, to: "suite") }
    if !files.isEmpty, brought.withLock({ $0.insert("fixture").inserted }) {
      try await makeFolders(["fixture"])
      for (name, bytes) in files { try await write(bytes, to: "fixture/\(name)") }
    }
    let copy = "\(root)/suite"
    var command = command
    command.folder = copy
    let own = [
      "HOME": copy, "TMPDIR": "\(root)/scratch", "PYTHONDONTWRITEBYTECODE": "1",
      "PYTHONPATH": "\(root)/fixture", "PARITY_SHELL": "\(root)/fixture/parity.sh",
    ]
    command.environment = plainEnvironment.merging(own) { $1 }
      .merging(command.environment) { $1 }
    return try await run(command)
  }

  /// Who else listens on a port of this machine that is the run's: somebody who was there before its service,
  /// and answers in its place.
  ///
  /// - Returns: `mallory (user 1001)`; nil where nobody does.
  package func stranger(on port: Int) -> String? {
    FreePorts.listeners(on: port).first { $0 != folder.identity.user }.map(UserName.shown)
  }

  // MARK: Files below the run's folder

  /// Copies a folder's files into the run's folder. Modes stay as they are for their owner, who is
  /// the services' user there.
  ///
  /// - Parameters:
  ///   - target: from the run's folder, as all paths here.
  ///   - keepsLinks: false leaves the source's own links out.
  package func bring(
    _ source: String,
    to target: String,
    keepsLinks: Bool = false
  ) async throws(DeploymentError) {
    try await makeFolders([target])
    try await SourceFolder(source).visit { path, item async throws(DeploymentError) in
      let path = "\(target)/\(path)"
      switch item {
      case .file(let file, let mode): try await write(file, to: path, mode: mode)
      case .link(let goal) where keepsLinks:
        try await asking { () async throws(GuardianError) in
          try await guardian.link(path, to: goal)
        }
      case .link: break
      }
    }
  }

  /// Makes folders that only the services' user can enter.
  package func makeFolders(_ paths: [String]) async throws(DeploymentError) {
    try await asking { () async throws(GuardianError) in try await guardian.makeFolders(paths) }
  }

  /// Makes a file that only the services' user can read.
  ///
  /// - Parameter mode: of a new one.
  package func write(
    _ bytes: [UInt8],
    to path: String,
    replaces: Bool = false,
    mode: UInt32 = 0o600
  ) async throws(DeploymentError) {
    let file = try await open(path, replaces ? .replace : .create(mode: mode))
    defer { close(file) }
    guard DiskPath.write(bytes, to: file) == nil else { throw .system(path) }
  }

  private func write(
    _ source: Int32,
    to path: String,
    mode: UInt32
  ) async throws(DeploymentError) {
    let file = try await open(path, .create(mode: mode))
    defer { close(file) }
    guard DescriptorList.copy(source, to: file) else { throw .system(path) }
  }

  /// The bytes of a file; nil where there is none.
  ///
  /// - Parameter limit: a longer one is refused.
  package func read(_ path: String, limit: Int) async throws(DeploymentError) -> [UInt8]? {
    let file: Int32
    do throws(GuardianError) {
      file = try await guardian.open(path, .read)
    } catch {
      switch error.code {
      case .system(ENOENT), .system(ENOTDIR), .notAFile: return nil
      case .system(ELOOP):
        throw DeploymentError(.unsupported, "\(path): is a link, which is not followed")
      default: throw DeploymentError(error)
      }
    }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0 else { throw .system(path) }
    guard status.st_size <= limit else {
      throw DeploymentError(.unsupported, "\(path): \(status.st_size) bytes, limit \(limit)")
    }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = Glibc.read(file, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw .system(path) }
      if count == 0 || bytes.count > limit { return bytes }
      bytes += buffer[..<count]
    }
  }

  /// Whether a folder is there; a link is none.
  package func hasFolder(_ path: String) async throws(DeploymentError) -> Bool {
    do throws(GuardianError) {
      close(try await guardian.open(path, .read))
      return false
    } catch {
      switch error.code {
      case .notAFile: return true
      case .system(ENOENT), .system(ENOTDIR), .system(ELOOP): return false
      default: throw DeploymentError(error)
      }
    }
  }

  /// A descriptor of a regular file, the caller's to close.
  package func open(
    _ path: String,
    _ access: RunFileAccess
  ) async throws(DeploymentError) -> Int32 {
    try await asking { () async throws(GuardianError) in try await guardian.open(path, access) }
  }

  /// The regular files at a path and below it; empty where there is nothing.
  package func files(at path: String) async throws(DeploymentError) -> [RunFile] {
    do throws(GuardianError) {
      return try await guardian.files(at: path)
    } catch {
      if case .system(ENOENT) = error.code { return [] }
      throw DeploymentError(error)
    }
  }

  /// Removes files, and folders with all that is in them.
  package func remove(_ paths: [String]) async throws(DeploymentError) {
    try await asking { () async throws(GuardianError) in try await guardian.remove(paths) }
  }

  private func asking<Result>(
    _ body: () async throws(GuardianError) -> Result
  ) async throws(DeploymentError) -> Result {
    do throws(GuardianError) {
      return try await body()
    } catch {
      throw DeploymentError(error)
    }
  }
}
