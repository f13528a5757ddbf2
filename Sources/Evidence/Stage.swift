/// One part of a recipe's life, in the order in which a run goes through it.
package enum Stage: String, Codable, CaseIterable, Sendable, Comparable {
  case install, upgrade, backup, restore
  /// The disaster: everything of the deployment is taken away, and it comes back from the backup.
  case recover
  case functional, teardown

  /// The place in the order of stages, from 0.
  package var order: Int {
    switch self {
    case .install: 0
    case .upgrade: 1
    case .backup: 2
    case .restore: 3
    case .recover: 4
    case .functional: 5
    case .teardown: 6
    }
  }

  package static func < (a: Stage, b: Stage) -> Bool { a.order < b.order }
}

/// A dictionary of stages is written with their names as keys.
extension Stage: CodingKeyRepresentable {}
