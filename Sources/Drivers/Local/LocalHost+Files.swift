internal import CLinux
import Deployments
import FoundationEssentials
import Glibc
import Suites

extension LocalHost {
  func runScript(_ command: ServiceCommand) async throws(DeploymentError) -> CommandOutput {
    try await bench().runScript(command, ofSuiteIn: configuration.suite.folder)
  }

  // MARK: In a service

  func run(
    _ command: ServiceCommand,
    in name: String
  ) async throws(DeploymentError) -> CommandOutput {
    let service = try settings(of: name)
    if let user = command.user {
      throw DeploymentError(
        .unsupported,
        "\(name): the local driver has one user, \(user) is none of its"
      )
    }
    return try await bench().run(
      argv: command.argv,
      environment: try environment(of: service).merging(command.environment) { $1 },
      folder: serviceFolder(name),
      stdin: command.stdin,
      deadline: command.deadline,
      outputLimit: command.outputLimit
    )
  }

  func endpoint(port: Int, of name: String) throws(DeploymentError) -> Endpoint {
    guard let real = ports[name]?[port] else {
      let known = (ports[name] ?? [:]).keys.sorted().map(String.init).joined(separator: ", ")
      throw DeploymentError(
        .unsupported,
        "\(name) has no port \(port) in local.yml\(known.isEmpty ? "" : ", only \(known)")"
      )
    }
    return .tcp(host: "127.0.0.1", port: real)
  }

  /// A file as the service sees it. Paths below a mount of the compose file lead into the volume,
  /// others into the service's own folder; none leads out of it.
  func read(_ path: String, of name: String, limit: Int) throws(DeploymentError) -> [UInt8]? {
    let (base, rest) = place(of: path, in: name)
    // From the run's folder down, because a service may change everything below it.
    guard !rest.split(separator: "/").contains("..") else {
      throw DeploymentError(.unsupported, "\(path) leads out of the service's folder")
    }
    return try Self.read(String(base.dropFirst(root.count)) + "/" + rest, below: root, limit: limit)
  }

  /// Writes as the services' user: `dd` takes the path as one argument and the content from
  /// standard input.
  func write(_ content: [UInt8], to path: String, of name: String) async throws(DeploymentError) {
    let (base, rest) = place(of: path, in: name)
    guard !rest.split(separator: "/").contains("..") else {
      throw DeploymentError(.unsupported, "\(path) leads out of the service's folder")
    }
    let output = try await run(
      ServiceCommand(
        argv: ["dd", "of=\(base)/\(rest)", "oflag=nofollow", "status=none"],
        stdin: content
      ),
      in: name
    )
    guard output.succeeded else {
      throw DeploymentError(.driverBroken, "\(path) cannot be written: \(output.lastLine)")
    }
  }

  private func place(of path: String, in name: String) -> (base: String, rest: String) {
    let mounts = recipe?.compose[service: name]?.mounts ?? []
    let hits = mounts.filter { path == $0.target || path.hasPrefix($0.target + "/") }
    guard let mount = hits.max(by: { $0.target.utf8.count < $1.target.utf8.count }) else {
      return (serviceFolder(name), path)
    }
    return (volumeFolder(mount.volume), String(path.dropFirst(mount.target.count)))
  }

  /// Opens one part of the path after the other, each without following links.
  private static func read(
    _ path: String,
    below base: String,
    limit: Int
  ) throws(DeploymentError) -> [UInt8]? {
    let parts = path.split(separator: "/").map(String.init).filter { $0 != "." }
    var folder = open(base, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    guard folder >= 0 else { return nil }
    defer { close(folder) }
    for part in parts.dropLast() {
      let next = openat(folder, part, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
      guard next >= 0 else { return try nothing(path) }
      close(folder)
      folder = next
    }
    guard let last = parts.last else { return nil }
    let file = openat(folder, last, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
    guard file >= 0 else { return try nothing(path) }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    guard status.st_size <= limit else {
      throw DeploymentError(.unsupported, "\(path) has \(status.st_size) bytes, over \(limit)")
    }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = Glibc.read(file, &buffer, buffer.count)
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else {
        throw DeploymentError(.driverBroken, "\(path): \(String(cString: strerror(errno)))")
      }
      if count == 0 || bytes.count > limit { return bytes }
      bytes += buffer[..<count]
    }
  }

  /// No such file is an answer; anything else is not.
  private static func nothing(_ path: String) throws(DeploymentError) -> [UInt8]? {
    if errno == ENOENT || errno == ENOTDIR { return nil }
    if errno == ELOOP {
      throw DeploymentError(.unsupported, "\(path) is a link, which is not followed")
    }
    throw DeploymentError(.driverBroken, "\(path): \(String(cString: strerror(errno)))")
  }

  // MARK: Logs

  func log(of name: String, limit: Int) async -> String {
    _ = try? await guardian?.flushLogs()
    return logEnd(of: name, limit: limit)
  }

  /// The last lines of what a service wrote, errors after output. The files are redacted already.
  func logEnd(of name: String, limit: Int = 600) -> String {
    guard let process = started.last(where: { $0.name == name }) else { return "" }
    let parts = [process.standardOutputLog, process.standardErrorLog].compactMap { path in
      FileManager.default.contents(atPath: path).map {
        String(decoding: $0.suffix(limit), as: UTF8.self)
      }
    }
    let text = parts.filter { !$0.isEmpty }.joined(separator: "\n")
    return text.split(whereSeparator: \.isNewline).filter { !$0.isStackFrame }.suffix(3)
      .joined(separator: " | ")
  }
}

extension Substring {
  /// A line such as `12. /usr/bin/clickhouse(_start+0x2e) [0x55]`, which tells a user nothing.
  fileprivate var isStackFrame: Bool {
    let number = prefix { $0.isNumber }
    return !number.isEmpty && dropFirst(number.count).hasPrefix(". ") && contains("[0x")
  }
}
