import Foundation
import PrivateServers

extension ToolProject {
  /// Adds the suite that `parity new` writes: one web server with one volume. Its backups begin from a prepared
  /// repository.
  package func addSite(named name: String? = nil) async throws {
    let name = name ?? recipe
    _ = try await run("new", name)
    findPrograms(in: try PreparedRestic.folder)
  }
}
