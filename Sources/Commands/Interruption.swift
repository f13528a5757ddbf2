import Dispatch
import Glibc
import Synchronization

/// Ctrl-C and SIGTERM: the first takes the run down in order, the second at once.
///
/// The second leaves the cleaning to the guardian, which kills everything when this process is gone.
final class Interruption: Sendable {
  private let count = Mutex(0)
  private let sources: [any DispatchSourceSignal & Sendable]

  init(onFirst: @escaping @Sendable () -> Void) {
    let count = Mutex(0)
    let box = Box(count: 0)
    _ = count
    sources = [SIGINT, SIGTERM, SIGHUP].map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler {
        if box.next() == 1 {
          onFirst()
        } else {
          _exit(2)
        }
      }
      source.resume()
      return source
    }
  }

  private final class Box: Sendable {
    private let count: Mutex<Int>
    init(count: Int) { self.count = Mutex(count) }
    func next() -> Int {
      count.withLock {
        $0 += 1
        return $0
      }
    }
  }

  deinit {
    for source in sources { source.cancel() }
    for number in [SIGINT, SIGTERM, SIGHUP] { signal(number, SIG_DFL) }
  }
}
