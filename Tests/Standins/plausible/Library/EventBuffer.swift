/// Events that wait to be written together.
///
/// It decides, and somebody else writes: times are what the caller says they are, counted from
/// any one moment.
package struct EventBuffer: Sendable {
  package let interval: Duration
  package let capacity: Int
  package private(set) var events: [Event] = []
  package private(set) var nextFlush: Duration

  package init(interval: Duration, capacity: Int = 10_000, now: Duration = .zero) {
    self.interval = interval
    self.capacity = capacity
    nextFlush = now + interval
  }

  /// - Returns: Whether it is full and should be flushed at once.
  package mutating func append(_ event: Event) -> Bool {
    events.append(event)
    return events.count >= capacity
  }

  /// Takes everything out if it is time to, or if told that it is.
  package mutating func take(at now: Duration, force: Bool = false) -> [Event] {
    guard force || now >= nextFlush else { return [] }
    nextFlush = now + interval
    defer { events = [] }
    return events
  }
}
