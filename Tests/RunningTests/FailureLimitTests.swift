import Deployments
import Evidence
import FakeDeployments
import Testing

@testable import Running
@testable import Suites

@Suite(.timeLimit(.minutes(1)))
struct FailureLimitTests {
  /// Every overlay and functional check fails.
  private static func failing(_ limit: Int?) -> Bench {
    var bench = Bench()
    bench.failures = FailureLimit(limit)
    for index in bench.suite.checks.indices {
      guard case .steps(var steps) = bench.suite.checks[index].body else { continue }
      steps[0].expect = [
        Expectation(subject: .status, predicates: [.equals(.number("418"))], place: somewhere)
      ]
      bench.suite.checks[index].body = .steps(steps)
    }
    return bench
  }

  @Test(arguments: [1, 2, 3])
  func `So many checks fail and no more, and what is left out says why`(_ limit: Int) async throws {
    let ran = try await Self.failing(limit).run()
    #expect(ran.record.checks.count { $0.outcome.word == .failed } == limit)
    #expect(ran.end == .failuresReached && !ran.record.isWhole)
    let reason = Reason(.stopped(.failuresReached, failures: limit, detail: nil))
    let last = ran.record.checks.filter { $0.stage == .functional }
    #expect(Set(last.map(\.outcome)) == [.notRun(reason: reason)])
    #expect(ran.outcome("generic/teardown::nothing_left") == .passed)
    #expect(ran.teardowns == 1)
  }

  @Test func `Without a limit all of them fail, and the run ends by itself`() async throws {
    let ran = try await Self.failing(nil).run()
    #expect(ran.record.checks.count { $0.outcome.word == .failed } == 5)
    #expect(ran.end == .finished)
  }

  @Test func `A limit that the last check reaches leaves nothing out`() async throws {
    let ran = try await Self.failing(5).run()
    #expect(ran.record.checks.count { $0.outcome.word == .failed } == 5)
    #expect(ran.end == .finished)
  }

  @Test func `A failure in another recipe's run stops this one`() async throws {
    var bench = Bench()
    let failures = FailureLimit(1)
    bench.failures = failures
    bench.watch = { event, _ in if event == .stageStarted(stage: .backup) { failures.add() } }
    let ran = try await bench.run()
    #expect(ran.end == .failuresReached)
    #expect(ran.words(.functional) == [.notRun])
    #expect(ran.outcome(.upgrade) == .passed)
  }

  @Test func `A stage that fails in no check counts once`() async throws {
    var bench = Bench()
    let failures = FailureLimit(2)
    bench.failures = failures
    bench.behaviour.deploy = { _ throws(DeploymentError) in
      throw DeploymentError(.recipeFailed, "hook exited with 1")
    }
    let ran = try await bench.run()
    #expect(ran.end == .finished && failures.reason == nil)
    failures.add()
    #expect(failures.reason != nil)
  }

  // MARK: Selections

  @Test func `A stage that nobody asked for does not run, and is no failure`() async throws {
    var bench = Bench()
    let selection = RunSelection(
      parts: [.p3],
      checks: [],
      stages: [.install, .upgrade, .functional]
    )
    bench.adjust = { plan in
      plan.selection = selection
      plan.planned.removeAll { $0.kind == .integrity || $0.kind == .overlay }
      plan.planned.removeAll { $0.stage == .backup || $0.stage == .restore }
    }
    let ran = try await bench.run()
    #expect(ran.outcome("functional/a::test_it") == .passed)
    for stage in [Stage.backup, .restore] {
      #expect(ran.outcome(stage) == .skipped(reason: Reason(.notNeeded(selection))))
      #expect(ran.words(stage).isEmpty)
    }
    #expect(ran.outcome(.upgrade) == .passed && ran.end == .finished)
  }
}
