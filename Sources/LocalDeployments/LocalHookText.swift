internal import Deployments
internal import Guarding
internal import Suites

/// A hook's text as this machine can run it: where the recipe mounts a config, a secret or a volume,
/// the text names the file or folder of the run that stands for it.
///
/// A container has these paths; this machine has not, and a mount namespace is nothing that every
/// machine lets a program have. Only the words of the text are changed: what a script names inside
/// stays as it is.
struct LocalHookText: Sendable {
  let around: LocalSurroundings
  let service: String
  /// As the label has it.
  let text: String

  /// What is run, and what stands for what.
  struct Prepared: Sendable {
    var text: String
    /// By the path in the container: where it is here.
    var mapped: [String: String] = [:]
    /// Folders of programs, for the front of `PATH`.
    var programs: [String] = []
  }

  private static let programFolders = [
    "/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin",
  ]
  /// A config or a secret has at most 500 KiB on a Swarm.
  private static let limit = 500 << 10

  /// Makes the files that the text names, anew, and puts their paths into it.
  func prepare() async throws(DeploymentError) -> Prepared {
    let own = around.recipe.compose[service: service]
    var result = Prepared(text: text)
    try await around.bench.remove(["mapped/\(service)"])
    var targets: [(path: String, here: String, isFolder: Bool)] = []
    for file in own?.files ?? [] where !file.target.split(separator: "/").contains("..") {
      let place = "mapped/\(service)\(file.target)"
      let parts = file.target.split(separator: "/").map(String.init)
      let folder = "/" + parts.dropLast().joined(separator: "/")
      let isProgram =
        Self.programFolders.contains(folder)
        && ShellWords.names(parts.last ?? "", in: text, isFolder: false)
      guard isProgram || ShellWords.names(file.target, in: text, isFolder: false) else { continue }
      try await make(file, at: place)
      let here = "\(around.root)/\(place)"
      result.mapped[file.target] = here
      targets.append((file.target, here, false))
      if isProgram { result.programs.append(String(here.dropLast((parts.last?.count ?? 0) + 1))) }
    }
    for mount in own?.mounts ?? [] where mount.target.count > 1 {
      guard ShellWords.names(mount.target, in: text, isFolder: true) else { continue }
      let here = around.volumeFolder(mount.volume)
      result.mapped[mount.target] = here
      targets.append((mount.target, here, true))
    }
    result.text = ShellWords.replace(targets, in: text)
    return result
  }

  private func make(
    _ file: Compose.MappedFile,
    at place: String
  ) async throws(DeploymentError) {
    let bytes = try await content(of: file)
    if let slash = place.lastIndex(of: "/") {
      try await around.bench.makeFolders([String(place[..<slash])])
    }
    // Root of a container reads everything, and runs what anybody may run.
    let mode: UInt32 = file.mode & 0o111 == 0 ? 0o400 : 0o500
    try await around.bench.write(bytes, to: place, mode: mode)
  }

  /// What Swarm would put there.
  private func content(of file: Compose.MappedFile) async throws(DeploymentError) -> [UInt8] {
    let name = "\(file.source.kind.word) \(file.source.key)"
    guard let source = around.recipe.compose.source(of: file) else {
      throw DeploymentError(.recipeFailed, "\(name) of \(service) is not in the compose file")
    }
    guard let path = source.path else {
      guard source.kind == .secret else {
        throw DeploymentError(
          .unsupported,
          "\(name) is external, and the local driver cannot know what is in it"
        )
      }
      guard let value = around.configuration.run.secrets[source.key] else {
        throw DeploymentError(
          .unsupported,
          "\(name) has no value: add it under `secrets` of recipe.yml"
        )
      }
      return Array(value.utf8)
    }
    let parts = path.split(separator: "/").filter { $0 != "." }
    let inside = (["recipe-\(around.version)"] + parts.map(String.init)).joined(separator: "/")
    guard !path.hasPrefix("/"), !parts.contains(".."),
      let bytes = try await around.bench.read(inside, limit: Self.limit)
    else {
      throw DeploymentError(.recipeFailed, "\(name): \(path) is not in the recipe")
    }
    guard source.isTemplate else { return bytes }
    return Array(try await filled(String(decoding: bytes, as: UTF8.self), name).utf8)
  }

  /// A template in Go's language with the names that Swarm has in it.
  private func filled(_ text: String, _ name: String) async throws(DeploymentError) -> String {
    let own = around.recipe.compose[service: service]?.files ?? []
    var values = try around.environment(of: try around.settings(of: service))
      .reduce(into: [ConfigTemplate.Name: String]()) { $0[.env($1.key)] = $1.value }
    for file in own where text.contains(file.target.split(separator: "/").last ?? "") {
      // A template that names itself would never end.
      guard around.recipe.compose.source(of: file)?.isTemplate == false else { continue }
      guard let bytes = try? await content(of: file) else { continue }
      let value = String(decoding: bytes, as: UTF8.self)
      let isSecret = file.source.kind == .secret
      for shown in [file.target, String(file.target.split(separator: "/").last ?? "")] {
        values[isSecret ? .secret(shown) : .config(shown)] = value
      }
    }
    do throws(ConfigTemplate.Problem) {
      return try ConfigTemplate(text).filled(values, service: service)
    } catch {
      throw DeploymentError(.unsupported, "\(name): the local driver cannot fill in \(error.text)")
    }
  }
}

extension Compose.External.Kind {
  fileprivate var word: String { String(rawValue.dropLast()) }
}
