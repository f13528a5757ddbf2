internal import Deployments
internal import Guarding
internal import Programs
internal import Suites

/// Files as a service of a local deployment sees them.
struct LocalFiles: Sendable {
  let around: LocalSurroundings

  /// A file as the service sees it. Paths below a mount of the compose file lead into the volume,
  /// others into the service's own folder; none leads out of it.
  func read(_ path: String, of name: String, limit: Int) async throws(DeploymentError) -> [UInt8]? {
    try await around.bench.read(try place(of: path, in: name), limit: limit)
  }

  func hasFolder(_ path: String, of name: String) async throws(DeploymentError) -> Bool {
    try await around.bench.hasFolder(try place(of: path, in: name))
  }

  func write(_ content: [UInt8], to path: String, of name: String) async throws(DeploymentError) {
    try await around.bench.write(content, to: try place(of: path, in: name), replaces: true)
  }

  /// As the services' user, whom nothing in a folder of the run leads further than that user can go.
  func make(
    _ item: PathItem,
    at path: String,
    of name: String
  ) async throws(DeploymentError) {
    let command = Command(
      argv: item.command(at: "./" + (try place(of: path, in: name))),
      environment: ["LC_ALL": "C"],
      folder: around.root,
      deadline: .seconds(30),
      outputLimit: 4096
    )
    let output = try await around.bench.runOwn(command)
    guard output.succeeded else {
      throw DeploymentError(.driverBroken, "\(path): cannot be made: \(output.lastLine)")
    }
  }

  /// The folder that stands for a bind mount or an anonymous volume, by its store's name: the place in
  /// the service's own folder that its files are written to.
  func mount(_ store: String) throws(DeploymentError) -> String? {
    guard let (service, mount) = around.recipe.compose.namelessMount(of: store) else { return nil }
    return "\(around.root)/\(try place(of: mount.target, in: service))"
  }

  /// The folders of all of a service's, from the run's folder; a file in the place of one stays a file.
  func mounts(of name: String, except files: Set<String>) throws(DeploymentError) -> [String] {
    var folders: [String] = []
    for mount in around.recipe.compose[service: name]?.namelessMounts ?? []
    where !files.contains(mount.target) {
      folders.append(try place(of: mount.target, in: name))
    }
    return folders
  }

  /// From the run's folder.
  func place(of path: String, in name: String) throws(DeploymentError) -> String {
    let mounts = around.recipe.compose[service: name]?.mounts ?? []
    let hits = mounts.filter { path == $0.target || path.hasPrefix($0.target + "/") }
    var (base, rest) = ("services/\(name)", path)
    if let mount = hits.max(by: { $0.target.utf8.count < $1.target.utf8.count }) {
      (base, rest) = ("volumes/\(mount.volume)", String(path.dropFirst(mount.target.count)))
    }
    guard !rest.split(separator: "/").contains("..") else {
      throw DeploymentError(.unsupported, "\(path): leads out of the service's folder")
    }
    return ([base] + rest.split(separator: "/").map(String.init)).joined(separator: "/")
  }
}
