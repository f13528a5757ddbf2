internal import Deployments
internal import Formats
internal import Guarding
internal import Programs

/// Everything in a folder of the run, told by `find` and `sha256sum` as the services' user: what that user
/// puts in the place of a file while they look leads to nothing that it could not read itself.
struct LocalContents: Sendable {
  let bench: Workbench
  let deadline: Duration

  /// - Parameter folder: absolute.
  func paths(
    in folder: String,
    limits: ContentLimits
  ) async throws(DeploymentError) -> [StoredPath] {
    let listed = try await run(["find", ".", "-printf", Self.format], in: folder)
    guard listed.succeeded, !listed.isCut else {
      throw DeploymentError(.driverBroken, "\(folder): cannot be listed: \(listed.lastLine)")
    }
    var (paths, names) = (try Self.paths(listed.stdout), [[UInt8]]())
    guard paths.count <= limits.paths else {
      throw DeploymentError(
        .unsupported,
        "\(folder): \(paths.count) paths, limit \(limits.paths)"
      )
    }
    paths.sort { UTF8Order.precedes($0.path.path, $1.path.path) }
    var left = limits.hashed
    for path in paths where path.path.kind == .file {
      guard let size = path.path.size, size <= left else { continue }
      left -= size
      names.append(path.name)
    }
    let hashes = try await hashes(of: names, in: folder)
    return paths.map { path, name in
      var path = path
      if path.kind == .file { path.hash = hashes[name] }
      return path
    }
  }

  /// What one path is, from the run's folder; nil where there is nothing.
  func path(at place: String) async throws(DeploymentError) -> StoredPath? {
    let argv = ["find", "./\(place)", "-maxdepth", "0", "-printf", Self.format]
    let found = try await run(argv, in: bench.root)
    return found.succeeded ? try Self.paths(found.stdout).first?.path : nil
  }

  private static let format = #"%y %m %U %G %s\0%l\0%P\0"#

  private func run(
    _ argv: [String],
    in folder: String,
    stdin: [UInt8] = []
  ) async throws(DeploymentError) -> CommandOutput {
    try await bench.runOwn(
      Command(
        argv: argv,
        stdin: stdin,
        environment: ["LC_ALL": "C"],
        folder: folder,
        deadline: deadline,
        outputLimit: 512 << 20
      )
    )
  }

  /// Three fields a path, each with a NUL behind it.
  private static func paths(
    _ output: [UInt8]
  ) throws(DeploymentError) -> [(path: StoredPath, name: [UInt8])] {
    let fields = output.split(separator: 0, omittingEmptySubsequences: false)
    var found: [(path: StoredPath, name: [UInt8])] = []
    for start in stride(from: 0, to: fields.count - 1, by: 3) {
      let facts = fields[start].split(separator: 0x20).map { String(decoding: $0, as: UTF8.self) }
      guard start + 2 < fields.count, facts.count == 5, let kind = kind(facts[0]),
        let mode = Int(facts[1], radix: 8), let owner = Int(facts[2]), let group = Int(facts[3]),
        let size = Int(facts[4])
      else { throw DeploymentError(.driverBroken, "find: unexpected output") }
      let name = Array(fields[start + 2])
      let path = StoredPath(
        path: name.isEmpty ? "." : StoredPath.text(name),
        kind: kind,
        mode: mode,
        owner: owner,
        group: group,
        target: kind == .link ? StoredPath.text(fields[start + 1]) : nil,
        size: kind == .file ? size : nil
      )
      found.append((path, name))
    }
    return found
  }

  private static func kind(_ letter: String) -> StoredPath.Kind? {
    switch letter {
    case "f": .file
    case "d": .folder
    case "l": .link
    case "p": .pipe
    case "s": .socket
    case "b", "c": .device
    default: nil
    }
  }

  /// Of those that can be read.
  private func hashes(
    of names: [[UInt8]],
    in folder: String
  ) async throws(DeploymentError) -> [[UInt8]: String] {
    var hashes: [[UInt8]: String] = [:]
    var rest = names[...]
    // What a program of the run reads has a limit.
    while !rest.isEmpty {
      var list: [UInt8] = []
      while let next = rest.first, list.count + next.count < 32 << 20 {
        // A name that begins with a hyphen is no option.
        list += Array("./".utf8) + next + [0]
        rest.removeFirst()
      }
      let argv = ["xargs", "--null", "--no-run-if-empty", "sha256sum", "--zero", "--"]
      let output = try await run(argv, in: folder, stdin: list)
      // 123: of some there was nothing to read.
      guard [.exited(0), .exited(123)].contains(output.ending), !output.isCut else {
        throw DeploymentError(.driverBroken, "\(folder): cannot be hashed: \(output.lastLine)")
      }
      for line in output.stdout.split(separator: 0) where line.count > 66 + 2 {
        // The digest, two characters, `./` and the name.
        hashes[Array(line.dropFirst(64 + 4))] = String(decoding: line.prefix(64), as: UTF8.self)
      }
    }
    return hashes
  }
}
