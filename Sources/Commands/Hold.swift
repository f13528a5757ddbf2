import Synchronization

/// Keeps something up until somebody ends it.
final class Hold: Sendable {
  private struct State {
    var isHolding = false
    var isOver = false
  }

  private let state = Mutex(State())
  private static let pause = Duration.milliseconds(100)

  /// From here on it can be ended.
  func begin() { state.withLock { $0.isHolding = true } }

  /// Waits until it is ended, or the task is cancelled.
  ///
  /// - Parameter look: what is done every two seconds meanwhile.
  func wait(looking look: () async -> Void) async {
    var count = 0
    while !state.withLock({ $0.isOver }), !Task.isCancelled {
      try? await Task.sleep(for: Self.pause)
      count += 1
      if count % 20 == 0 { await look() }
    }
    state.withLock { $0.isHolding = false }
  }

  /// - Returns: whether something was held, and is not held any longer.
  func end() -> Bool {
    state.withLock {
      $0.isOver = $0.isOver || $0.isHolding
      return $0.isHolding
    }
  }
}
