import Auditing
import Formats
import Git
import Glibc
import Suites

/// What a project takes from elsewhere on the machine, or writes there.
///
/// A process of root's reads and writes where whoever proposes a change could not. It leaves the
/// repository only for folders that the base branch's `parity.yml` names as well.
struct OutsidePaths {
  /// A folder and the key that names it.
  private struct Named: Hashable {
    var key: String
    var path: String
  }

  private let project: Project

  init(_ project: Project) { self.project = project }

  /// - Throws: where this process is root's, and a folder that is outside was named by the change
  ///   alone.
  func requireAllowed() async throws {
    guard geteuid() == 0 else { return }
    let repository = try? await GitRepository(at: project.folder)
    let root = Self.resolved(repository?.topLevel ?? project.folder)
    let outside = named(project).filter { !Self.isInside(Self.resolved($0.path), root) }
    if outside.isEmpty { return }
    let base = await BaseProject(of: project)
    if base.isOwn { return }
    // A link is the change's own, whatever it is called.
    let known = Set(base.project.map(named) ?? []).filter { !Self.isInside($0.path, root) }
    guard let unknown = outside.first(where: { !known.contains($0) }) else { return }
    throw Failure(
      .wrongUsage,
      "\(unknown.key) leads to \(Self.resolved(unknown.path)), outside of the repository, where root is"
        + " not led by a change: name the folder in \(base.place), or give --allow-outside"
    )
  }

  private func named(_ project: Project) -> [Named] {
    var named = [
      Named(key: "suites", path: project.suites), Named(key: "reports", path: project.reports),
    ]
    for (recipe, source) in project.recipes.sorted(by: { $0.key < $1.key }) {
      guard let path = Self.folder(of: source) else { continue }
      named.append(Named(key: "recipes.\(recipe)", path: path))
    }
    switch project.corpus {
    case .folder(let path, _): named.append(Named(key: "corpus", path: path))
    case .git(let source, _):
      if let path = Self.folder(of: .git(source)) {
        named.append(Named(key: "corpus", path: path))
      }
    case .some(.none), nil: break
    }
    for suite in project.suiteNames() {
      let path = project.suiteFolder(of: suite)
      named += [
        Named(key: "suite \(suite)", path: path),
        Named(key: "recipe of \(suite)", path: path + "/recipe"),
      ]
    }
    return named
  }

  /// Nil for what is fetched.
  private static func folder(of source: Project.RecipeSource) -> String? {
    switch source {
    case .folder(let path): return path
    case .git(let source):
      if case .folder(let path) = source.address.place { return path }
      return nil
    }
  }

  private static func isInside(_ path: String, _ root: String) -> Bool {
    path == root || path.hasPrefix(root == "/" ? root : root + "/")
  }

  /// With all links followed; what is not there yet is where the nearest folder above it is.
  private static func resolved(_ path: String) -> String {
    var rest: [Substring] = []
    var parts = path.split(separator: "/")
    while true {
      let start = "/" + parts.joined(separator: "/")
      if let pointer = realpath(start, nil) {
        defer { free(pointer) }
        let found = String(cString: pointer)
        return ([found == "/" ? "" : found] + rest.map(String.init)).joined(separator: "/")
      }
      guard let last = parts.popLast() else { return path }
      rest.insert(last, at: 0)
    }
  }
}
