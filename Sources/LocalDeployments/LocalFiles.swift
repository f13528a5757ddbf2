internal import Deployments
internal import Guarding
internal import Suites

/// Files as a service of a local deployment sees them.
struct LocalFiles: Sendable {
  let around: LocalSurroundings

  /// A file as the service sees it. Paths below a mount of the compose file lead into the volume,
  /// others into the service's own folder; none leads out of it.
  func read(_ path: String, of name: String, limit: Int) async throws(DeploymentError) -> [UInt8]? {
    try await around.bench.read(try place(of: path, in: name), limit: limit)
  }

  func write(_ content: [UInt8], to path: String, of name: String) async throws(DeploymentError) {
    try await around.bench.write(content, to: try place(of: path, in: name), replaces: true)
  }

  /// From the run's folder.
  private func place(of path: String, in name: String) throws(DeploymentError) -> String {
    let mounts = around.recipe.compose[service: name]?.mounts ?? []
    let hits = mounts.filter { path == $0.target || path.hasPrefix($0.target + "/") }
    var (base, rest) = ("services/\(name)", path)
    if let mount = hits.max(by: { $0.target.utf8.count < $1.target.utf8.count }) {
      (base, rest) = ("volumes/\(mount.volume)", String(path.dropFirst(mount.target.count)))
    }
    guard !rest.split(separator: "/").contains("..") else {
      throw DeploymentError(.unsupported, "\(path): leads out of the service's folder")
    }
    return "\(base)/\(rest)"
  }
}
