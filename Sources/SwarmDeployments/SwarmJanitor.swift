package import Deployments
internal import Formats

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

  /// Removes what is of runs that do not hold their leases any more: what carries their label, and of
  /// an armed lease the stack. A live run has its lease before anything else, and until nothing else
  /// is left.
  package static func reap(_ engine: SwarmEngine) async throws(DeploymentError) -> [Reaped] {
    do throws(EngineError) {
      let now = try await engine.now()
      // Before the leases: what is made in between has one.
      let labelled = try await runs(on: engine)
      let leases = try await SwarmLease.all(on: engine.manager)
      var reaped: [Reaped] = []
      for lease in leases where !lease.isHeld(now: now) {
        if let one = try await reap(lease, on: engine) { reaped.append(one) }
      }
      let known = Set(leases.flatMap(\.runs))
      for run in labelled.subtracting(known).sorted(by: UTF8Order.precedes) {
        let removal = await SwarmRemains(engine: engine, runs: [run], stack: nil).remove()
        // A label that only a foreign container has, from its image, is no run.
        guard !removal.removed.isEmpty || !removal.leftovers.isEmpty else { continue }
        reaped.append(
          Reaped(runID: run, removed: removal.removed, leftovers: removal.leftovers)
        )
      }
      return reaped
    } catch {
      throw DeploymentError(.driverBroken, "the engine: \(error)")
    }
  }

  /// Takes a dead lease over, so that no run does it at the same time, and clears up as its holder.
  ///
  /// - Returns: nil where somebody else was faster.
  private static func reap(_ dead: SwarmLease.Record, on engine: SwarmEngine)
    async throws(EngineError) -> Reaped?
  {
    var reaped = Reaped(runID: dead.runID, stack: dead.stack, removed: [:], leftovers: [])
    do throws(DeploymentError) {
      guard let lease = try await SwarmLease.takeOver(dead, on: engine) else {
        return nil
      }
      let removal = await dead.remains(on: engine).remove()
      reaped.removed = removal.removed
      reaped.leftovers = removal.leftovers
      // What cannot be removed now is the next one's to remove.
      if removal.leftovers.isEmpty, let problem = await lease.giveBack() {
        reaped.leftovers.append(problem)
      }
      return reaped
    } catch {
      throw EngineError(.unreachable, error.description)
    }
  }

  /// The runs whose label something carries.
  private static func runs(on engine: SwarmEngine) async throws(EngineError) -> Set<String> {
    var runs: Set<String> = []
    func note(_ labels: [String: String]?, _ name: String = SwarmRemains.label) {
      if let run = labels?[name], !run.isEmpty { runs.insert(run) }
    }
    let filter = ["label": [SwarmRemains.label]]
    for path in ["/services", "/secrets"] {
      for json in try await engine.manager.list(path, filter) {
        note(json["Spec"]?["Labels"]?.texts)
      }
    }
    for json in try await engine.manager.list("/networks", filter) { note(json["Labels"]?.texts) }
    for node in engine.all {
      for json in try await node.containers(SwarmRemains.label) { note(json["Labels"]?.texts) }
      for json in try await node.emptyImages(of: SwarmRemains.label) {
        note(json["Labels"]?.texts, SwarmRemains.imageLabel)
      }
      for json in try await node.list("/volumes", filter, in: "Volumes") {
        note(json["Labels"]?.texts)
      }
    }
    return runs
  }
}
