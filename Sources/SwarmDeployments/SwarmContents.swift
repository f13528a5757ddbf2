internal import Deployments
internal import Formats
internal import Programs

/// What a running container has in its volumes and beside them, as its engine tells it.
struct SwarmContents: Sendable {
  let place: RunningStack.Place
  let deadline: Duration

  /// Everything in a folder of the container, packed by the engine and hashed as it comes by.
  ///
  /// - Parameter volume: its name, for messages.
  func paths(
    in folder: String,
    named volume: String,
    limits: ContentLimits
  ) async throws(DeploymentError) -> [StoredPath] {
    let scan = ArchiveScan(hashing: limits.hashed)
    let entries: [TarEntry]
    do throws(EngineError) {
      let isThere = try await place.engine.pack(
        "\(folder)/.",
        in: place.container,
        to: .each { scan.feed($0) },
        within: deadline
      )
      entries = isThere ? try scan.entries() : []
    } catch {
      throw DeploymentError(scan.problem ?? error, "\(place.service): \(volume)")
    }
    guard entries.count <= limits.paths else {
      throw DeploymentError(
        .unsupported,
        "\(volume): \(entries.count) paths, limit \(limits.paths)"
      )
    }
    return Self.paths(entries)
  }

  /// What an archive's entries are in the folder that was packed.
  static func paths(_ entries: [TarEntry]) -> [StoredPath] {
    let paths = TarEntry.resolved(entries).map { entry in
      let kind = kind(entry.kind)
      return StoredPath(
        path: name(entry.path),
        kind: kind,
        mode: entry.mode,
        owner: entry.owner,
        group: entry.group,
        target: kind == .link ? entry.target : nil,
        size: kind == .file ? entry.size : nil,
        hash: entry.hash
      )
    }
    return paths.sorted { UTF8Order.precedes($0.path, $1.path) }
  }

  private static func kind(_ kind: TarEntry.Kind) -> StoredPath.Kind {
    switch kind {
    case .file, .hardLink: .file
    case .folder: .folder
    case .link: .link
    case .pipe: .pipe
    case .device: .device
    }
  }

  private static func name(_ path: String) -> String {
    path.hasPrefix("./") ? String(path.dropFirst(2)) : path
  }

  // MARK: Beside the volumes

  /// What differs from the image, by the engine's list of changes: of what lies in a folder that is new
  /// itself, too. Files of configs and secrets are the engine's own doing.
  func changes() async throws(DeploymentError) -> [String: String] {
    let (listed, container): (JSONValue, JSONValue)
    do throws(EngineError) {
      listed = try await place.engine.get("/containers/\(place.container)/changes")
      container = try await place.engine.get("/containers/\(place.container)/json")
    } catch {
      throw DeploymentError(error, "\(place.service): changes of its file system")
    }
    let mounts = (container["Mounts"]?.arrayValue ?? []).compactMap {
      $0["Destination"]?.stringValue
    }
    return Self.changes(listed.arrayValue ?? [], mounts: mounts)
  }

  /// - Parameter mounts: places in the container that lead out of it.
  static func changes(_ listed: [JSONValue], mounts: [String]) -> [String: String] {
    var found: [String: String] = [:]
    for entry in listed {
      // 2 is a deletion.
      guard let path = entry["Path"]?.stringValue, let kind = entry["Kind"]?.intValue, kind < 2
      else { continue }
      found[path] = kind == 0 ? "changed" : "added"
    }
    // A folder is listed with everything in it.
    let folders = Set(found.keys.flatMap(parents))
    return found.filter { path, _ in
      !folders.contains(path) && !TemporaryPath.isTemporary(path)
        && !mounts.contains { path == $0 || path.hasPrefix($0 + "/") || $0.hasPrefix(path + "/") }
    }
  }

  private static func parents(_ path: String) -> [String] {
    var parents: [String] = []
    var rest = path[...]
    while let slash = rest.lastIndex(of: "/"), slash != rest.startIndex {
      rest = rest[..<slash]
      parents.append(String(rest))
    }
    return parents
  }
}
