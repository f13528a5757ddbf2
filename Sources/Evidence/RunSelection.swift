/// What was asked for of a plan, where it was not the whole.
///
/// Nothing is claimed of what was not asked for.
package struct RunSelection: Codable, Hashable, Sendable {
  /// Parts of the page that were asked for as a whole.
  package var parts: [ClaimPart]
  /// Single checks that were asked for, in the order of the plan.
  package var checks: [CheckID]
  /// Stages that run for the sake of what was asked for, in their order; teardown always does.
  package var stages: [Stage]

  package init(parts: [ClaimPart], checks: [CheckID], stages: [Stage]) {
    self.parts = parts
    self.checks = checks
    self.stages = stages
  }

  package func runs(_ stage: Stage) -> Bool { stage == .teardown || stages.contains(stage) }

  /// In words: `P1, P3 and 2 checks`.
  package var shown: String {
    let names = parts.map(\.rawValue).joined(separator: ", ")
    guard !checks.isEmpty else { return names }
    let count = checks.count == 1 ? "1 check" : "\(checks.count) checks"
    return names.isEmpty ? count : "\(names) and \(count)"
  }
}
