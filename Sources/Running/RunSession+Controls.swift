import Checks
import Evidence
import Suites

/// A control that waits for the end of its stage: a decoy may lock an account, or worse, and the checks
/// beside it must not see that.
struct PendingControl: Sendable {
  let check: CheckID
  let kind: ControlRecord.Kind
  let steps: [Step]
  let performer: CheckPerformer
  /// With decoys in place of what was sent.
  let scope: Scope
}

/// Runs checks where they must fail, or they cannot fail at all.
extension RunSession {
  /// Plans the control of a check that passed, or tells why it has none.
  func postponeControl(
    of planned: PlannedCheck,
    _ check: Check,
    _ performer: CheckPerformer,
    _ scope: Scope
  ) {
    func none(_ kind: ControlRecord.Kind, _ reason: Reason) {
      let record = ControlRecord(kind: kind, result: .notPossible(reason: reason))
      tell(.controlFinished(check: planned.id, control: record))
    }
    func add(_ kind: ControlRecord.Kind, _ steps: [Step], _ scope: Scope) {
      controls.append(
        PendingControl(
          check: planned.id,
          kind: kind,
          steps: steps,
          performer: performer,
          scope: scope
        )
      )
    }
    if let why = check.noControl { return none(.decoy, .declared(why)) }
    if let readBack = planned.readBack {
      guard readBack.decoyPossible else {
        return none(.decoy, Reason(.controlNotPossible(why: readBack.why)))
      }
      let decoys = scope.withDecoys(of: readBack.freshNames) { _ in token("decoy") }
      return add(.decoy, readBack.readIndices.map { check.steps[$0] }, decoys)
    }
    guard planned.strength == .content, !planned.isHealth else { return }
    let looks = check.steps.contentLooks(vars: suite.vars + check.vars)
    guard !looks.isEmpty else { return }
    var beside = scope
    beside.fresh["sibling"] = token("decoy")
    add(.sibling, looks.map(\.sibling), beside)
  }

  /// - Parameter areMeant: false where the app is gone, and no control would tell anything.
  func runControls(_ areMeant: Bool) async {
    let all = controls
    controls = []
    for control in all where areMeant {
      guard await stopped() == nil else { return }
      let record = await control.performer.performControl(
        control.kind,
        control.steps,
        in: control.scope
      )
      tell(.controlFinished(check: control.check, control: record))
    }
  }
}
