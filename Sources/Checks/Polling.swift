/// Decides when a step is performed again. It sleeps not and asks no clock: times are arguments.
///
/// The pause grows with the time that has passed, a ninth of it, from 30 ms to one second, with a
/// jitter of a tenth, so that a wait of any length is noticed late by about a twentieth of it, and
/// at most by half a second on average.
package struct Polling: Sendable {
  /// How one attempt ended.
  package enum Attempt: Sendable, Hashable {
    case satisfied
    /// An answer came and does not satisfy.
    case unsatisfied
    /// The same, and it will not get better by waiting.
    case hopeless
    case unanswered
    /// The same, and it will not get better by waiting.
    case hopelessUnanswered
  }

  package enum Action: Sendable, Hashable {
    case again(after: Duration)
    case stop
  }

  private let within: Duration
  private var random: SplitMix64

  package init(within: Duration, seed: UInt64) {
    self.within = within
    random = SplitMix64(state: seed)
  }

  /// - Parameter elapsed: since the first attempt began.
  package mutating func next(after attempt: Attempt, elapsed: Duration) -> Action {
    switch attempt {
    case .satisfied, .hopeless, .hopelessUnanswered: return .stop
    case .unsatisfied, .unanswered:
      let left = within - elapsed
      guard left > .zero else { return .stop }
      let base = min(max(elapsed / 9, .milliseconds(30)), .seconds(1))
      let jitter = Double.random(in: 0.9...1.1, using: &random)
      // One last look stands exactly at the end.
      return .again(after: min(base * jitter, left))
    }
  }
}

/// A small generator with a seed, so that polling can be tested.
struct SplitMix64: RandomNumberGenerator, Sendable {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
