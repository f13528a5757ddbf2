import CLinux

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A descriptor with which any thread ends another one's `poll`.
package final class Wakeup: Sendable {
  package let descriptor: Int32

  /// - Returns: `nil` where the process has no descriptor left.
  package init?() {
    descriptor = shim_linux_eventfd()
    if descriptor < 0 { return nil }
  }

  deinit {
    close(descriptor)
  }

  package func fire() {
    var one: UInt64 = 1
    _ = write(descriptor, &one, MemoryLayout<UInt64>.size)
  }

  /// Forgets every call of `fire` before this one.
  package func reset() {
    var count: UInt64 = 0
    _ = read(descriptor, &count, MemoryLayout<UInt64>.size)
  }
}

/// How long something may take, and what may end it earlier.
package struct Deadline: Sendable {
  package enum Outcome {
    case ready
    case timedOut
    case cancelled
  }

  private let end: ContinuousClock.Instant
  private let wakeup: Wakeup

  package init(within limit: Duration, wakeup: Wakeup) {
    end = ContinuousClock.now + limit
    self.wakeup = wakeup
  }

  /// Blocks until the descriptor is ready, has an error, or it is over. It is over also where more comes all
  /// the time.
  package func wait(_ descriptor: Int32, reading: Bool, writing: Bool) -> Outcome {
    let events = (reading ? POLLIN : 0) | (writing ? POLLOUT : 0)
    while true {
      var polled = [
        pollfd(fd: descriptor, events: Int16(events), revents: 0),
        pollfd(fd: wakeup.descriptor, events: Int16(POLLIN), revents: 0),
      ]
      let count = poll(&polled, nfds_t(polled.count), millisecondsLeft)
      if count < 0, errno == EINTR { continue }
      if polled[1].revents != 0 { return .cancelled }
      if ContinuousClock.now >= end { return .timedOut }
      if count != 0 { return .ready }
    }
  }

  /// Rounded up, so that the end is not polled for in a loop.
  private var millisecondsLeft: Int32 {
    let (seconds, attoseconds) = (end - ContinuousClock.now).components
    guard seconds >= 0, attoseconds >= 0 else { return 0 }
    guard seconds < 1_000_000 else { return 1_000_000_000 }
    return Int32(seconds * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
  }
}
