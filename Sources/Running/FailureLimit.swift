package import Evidence
import Synchronization

/// How many checks may go wrong before nothing more is begun; shared by all runs of one call.
package final class FailureLimit: Sendable {
  /// Nil where any number may.
  private let maximum: Int?
  private let count = Mutex(0)

  /// - Parameter maximum: at least 1.
  package init(_ maximum: Int?) { self.maximum = maximum }

  package static let none = FailureLimit(nil)

  /// A check or a stage failed, or gave no answer.
  package func add() { count.withLock { $0 += 1 } }

  /// Why nothing more is begun; nil while there is room.
  package var reason: Reason? {
    guard let maximum, count.withLock({ $0 >= maximum }) else { return nil }
    return Reason(.stopped(.failuresReached, failures: maximum, detail: nil))
  }
}
