internal import CLinux
internal import Deployments
internal import Glibc
internal import Guarding
internal import Programs
internal import Suites

/// Files as a service of a local deployment sees them.
struct LocalFiles: Sendable {
  let around: LocalSurroundings

  /// A file as the service sees it. Paths below a mount of the compose file lead into the volume,
  /// others into the service's own folder; none leads out of it.
  func read(_ path: String, of name: String, limit: Int) throws(DeploymentError) -> [UInt8]? {
    let place = try place(of: path, in: name)
    // From the run's folder down, because a service may change everything below it.
    let below = String(place.dropFirst(around.root.count))
    return try Self.read(below, below: around.root, limit: limit)
  }

  /// Writes as the services' user: `dd` takes the path as one argument and the content from
  /// standard input.
  func write(_ content: [UInt8], to path: String, of name: String) async throws(DeploymentError) {
    let service = try around.settings(of: name)
    let place = try place(of: path, in: name)
    let output = try await around.bench.run(
      Command(
        argv: ["dd", "of=\(place)", "oflag=nofollow", "status=none"],
        stdin: content,
        environment: try around.environment(of: service),
        folder: around.serviceFolder(name)
      )
    )
    guard output.succeeded else {
      throw DeploymentError(.driverBroken, "\(path): cannot be written: \(output.lastLine)")
    }
  }

  private func place(of path: String, in name: String) throws(DeploymentError) -> String {
    let mounts = around.recipe.compose[service: name]?.mounts ?? []
    let hits = mounts.filter { path == $0.target || path.hasPrefix($0.target + "/") }
    var (base, rest) = (around.serviceFolder(name), path)
    if let mount = hits.max(by: { $0.target.utf8.count < $1.target.utf8.count }) {
      (base, rest) = (around.volumeFolder(mount.volume), String(path.dropFirst(mount.target.count)))
    }
    guard !rest.split(separator: "/").contains("..") else {
      throw DeploymentError(.unsupported, "\(path): leads out of the service's folder")
    }
    return "\(base)/\(rest)"
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
      throw DeploymentError(.unsupported, "\(path): \(status.st_size) bytes, limit \(limit)")
    }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = Glibc.read(file, &buffer, buffer.count)
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw .system(path) }
      if count == 0 || bytes.count > limit { return bytes }
      bytes += buffer[..<count]
    }
  }

  /// No such file is an answer; anything else is not.
  private static func nothing(_ path: String) throws(DeploymentError) -> [UInt8]? {
    if errno == ENOENT || errno == ENOTDIR { return nil }
    if errno == ELOOP {
      throw DeploymentError(.unsupported, "\(path): is a link, which is not followed")
    }
    throw .system(path)
  }
}
