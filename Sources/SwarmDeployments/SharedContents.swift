internal import Deployments
internal import Formats
internal import Programs
internal import Suites

/// What a recipe may write to and others use, too: its contents before a run, and what of them is
/// different after it.
///
/// The engine packs a volume through a container that is never started. What every service mounts
/// read-only is not looked at: others may write to it while the run lasts, and the recipe cannot.
struct SharedContents: Sendable {
  /// A volume of an engine, or a path of its machine.
  private struct Place: Hashable, Sendable {
    var node: String
    /// As the engine calls mounts of this kind.
    var type: String
    /// On the engine.
    var source: String

    var description: String { "\(type == "bind" ? "path" : type) \(source)" }
  }

  /// Of an archive, in bytes: contents, and 512 for each path at least.
  private static let limit = 1 << 30
  private static let target = "/shared"
  private let engine: SwarmEngine
  private let runID: String
  private let deadline: Duration
  private var before: [Place: [String: StoredPath]] = [:]

  init(_ engine: SwarmEngine, runID: String, deadline: Duration) {
    self.engine = engine
    self.runID = runID
    self.deadline = deadline
  }

  /// How many paths were found, by what is shared.
  var facts: [String: String] {
    Dictionary(before.map { ($0.key.description, "\($0.value.count) paths") }) { "\($0), \($1)" }
  }

  /// Looks at what a version may write to and no earlier one did. What is not there yet will be the
  /// run's own.
  ///
  /// - Throws: also where it is too much to be looked at.
  mutating func add(_ compose: Compose) async throws(DeploymentError) {
    for place in Self.places(compose, engine) where before[place] == nil {
      do throws(EngineError) {
        before[place] = try await take(place)
      } catch {
        throw DeploymentError(
          .unsupported,
          "\(place.description), which swarm.yml shares, cannot be compared after the run: \(error); "
            + "nothing was deployed; mount it read-only"
        )
      }
    }
  }

  private static func places(_ compose: Compose, _ engine: SwarmEngine) -> [Place] {
    var sources: Set<[String]> = []
    for case (.volume(let key), let name) in compose.outside.map({ ($0.kind, $0.name) })
    where !name.hasPrefix("/") {
      let mounts = compose.services.flatMap(\.mounts).filter { $0.volume == key }
      if mounts.contains(where: { !$0.isReadOnly }) { sources.insert(["volume", name]) }
    }
    for path in compose.services.flatMap(\.namelessMounts).compactMap(\.source)
    where path.hasPrefix("/") {
      sources.insert(["bind", path])
    }
    return sources.flatMap { source in
      engine.nodes.keys.map { Place(node: $0, type: source[0], source: source[1]) }
    }
  }

  /// What is different now, or cannot be looked at any more.
  func differences() async -> [String] {
    var differences: [String] = []
    for (place, was) in before {
      let subject = "\(place.description), which others use"
      do throws(EngineError) {
        let now = try await take(place) ?? [:]
        let changes = Self.changes(was, now)
        guard let first = changes.first else { continue }
        let rest = changes.count == 1 ? "" : "; in all \(changes.count) paths"
        differences.append("\(subject), changed while the run lasted: \(first)\(rest)")
      } catch {
        differences.append("\(subject), cannot be compared: \(error)")
      }
    }
    return differences.sorted()
  }

  static func changes(_ was: [String: StoredPath], _ now: [String: StoredPath]) -> [String] {
    Set(was.keys).union(now.keys).sorted(by: UTF8Order.precedes).compactMap { path in
      switch (was[path], now[path]) {
      case (let old?, let new?): old == new ? nil : "\(path) changed"
      case (nil, _): "\(path) added"
      default: "\(path) removed"
      }
    }
  }

  // MARK: The look

  /// By path; nil where there is no such volume or path.
  private func take(_ place: Place) async throws(EngineError) -> [String: StoredPath]? {
    guard let engine = engine.nodes[place.node] else { return nil }
    if place.type == "volume", try await engine.find("/volumes/\(place.source)") == nil {
      return nil
    }
    let image = try await engine.importNothing(for: runID)
    let found: Result<[String: StoredPath]?, EngineError>
    do throws(EngineError) {
      found = .success(try await paths(of: place, image, on: engine))
    } catch {
      found = .failure(error)
    }
    try await engine.delete("/images/\(image)", [("noprune", "1")])
    return try found.get()
  }

  private func paths(
    of place: Place,
    _ image: String,
    on engine: Engine
  ) async throws(EngineError) -> [String: StoredPath]? {
    let mount: JSONValue = [
      "Type": .string(place.type), "Source": .string(place.source),
      "Target": .string(Self.target), "ReadOnly": true,
    ]
    let body: JSONValue = [
      "Image": .string(image), "Cmd": ["none"], "NetworkDisabled": true,
      "Labels": [SwarmRemains.label: .string(runID)],
      "HostConfig": ["NetworkMode": "none", "Mounts": [mount]],
    ]
    let container: String
    do throws(EngineError) {
      guard let id = try await engine.post("/containers/create", [], body)["Id"]?.stringValue
      else { throw EngineError(.malformed, "POST /containers/create: no id in the answer") }
      container = id
    } catch {
      // There is no such path on this machine.
      guard place.type == "bind", error.code == .refused(status: 400) else { throw error }
      return nil
    }
    let scan = ArchiveScan(hashing: Self.limit, limit: Self.limit)
    let found: Result<[String: StoredPath], EngineError>
    do throws(EngineError) {
      try await engine.copy(
        ["\(container):\(Self.target)", "-"],
        output: .each { scan.feed($0) },
        within: deadline
      )
      let paths = SwarmContents.paths(try scan.entries())
      found = .success(Dictionary(paths.map { ($0.path, $0) }) { $1 })
    } catch {
      found = .failure(scan.problem ?? error)
    }
    try await engine.delete("/containers/\(container)", [("force", "1")])
    return try found.get()
  }
}
