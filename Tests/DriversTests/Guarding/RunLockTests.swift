import Glibc
import Synchronization
import Testing

@testable import Guarding

@Suite struct RunLockTests {
  @Test func `A second run is refused and told who holds the lock`() async throws {
    let fixture = try RunFixture()
    let first = try await RunLock.acquire(
      "a/b c",
      holder: fixture.holder("one"),
      wait: .no,
      folder: fixture.locks
    )
    await #expect(throws: GuardianError(.locked(holder: fixture.holder("one")), "a/b c")) {
      try await RunLock.acquire(
        "a/b c",
        holder: fixture.holder("two"),
        wait: .no,
        folder: fixture.locks
      )
    }
    let other = try await RunLock.acquire(
      "a/b%20c",
      holder: fixture.holder("three"),
      wait: .no,
      folder: fixture.locks
    )
    #expect(other.holder.runID == "three")
    #expect(RunLock.currentHolder(of: "a/b c", folder: fixture.locks) == first.holder)
  }

  @Test func `A waiting run names the holder and gets the lock after it`() async throws {
    let fixture = try RunFixture()
    let seen = Mutex<[LockHolder?]>([])
    var first: RunLock? = try await RunLock.acquire(
      "sample",
      holder: fixture.holder("one"),
      wait: .no,
      folder: fixture.locks
    )
    let waiting = Task {
      try await RunLock.acquire(
        "sample",
        holder: fixture.holder("two"),
        wait: .every(.milliseconds(10)) { holder in seen.withLock { $0.append(holder) } },
        folder: fixture.locks
      )
    }
    try await eventually("it was told twice") { seen.withLock { $0.count >= 2 } }
    #expect(seen.withLock { $0.allSatisfy { $0?.runID == "one" } })
    #expect(first?.name == "sample")
    first = nil
    let second = try await waiting.value
    #expect(RunLock.currentHolder(of: "sample", folder: fixture.locks) == second.holder)
  }

  @Test func `Waiting ends when the task is cancelled`() async throws {
    let fixture = try RunFixture()
    let first = try await RunLock.acquire(
      "sample",
      holder: fixture.holder("one"),
      wait: .no,
      folder: fixture.locks
    )
    let waiting = Task {
      try await RunLock.acquire(
        "sample",
        holder: fixture.holder("two"),
        wait: .every(.seconds(10)) { _ in },
        folder: fixture.locks
      )
    }
    waiting.cancel()
    await #expect(throws: CancellationError.self) { try await waiting.value }
    #expect(first.holder.runID == "one")
  }

  @Test func `A killed runner's lock is free once its guardian has cleaned up`() async throws {
    let fixture = try RunFixture()
    let runner = try TestRunner(
      fixture,
      runID: "first",
      services: [.init(name: "db", arguments: ["sleep", "5002"])]
    )
    let started = try await runner.started()
    #expect(RunLock.currentHolder(of: "sample", folder: fixture.locks)?.processID == started.runner)
    // While the guardian is held up, the lock outlives the runner.
    kill(started.guardian, SIGSTOP)
    runner.kill()
    #expect(RunLock.currentHolder(of: "sample", folder: fixture.locks)?.runID == "first")
    #expect(started.processes.contains(where: isAlive))
    kill(started.guardian, SIGCONT)
    let second = try await RunLock.acquire(
      "sample",
      holder: fixture.holder("second"),
      wait: .every(.seconds(10)) { _ in },
      folder: fixture.locks
    )
    #expect(second.holder.runID == "second")
    #expect(!started.processes.contains(where: isAlive))
    #expect(!exists(started.folder))
  }

  @Test func `A folder that others may write to is refused`() async throws {
    let fixture = try RunFixture()
    chmod(fixture.locks, 0o777)
    await #expect(throws: GuardianError(.unsafePath, fixture.locks)) {
      try await RunLock.acquire(
        "sample",
        holder: fixture.holder("one"),
        wait: .no,
        folder: fixture.locks
      )
    }
  }
}
