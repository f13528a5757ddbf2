internal import Backups
internal import Deployments

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

  /// As the engine is asked for it: all of a folder begins with `./`, a path with its last part.
  ///
  /// - Parameter target: where the container has the volume.
  static func source(_ declared: BackupPlan.Declared, in target: String) -> String {
    declared.path.map { "\(target)/\($0)" } ?? "\(target)/."
  }

  /// An entry's name as a snapshot has it.
  static func name(_ entry: String, of declared: BackupPlan.Declared) -> String {
    var parts = entry.split(separator: "/").map(String.init)[...]
    if parts.first == "." || declared.path != nil { parts = parts.dropFirst() }
    return ([declared.name] + parts).joined(separator: "/")
  }

  /// The folders above the path in its volume, outermost first; relative.
  var parents: [String] {
    var parents: [String] = []
    for part in (declared.path ?? "").split(separator: "/").dropLast() {
      parents.append((parents.last.map { $0 + "/" } ?? "") + part)
    }
    return parents
  }

  /// Reads what files there are out of a copy of the archive.
  mutating func readFiles(of file: ArchiveFile) throws(DeploymentError) {
    var scanner = TarScanner()
    do throws(EngineError) {
      while let bytes = try Self.next(of: file) { try scanner.feed(bytes) }
    } catch {
      throw DeploymentError(.driverBroken, "snapshot: \(declared.name): \(error)")
    }
    guard scanner.isComplete else {
      throw DeploymentError(.driverBroken, "snapshot: \(declared.name) is cut short")
    }
    files = TarEntry.resolved(scanner.entries).filter { $0.kind == .file }.map {
      File(path: Self.name($0.path, of: declared), size: $0.size, offset: $0.offset)
    }
  }

  private static func next(of file: ArchiveFile) throws(EngineError) -> [UInt8]? {
    do throws(DeploymentError) {
      return try file.next()
    } catch {
      throw EngineError(.unreachable, error.description)
    }
  }
}
