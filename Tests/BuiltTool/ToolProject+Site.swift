import Foundation
import PrivateServers

extension ToolProject {
  /// Adds the suite that `parity new` writes: one web server with one volume. Its backups begin from a prepared
  /// repository.
  package func addSite(named name: String? = nil, isHurried: Bool = true) async throws {
    let name = name ?? recipe
    _ = try await run("new", name)
    if isHurried {
      let file = "suites/\(name)/recipe.yml"
      try write(
        file,
        try text(file).replacingOccurrences(of: "health: {", with: "health: {steady: 50ms, ")
      )
    }
    findPrograms(in: try PreparedRestic.folder)
  }
}
