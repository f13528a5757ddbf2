internal import Backups
internal import Deployments
internal import Formats
internal import Guarding
internal import Programs
internal import Suites
internal import Synchronization

/// Backup and restore of a stack's volumes, packed and unpacked by the engines that have them.
actor SwarmBackup: LabelledBackup {
  private(set) var restic: ResticRepository?
  var dumps: [String] = []
  private let stack: RunningStack
  private let bench: Workbench
  private let configuration: SwarmConfiguration
  private let log: OperationLog
  private var recipe: Recipe?
  /// The files of each snapshot's archives.
  private var archives: [String: [SwarmArchive]] = [:]
  /// The snapshot whose archives lie in the run's folder.
  private var lookedAt: String?

  init(
    _ stack: RunningStack,
    _ bench: Workbench,
    _ configuration: SwarmConfiguration,
    log: OperationLog
  ) {
    self.stack = stack
    self.bench = bench
    self.configuration = configuration
    self.log = log
  }

  /// Goes on with another version; begins a repository where its labels ask for one.
  func use(_ recipe: Recipe) {
    self.recipe = recipe
    guard restic == nil, !BackupLabels.read(from: recipe.compose).isEmpty else { return }
    restic = ResticRepository(bench, deadline: deadline)
  }

  /// What the hooks had written went with the volumes.
  func forgetDumps() { dumps = [] }

  func end() async {
    await restic?.end()
    restic = nil
  }

  private var deadline: Duration { configuration.suite.deadlines.operation }

  func backupPlan() throws(DeploymentError) -> BackupPlan {
    try BackupPlan(recipe, without: configuration.suite.sharedNames)
  }

  /// A backup during which a service was started again is none: what its hook wrote may be half.
  func takeBackup() async throws(DeploymentError) -> Snapshot {
    let before = try await tasks()
    let snapshot: Snapshot
    do throws(DeploymentError) {
      snapshot = try await backUp()
    } catch {
      // What a hook says is not why, where its container went away under it.
      if error.isRecipes, let after = try? await tasks(), let change = change(before, after) {
        throw DeploymentError(.recipeFailed, "\(change) (\(error))")
      }
      throw error
    }
    if let change = change(before, try await tasks()) {
      throw DeploymentError(.recipeFailed, change)
    }
    return snapshot
  }

  /// Of all services: a hook of one may well save what another one holds.
  private func tasks() async throws(DeploymentError) -> [String: String] {
    let now = try await stack.now()
    var tasks: [String: String] = [:]
    for service in recipe?.compose.services ?? [] {
      tasks[service.name] = (try? stack.place(of: service.name, in: now))?.taskID
    }
    return tasks
  }

  private func change(_ before: [String: String], _ after: [String: String]) -> String? {
    let changed = Set(before.keys).union(after.keys).filter { before[$0] != after[$0] }
    guard let first = changed.sorted().first else { return nil }
    return "\(first) was started again during the backup: what was saved may be half"
  }

  // MARK: Where things are

  /// A running container with a volume, and where it has it.
  func mount(of volume: String, in now: SwarmStack) throws(DeploymentError) -> (
    place: RunningStack.Place, target: String
  ) {
    if let (service, mount) = recipe?.compose.namelessMount(of: volume) {
      return (try stack.place(of: service, in: now), mount.target)
    }
    var problem: DeploymentError?
    let mounts = (recipe?.compose.services ?? []).flatMap { service in
      service.mounts.filter { $0.volume == volume }.map { (service, $0) }
    }
    // Those that may be written to first: nothing goes back through the others.
    for (service, mount) in mounts.filter({ !$0.1.isReadOnly }) + mounts.filter(\.1.isReadOnly) {
      do throws(DeploymentError) {
        return (try stack.place(of: service.name, in: now), mount.target)
      } catch {
        problem = problem ?? error
      }
    }
    throw problem ?? DeploymentError(.recipeFailed, "no service has the volume \(volume)")
  }

  // MARK: What the hooks wrote

  /// Size and time of a file.
  struct Stamp: Equatable, Sendable {
    var size: Int
    var modified: Int
  }

  func dumpFiles(_ plan: BackupPlan) async throws(DeploymentError) -> [String: Stamp] {
    let now = try await stack.now()
    var stamps: [String: Stamp] = [:]
    for declared in plan.dumpPlaces {
      for entry in try await entries(declared, in: now) where entry.kind == .file {
        stamps[SwarmArchive.name(entry.path, of: declared)] = Stamp(
          size: entry.size,
          modified: entry.modified
        )
      }
    }
    return stamps
  }

  /// What is at a declared path now; empty where there is nothing.
  private func entries(
    _ declared: BackupPlan.Declared,
    in now: SwarmStack
  ) async throws(DeploymentError) -> [TarEntry] {
    let (place, target) = try mount(of: declared.volume, in: now)
    let scan = ArchiveScan()
    do throws(EngineError) {
      let isThere = try await place.engine.pack(
        SwarmArchive.source(declared, in: target),
        in: place.container,
        to: .each { scan.feed($0) },
        within: .seconds(600)
      )
      return isThere ? TarEntry.resolved(try scan.entries()) : []
    } catch {
      throw DeploymentError(scan.problem ?? error, "\(place.service): \(declared.name)")
    }
  }

  /// Removes the hooks' files, as root of the container, which ran the hooks.
  func removeDumps(_ plan: BackupPlan) async throws(DeploymentError) {
    let now = try await stack.now()
    var byVolume: [String: [String]] = [:]
    for dump in dumps {
      guard let slash = dump.firstIndex(of: "/") else { continue }
      byVolume[String(dump[..<slash]), default: []].append(
        String(dump[dump.index(after: slash)...])
      )
    }
    for (volume, paths) in byVolume.sorted(by: { $0.key < $1.key }) {
      let (place, target) = try mount(of: volume, in: now)
      let argv = ["rm", "-f", "--"] + paths.map { "\(target)/\($0)" }
      let output = try await stack.run(
        Command(argv: argv, user: "0", outputLimit: 65_536),
        at: place
      )
      let ending: Operation.Ending =
        output.succeeded ? .succeeded : .broken("rm: \(output.ending)")
      log.note(Operation(removed: paths.count, of: place.service, ending, output.duration))
      try output.requireRemoval()
    }
  }

  // MARK: Snapshots

  func takeSnapshot(_ plan: BackupPlan) async throws(DeploymentError) -> Snapshot {
    let now = try await stack.now()
    let declared = try plan.declared()
    var archives: [SwarmArchive] = []
    for (index, one) in declared.enumerated() {
      let archive = SwarmArchive(declared: one, fileName: "\(index + 1)-\(one.volume).tar")
      if try await fetch(archive, in: now) { archives.append(archive) }
    }
    guard !archives.isEmpty else {
      throw DeploymentError(
        .recipeFailed,
        "nothing to back up: \(declared.map(\.name).joined(separator: ", ")) does not exist"
      )
    }
    let names = archives.map(\.fileName)
    let taken = try await repository().backUp(names, tag: configuration.run.runID)
    log.note(Operation(taken, of: names))
    try await bench.remove(names.map { "volumes/\($0)" })
    let id = try taken.required()
    // From the snapshot, not from what was given to restic.
    try await lookAt(id)
    var files: [Snapshot.File] = []
    for index in archives.indices {
      try archives[index].readFiles(of: try await file(of: archives[index]))
      files += archives[index].files.map { Snapshot.File(path: $0.path, bytes: $0.size) }
    }
    self.archives[id] = archives
    return Snapshot(
      id: id,
      files: files.sorted { UTF8Order.precedes($0.path, $1.path) },
      declaredPaths: declared.map(\.name),
      leftOut: plan.leftOut(dumps)
    )
  }

  /// Brings what is at a declared path into the run's folder, packed.
  ///
  /// - Returns: false where there is nothing.
  private func fetch(_ archive: SwarmArchive, in now: SwarmStack) async throws(DeploymentError)
    -> Bool
  {
    let (place, target) = try mount(of: archive.declared.volume, in: now)
    let path = "volumes/\(archive.fileName)"
    // Read by restic alone, and only after it was written.
    let file = ArchiveFile(try await bench.open(path, .create(mode: 0o600)), named: path)
    let isThere: Bool
    do throws(EngineError) {
      isThere = try await place.engine.pack(
        SwarmArchive.source(archive.declared, in: target),
        in: place.container,
        to: .descriptor(file.descriptor),
        within: deadline
      )
    } catch {
      try await bench.remove([path])
      throw DeploymentError(error, "\(place.service): \(archive.declared.name)")
    }
    if !isThere { try await bench.remove([path]) }
    return isThere
  }

  private static let snapshotFolder = "scratch/snapshot"

  /// Has a snapshot's archives in a folder, fresh out of restic.
  private func lookAt(_ id: String) async throws(DeploymentError) {
    lookedAt = nil
    try await bench.remove([Self.snapshotFolder])
    let output = try await repository().restore(id, to: "\(bench.root)/\(Self.snapshotFolder)")
    log.note(Operation("read snapshot", restored: output, of: id))
    try output.requireRestore()
    lookedAt = id
  }

  private func file(of archive: SwarmArchive) async throws(DeploymentError) -> ArchiveFile {
    let path = "\(Self.snapshotFolder)/\(archive.fileName)"
    return ArchiveFile(try await bench.open(path, .read), named: path)
  }

  /// A file of a snapshot; of a large one its end.
  func read(
    _ path: String,
    from snapshot: Snapshot,
    limit: Int
  ) async throws(DeploymentError) -> SnapshotFile? {
    for archive in archives[snapshot.id] ?? [] {
      guard let file = archive.files.first(where: { $0.path == path }) else { continue }
      // What was looked at after the backup still lies there.
      if lookedAt != snapshot.id { try await lookAt(snapshot.id) }
      let count = min(file.size, limit)
      let content = try await self.file(of: archive)
        .read(at: file.offset + file.size - count, count: count)
      return SnapshotFile(size: file.size, content: content)
    }
    return nil
  }

  // MARK: Restore

  func putBack(_ snapshot: Snapshot, _ plan: BackupPlan) async throws(DeploymentError) {
    let start = ContinuousClock.now
    try await lookAt(snapshot.id)
    let now = try await stack.now()
    var bytes = 0
    for archive in archives[snapshot.id] ?? [] {
      let (place, target) = try mount(of: archive.declared.volume, in: now)
      let file = try await self.file(of: archive)
      let into = archive.parents.last.map { "\(target)/\($0)" } ?? target
      do throws(EngineError) {
        // The folders above a path may have been emptied away with it.
        if !(try await place.engine.has(into, in: place.container)) {
          let parents = try await PlainArchive.folders(archive.parents)
          try await place.engine.unpack(parents, into: target, in: place.container)
        }
        try await place.engine.unpack(
          file: file.descriptor,
          into: into,
          in: place.container,
          within: deadline
        )
      } catch {
        throw DeploymentError(error, "\(place.service): \(archive.declared.name)")
      }
      bytes += try file.size
    }
    log.note(
      Operation(
        name: "restore files",
        ending: .succeeded,
        duration: ContinuousClock.now - start,
        facts: ["bytes": String(bytes), "archives": String(archives[snapshot.id]?.count ?? 0)]
      )
    )
  }

  // MARK: Hooks

  /// Runs a hook inside its service's container, by a shell, as the bot does.
  func runHook(_ name: String, _ text: String, of service: String) async throws(DeploymentError) {
    configuration.run.progress("\(name) of \(service)")
    let command = Command(argv: ["sh", "-c", text], deadline: deadline)
    let output = try await stack.run(command, at: try await stack.place(of: service))
    log.note(Operation(hook: name, of: service, argv: command.argv, output))
    try output.requireHook(name, of: service)
  }
}

/// The headers of an archive that comes by in pieces.
final class ArchiveScan: Sendable {
  private let state: Mutex<(scanner: TarScanner, problem: EngineError?, left: Int)>

  /// - Parameters:
  ///   - hashing: bytes of content that are hashed at most.
  ///   - limit: of the archive, in bytes; a longer one is a problem.
  init(hashing: Int = 0, limit: Int = .max) {
    state = Mutex((TarScanner(hashing: hashing), nil, limit))
  }

  /// Why what came was no archive.
  var problem: EngineError? { state.withLock { $0.problem } }

  func feed(_ bytes: [UInt8]) -> Bool {
    state.withLock { state in
      do throws(EngineError) {
        state.left -= bytes.count
        guard state.left >= 0 else {
          throw EngineError(.malformed, "the archive exceeds its limit of bytes")
        }
        try state.scanner.feed(bytes)
        return true
      } catch {
        state.problem = error
        return false
      }
    }
  }

  func entries() throws(EngineError) -> [TarEntry] {
    try state.withLock { state throws(EngineError) in
      guard state.scanner.isComplete else {
        throw EngineError(.malformed, "the archive is cut short")
      }
      return state.scanner.entries
    }
  }
}
