package import Evidence

/// One thing that must hold of a step's answer.
package struct Expectation: Sendable {
  package var subject: Subject
  package var predicates: [Predicate]
  package var place: SourcePlace
}

/// A value kept for later steps.
package struct Capture: Sendable {
  package enum Scope: String, Sendable, CaseIterable { case check, run }

  package var name: String
  package var subject: Subject
  package var isSecret: Bool
  package var scope: Scope
  package var place: SourcePlace
}
