/// An actor on a thread of its own, where the calls of a client's library may wait.
package protocol InterruptibleActor: Actor {
  /// Ends what waits.
  nonisolated var wakeup: Wakeup { get }
}

extension InterruptibleActor {
  /// Runs what blocks, on this actor's thread, without a suspension in between: the actor's state
  /// cannot change meanwhile, and the handler is there for this call alone.
  ///
  /// - Parameter body: is to end once its deadline says so, which is at the latest when the task is
  ///   cancelled.
  package func interruptible<Value, Failure: Error>(
    within limit: Duration,
    _ body: (Deadline) throws(Failure) -> Value
  ) async throws(Failure) -> Value {
    wakeup.reset()
    let deadline = Deadline(within: limit, wakeup: wakeup)
    let result = await withTaskCancellationHandler {
      // A closure that does not mention `self` would run on the cooperative pool.
      self.result(of: body, deadline)
    } onCancel: { [wakeup] in
      wakeup.fire()
    }
    return try result.get()
  }

  private func result<Value, Failure: Error>(
    of body: (Deadline) throws(Failure) -> Value,
    _ deadline: Deadline
  ) -> Result<Value, Failure> {
    do throws(Failure) {
      return .success(try body(deadline))
    } catch {
      return .failure(error)
    }
  }
}
