import Checks
import Evidence
import Suites

/// Functional checks that are carried: done early in the life of the app, looked for again after the
/// upgrade and each restore.
extension RunSession {
  /// The carried checks of a stage, each with the check whose steps it performs.
  private func carried(_ stage: Stage) -> [(id: CheckID, body: Check, looks: [Int])] {
    plan.planned.compactMap { check in
      guard check.stage == stage, check.skip == nil, let origin = check.origin,
        let body = bodies[origin], case .again(let looks)? = check.carry
      else { return nil }
      return (check.id, body, looks)
    }
  }

  /// Does them all on the version that was installed, and keeps what they sent.
  func actEarly() async {
    for (id, body, looks) in carried(.install) {
      if let why = await stopped() {
        end(id, .notRun(reason: why))
        continue
      }
      let fresh = ["unique": token()]
      await check(id, fresh: fresh) {
        var scope = scope(fresh: fresh, variables: body.vars)
        let outcome = await performer().perform(body.steps, of: id, in: &scope)
        if outcome.isPassed {
          if let reason = await lackOfSession(looks, of: body, id, scope) {
            return .skipped(reason: Reason(.sessionNotMadeAgain(because: reason)))
          }
          carriedScopes[body.id] = scope
          await noteWrittenStores(id, number: body.steps.count + 1)
        }
        // A version that cannot do it yet has not failed: the target is asked in its own time.
        guard case .failed(let reason) = outcome, plan.base != nil else { return outcome }
        return .skipped(reason: Reason(.notCarried(because: reason)))
      }
    }
  }

  /// Why the looks cannot be asked again by who begins without cookies: the session was made by steps
  /// that send something fresh, and are not done again; nil where they can.
  private func lackOfSession(
    _ looks: [Int],
    of body: Check,
    _ id: CheckID,
    _ scope: Scope
  ) async -> Reason? {
    guard scope.sessions.hasCookies else { return nil }
    var scope = scope
    scope.sessions = Sessions()
    let captures = scope.captures(beforeEachOf: looks)
    return await performer(isTold: false)
      .perform(looks.map { body.steps[$0] }, of: id, in: &scope, with: captures).reason
  }

  /// Looks for what was sent; after a restore once with something new as well, for an app that may only
  /// read is of no use.
  func lookAgain(_ stage: Stage) async {
    var isWritten = stage == .upgrade
    for (id, body, looks) in carried(stage) {
      let early = CheckID.carried(body.id, in: .install)
      guard var scope = carriedScopes[body.id] else {
        let outcome = outcomes[early] ?? .notRun(reason: Reason(.notPerformed))
        end(id, outcome.word == .skipped ? outcome : .notRun(reason: Reason(.needs(check: early))))
        continue
      }
      let new = isWritten ? [:] : ["unique": token()]
      await check(id, fresh: scope.fresh) {
        scope.constants = self.scope().constants
        // Who wants to see what was sent logs in again.
        scope.sessions = Sessions()
        let captures = scope.captures(beforeEachOf: looks)
        let outcome = await performer()
          .perform(looks.map { body.steps[$0] }, of: id, in: &scope, with: captures)
        // What was lost in the upgrade is no backup's to bring back.
        if !outcome.isPassed { carriedScopes[body.id] = nil }
        guard outcome.isPassed, !new.isEmpty else { return outcome }
        isWritten = true
        var scope = self.scope(fresh: new, variables: body.vars)
        return await performer().perform(
          body.steps,
          of: id,
          in: &scope,
          startingAt: looks.count + 1
        )
      }
    }
  }

  /// Does again what is not there to be backed up: what the first version could not do yet, and what the
  /// upgrade has lost.
  func actForBackup() async {
    for (id, body, looks) in carried(.restore) where carriedScopes[body.id] == nil {
      guard await stopped() == nil else { return }
      var scope = scope(fresh: ["unique": token()], variables: body.vars)
      let outcome = await performer(isTold: false).perform(body.steps, of: id, in: &scope)
      if outcome.isPassed, await lackOfSession(looks, of: body, id, scope) == nil {
        carriedScopes[body.id] = scope
      }
    }
  }

  /// The world goes on after the backup: what is sent now must be gone after the restore.
  func actAgain() async {
    for (_, body, _) in carried(.restore) where carriedScopes[body.id] != nil {
      guard await stopped() == nil else { return }
      var scope = scope(fresh: ["unique": token()], variables: body.vars)
      let outcome = await performer(isTold: false).perform(
        body.steps,
        of: .carried(body.id, in: .restore),
        in: &scope
      )
      if outcome.isPassed { laterScopes[body.id] = scope }
    }
  }

  /// What was sent after the backup cannot be there when everything was lost and the backup put back.
  /// What an app knows nevertheless, because its answer follows from the question, it keeps nowhere.
  func lookForLater() async {
    for (id, body, looks) in carried(.recover) where outcomes[id] == .passed {
      guard await stopped() == nil else { return }
      guard var scope = laterScopes[body.id] else { continue }
      scope.constants = self.scope().constants
      scope.sessions = Sessions()
      let steps = looks.map { body.steps[$0] }
      let captures = scope.captures(beforeEachOf: looks)
      let control = await performer().performControl(.later, steps, in: scope, with: captures)
      // One that could not be asked shows nothing.
      guard [.failed, .passed].contains(control.result) else { continue }
      tell(.controlFinished(check: id, control: control))
    }
  }
}
