package import Evidence

extension [Step] {
  /// What they will do and assert, as written; groups by the steps inside them.
  package var planned: [EvidenceStep] {
    flatMap { $0.planned(within: .zero) }
  }
}

extension Step {
  /// - Parameter outer: How long the group around it is done again.
  fileprivate func planned(within outer: Duration) -> [EvidenceStep] {
    let within = outer + (retry?.within ?? .zero)
    if case .group(let steps) = action { return steps.flatMap { $0.planned(within: within) } }
    let assertions = expect.flatMap { expectation in
      expectation.predicates.map { predicate in
        Assertion(
          expectation.subject,
          predicate,
          actual: .absent,
          holds: true,
          isNever: never != nil
        )
      }
    }
    let milliseconds = Int(within / .milliseconds(1))
    var planned = EvidenceStep(
      act: title,
      assertions: assertions,
      within: milliseconds == 0 ? nil : milliseconds,
      never: never.map { Int($0.duration / .milliseconds(1)) }
    )
    if !uses.isEmpty { planned.shared = place.file }
    return [planned]
  }
}

extension Check {
  /// What it will do and assert, as written; a row of `cases` with its own values filled in.
  package var planned: [EvidenceStep] {
    switch body {
    case .script(let script):
      [
        EvidenceStep(
          act: "script \(script.name)",
          assertions: script.test == nil
            ? [Assertion(.exit, .equals(number: 0), actual: .absent, holds: true)] : []
        )
      ]
    case .steps(let steps): steps.planned.map { $0.filling(columnValues) }
    }
  }

  /// The values of a row of `cases`, by their columns.
  package var columnValues: [String: Template] {
    Dictionary(columns.map { ($0.name, $0.value) }) { _, last in last }
  }
}
