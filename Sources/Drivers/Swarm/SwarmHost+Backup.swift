internal import CLinux
import Deployments
import Formats
import FoundationEssentials
import Glibc
import Suites

/// One path of a volume as the engine packed it: what is kept in a snapshot.
///
/// A tar archive keeps owners and modes that an unprivileged restic could not, and goes back as it
/// came, wherever the engine is.
struct SwarmArchive: Sendable {
  var declared: BackupPlan.Declared
  /// Below the run's `volumes`.
  var fileName: String
  /// The files in it, as the snapshot's copy has them.
  var files: [File] = []

  struct File: Sendable {
    /// `<volume>/<path below it>`.
    var path: String
    var size: Int
    /// Of its content in the archive.
    var offset: Int
  }
}

extension SwarmHost: DeploymentHost {
  /// Size and time of a file.
  struct FileStamp: Equatable, Sendable {
    var size: Int
    var modified: Int
  }

  func backupPlan() throws(DeploymentError) -> BackupPlan { try BackupPlan(recipe) }

  func requireRepository() async throws(DeploymentError) { try await repository().require() }

  private func repository() throws(DeploymentError) -> ResticRepository {
    guard let restic else {
      throw DeploymentError(.driverBroken, "there is no repository for backups")
    }
    return restic
  }

  /// A backup during which a service was started again is none: what its hook wrote may be half.
  func takeBackup() async throws(DeploymentError) -> Snapshot {
    // All of them: a hook of one service may well save what another one holds.
    let services = serviceNames
    let before = try await tasks(of: services)
    let snapshot: Snapshot
    do throws(DeploymentError) {
      snapshot = try await backUp()
    } catch {
      // What a hook says is not why, where its container went away under it.
      if error.isRecipes, let after = try? await tasks(of: services),
        let change = change(before, after)
      {
        throw DeploymentError(.recipeFailed, "\(change) (\(error))")
      }
      throw error
    }
    if let change = change(before, try await tasks(of: services)) {
      throw DeploymentError(.recipeFailed, change)
    }
    return snapshot
  }

  private func tasks(of services: [String]) async throws(DeploymentError) -> [String: String] {
    let now = try await stackNow()
    var tasks: [String: String] = [:]
    for name in services { tasks[name] = (try? place(of: name, in: now))?.taskID }
    return tasks
  }

  private func change(_ before: [String: String], _ after: [String: String]) -> String? {
    let changed = Set(before.keys).union(after.keys).filter { before[$0] != after[$0] }
    guard let first = changed.sorted().first else { return nil }
    return "\(first) was started again during the backup: what was saved may be half"
  }

  // MARK: Where things are

  /// A running container with a volume, and where it has it.
  private func mount(of volume: String, in now: SwarmStack) throws(DeploymentError) -> (
    service: String, place: Place, target: String
  ) {
    var problem: DeploymentError?
    let mounts = (recipe?.compose.services ?? []).flatMap { service in
      service.mounts.filter { $0.volume == volume }.map { (service, $0) }
    }
    // Those that may be written to first: nothing goes back through the others.
    for (service, mount) in mounts.filter({ !$0.1.isReadOnly }) + mounts.filter(\.1.isReadOnly) {
      do throws(DeploymentError) {
        return (service.name, try place(of: service.name, in: now), mount.target)
      } catch {
        problem = problem ?? error
      }
    }
    throw problem ?? DeploymentError(.recipeFailed, "no service has the volume \(volume)")
  }

  /// As the engine is asked for it: all of a folder begins with `./`, a path with its last part.
  private static func source(_ declared: BackupPlan.Declared, in target: String) -> String {
    declared.path.map { "\(target)/\($0)" } ?? "\(target)/."
  }

  /// An entry's name as a snapshot has it.
  private static func name(_ entry: String, of declared: BackupPlan.Declared) -> String {
    var parts = entry.split(separator: "/").map(String.init)[...]
    if parts.first == "." || declared.path != nil { parts = parts.dropFirst() }
    return ([declared.name] + parts).joined(separator: "/")
  }

  /// The files at a declared path now; nil where there is nothing.
  private func entries(_ declared: BackupPlan.Declared, in now: SwarmStack)
    async throws(DeploymentError) -> [TarEntry]?
  {
    let (service, place, target) = try mount(of: declared.volume, in: now)
    let request = archiveRequest("GET", Self.source(declared, in: target), at: place)
    do throws(EngineError) {
      return try await place.engine.exchange(request, within: .seconds(600)) {
        reply throws(EngineError) in
        var scanner = TarScanner()
        while let bytes = try reply.next() { try scanner.feed(bytes) }
        return scanner.entries
      }
    } catch {
      if error.isNotFound { return nil }
      throw Self.told(error, "\(service): \(declared.name)")
    }
  }

  func dumpFiles(_ plan: BackupPlan) async throws(DeploymentError) -> [String: FileStamp] {
    let now = try await stackNow()
    var stamps: [String: FileStamp] = [:]
    for declared in plan.dumpPlaces {
      for entry in try await entries(declared, in: now) ?? [] where entry.kind == .file {
        stamps[Self.name(entry.path, of: declared)] = FileStamp(
          size: entry.size,
          modified: entry.modified
        )
      }
    }
    return stamps
  }

  /// Removes the hooks' files, as root of the container, which ran the hooks.
  func removeDumps(_ plan: BackupPlan) async throws(DeploymentError) {
    let now = try await stackNow()
    var byVolume: [String: [String]] = [:]
    for dump in dumps {
      guard let slash = dump.firstIndex(of: "/") else { continue }
      byVolume[String(dump[..<slash]), default: []].append(
        String(dump[dump.index(after: slash)...])
      )
    }
    for (volume, paths) in byVolume.sorted(by: { $0.key < $1.key }) {
      let (service, place, target) = try mount(of: volume, in: now)
      let output = try await run(
        ServiceCommand(
          argv: ["rm", "-f", "--"] + paths.map { "\(target)/\($0)" },
          user: "0",
          outputLimit: 65_536
        ),
        at: place,
        of: service
      )
      note(
        Operation(
          name: "remove what the hooks had written",
          ending: output.succeeded ? .succeeded : .broken("rm: \(output.ending)"),
          duration: output.duration,
          service: service,
          facts: ["files": String(paths.count)]
        )
      )
      guard output.succeeded else {
        throw DeploymentError(
          .driverBroken,
          "the dumps of the backup cannot be removed before the restore: \(output.lastLine)"
        )
      }
    }
  }

  // MARK: Snapshots

  func takeSnapshot(_ plan: BackupPlan) async throws(DeploymentError) -> Snapshot {
    let now = try await stackNow()
    let declared = try plan.declared()
    var archives: [SwarmArchive] = []
    for (index, one) in declared.enumerated() {
      let archive = SwarmArchive(declared: one, fileName: "\(index + 1)-\(one.volume).tar")
      if try await fetch(archive, in: now) { archives.append(archive) }
    }
    guard !archives.isEmpty else {
      throw DeploymentError(
        .recipeFailed,
        "there is nothing at \(declared.map(\.name).joined(separator: ", ")): nothing to back up"
      )
    }
    let restic = try repository()
    let names = archives.map(\.fileName)
    let taken = try await restic.backUp(names, tag: configuration.runID)
    note(Operation(taken, of: names))
    for name in names {
      try await bench().act(["rm", "-f", "--", "\(try bench().root)/volumes/\(name)"])
    }
    guard let id = taken.id else {
      throw DeploymentError(
        .recipeFailed,
        "restic took no snapshot (\(taken.output.ending)): \(taken.output.lastLine)"
      )
    }
    // From the snapshot, not from what was given to restic.
    let folder = try await restored(id)
    lookedAt = id
    var files: [Snapshot.File] = []
    for index in archives.indices {
      archives[index].files = try Self.contents(of: archives[index], in: folder)
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
    let (service, place, target) = try mount(of: archive.declared.volume, in: now)
    let request = archiveRequest("GET", Self.source(archive.declared, in: target), at: place)
    let file = try NewFile(in: "\(try bench().root)/volumes", named: archive.fileName)
    do throws(EngineError) {
      try await place.engine.exchange(request, within: configuration.suite.deadlines.operation) {
        reply throws(EngineError) in
        while let bytes = try reply.next() { try file.write(bytes) }
      }
    } catch {
      file.remove()
      if error.isNotFound { return false }
      throw Self.told(error, "\(service): \(archive.declared.name)")
    }
    try file.give(to: configuration.identity)
    return true
  }

  private func snapshotFolder() throws(DeploymentError) -> String {
    "\(try bench().root)/scratch/snapshot"
  }

  /// A folder with a snapshot's archives, fresh out of restic.
  private func restored(_ id: String) async throws(DeploymentError) -> String {
    let bench = try bench()
    let folder = try snapshotFolder()
    lookedAt = nil
    try await bench.act(["rm", "-rf", "--", folder])
    let output = try await repository().restore(id, to: folder)
    note(
      Operation(
        name: "read snapshot",
        ending: output.succeeded ? .succeeded : .broken("restic: \(output.ending)"),
        duration: output.duration,
        argv: ["restic", "restore", id],
        output: output
      )
    )
    guard output.succeeded else {
      throw DeploymentError(.driverBroken, "restic restore: \(output.lastLine)")
    }
    return folder
  }

  private static func contents(of archive: SwarmArchive, in folder: String) throws(DeploymentError)
    -> [SwarmArchive.File]
  {
    var scanner = TarScanner()
    do throws(EngineError) {
      let file = try OpenFile(in: folder, named: archive.fileName)
      while let bytes = try file.next() { try scanner.feed(bytes) }
    } catch {
      throw DeploymentError(.driverBroken, "snapshot: \(archive.declared.name): \(error)")
    }
    guard scanner.isComplete else {
      throw DeploymentError(.driverBroken, "snapshot: \(archive.declared.name) is cut short")
    }
    return scanner.entries.filter { $0.kind == .file }.map {
      SwarmArchive.File(
        path: name($0.path, of: archive.declared),
        size: $0.size,
        offset: $0.offset
      )
    }
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
      let folder =
        lookedAt == snapshot.id ? try snapshotFolder() : try await restored(snapshot.id)
      lookedAt = snapshot.id
      do throws(EngineError) {
        let open = try OpenFile(in: folder, named: archive.fileName)
        let count = min(file.size, limit)
        let content = try open.read(at: file.offset + file.size - count, count: count)
        return SnapshotFile(size: file.size, content: content)
      } catch {
        throw DeploymentError(.driverBroken, "\(path): \(error)")
      }
    }
    return nil
  }

  // MARK: Restore

  func putBack(_ snapshot: Snapshot, _ plan: BackupPlan) async throws(DeploymentError) {
    let start = ContinuousClock.now
    let folder = try await restored(snapshot.id)
    let now = try await stackNow()
    var bytes = 0
    for archive in archives[snapshot.id] ?? [] {
      let (service, place, target) = try mount(of: archive.declared.volume, in: now)
      var parents: [String] = []
      for part in (archive.declared.path ?? "").split(separator: "/").dropLast() {
        parents.append((parents.last.map { $0 + "/" } ?? "") + part)
      }
      let into = parents.last.map { "\(target)/\($0)" } ?? target
      do throws(EngineError) {
        do throws(EngineError) {
          bytes += try await put(archive, from: folder, into: into, at: place)
        } catch {
          // The folders above a path may have been emptied away with it.
          guard !parents.isEmpty, error.isNotFound else { throw error }
          var folders = TarWriter()
          for parent in parents { folders.add(folder: parent) }
          try await put(folders.finished(), into: target, at: place)
          bytes += try await put(archive, from: folder, into: into, at: place)
        }
      } catch {
        throw Self.told(error, "\(service): \(archive.declared.name)")
      }
    }
    note(
      Operation(
        name: "restore files",
        ending: .succeeded,
        duration: ContinuousClock.now - start,
        facts: ["bytes": String(bytes), "archives": String(archives[snapshot.id]?.count ?? 0)]
      )
    )
  }

  /// - Returns: the archive's size in bytes.
  private func put(
    _ archive: SwarmArchive,
    from folder: String,
    into target: String,
    at place: Place
  ) async throws(EngineError) -> Int {
    let file = try OpenFile(in: folder, named: archive.fileName)
    try await place.engine.call(
      archiveRequest("PUT", target, at: place).sending(file, as: "application/x-tar"),
      within: configuration.suite.deadlines.operation
    )
    return file.size
  }

  // MARK: Hooks

  /// Runs a hook inside its service's container, by a shell, as the bot does.
  func runHook(_ name: String, _ text: String, of service: String) async throws(DeploymentError) {
    configuration.progress("\(name) of \(service)")
    let argv = ["sh", "-c", text]
    let output = try await run(
      ServiceCommand(argv: argv, deadline: configuration.suite.deadlines.operation),
      in: service
    )
    note(Operation(hook: name, of: service, argv: argv, output))
    try output.requireHook(name, of: service)
  }
}
