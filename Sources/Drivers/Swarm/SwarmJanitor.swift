package import Deployments
import Evidence

/// Clears away what runs have left on an engine whose runner is dead.
package enum SwarmJanitor {
  /// One dead run and what was done about it.
  package struct Reaped: Sendable, Equatable {
    package var runID: String
    /// Nil where nothing tells its name.
    package var stack: String?
    /// By kind.
    package var removed: [String: Int]
    package var leftovers: [String]
  }

  /// Removes everything that carries the label of a run that does not hold its lease any more. A live
  /// run has its lease before anything else, and until nothing else is left.
  package static func reap(_ engine: SwarmEngine) async throws(DeploymentError) -> [Reaped] {
    do throws(EngineError) {
      let now = try await engine.now()
      // Before the leases: what is made in between has one.
      let labelled = try await runs(on: engine)
      let leases = try await SwarmLease.all(on: engine.manager)
      var reaped: [Reaped] = []
      for lease in leases where !lease.isHeld(now: now) {
        var one = await remove(lease.runID, lease.stack, engine)
        if one.leftovers.isEmpty {
          do throws(EngineError) {
            try await engine.manager.call(EngineClient.Request("DELETE", "/configs/\(lease.id)"))
          } catch {
            if !error.isNotFound { one.leftovers.append("lease \(lease.name)") }
          }
        }
        reaped.append(one)
      }
      let known = Set(leases.map(\.runID))
      for (run, stack) in labelled.sorted(by: { $0.key < $1.key }) where !known.contains(run) {
        reaped.append(await remove(run, stack, engine))
      }
      return reaped
    } catch {
      throw DeploymentError(.driverBroken, "the engine: \(error)")
    }
  }

  private static func remove(_ run: String, _ stack: String, _ engine: SwarmEngine) async -> Reaped {
    let removal = await SwarmRemains(engine: engine, stack: stack, runID: run).remove()
    return Reaped(
      runID: run,
      stack: stack.isEmpty ? nil : stack,
      removed: removal.removed.filter { $0.value > 0 },
      leftovers: removal.leftovers
    )
  }

  /// The runs whose label something carries, with the stack that it belongs to; empty for none.
  private static func runs(on engine: SwarmEngine) async throws(EngineError) -> [String: String] {
    var runs: [String: String] = [:]
    func note(_ labels: [String: String]?) {
      guard let labels, let run = labels[SwarmRemains.label] else { return }
      let stack = labels[SwarmStack.namespace] ?? ""
      if runs[run, default: ""].isEmpty { runs[run] = stack }
    }
    let filter = ["label": [SwarmRemains.label]]
    for path in ["/services", "/secrets"] {
      for json in try await engine.manager.list(path, filter) { note(json["Spec"]?["Labels"]?.texts) }
    }
    for json in try await engine.manager.list("/networks", filter) { note(json["Labels"]?.texts) }
    for node in engine.all {
      for json in try await node.list("/containers/json", filter, [("all", "1")]) {
        note(json["Labels"]?.texts)
      }
      let volumes = try await node.get("/volumes", [("filters", EngineClient.filters(filter))])
      for json in volumes["Volumes"]?.arrayValue ?? [] { note(json["Labels"]?.texts) }
    }
    return runs
  }
}
