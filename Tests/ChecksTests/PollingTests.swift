import Testing

@testable import Checks

struct PollingTests {
  /// What a wait of `readyAt` costs when the app is ready from then on.
  private func simulate(readyAt: Duration, within: Duration, seed: UInt64)
    -> (looks: Int, end: Duration, satisfied: Bool)
  {
    var polling = Polling(within: within, seed: seed)
    var now = Duration.zero
    var looks = 0
    while true {
      looks += 1
      let satisfied = now >= readyAt
      switch polling.next(after: satisfied ? .satisfied : .unsatisfied, elapsed: now) {
      case .stop: return (looks, now, satisfied)
      case .again(let pause): now += pause
      }
    }
  }

  @Test(arguments: [1, 10, 60, 300]) func awaitedThingsAreNoticedSoonAndWithFewLooks(seconds: Int) {
    var overshoot = Duration.zero
    for seed in 0..<UInt64(1000) {
      let run = simulate(readyAt: .seconds(seconds), within: .seconds(1200), seed: seed)
      #expect(run.satisfied)
      #expect(run.looks <= seconds + 40)
      overshoot += run.end - .seconds(seconds)
    }
    let bar = min(.milliseconds(500), .milliseconds(50 * seconds)) + .milliseconds(20)
    #expect(overshoot / 1000 <= bar)
  }

  @Test func theLastLookStandsExactlyAtTheEnd() {
    for seed in 0..<UInt64(100) {
      let run = simulate(readyAt: .seconds(60), within: .milliseconds(7_777), seed: seed)
      #expect(!run.satisfied)
      #expect(run.end == .milliseconds(7_777))
    }
  }

  @Test func pausesGrowWithTheTimeThatHasPassed() {
    var polling = Polling(within: .seconds(1000), seed: 1)
    let pauses = [Duration.zero, .seconds(1), .seconds(5), .seconds(100)].map {
      polling.next(after: .unanswered, elapsed: $0)
    }
    let bases: [Duration] = [.milliseconds(30), .seconds(1) / 9, .seconds(5) / 9, .seconds(1)]
    for (pause, base) in zip(pauses, bases) {
      guard case .again(let after) = pause else {
        Issue.record("stopped")
        continue
      }
      #expect(after >= base * 0.9)
      #expect(after <= base * 1.1)
    }
  }

  @Test func twoSeedsPauseDifferently() {
    var one = Polling(within: .seconds(100), seed: 1)
    var other = Polling(within: .seconds(100), seed: 2)
    #expect(
      one.next(after: .unsatisfied, elapsed: .seconds(5))
        != other.next(after: .unsatisfied, elapsed: .seconds(5))
    )
  }

  @Test(arguments: [Polling.Attempt.satisfied, .hopeless, .hopelessUnanswered])
  func whatIsDecidedIsNotAskedAgain(attempt: Polling.Attempt) {
    var polling = Polling(within: .seconds(100), seed: 1)
    #expect(polling.next(after: attempt, elapsed: .zero) == .stop)
  }

  @Test(arguments: [Polling.Attempt.unsatisfied, .unanswered])
  func withoutTimeThereIsOneLook(attempt: Polling.Attempt) {
    var polling = Polling(within: .zero, seed: 1)
    #expect(polling.next(after: attempt, elapsed: .zero) == .stop)
  }

  // MARK: Early stop

  @Test(arguments: 100...599) func onlyHopelessClientErrorsStopEarly(status: Int) {
    var answer = Answer()
    answer.status = status
    let worthAsking = [404, 408, 409, 425, 429]
    let wanted = (400...499).contains(status) && !worthAsking.contains(status)
    #expect(EarlyStop.applies(to: answer, stopOn: []) == wanted)
    #expect(EarlyStop.applies(to: answer, stopOn: [String(status)]))
  }

  @Test(arguments: [
    ("22P02", true), ("28P01", true), ("42P01", true), ("42601", true), ("40001", false),
    ("23505", false), ("57P03", false), ("53300", false), ("2201", false), ("47", false),
  ])
  func onlyHopelessSQLStatesStopEarly(code: String, stops: Bool) {
    var answer = Answer()
    answer.error = Answer.Refusal(code: code, message: "it says no")
    #expect(EarlyStop.applies(to: answer, stopOn: []) == stops)
    #expect(EarlyStop.applies(to: answer, stopOn: [code]))
  }

  @Test func aServersOwnNumberStopsEarlyWhereTheSuiteSaysSo() {
    var answer = Answer()
    answer.error = Answer.Refusal(code: "HY000", number: 1205, message: "lock wait")
    #expect(!EarlyStop.applies(to: answer, stopOn: []))
    #expect(!EarlyStop.applies(to: answer, stopOn: ["1213"]))
    #expect(EarlyStop.applies(to: answer, stopOn: ["1205"]))
  }

  @Test func anExitCodeStopsEarlyOnlyWhereTheSuiteSaysSo() {
    var answer = Answer()
    answer.exit = 3
    #expect(!EarlyStop.applies(to: answer, stopOn: []))
    #expect(!EarlyStop.applies(to: answer, stopOn: ["4"]))
    #expect(EarlyStop.applies(to: answer, stopOn: ["4", "3"]))
  }
}
