import Evidence
import FakeDeployments
import Synchronization
import Testing

@testable import Running
@testable import Suites

/// What a run comes to that loses what it rests on.
@Suite(.timeLimit(.minutes(1)))
struct LossTests {
  /// Loses the driver as soon as a stage begins.
  private func losing(in stage: Stage) -> Bench {
    var bench = Bench()
    let isLost = Journal<Bool>()
    bench.watch = { event, _ in if event == .stageStarted(stage: stage) { isLost.add(true) } }
    bench.behaviour.lost = { _ in isLost.entries.isEmpty ? nil : "the guardian died" }
    return bench
  }

  @Test(arguments: Stage.allCases.filter { $0 != .teardown })
  func whatIsNotReachedWhenTheDriverIsLostIsNotRun(stage: Stage) async throws {
    let ran = try await losing(in: stage).run()
    #expect(ran.end == .died && ran.record.end == .died)
    #expect(ran.teardowns == 1)
    for later in Stage.allCases where later >= stage && later != .teardown {
      #expect(
        ran.outcome(later)
          == .notRun(reason: Reason(.stopped(.died, failures: nil, detail: "the guardian died")))
      )
    }
  }

  @Test func whatServicesAnswerThatNobodyHoldsIsNoFailureOfTheRecipe() async throws {
    var bench = Bench()
    let isLost = Mutex(false)
    bench.answer = { request in
      guard request.path == "/functional" else { return .init(200, "ok") }
      isLost.withLock { $0 = true }
      return .init(500)
    }
    bench.behaviour.lost = { _ in isLost.withLock { $0 } ? "the guardian died" : nil }
    let ran = try await bench.run()
    let outcome = ran.outcome("functional/a::test_it")
    #expect(outcome?.word == .broken)
    #expect(outcome?.reason?.notes == [.lost(detail: "the guardian died")])
    #expect(ran.end == .died)
  }

  @Test func aTeardownThatCannotBeSureIsBrokenAndTheRunHasDied() async throws {
    var bench = Bench()
    bench.behaviour.doubt = "nobody can tell whether that was all"
    let ran = try await bench.run()
    #expect(
      ran.outcome(.teardown)
        == .broken(reason: Reason(.operationFailed(detail: "nobody can tell whether that was all")))
    )
    #expect(ran.end == .died)
    bench.behaviour.leftovers = ["process 7 x"]
    #expect(try await bench.run().outcome(.teardown)?.word == .failed)
  }

  @Test func aRunWhoseEventsCannotBeKeptStops() async throws {
    var bench = Bench()
    bench.events = "/dev/full"
    let ran = try await bench.run()
    #expect(ran.end == .died)
    #expect(ran.teardowns == 1)
    let detail = "events.ndjson: No space left on device"
    let reason = Reason(.stopped(.died, failures: nil, detail: detail))
    #expect(ran.outcome(.install) == .notRun(reason: reason))
  }
}
