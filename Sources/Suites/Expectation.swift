package import Evidence
package import Formats

/// One thing that must hold of a step's answer.
package struct Expectation: Sendable {
  package var subject: Subject
  package var predicates: [Predicate]
  package var place: SourcePlace

  /// All texts that are filled in before it is held against an answer.
  package var templates: [Template] {
    subject.templates(at: place) + predicates.flatMap(\.templates)
  }

  /// Texts that must be in the answer for it to hold.
  var affirmed: [Template] {
    let isFound = predicates.contains { !$0.holdsOfNothing }
    return (isFound ? subject.templates(at: place) : []) + predicates.flatMap(\.affirmed)
  }
}

extension Subject {
  /// What a path has in its filters.
  fileprivate func templates(at place: SourcePlace) -> [Template] {
    guard case .jsonpath(let path) = self else { return [] }
    return path.names.map { Template(parts: [.name($0)], place: place) }
  }
}

/// A value kept for later steps.
package struct Capture: Sendable {
  package enum Scope: String, Sendable, CaseIterable { case check, run }

  package var name: String
  package var subject: Subject
  /// What of that is kept: the first group, or all that it matched; nil for all.
  package var pattern: Pattern?
  package var isSecret: Bool
  package var scope: Scope
  package var place: SourcePlace

  var templates: [Template] { subject.templates(at: place) }
}
