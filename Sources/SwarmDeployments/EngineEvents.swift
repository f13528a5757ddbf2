internal import Programs
internal import Synchronization

/// Listens to what an engine tells, from one moment to its end.
///
/// What has happened is asked of the engine itself: an event is no more than a reason to.
final class EngineEvents: Sendable {
  private let state = Heard()
  private let task: Task<Void, Never>

  private final class Heard: Sendable {
    let count = Atomic<Int>(0)
    let ending = Mutex<String?>(nil)
  }

  /// Begins to listen.
  init(_ engine: Engine, types: [String]) {
    let filters = types.flatMap { ["--filter", "type=\($0)"] }
    task = Task { [state] in
      do throws(EngineError) {
        let output = try await engine.docker.run(
          ["events", "--format", "{{.Type}}"] + filters,
          deadline: .seconds(1 << 30),
          output: .each { bytes in
            let lines = bytes.count { $0 == UInt8(ascii: "\n") }
            state.count.add(lines, ordering: .relaxed)
            return true
          }
        )
        let words = "docker events: \(output.ending): \(output.lastLine)"
        state.ending.withLock { $0 = words }
      } catch {
        state.ending.withLock { $0 = error.description }
      }
    }
  }

  deinit { task.cancel() }

  /// Listens no more.
  func stop() { task.cancel() }

  /// How many events were heard.
  var count: Int { state.count.load(ordering: .relaxed) }

  /// Why nothing more is heard; nil while it is.
  var ending: String? { state.ending.withLock { $0 } }

  /// Waits for an event beyond the first `count`, for the end, or for some time.
  func wait(beyond count: Int, atMost limit: Duration) async {
    let deadline = ContinuousClock.now + limit
    while self.count <= count, ending == nil, ContinuousClock.now < deadline {
      guard (try? await Task.sleep(for: .milliseconds(20))) != nil else { return }
    }
  }
}
