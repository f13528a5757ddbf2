internal import Formats
internal import Programs

/// What a run has on an engine: what carries its label, and its stack.
///
/// What `docker stack deploy` makes beside services carries the stack's label alone. It is the run's
/// only where the run has the lease of that stack and has begun to deploy, which it does only when
/// nothing of that name was there.
struct SwarmRemains: Sendable {
  let engine: SwarmEngine
  /// Ids of runs, none of them empty.
  let runs: [String]
  /// Nil where the stack is not known to be the runs'.
  let stack: String?
  /// How long tasks may take to end before their containers are killed.
  var grace: Duration = .seconds(30)

  struct Removal: Sendable {
    /// By kind.
    var removed: [String: Int] = [:]
    var leftovers: [String] = []
  }

  static let label = "parity.run"
  /// Of images, whose containers must not have their label from them.
  static let imageLabel = "parity.image"

  /// - Parameter stack: only where it was armed: see `SwarmLease.arm`.
  init(engine: SwarmEngine, runs: [String], stack: String?) {
    self.engine = engine
    // The engine takes an empty value in a filter for any value.
    self.runs = runs.filter { !$0.isEmpty }
    self.stack = stack.flatMap { $0.isEmpty ? nil : $0 }
  }

  /// Removes all of it, and looks whether it is gone.
  ///
  /// What is just being made or just going is met again: a pass is repeated until nothing is left,
  /// for twice the grace.
  func remove() async -> Removal {
    let start = ContinuousClock.now
    var removed: [String: Set<String>] = [:]
    var removal = Removal()
    while true {
      do throws(EngineError) {
        let labels = try await owned()
        let isLate = ContinuousClock.now - start > grace
        for kind in Kind.allCases {
          let gone = try await remove(kind, labels, byForce: isLate)
          removed[kind.rawValue, default: []].formUnion(gone)
        }
        removal.leftovers = try await left(labels)
      } catch {
        removal.leftovers = ["what stands on the engine: \(error)"]
      }
      if removal.leftovers.isEmpty || ContinuousClock.now - start > grace * 2 { break }
      // Also where the task was cancelled: what is taken down is taken down.
      await Task.detached { try? await Task.sleep(for: .milliseconds(200)) }.value
    }
    removal.removed = removed.mapValues(\.count).filter { $0.value > 0 }
    return removal
  }

  // MARK: What is the runs'

  /// In the order in which they can be removed. Containers are the engine's to remove, until it is
  /// late.
  private enum Kind: String, CaseIterable {
    case services, containers, secrets, configs, networks, volumes, images

    var path: String { self == .containers ? "/containers" : "/\(rawValue)" }
    /// Whether each node has its own.
    var isLocal: Bool { [.containers, .volumes, .images].contains(self) }
  }

  /// The labels by which things are the runs'.
  private func owned() async throws(EngineError) -> [String] {
    let own = runs.map { "\(Self.label)=\($0)" }
    guard let stack else { return own }
    let label = "\(SwarmStack.namespace)=\(stack)"
    // Somebody may have deployed a stack of the same name over it.
    let isShared = try await engine.manager.list("/services", ["label": [label]]).contains {
      !runs.contains($0["Spec"]?["Labels"]?.texts[Self.label] ?? "")
    }
    return isShared ? own : own + [label]
  }

  private func engines(_ kind: Kind) -> [Engine] {
    kind.isLocal ? engine.all : [engine.manager]
  }

  /// Each thing once, whichever of the labels it carries; leases are no part of it.
  private func list(_ kind: Kind, _ labels: [String], on client: Engine)
    async throws(EngineError) -> [(id: String, name: String)]
  {
    var found: [String: String] = [:]
    for label in labels {
      let filters = ["label": [label]]
      let items: [JSONValue]
      switch kind {
      case .containers: items = try await client.containers(label)
      case .images: items = try await client.emptyImages(of: label)
      case .volumes: items = try await client.list("/volumes", filters, in: "Volumes")
      default: items = try await client.list(kind.path, filters)
      }
      for item in items {
        let name =
          item["Spec"]?["Name"]?.stringValue ?? item["Name"]?.stringValue
          ?? item["Names"]?[0]?.stringValue
        guard let id = item["ID"]?.stringValue ?? item["Id"]?.stringValue ?? name else { continue }
        found[id] = name ?? id
      }
    }
    return found.filter { !$0.value.hasPrefix(SwarmLease.prefix) }
      .map { (id: $0.key, name: $0.value) }
      .sorted { UTF8Order.precedes($0.name, $1.name) }
  }

  private func remove(_ kind: Kind, _ labels: [String], byForce: Bool) async throws(EngineError)
    -> [String]
  {
    var removed: [String] = []
    for client in engines(kind) {
      for (id, _) in try await list(kind, labels, on: client) {
        if kind == .containers, !byForce { continue }
        let query = kind == .containers ? [("force", "1"), ("v", "1")] : []
        do throws(EngineError) {
          try await client.delete("\(kind.path)/\(id)", query)
          removed.append(id)
        } catch {
          // In use by a task that is just ending, or gone by itself.
          guard case .refused = error.code else { throw error }
        }
      }
    }
    return removed
  }

  /// What is still there, in words; sorted within its kind.
  private func left(_ labels: [String]) async throws(EngineError) -> [String] {
    var left: [String] = []
    for kind in Kind.allCases {
      for client in engines(kind) {
        for (_, name) in try await list(kind, labels, on: client) {
          left.append("\(kind.rawValue.dropLast()) \(name)")
        }
      }
    }
    return left
  }
}

extension Engine {
  /// Containers of everybody with a label, `name` or `name=value`, that somebody gave to them: the
  /// labels of an image are those of its containers too, and anybody may write them into one.
  func containers(_ label: String) async throws(EngineError) -> [JSONValue] {
    let name = String(label.prefix { $0 != "=" })
    var own: [JSONValue] = []
    for item in try await list("/containers/json", ["label": [label]], [("all", "1")]) {
      guard let value = item["Labels"]?[name]?.stringValue else { continue }
      let image = try await find("/images/\(item["ImageID"]?.stringValue ?? "none")/json")
      if image?["Config"]?["Labels"]?[name]?.stringValue != value { own.append(item) }
    }
    return own
  }

  /// Images of runs that have neither a name nor a file: see `importNothing`.
  ///
  /// - Parameter label: of what else is those runs'.
  func emptyImages(of label: String) async throws(EngineError) -> [JSONValue] {
    guard label.hasPrefix(SwarmRemains.label) else { return [] }
    let own = SwarmRemains.imageLabel + label.dropFirst(SwarmRemains.label.count)
    return try await list("/images/json", ["label": [own]]).filter { image in
      let names = (image["RepoTags"]?.arrayValue ?? []).compactMap(\.stringValue)
      return image["Size"]?.intValue == 0 && names.allSatisfy { $0 == "<none>:<none>" }
    }
  }

  /// Makes an image of no files, for containers that are never started.
  ///
  /// - Returns: its id; it has no name.
  func importNothing(for run: String) async throws(EngineError) -> String {
    let label = "LABEL \(SwarmRemains.imageLabel)=\(run)"
    let end = [UInt8](repeating: 0, count: 1024)
    let result = try await docker.run(["import", "--change", label, "-"], stdin: end)
    let id = String(decoding: result.stdout.prefix { $0 != 0x0A }, as: UTF8.self)
    guard result.succeeded, id.hasPrefix("sha256:") else {
      throw EngineError(.unreachable, "docker import: \(result.lastLine)")
    }
    return id
  }
}
