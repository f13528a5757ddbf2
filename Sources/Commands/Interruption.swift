import Dispatch
import Glibc
import Synchronization

/// Ctrl-C and SIGTERM: the first takes the run down in order, the second leaves at once.
///
/// Leaving at once loses nothing on the machine: the guardian kills everything when this process is
/// gone.
final class Interruption {
  /// SIGHUP not where it is ignored already: `nohup` means it.
  private static let signals: [Int32] = {
    var hangUp = sigaction()
    sigaction(SIGHUP, nil, &hangUp)
    let isIgnored = unsafeBitCast(hangUp.__sigaction_handler.sa_handler, to: Int.self) == 1
    return isIgnored ? [SIGINT, SIGTERM] : [SIGINT, SIGTERM, SIGHUP]
  }()
  private let sources: [any DispatchSourceSignal]

  init(onFirst: @escaping @Sendable () -> Void) {
    let counter = Counter()
    sources = Self.signals.map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler {
        if counter.next() == 1 { onFirst() } else { _exit(2) }
      }
      source.resume()
      return source
    }
  }

  deinit {
    for source in sources { source.cancel() }
    for number in Self.signals { signal(number, SIG_DFL) }
  }

  private final class Counter: Sendable {
    private let count = Mutex(0)

    func next() -> Int {
      count.withLock {
        $0 += 1
        return $0
      }
    }
  }
}
