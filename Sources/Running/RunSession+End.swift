import Checks
import Deployments
import Evidence
import Suites

/// What is looked at once the checks of a stage are done, and what the gate itself is held to.
extension RunSession {
  /// How long an app may take to answer again that a stage has kept busy.
  private static let patience = Duration.seconds(30)

  /// Looks at the services and the gate again: what the last check ended is seen here.
  ///
  /// - Returns: whether all is well.
  func lookAtEnd(of stage: Stage) async -> Bool {
    let id = CheckID.generic(stage, GenericCheck.stillWell)
    guard has(id), outcomes[id] == nil else { return true }
    await check(id) {
      guard let deployment else { return .broken(reason: Reason(.notDeployed)) }
      var health = suite.health
      health.within = min(health.within, Self.patience)
      let ready = await readinessGate(health).wait(for: deployment, in: scope()).outcome
      let running = await noteServices(of: deployment, id, 1)
      let serving = note(
        id,
        2,
        health.askedText,
        [Assertion(.gate, .isWell, actual: .absent, holds: ready.isPassed)],
        outcome: ready
      )
      return running.isPassed ? serving : running
    }
    return outcomes[id]?.isPassed ?? false
  }

  /// A gate that is satisfied by a page that does not exist is satisfied by everything. Of `/` that is
  /// only told: many apps show their front page for every path.
  func tryDecoy(
    of gate: ReadinessGate,
    at deployment: any Deployment,
    in result: inout ReadinessGate.Result
  ) async {
    let decoy = await gate.tryDecoy(at: deployment, in: scope(), token: token("decoy"))
    result.record.decoy = decoy
    guard decoy == .same, gate.health.path != "/" else { return }
    result.record.ready = false
    result.outcome = .failed(
      reason: Reason(.gateTakesAnyPath(gate: gate.health.askedText))
    )
  }
}
