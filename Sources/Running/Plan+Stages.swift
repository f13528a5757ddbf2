import Evidence

extension Plan {
  /// Why a stage is left out because nobody asked for it; nil where it runs.
  func reasonAgainst(_ stage: Stage) -> Reason? {
    if stage > lastStage, stage != .teardown { return Reason(.notSelected(after: lastStage)) }
    guard let selection, !selection.runs(stage) else { return nil }
    return Reason(.notNeeded(selection))
  }
}
