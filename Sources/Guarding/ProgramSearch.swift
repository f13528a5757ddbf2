internal import CLinux
internal import Glibc

/// Finds programs of a suite: in the suite's folders, beside this tool, then in the runner's `PATH`;
/// and those that the driver itself runs, in that `PATH` alone.
struct ProgramSearch: Sendable {
  /// May hold `*` for one part of a path.
  let patterns: [String]
  let toolFolder: String
  let path: [String]

  init(patterns: [String], toolFolder: String, path: String?) {
    self.patterns = patterns
    self.toolFolder = toolFolder
    // Debian keeps servers in folders that an ordinary user's PATH leaves out.
    let standard = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"]
    let given = (path ?? "").split(separator: ":").map(String.init).filter { $0.hasPrefix("/") }
    self.path = given + standard.filter { !given.contains($0) }
  }

  /// A program by its name, for a service or a command of the suite.
  func find(_ name: String) -> String? {
    let folders = patterns.flatMap(Self.expand) + [toolFolder] + path
    return folders.lazy.map { "\($0)/\(name)" }.first { candidate in
      // A program in somebody's own folders may need what stands beside it there.
      Self.isExecutable(candidate)
        && (geteuid() != 0 || isTool(candidate) || Self.isOpenToAll(candidate))
    }
  }

  /// A program by its name, for the driver itself: nothing that a suite names has a part in it.
  func findOwn(_ name: String) -> String? {
    path.lazy.map { "\($0)/\(name)" }.first(where: Self.isExecutable)
  }

  /// Whether it lies beside this tool.
  func isTool(_ program: String) -> Bool {
    program.hasPrefix(toolFolder + "/") && !program.dropFirst(toolFolder.count + 1).contains("/")
  }

  /// Whether every folder on the way may be entered by anybody, also where a link leads.
  ///
  /// - Parameter rights: of others, in each of the folders.
  static func isOpenToAll(_ path: String, _ rights: mode_t = 0o001) -> Bool {
    guard let resolved = realpath(path, nil) else { return false }
    defer { free(resolved) }
    return [path, String(cString: resolved)].allSatisfy { path in
      var folder = path
      while let slash = folder.lastIndex(of: "/"), slash != folder.startIndex {
        folder = String(folder[..<slash])
        var status = stat()
        guard stat(folder, &status) == 0, status.st_mode & rights == rights else { return false }
      }
      return true
    }
  }

  /// What `PATH` of a service is.
  var searchPath: String {
    (patterns.flatMap(Self.expand) + path).joined(separator: ":")
  }

  /// What `PATH` of the driver's own programs is.
  var ownPath: String { path.joined(separator: ":") }

  /// Folders that a pattern names, the highest version first.
  private static func expand(_ pattern: String) -> [String] {
    guard pattern.contains("*") else { return [pattern] }
    var found = glob_t()
    defer { globfree(&found) }
    guard glob(pattern, GLOB_ONLYDIR, nil, &found) == 0 else { return [] }
    let paths = (0..<Int(found.gl_pathc)).compactMap { index in
      found.gl_pathv[index].map { String(cString: $0) }
    }
    // What only root can list is not told to the suite by its `PATH`.
    let known = geteuid() == 0 ? paths.filter { isOpenToAll($0 + "/", 0o005) } : paths
    return known.sorted { shim_linux_compare_versions($0, $1) > 0 }
  }

  static func isExecutable(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
      && access(path, X_OK) == 0
  }
}
