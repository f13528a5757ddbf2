package import Deployments
internal import Formats
package import Guarding
package import Programs

/// A restic repository of one run, in the run's folder.
package final class ResticRepository: Sendable {
  /// What restic did, and the output that it gave.
  package struct Taken: Sendable {
    /// Nil where it took no snapshot.
    package var id: String?
    /// What could not be read, by paths below `volumes`; sorted.
    package var unread: [String] = []
    package var output: CommandOutput
  }

  private let bench: Workbench
  private let password: String
  private let deadline: Duration
  /// Ends with why the repository could not be made; nil where it was.
  private let creation: Task<String?, Never>

  /// Begins to create the repository: restic takes seconds to derive its keys.
  package init(_ bench: Workbench, deadline: Duration) {
    self.bench = bench
    self.deadline = deadline
    let password = (0..<32).map { _ in String(Int.random(in: 0..<36), radix: 36) }.joined()
    self.password = password
    creation = Task {
      do throws(DeploymentError) {
        let output = try await Self.run(["init", "--quiet"], bench, password, deadline, 1 << 20)
        return output.succeeded ? nil : "restic init: \(output.ending), \(output.cause)"
      } catch {
        return error.description
      }
    }
  }

  /// Waits until there is a repository.
  package func require() async throws(DeploymentError) {
    if let problem = await creation.value { throw DeploymentError(.driverBroken, problem) }
  }

  /// Waits for what was begun, and begins nothing more.
  package func end() async {
    creation.cancel()
    _ = await creation.value
  }

  /// Relative paths are below this folder.
  private static func folder(_ bench: Workbench) -> String { "\(bench.root)/volumes" }

  private static func run(
    _ arguments: [String],
    _ bench: Workbench,
    _ password: String,
    _ deadline: Duration,
    _ outputLimit: Int
  ) async throws(DeploymentError) -> CommandOutput {
    let scratch = "\(bench.root)/scratch"
    let own = ["HOME": scratch, "TMPDIR": scratch, "RESTIC_PASSWORD": password]
    return try await bench.runOwn(
      Command(
        argv: ["restic", "--repo", "\(scratch)/repository", "--no-cache"] + arguments,
        environment: bench.plainEnvironment.merging(own) { $1 },
        folder: folder(bench),
        deadline: deadline,
        outputLimit: outputLimit
      )
    )
  }

  private func run(
    _ arguments: [String],
    outputLimit: Int = 16 << 20
  ) async throws(DeploymentError) -> CommandOutput {
    try await Self.run(arguments, bench, password, deadline, outputLimit)
  }

  /// Takes a snapshot of paths below the run's `volumes`.
  ///
  /// restic takes a missing path beside a present one for a success: the caller looks inside.
  package func backUp(_ paths: [String], tag: String) async throws(DeploymentError) -> Taken {
    let output = try await run(["backup", "--json", "--host", "parity", "--tag", tag] + paths)
    let isTaken = output.succeeded || output.ending == .exited(3)
    return Taken(
      id: isTaken ? Self.snapshotID(in: output.stdout) : nil,
      unread: unread(in: output),
      output: output
    )
  }

  /// restic's messages are `{"message_type":"error",…,"item":"/…/file"}`, on either output (0.14).
  private func unread(in output: CommandOutput) -> [String] {
    let prefix = Self.folder(bench) + "/"
    let lines = (output.stdout + [UInt8(ascii: "\n")] + output.stderr)
      .split(separator: UInt8(ascii: "\n"))
    let items = lines.compactMap { line -> String? in
      guard let node = try? JSONParser().parse(Array(line)),
        node["message_type"]?.stringValue == "error", let item = node["item"]?.stringValue
      else { return nil }
      return item.hasPrefix(prefix) ? String(item.dropFirst(prefix.count)) : item.trimmedSlash
    }
    return Set(items).sorted(by: UTF8Order.precedes)
  }

  /// restic's last message is `{"message_type":"summary",…,"snapshot_id":"…"}` (0.14).
  private static func snapshotID(in output: [UInt8]) -> String? {
    for line in output.split(separator: UInt8(ascii: "\n")).reversed() {
      if let id = (try? JSONParser().parse(Array(line)))?["snapshot_id"]?.stringValue { return id }
    }
    return nil
  }

  /// Every file and every symbolic link in a snapshot, by its path below `volumes`; sorted.
  package func contents(
    of id: String
  ) async throws(DeploymentError) -> (files: [Snapshot.File], links: [String]) {
    let output = try await run(["ls", "--json", id])
    guard output.succeeded, !output.isCut else {
      throw DeploymentError(.driverBroken, "restic ls \(id): \(output.ending)")
    }
    let prefix = Self.folder(bench) + "/"
    var (files, links): ([Snapshot.File], [String]) = ([], [])
    for line in output.stdout.split(separator: UInt8(ascii: "\n")) {
      guard let node = try? JSONParser().parse(Array(line)), let path = node["path"]?.stringValue
      else { continue }
      // restic tells paths from the root of the file system, relative ones as given.
      let short = path.hasPrefix(prefix) ? String(path.dropFirst(prefix.count)) : path.trimmedSlash
      switch node["type"]?.stringValue {
      case "file": files.append(Snapshot.File(path: short, bytes: Int(node["size"]?.intValue ?? 0)))
      case "symlink": links.append(short)
      default: break
      }
    }
    return (
      files.sorted { UTF8Order.precedes($0.path, $1.path) }, links.sorted(by: UTF8Order.precedes)
    )
  }

  /// The bytes of one file.
  ///
  /// - Parameter size: in bytes, as `files` tells it.
  package func read(_ path: String, from id: String, size: Int) async throws(DeploymentError)
    -> [UInt8]
  {
    let output = try await run(["dump", id, "/\(path)"], outputLimit: max(size, 1 << 20))
    guard output.succeeded else {
      throw DeploymentError(.driverBroken, "restic dump \(path): \(output.cause)")
    }
    return output.stdout
  }

  /// Writes a snapshot's files below a folder.
  ///
  /// restic 0.14 does not replace a symbolic link that is there (`file exists`), and calls that an error
  /// of the whole restore; later ones do. So links that the snapshot has are taken away first.
  ///
  /// - Parameter links: of the snapshot, where the folder may have some of them.
  package func restore(
    _ id: String,
    over links: [String] = [],
    to folder: String
  ) async throws(DeploymentError) -> CommandOutput {
    if !links.isEmpty {
      let list = links.reduce(into: [UInt8]()) { $0 += Array("./\($1)".utf8) + [0] }
      let argv = ["find", "-files0-from", "-", "-maxdepth", "0", "-type", "l", "-delete"]
      // Those that are not there are an error to find, and fine.
      _ = try await bench.runOwn(
        Command(argv: argv, stdin: list, folder: folder, deadline: deadline, outputLimit: 4096)
      )
    }
    return try await run(["restore", id, "--target", folder])
  }
}

extension Operation {
  /// Files that came out of a snapshot.
  package init(_ name: String, restored output: CommandOutput, of id: String) {
    self.init(
      name: name,
      ending: output.succeeded ? .succeeded : .broken("restic: \(output.ending)"),
      duration: output.duration,
      argv: ["restic", "restore", id],
      output: output
    )
  }

  /// Files of hooks that were removed.
  package init(
    removed count: Int,
    of service: String? = nil,
    _ ending: Ending,
    _ duration: Duration
  ) {
    self.init(
      name: "remove what the hooks had written",
      ending: ending,
      duration: duration,
      service: service,
      facts: ["files": String(count)]
    )
  }

  /// A snapshot that restic was asked for.
  package init(_ taken: ResticRepository.Taken, of paths: [String]) {
    self.init(
      name: "snapshot",
      ending: taken.id == nil ? .broken("restic: \(taken.output.ending)") : .succeeded,
      duration: taken.output.duration,
      argv: ["restic", "backup"] + paths,
      output: taken.output.withoutProgress,
      facts: taken.id.map { ["id": $0] } ?? [:]
    )
  }

  /// A hook that was run.
  package init(
    hook name: String,
    of service: String,
    argv: [String],
    _ output: CommandOutput,
    difference: String? = nil
  ) {
    self.init(
      name: "\(name) of \(service)",
      ending: output.succeeded ? .succeeded : .failed("\(output.ending): \(output.cause)"),
      duration: output.duration,
      service: service,
      argv: argv,
      output: output,
      difference: difference
    )
  }
}

extension ResticRepository.Taken {
  /// The snapshot's id.
  ///
  /// - Throws: where restic took none, which is for lack of what the recipe declares.
  package func required() throws(DeploymentError) -> String {
    guard let id else {
      throw DeploymentError(
        .recipeFailed,
        "restic took no snapshot (\(output.ending)): \(output.cause)"
      )
    }
    return id
  }
}

extension CommandOutput {
  /// Throws where the dumps of the backup could not be removed.
  package func requireRemoval() throws(DeploymentError) {
    guard !succeeded else { return }
    throw DeploymentError(
      .driverBroken,
      "the dumps of the backup cannot be removed before the restore: \(cause)"
    )
  }

  /// Throws where restic did not put back what it has.
  package func requireRestore() throws(DeploymentError) {
    guard !succeeded else { return }
    throw DeploymentError(.driverBroken, "restic restore: \(cause)")
  }

  /// Throws where a hook did not succeed: an empty dump must not look like a backup.
  package func requireHook(_ name: String, of service: String) throws(DeploymentError) {
    guard !succeeded else { return }
    throw DeploymentError(
      .recipeFailed,
      "\(name) of \(service) failed (\(ending)): \(cause)"
    )
  }

  /// restic's JSON without its status lines, which come several times a second.
  fileprivate var withoutProgress: CommandOutput {
    var copy = self
    let status = Array("{\"message_type\":\"status\"".utf8)
    copy.stdout = Array(
      stdout.split(separator: UInt8(ascii: "\n")).filter { !$0.starts(with: status) }
        .joined(separator: [UInt8(ascii: "\n")])
    )
    return copy
  }
}

extension String {
  fileprivate var trimmedSlash: String { hasPrefix("/") ? String(dropFirst()) : self }
}
