import Evidence

extension Plan {
  /// Why a stage is left out because nobody asked for it; nil where it runs.
  func reasonAgainst(_ stage: Stage) -> String? {
    if stage > lastStage, stage != .teardown {
      return "not asked for: the run stops after \(lastStage)"
    }
    guard let selection, !selection.runs(stage) else { return nil }
    return "not asked for, and not needed for \(selection.shown)"
  }
}
