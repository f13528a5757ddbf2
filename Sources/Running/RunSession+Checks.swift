import Checks
import Evidence
import Suites

/// The suite's own checks: overlays and functional ones.
extension RunSession {
  func runChecks(_ kind: CheckKind, in stage: Stage) async {
    for planned in plan.planned where planned.kind == kind && planned.stage == stage {
      if outcomes[planned.id] != nil { continue }
      if let why = await stopped() {
        end(planned.id, .notRun(reason: why))
      } else {
        await run(planned)
      }
    }
  }

  private func run(_ planned: PlannedCheck) async {
    guard let body = bodies[planned.id] else { return }
    if let reason = planned.skip
      ?? Circumstances(driver: plan.driver, version: version).reasonAgainst(body.when)
    {
      return end(planned.id, .skipped(reason: reason))
    }
    if let missing = body.needs.first(where: { outcomes[$0] != .passed }) {
      return end(planned.id, .notRun(reason: Reason(.needs(check: missing))))
    }
    if case .script(let script) = body.body {
      guard let down = await missing(planned.id) else { return await runScript(script, planned) }
      return await check(planned.id) { .broken(reason: down) }
    }
    let fresh = ["unique": token()]
    await check(planned.id, fresh: fresh) {
      var scope = scope(fresh: fresh, variables: body.vars)
      let performer = performer()
      let outcome = await performer.perform(body.steps, of: planned.id, in: &scope)
      for step in body.steps { keepRunCaptures(of: step, scope.captures) }
      if outcome.isPassed { postponeControl(of: planned, body, performer, scope) }
      return outcome
    }
  }
}
