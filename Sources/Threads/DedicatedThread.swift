#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A thread outside the cooperative pool, for C calls that block.
package enum DedicatedThread {
  /// Runs the body on a new, detached thread, which ends with it.
  ///
  /// Every signal is blocked there: they are the main thread's business, and a `SIGPIPE` raised
  /// by a library's write to a closed connection must not end the process.
  ///
  /// - Returns: Whether the thread was started; if not, the body is never run.
  package static func start(_ body: @escaping @Sendable () -> Void) -> Bool {
    let context = Unmanaged.passRetained(Context(body))
    var attributes = pthread_attr_t()
    var thread = pthread_t()
    guard pthread_attr_init(&attributes) == 0 else {
      context.release()
      return false
    }
    defer { pthread_attr_destroy(&attributes) }
    pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))

    // The new thread inherits the mask, so it is set around the start and not inside.
    var all = sigset_t()
    var before = sigset_t()
    sigfillset(&all)
    pthread_sigmask(SIG_SETMASK, &all, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }

    let started = pthread_create(
      &thread,
      &attributes,
      { argument in
        guard let argument else { return nil }
        let context = Unmanaged<Context>.fromOpaque(argument).takeRetainedValue()
        context.body()
        return nil
      },
      context.toOpaque()
    )
    guard started == 0 else {
      context.release()
      return false
    }
    return true
  }

  /// Runs a blocking body and waits for its value without blocking; nil if there is no thread.
  package static func value<Value: Sendable>(
    _ body: @escaping @Sendable () -> Value
  ) async -> Value? {
    await withCheckedContinuation { continuation in
      if !start({ continuation.resume(returning: body()) }) { continuation.resume(returning: nil) }
    }
  }

  private final class Context: Sendable {
    let body: @Sendable () -> Void

    init(_ body: @escaping @Sendable () -> Void) {
      self.body = body
    }
  }
}
