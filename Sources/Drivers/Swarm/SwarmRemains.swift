import Evidence

/// What a run has on an engine: its stack, and what it made beside it.
///
/// The stack's services carry the run's label; what belongs to the stack besides carries the
/// stack's. Where services of somebody else are in a stack of the same name, only what carries the
/// run's label is touched.
struct SwarmRemains: Sendable {
  let engine: SwarmEngine
  let stack: String
  let runID: String
  /// How long tasks may take to end before their containers are killed.
  var grace: Duration = .seconds(30)

  struct Removal: Sendable {
    /// By kind.
    var removed: [String: Int] = [:]
    var leftovers: [String] = []
  }

  static let label = "parity.run"

  private var ofRun: String { "\(Self.label)=\(runID)" }
  private var ofStack: String { "\(SwarmStack.namespace)=\(stack)" }

  /// Removes all of it, and looks whether it is gone.
  func remove() async -> Removal {
    var removal = Removal()
    do throws(EngineError) {
      let labels = try await owned()
      removal.removed["services"] = try await removeAll("/services", labels)
      try await endContainers(labels)
      removal.removed["secrets"] = try await removeAll("/secrets", labels)
      removal.removed["configs"] = try await removeAll("/configs", labels, sparing: isLease)
      removal.removed["networks"] = try await removeAll("/networks", labels)
      var volumes = 0
      for node in engine.all { volumes += try await removeVolumes(labels, on: node) }
      removal.removed["volumes"] = volumes
      // What is just going is told for a moment longer.
      let start = ContinuousClock.now
      while true {
        removal.leftovers = try await left(labels)
        if removal.leftovers.isEmpty || ContinuousClock.now - start > .seconds(10) { break }
        await Self.pause()
      }
    } catch {
      removal.leftovers.append("what stands on the engine: \(error)")
    }
    return removal
  }

  /// What is still there, in words; sorted within its kind.
  func left() async throws(EngineError) -> [String] { try await left(try await owned()) }

  /// The labels by which things are the run's.
  private func owned() async throws(EngineError) -> [String] {
    let services = try await engine.manager.list("/services", ["label": [ofStack]])
    let isShared = services.contains { $0["Spec"]?["Labels"]?.texts[Self.label] != runID }
    return isShared ? [ofRun] : [ofRun, ofStack]
  }

  private func isLease(_ json: JSONValue) -> Bool {
    json["Spec"]?["Name"]?.stringValue?.hasPrefix(SwarmLease.prefix) ?? false
  }

  /// Each thing once, whichever of the labels it carries.
  private func list(
    _ path: String,
    _ labels: [String],
    on client: EngineClient,
    _ query: [(String, String)] = []
  ) async throws(EngineError) -> [JSONValue] {
    var found: [JSONValue] = []
    var seen: Set<String> = []
    for label in labels {
      for json in try await client.list(path, ["label": [label]], query) {
        if let id = Self.id(json), seen.insert(id).inserted { found.append(json) }
      }
    }
    return found
  }

  private static func id(_ json: JSONValue) -> String? {
    json["ID"]?.stringValue ?? json["Id"]?.stringValue
  }

  private static func name(_ json: JSONValue) -> String {
    json["Spec"]?["Name"]?.stringValue ?? json["Name"]?.stringValue
      ?? json["Names"]?[0]?.stringValue ?? id(json) ?? "?"
  }

  private func removeAll(
    _ path: String,
    _ labels: [String],
    sparing isSpared: (JSONValue) -> Bool = { _ in false }
  ) async throws(EngineError) -> Int {
    let start = ContinuousClock.now
    var removed: Set<String> = []
    while true {
      var isBusy = false
      for json in try await list(path, labels, on: engine.manager) where !isSpared(json) {
        guard let id = Self.id(json) else { continue }
        do throws(EngineError) {
          try await engine.manager.call(EngineClient.Request("DELETE", "\(path)/\(id)"))
          removed.insert(id)
        } catch {
          // In use by a task that is just ending, or gone by itself.
          guard case .refused(let status) = error.code else { throw error }
          if status != 404 { isBusy = true }
        }
      }
      if !isBusy || ContinuousClock.now - start > grace { return removed.count }
      await Self.pause()
    }
  }

  /// Also where the task was cancelled: what is taken down is taken down.
  private static func pause() async {
    await Task.detached { try? await Task.sleep(for: .milliseconds(200)) }.value
  }

  /// Waits until the containers have ended, then ends them.
  private func endContainers(_ labels: [String]) async throws(EngineError) {
    let start = ContinuousClock.now
    for node in engine.all {
      while true {
        let containers = try await list("/containers/json", labels, on: node, [("all", "1")])
        if containers.isEmpty { break }
        if ContinuousClock.now - start > grace {
          for json in containers {
            guard let id = Self.id(json) else { continue }
            let query = [("force", "1"), ("v", "1")]
            _ = try? await node.call(EngineClient.Request("DELETE", "/containers/\(id)", query))
          }
          if ContinuousClock.now - start > grace * 2 { break }
        }
        await Self.pause()
      }
    }
  }

  private func volumes(_ labels: [String], on node: EngineClient) async throws(EngineError)
    -> [String]
  {
    var names: Set<String> = []
    for label in labels {
      let answer = try await node.get(
        "/volumes",
        [("filters", EngineClient.filters(["label": [label]]))]
      )
      names.formUnion((answer["Volumes"]?.arrayValue ?? []).compactMap { $0["Name"]?.stringValue })
    }
    return names.sorted(by: UTF8Order.precedes)
  }

  private func removeVolumes(_ labels: [String], on node: EngineClient) async throws(EngineError)
    -> Int
  {
    let start = ContinuousClock.now
    var removed = 0
    while true {
      let names = try await volumes(labels, on: node)
      for name in names {
        do throws(EngineError) {
          try await node.call(EngineClient.Request("DELETE", "/volumes/\(name)"))
          removed += 1
        } catch {
          guard case .refused = error.code else { throw error }
        }
      }
      if names.isEmpty || ContinuousClock.now - start > grace { return removed }
      await Self.pause()
    }
  }

  private func left(_ labels: [String]) async throws(EngineError) -> [String] {
    var left: [String] = []
    for kind in ["service", "secret", "config", "network"] {
      for json in try await list("/\(kind)s", labels, on: engine.manager) where !isLease(json) {
        left.append("\(kind) \(Self.name(json))")
      }
    }
    for node in engine.all {
      for json in try await list("/containers/json", labels, on: node, [("all", "1")]) {
        left.append("container \(Self.name(json))")
      }
      for name in try await volumes(labels, on: node) { left.append("volume \(name)") }
    }
    return left
  }
}
