/// One part of a recipe's life, in the order in which a run goes through it.
package enum Stage: String, Codable, CaseIterable, Sendable, Comparable {
  case install, upgrade, backup, restore, functional, teardown

  /// The place in the order of stages, from 0.
  package var order: Int {
    switch self {
    case .install: 0
    case .upgrade: 1
    case .backup: 2
    case .restore: 3
    case .functional: 4
    case .teardown: 5
    }
  }

  package static func < (a: Stage, b: Stage) -> Bool { a.order < b.order }
}

/// A dictionary of stages is written with their names as keys.
extension Stage: CodingKeyRepresentable {}
