import Formats
import FoundationEssentials
internal import Synchronization

/// Listens to what an engine tells, from one moment to its end.
final class EngineWatch: Sendable {
  private let hearing: Hearing
  private let task: Task<Void, Never>

  /// Begins to listen.
  ///
  /// - Parameter isLocal: whether the engine's clock is this machine's.
  init(_ client: EngineClient, filters: [String: [String]], isLocal: Bool) {
    let request = EngineClient.Request(
      "GET",
      "/events",
      [("filters", EngineClient.filters(filters))]
    )
    let hearing = Hearing(isLocal: isLocal)
    self.hearing = hearing
    task = Task {
      do throws(EngineError) {
        try await client.exchange(request, within: nil) { reply throws(EngineError) in
          try hearing.read(&reply)
        }
        hearing.end("the engine stopped telling what happens")
      } catch {
        hearing.end(error.description)
      }
    }
  }

  deinit { task.cancel() }

  /// Listens no more.
  func stop() { task.cancel() }

  /// How many events were heard.
  var count: Int { hearing.state.withLock { $0.count } }

  /// Why nothing more is heard; nil while it is.
  var ending: String? { hearing.state.withLock { $0.ending } }

  /// The median time from an event to our noticing it; nil where none was measured.
  var medianDelay: Duration? {
    let delays = hearing.state.withLock { $0.delays }.sorted()
    return delays.isEmpty ? nil : .microseconds(delays[delays.count / 2])
  }

  /// Waits for an event beyond the first `count`, for the end, or for some time.
  func wait(beyond count: Int, atMost limit: Duration) async {
    let timer = Task { [hearing] in
      try? await Task.sleep(for: limit)
      hearing.wakeAll()
    }
    defer { timer.cancel() }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isOver = hearing.state.withLock {
          if $0.count > count || $0.ending != nil || Task.isCancelled { return true }
          $0.waiters.append(continuation)
          return false
        }
        if isOver { continuation.resume() }
      }
    } onCancel: {
      hearing.wakeAll()
    }
  }
}

/// What a watch has heard, shared with the thread that listens.
private final class Hearing: Sendable {
  struct State {
    var count = 0
    var ending: String?
    /// From the engine's event to our noticing it, in microseconds; the newest ones.
    var delays: [Int] = []
    var waiters: [CheckedContinuation<Void, Never>] = []
  }

  let state = Mutex(State())
  private let isLocal: Bool

  init(isLocal: Bool) { self.isLocal = isLocal }

  func read(_ reply: inout EngineReply) throws(EngineError) {
    var line: [UInt8] = []
    while let bytes = try reply.next() {
      for byte in bytes {
        guard byte == UInt8(ascii: "\n") else {
          line.append(byte)
          continue
        }
        // What has happened is asked of the engine itself: an event is no more than a reason to.
        if let time = (try? JSONParser().parse(line))?["timeNano"]?.intValue { take(time) }
        line.removeAll(keepingCapacity: true)
      }
    }
  }

  /// - Parameter time: nanoseconds since 1970, by the engine's clock.
  private func take(_ time: Int64) {
    let now = Int64(Date().timeIntervalSince1970 * 1_000_000)
    state.withLock { state in
      state.count += 1
      guard isLocal else { return }
      if state.delays.count == 10_000 { state.delays.removeFirst(5_000) }
      state.delays.append(Int(max(0, now - time / 1000)))
    }
    wakeAll()
  }

  func end(_ why: String) {
    state.withLock { state in
      if state.ending == nil { state.ending = why }
    }
    wakeAll()
  }

  func wakeAll() {
    let waiters = state.withLock { state in
      let waiters = state.waiters
      state.waiters = []
      return waiters
    }
    for waiter in waiters { waiter.resume() }
  }
}
