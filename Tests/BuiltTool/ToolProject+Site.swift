import Foundation
import PrivateServers

extension ToolProject {
  /// Adds the suite that `parity new` writes: one web server with one volume. Its backups begin from a prepared
  /// repository.
  package func addSite(named name: String? = nil) async throws {
    let name = name ?? recipe
    _ = try await run("new", name)
    let settings = "suites/\(name)/local.yml"
    let search = try "search: [\(PreparedRestic.folder), "
    let text = try text(settings)
    try write(settings, text.replacingOccurrences(of: "search: [", with: search))
  }
}
