import Evidence
import Synchronization

/// Why a run is to end before its stages are through; the first reason stays.
final class StopOrder: Sendable {
  struct Reason: Sendable, Equatable {
    var end: RunEnd
    /// One line for the outcome of what is not reached.
    var text: String
  }

  private let given = Mutex<Reason?>(nil)

  var reason: Reason? { given.withLock { $0 } }

  func give(_ end: RunEnd, _ text: String) {
    given.withLock { if $0 == nil { $0 = Reason(end: end, text: text) } }
  }
}
