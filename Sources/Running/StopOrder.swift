import Evidence
import Synchronization

/// Why a run is to end before its stages are through; the first reason stays.
final class StopOrder: Sendable {
  private let given = Mutex<(end: RunEnd, reason: Reason)?>(nil)

  var end: RunEnd? { given.withLock { $0?.end } }

  var reason: Reason? { given.withLock { $0?.reason } }

  /// - Parameter detail: What broke, in the words of who noticed it.
  func give(_ end: RunEnd, detail: String? = nil) {
    give(end, Reason(.stopped(end, failures: nil, detail: detail)))
  }

  func give(_ end: RunEnd, _ reason: Reason) {
    given.withLock { if $0 == nil { $0 = (end, reason) } }
  }
}
