internal import Glibc
internal import Synchronization

/// What the runner knows of its guardian: open requests, services, the guardian's own end.
///
/// Fed by the channel's thread, read by any task.
final class GuardianLedger: Sendable {
  typealias Answer = Result<GuardianMessage.Reply, GuardianError>

  private let process: Int32
  private let state = Mutex(State())

  private struct State {
    var nextID: UInt64 = 1
    var pending: [UInt64: (subject: String, answer: CheckedContinuation<Answer, Never>)] = [:]
    var outputs: [UInt64: [OutputStream: [UInt8]]] = [:]
    /// What came with an answer that nobody has taken yet.
    var descriptors: [UInt64: Int32] = [:]
    var services: [String: ServiceState] = [:]
    var starts: [String: Int] = [:]
    /// True once a usable hello has come, false once it cannot come any more.
    var greeting: Bool?
    var greetingWaiter: CheckedContinuation<Bool, Never>?
    var isConnected = true
    /// What it was asked when it did not answer in time.
    var unanswered: String?
    var isReaped = false
    var endWaiters: [CheckedContinuation<Void, Never>] = []
    var report: ShutdownReport?
  }

  init(process: Int32) {
    self.process = process
  }

  var isAlive: Bool { state.withLock { $0.isConnected } }
  var report: ShutdownReport? { state.withLock { $0.report } }

  func newID() -> UInt64 {
    state.withLock { state in
      defer { state.nextID += 1 }
      return state.nextID
    }
  }

  func countStart(of service: String) -> Int {
    state.withLock { state in
      state.starts[service, default: 0] += 1
      return state.starts[service, default: 1]
    }
  }

  func state(of service: String) -> ServiceState? {
    state.withLock { $0.services[service] }
  }

  func takeOutputs(of id: UInt64) -> [OutputStream: [UInt8]] {
    state.withLock { $0.outputs.removeValue(forKey: id) ?? [:] }
  }

  func takeDescriptor(of id: UInt64) -> Int32? {
    state.withLock { $0.descriptors.removeValue(forKey: id) }
  }

  /// What it was asked when it did not answer in time, and was killed for it; nil where it was not.
  var unanswered: String? { state.withLock { $0.unanswered } }

  func keep(_ report: ShutdownReport) -> ShutdownReport {
    state.withLock { state in
      let kept = state.report ?? report
      state.report = kept
      return kept
    }
  }

  /// Makes a request and waits for its reply. A guardian that does not answer within `limit` is killed.
  func result(
    of id: UInt64,
    about subject: String,
    within limit: Duration,
    send: () -> Bool
  ) async -> Answer {
    let watchdog = Task.detached {
      try await Task.sleep(for: limit)
      self.state.withLock { state in
        guard state.pending[id] != nil, !state.isReaped else { return }
        state.unanswered = state.unanswered ?? subject
        kill(self.process, SIGKILL)
      }
    }
    defer { watchdog.cancel() }
    return await withCheckedContinuation { continuation in
      state.withLock { $0.pending[id] = (subject, continuation) }
      if !send() { resolve(id, nil) }
    }
  }

  /// Whether the guardian has said a hello that this version understands; waits for it.
  func greeting() async -> Bool {
    await withCheckedContinuation { continuation in
      let known = state.withLock { state in
        if state.greeting == nil { state.greetingWaiter = continuation }
        return state.greeting
      }
      if let known { continuation.resume(returning: known) }
    }
  }

  /// Waits until the guardian's process has ended and was reaped.
  func hasEnded() async {
    await withCheckedContinuation { continuation in
      let isReaped = state.withLock { state in
        if !state.isReaped { state.endWaiters.append(continuation) }
        return state.isReaped
      }
      if isReaped { continuation.resume() }
    }
  }

  /// SIGKILL, unless it was reaped and its id may be another's.
  func killProcess() {
    state.withLock { state in
      if !state.isReaped { kill(process, SIGKILL) }
    }
  }

  /// On the channel's thread.
  func take(_ message: GuardianMessage, _ descriptor: Int32?) {
    if let descriptor, case .reply(let id, _) = message {
      state.withLock { state in
        if state.pending[id] == nil {
          close(descriptor)
        } else {
          state.descriptors[id] = descriptor
        }
      }
    }
    switch message {
    case .hello(let version): greet(version == GuardianProtocol.version)
    case .reply(let id, let reply): resolve(id, reply)
    case .output(let id, let stream, let bytes):
      state.withLock { state in
        guard state.pending[id] != nil else { return }
        state.outputs[id, default: [:]][stream, default: []].append(contentsOf: bytes)
      }
    case .exited(let exit):
      state.withLock { $0.services[exit.service] = .exited(exit) }
    case .started(let service, let process):
      state.withLock { $0.services[service] = .running(processID: process) }
    }
  }

  /// On the channel's thread: fails what is open, then waits for the process.
  func end() {
    let pending = state.withLock { state in
      state.isConnected = false
      defer { state.pending = [:] }
      return state.pending
    }
    greet(false)
    for request in pending.values {
      request.answer.resume(returning: .failure(GuardianError(.guardianDied, request.subject)))
    }
    // Not reaped yet, so that the id stays its own until `isReaped` says otherwise.
    var information = siginfo_t()
    while waitid(P_PID, id_t(process), &information, WEXITED | WNOWAIT) < 0, errno == EINTR {}
    let waiters = state.withLock { state in
      waitpid(process, nil, WNOHANG)
      state.isReaped = true
      defer { state.endWaiters = [] }
      return state.endWaiters
    }
    for waiter in waiters { waiter.resume() }
  }

  private func greet(_ isUsable: Bool) {
    let waiter = state.withLock { state in
      if state.greeting == nil { state.greeting = isUsable }
      defer { state.greetingWaiter = nil }
      return state.greetingWaiter
    }
    waiter?.resume(returning: isUsable)
  }

  private func resolve(_ id: UInt64, _ reply: GuardianMessage.Reply?) {
    let request = state.withLock { $0.pending.removeValue(forKey: id) }
    guard let request else { return }
    switch reply {
    case .failed(let error)?: request.answer.resume(returning: .failure(error))
    case let reply?: request.answer.resume(returning: .success(reply))
    case nil:
      request.answer.resume(returning: .failure(GuardianError(.guardianDied, request.subject)))
    }
  }
}
