package import Evidence

extension [Step] {
  /// What they will do and assert, as written; groups by the steps inside them.
  package var planned: [EvidenceStep] {
    flatMap(\.leaves).map { step in
      EvidenceStep(
        act: step.title,
        assertions: step.expect.flatMap { expectation in
          expectation.predicates.map { predicate in
            Assertion(
              expectation.subject,
              predicate,
              actual: .absent,
              holds: true,
              isNever: step.never != nil
            )
          }
        }
      )
    }
  }
}

extension Check {
  /// What it will do and assert, as written; a row of `cases` with its own values filled in.
  package var planned: [EvidenceStep] {
    switch body {
    case .script(let path, _):
      [
        EvidenceStep(
          act: "script \(path)",
          assertions: [Assertion(.exit, .equals(number: 0), actual: .absent, holds: true)]
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
