/// Paths below a service's own folders at which nothing is kept.
package enum TemporaryPath {
  private static let folders: Set<String> = [
    "tmp", "cache", ".cache", "__pycache__", "log", "logs",
  ]
  /// At the root of a file system, or below `/var`.
  private static let systemFolders: Set<String> = ["run", "dev", "proc", "sys"]
  private static let endings = [".pid", ".lock", ".log", ".sock", ".pyc", ".tmp", ".swp"]

  /// Whether a path is one of temporary files, caches or logs, by one of its names.
  package static func isTemporary(_ path: String) -> Bool {
    let names = path.split(separator: "/").map(String.init)
    let top = names.first == "var" ? names.dropFirst().first : names.first
    return names.contains(where: folders.contains) || top.map(systemFolders.contains) == true
      || endings.contains { names.last?.hasSuffix($0) == true }
  }
}
