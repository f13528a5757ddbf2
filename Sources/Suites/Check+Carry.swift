import Evidence

extension Check {
  /// How it is carried; nil where its evidence is less than `state`.
  ///
  /// - Parameter readBack: of its assessment.
  func carry(_ readBack: ReadBack?, in suite: Suite) -> Carry? {
    if let notCarried { return .not(.declared(why: notCarried)) }
    guard let readBack else { return nil }
    if !needs.isEmpty || usesOthers(in: suite) { return .not(.needsOthers) }
    var sent = (suite.vars + vars).fresh
    var lastAct = readBack.actIndex
    for (index, step) in steps.enumerated() {
      let acts = step.leaves.filter { $0.uses(sent) && !$0.action.isReading }
      // A form needs its page before it: what is sent by one is sent, whatever its answer shows.
      let isLook = readBack.readIndices.contains(index) && !(step.submitsForm && !acts.isEmpty)
      if isLook, readBack.decoyPossible == false, case .group = step.action, !acts.isEmpty {
        return .not(.looksInsideAct(step: index + 1))
      }
      // What an act's answer gave stands for what was sent, and so does what is found by it.
      for leaf in step.leaves where leaf.uses(sent) { sent.formUnion(leaf.capture.map(\.name)) }
      sent = (suite.vars + vars).closure(of: sent)
      if !isLook, !acts.isEmpty { lastAct = index }
    }
    let looks = readBack.readIndices.filter { $0 > lastAct }
    guard let last = looks.last else { return .not(.endsWithAct(step: lastAct + 1)) }
    return .again(
      steps.indices.filter { index in
        index <= last
          && (looks.contains(index) || !steps[index].leaves.contains { $0.uses(sent) })
      }
    )
  }
}

extension Check {
  /// Whether it uses what another check captures for the whole run.
  private func usesOthers(in suite: Suite) -> Bool {
    let others = suite.checks.filter { $0.id != id }.flatMap { $0.steps.flatMap(\.runCaptures) }
    return !others.isEmpty && steps.contains { $0.leaves.contains { $0.uses(Set(others)) } }
  }
}

extension Step {
  fileprivate var submitsForm: Bool {
    if case .http(let action) = action { action.form != nil } else { false }
  }

  fileprivate func uses(_ names: Set<String>) -> Bool {
    action.templates.contains { $0.names.contains(where: names.contains) }
  }
}
