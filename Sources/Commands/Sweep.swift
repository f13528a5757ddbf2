import Auditing
import Evidence
import Reports
import Running
import Synchronization

/// Several recipes' runs, so many at a time, and what they come to together.
final class Sweep: Sendable {
  private let jobs: [RunJob]
  private let width: Int
  private let failures: FailureLimit
  private let isInterrupted = Mutex(false)

  /// - Parameter width: how many run at once; at least 1.
  init(_ jobs: [RunJob], width: Int, failures: FailureLimit) {
    self.jobs = jobs
    self.width = width
    self.failures = failures
  }

  /// Runs all of them; Ctrl-C takes down those that run, and the others are not begun.
  func run() async -> ExitStatus {
    let interruption = Interruption { [self] in
      isInterrupted.withLock { $0 = true }
      for job in jobs { job.interrupt() }
    }
    // Reports are written whole, or left at once by a second signal.
    defer { withExtendedLifetime(interruption) {} }
    return await withTaskGroup(of: ExitStatus.self) { group in
      var worst = ExitStatus.proven
      for (index, job) in jobs.enumerated() {
        if index >= width, let status = await group.next() { worst = worst.worse(status) }
        group.addTask { await self.run(job) }
      }
      for await status in group { worst = worst.worse(status) }
      return worst
    }
  }

  private func run(_ job: RunJob) async -> ExitStatus {
    let interrupted = isInterrupted.withLock { $0 } ? Reason(.interrupted) : nil
    if let reason = interrupted ?? failures.reason {
      Console.error("\(job.recipe): not run: \(reason.cause)")
      return .broken
    }
    do {
      return try await job.run()
    } catch {
      return Console.tell(error)
    }
  }
}

extension ExitStatus {
  func worse(_ other: ExitStatus) -> ExitStatus {
    other.precedence > precedence ? other : self
  }
}
