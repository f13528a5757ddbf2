internal import CLinux
import Deployments
import Evidence
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

extension SwarmHost: LabelledBackup {
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
  func backUpWatched() async throws(DeploymentError) -> Snapshot {
    let services = try backupPlan().labels.map(\.service)
    let before = try await tasks(of: services)
    let snapshot: Snapshot
    do throws(DeploymentError) {
      snapshot = try await backUp()
    } catch {
      // What a hook says is not why, where its container went away under it.
      if error.isRecipes, let after = try? await tasks(of: services), let change = change(before, after) {
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
    let changed = before.filter { after[$0.key] != $0.value }.keys.sorted()
    guard let first = changed.first else { return nil }
    return "\(first) was started again during the backup: what was saved may be half"
  }

  // MARK: Where things are

  /// A running container with a volume, and where it has it.
  private func mount(of volume: String, in now: SwarmStack) throws(DeploymentError) -> (
    service: String, place: Place, target: String
  ) {
    var problem: DeploymentError?
    for service in recipe?.compose.services ?? [] {
      guard let mount = service.mounts.first(where: { $0.volume == volume }) else { continue }
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
    let request = EngineClient.Request(
      "GET",
      "/containers/\(place.container)/archive",
      [("path", Self.source(declared, in: target))]
    )
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
      byVolume[String(dump[..<slash]), default: []].append(String(dump[dump.index(after: slash)...]))
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
    for name in names { try await bench().act(["rm", "-f", "--", "\(try bench().root)/volumes/\(name)"]) }
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
    let request = EngineClient.Request(
      "GET",
      "/containers/\(place.container)/archive",
      [("path", Self.source(archive.declared, in: target))]
    )
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
      let content: [UInt8]
      do throws(EngineError) {
        content = try OpenFile(in: folder, named: archive.fileName).all()
      } catch {
        throw DeploymentError(.driverBroken, "snapshot: \(archive.declared.name): \(error)")
      }
      bytes += content.count
      var parents: [String] = []
      for part in (archive.declared.path ?? "").split(separator: "/").dropLast() {
        parents.append((parents.last.map { $0 + "/" } ?? "") + part)
      }
      let into = parents.last.map { "\(target)/\($0)" } ?? target
      do throws(DeploymentError) {
        try await put(content, into: into, at: place, of: service)
      } catch {
        // The folders above a path may have been emptied away with it.
        guard !parents.isEmpty, error.message.contains("not find") else { throw error }
        var folders = TarWriter()
        for parent in parents { folders.add(folder: parent) }
        try await put(folders.finished(), into: target, at: place, of: service)
        try await put(content, into: into, at: place, of: service)
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

/// A file that is made where nothing of that name is, by a runner that may be root, in a folder that
/// is not.
private final class NewFile: Sendable {
  private let folder: Int32
  private let descriptor: Int32
  private let name: String

  init(in path: String, named name: String) throws(DeploymentError) {
    func problem() -> DeploymentError {
      DeploymentError(.driverBroken, "\(path)/\(name): \(String(cString: strerror(errno)))")
    }
    self.name = name
    let folder = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    guard folder >= 0 else { throw problem() }
    let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
    let descriptor = shim_linux_openat(folder, name, flags, 0o600)
    guard descriptor >= 0 else {
      defer { close(folder) }
      throw problem()
    }
    self.folder = folder
    self.descriptor = descriptor
  }

  deinit {
    close(descriptor)
    close(folder)
  }

  func write(_ bytes: [UInt8]) throws(EngineError) {
    var start = 0
    while start < bytes.count {
      let count = bytes.withUnsafeBytes {
        Glibc.write(descriptor, $0.baseAddress?.advanced(by: start), bytes.count - start)
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw .system(.unreachable, name, errno) }
      start += count
    }
  }

  func give(to identity: ServiceIdentity) throws(DeploymentError) {
    guard geteuid() == 0 else { return }
    guard fchown(descriptor, identity.user, identity.group) == 0 else {
      throw DeploymentError(.driverBroken, "\(name): \(String(cString: strerror(errno)))")
    }
  }

  func remove() { unlinkat(folder, name, 0) }
}

/// A file that an unprivileged program has written; links are not followed.
private final class OpenFile {
  private let descriptor: Int32
  private let name: String

  init(in path: String, named name: String) throws(EngineError) {
    self.name = name
    let folder = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    guard folder >= 0 else { throw .system(.unreachable, path, errno) }
    defer { close(folder) }
    let flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC
    descriptor = shim_linux_openat(folder, name, flags, 0)
    guard descriptor >= 0 else { throw .system(.unreachable, name, errno) }
  }

  deinit { close(descriptor) }

  /// The next bytes; nil at the end.
  func next() throws(EngineError) -> [UInt8]? {
    var count = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: 1 << 18) { buffer, length in
      count = Glibc.read(descriptor, buffer.baseAddress, 1 << 18)
      length = max(count, 0)
    }
    guard count >= 0 else { throw .system(.unreachable, name, errno) }
    return count == 0 ? nil : bytes
  }

  func all() throws(EngineError) -> [UInt8] {
    var all: [UInt8] = []
    while let bytes = try next() { all += bytes }
    return all
  }

  func read(at offset: Int, count: Int) throws(EngineError) -> [UInt8] {
    var bytes: [UInt8] = []
    while bytes.count < count {
      let wanted = count - bytes.count
      var part = [UInt8](repeating: 0, count: wanted)
      let got = pread(descriptor, &part, wanted, off_t(offset + bytes.count))
      guard got > 0 else { throw .system(.unreachable, name, errno) }
      bytes += part[..<got]
    }
    return bytes
  }
}
