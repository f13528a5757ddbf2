import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// An executor with one thread, on which a client's library may wait as long as it is told to.
///
/// The thread holds the executor until `stop()`, which the owner calls when nothing can be
/// enqueued any more.
package final class ConnectionThread: SerialExecutor {
  private struct State {
    var jobs: [UnownedJob] = []
    var isStopping = false
  }

  private let state = Mutex(State())
  private let work = Semaphore()

  /// - Returns: `nil` where the system gives no thread.
  package init?() {
    guard DedicatedThread.start({ self.run() }) else { return nil }
  }

  package func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    state.withLock { $0.jobs.append(job) }
    work.signal()
  }

  package func stop() {
    state.withLock { $0.isStopping = true }
    work.signal()
  }

  private func run() {
    while true {
      work.wait()
      let (jobs, isStopping) = state.withLock { state in
        defer { state.jobs = [] }
        return (state.jobs, state.isStopping)
      }
      for job in jobs { job.runSynchronously(on: asUnownedSerialExecutor()) }
      if isStopping, jobs.isEmpty { return }
    }
  }
}

/// POSIX's unnamed semaphore, at an address that does not change.
private final class Semaphore: @unchecked Sendable {
  private let pointer = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

  init() {
    sem_init(pointer, 0, 0)
  }

  deinit {
    sem_destroy(pointer)
    pointer.deallocate()
  }

  func signal() {
    sem_post(pointer)
  }

  func wait() {
    while sem_wait(pointer) != 0, errno == EINTR {}
  }
}
