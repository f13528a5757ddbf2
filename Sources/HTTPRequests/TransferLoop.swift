import CLibcurl
import Synchronization
import Threads

/// The way from any task to the thread that drives libcurl, and the thread's life.
final class TransferLoop: Sendable {
  /// The one thing other threads may do with the multi handle is to wake it (libcurl's manual,
  /// `curl_multi_wakeup`).
  private struct Wakeable: @unchecked Sendable {
    let pointer: UnsafeMutableRawPointer
  }

  private struct Inbox {
    var submitted: [Transfer] = []
    var cancelled: [Transfer] = []
    var stopWaiters: [CheckedContinuation<Void, Never>] = []
    var isStarted = false
    var isStopping = false
    var isEnded = false

    /// Only from an empty inbox is a wake-up needed: else one is on its way.
    var isEmpty: Bool { submitted.isEmpty && cancelled.isEmpty && !isStopping }
  }

  /// What the thread is to do next.
  struct Orders {
    var submitted: [Transfer]
    var cancelled: [Transfer]
    var stops: Bool
  }

  private let options: HTTPClient.Options
  private let inbox = Mutex(Inbox())
  /// Alive whenever it is here: taken away under the lock before it is freed. Not in the inbox, for
  /// whom a wake-up wakes wants the inbox at once.
  private let multi = Mutex<Wakeable?>(nil)

  init(options: HTTPClient.Options) {
    self.options = options
  }

  /// Starts it as soon as there is room; the continuation is resumed exactly once.
  func submit(_ transfer: Transfer, _ continuation: Transfer.Continuation) {
    let (isAccepted, startsThread, wasEmpty) = inbox.withLock { inbox in
      transfer.continuation = continuation
      if transfer.isCancelled || inbox.isStopping || inbox.isEnded { return (false, false, false) }
      transfer.isSubmitted = true
      let wasEmpty = inbox.isEmpty
      inbox.submitted.append(transfer)
      defer { inbox.isStarted = true }
      return (true, !inbox.isStarted, wasEmpty)
    }
    guard isAccepted else { return transfer.fail(.cancelled, at: .preparing) }
    if wasEmpty { wake() }
    if startsThread, !DedicatedThread.start({ self.run() }) {
      end(failing: .other(code: Int(CURLE_OUT_OF_MEMORY.rawValue), name: "no thread to be had"))
    }
  }

  /// Ends it wherever it is; without effect on one that is done.
  func cancel(_ transfer: Transfer) {
    let wasEmpty = inbox.withLock { inbox in
      transfer.isCancelled = true
      guard transfer.isSubmitted, !inbox.isEnded else { return false }
      defer { inbox.cancelled.append(transfer) }
      return inbox.isEmpty
    }
    if wasEmpty { wake() }
  }

  /// Cancels everything; the continuation is resumed once the thread is through.
  func stop(_ continuation: CheckedContinuation<Void, Never>? = nil) {
    let isThrough = inbox.withLock { inbox in
      guard inbox.isStarted, !inbox.isEnded else {
        inbox.isEnded = true
        return true
      }
      if let continuation { inbox.stopWaiters.append(continuation) }
      inbox.isStopping = true
      return false
    }
    if isThrough { continuation?.resume() } else { wake() }
  }

  private func wake() {
    multi.withLock { if let multi = $0 { curl_multi_wakeup(multi.pointer) } }
  }

  private func run() {
    guard curlIsReady, let multi = curl_multi_init() else {
      return end(failing: .other(code: Int(CURLE_FAILED_INIT.rawValue), name: "no libcurl"))
    }
    let wakeable = Wakeable(pointer: multi)
    self.multi.withLock { $0 = wakeable }
    let driver = TransferDriver(multi: multi, options: options)
    driver.run { self.takeOrders() }
    // Nobody may wake it from here on.
    self.multi.withLock { $0 = nil }
    driver.close()
    end(failing: .cancelled)
  }

  private func takeOrders() -> Orders {
    inbox.withLock { inbox in
      let orders = Orders(
        submitted: inbox.submitted,
        cancelled: inbox.cancelled,
        stops: inbox.isStopping
      )
      inbox.submitted.removeAll(keepingCapacity: true)
      inbox.cancelled.removeAll(keepingCapacity: true)
      return orders
    }
  }

  private func end(failing code: HTTPError.Code) {
    let (left, waiters) = inbox.withLock { inbox in
      inbox.isEnded = true
      defer {
        inbox.submitted = []
        inbox.cancelled = []
        inbox.stopWaiters = []
      }
      return (inbox.submitted, inbox.stopWaiters)
    }
    for transfer in left { transfer.fail(code, at: .preparing) }
    for waiter in waiters { waiter.resume() }
  }
}

/// libcurl's global state, set up once for the process and never taken down.
private let curlIsReady = shim_curl_global_init() == CURLE_OK
