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
    let rows = await withTaskGroup(of: Row.self) { group in
      var rows: [Row] = []
      for (index, job) in jobs.enumerated() {
        if index >= width, let row = await group.next() { rows.append(row) }
        group.addTask {
          let status = await self.run(job)
          return Row(recipe: job.recipe, status: status, verdict: job.verdict)
        }
      }
      for await row in group { rows.append(row) }
      return rows
    }
    if rows.count > 1 { Console.out(Self.list(rows)) }
    return rows.reduce(.proven) { $0.worse($1.status) }
  }

  /// What one recipe came to.
  private struct Row {
    var recipe: String
    var status: ExitStatus
    /// Nil where it was not run.
    var verdict: String?
  }

  /// One line for each recipe, the worst last: that is what stays on the screen.
  private static func list(_ rows: [Row]) -> String {
    let sorted = rows.sorted { a, b in
      a.status == b.status
        ? a.recipe.utf8.lexicographicallyPrecedes(b.recipe.utf8)
        : a.status.precedence < b.status.precedence
    }
    let width = rows.map(\.recipe.count).max() ?? 0
    let bad = rows.count { $0.status != .proven }
    let head = "\n\(rows.count) recipes, \(bad == 0 ? "all" : "\(rows.count - bad)") as claimed\n"
    return sorted.reduce(head) { text, row in
      let sign = row.status == .proven ? "✓" : row.status == .broken ? "!" : "✗"
      return text + "  \(sign) \(row.recipe.padded(width))  exit \(row.status.rawValue)  "
        + "\(row.verdict ?? "not run")\n"
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
