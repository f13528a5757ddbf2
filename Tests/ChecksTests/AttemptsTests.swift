import Deployments
import Evidence
import FakeDeployments
import Formats
import Foundation
import HTTPRequests
import Programs
import Testing

@testable import Checks
@testable import Suites

@Suite(.timeLimit(.minutes(1)))
struct AttemptsTests {
  private func attempts(_ probes: Probes, hopeless: Reason.Note? = nil) -> Attempts {
    Attempts(probes: probes, stepLimit: .seconds(10), seed: 1, hopeless: { hopeless })
  }

  private func retrying(_ step: Step, within: Duration = .seconds(30), stopOn: [String] = [])
    -> Step
  {
    var step = step
    step.retry = Step.Retry(within: within, stopOn: stopOn)
    return step
  }

  @Test func aStepIsRetriedUntilItIsSatisfied() async throws {
    try await withApp {
      .init($0.number < 4 ? 404 : 200)
    } _: { app, probes, scope in
      let result = await attempts(probes).perform(retrying(get()), number: "1", in: scope)
      #expect(result.record.outcome == .passed)
      #expect(result.record.attempts == 4)
      #expect(app.received.count == 4)
    }
  }

  @Test func withoutRetryThereIsOneLook() async throws {
    try await withApp { _ in
      .init(404)
    } _: { app, probes, scope in
      let result = await attempts(probes).perform(get(), number: "1", in: scope)
      let reason = result.record.outcome.reason
      #expect(result.record.outcome.word == .failed && reason?.act == "GET /")
      #expect(reason?.violated.map(\.description) == ["status < 400"])
      #expect(reason?.violated.map(\.actual) == [.number(404)])
      #expect(app.received.count == 1)
    }
  }

  @Test func anAnswerThatIsWrongToTheEndFailsAndNamesItsTries() async throws {
    try await withApp { _ in
      .init(503)
    } _: { app, probes, scope in
      let step = retrying(get(), within: .seconds(4))
      let result = await attempts(probes).perform(step, number: "1", in: scope)
      #expect(result.record.outcome.word == .failed)
      #expect(result.record.attempts == app.received.count && app.received.count > 1)
    }
  }

  /// Where a search is given up, nothing is known: not even that something is not there.
  @Test(arguments: [false, true]) func aPatternThatNeverEndsIsBroken(isNegated: Bool) async throws {
    let hostile = try Pattern("^(a|a)*$")
    let path = try JSONPath("$[?search(@.a, '^(a|a)*$')]")
    try await withApp { _ in
      .init(200, #"{"x":{"a":"\#(String(repeating: "a", count: 5_000))!"}}"#)
    } _: { _, probes, scope in
      let predicate = Predicate.exists(true)
      let value = try Subject.jsonpath(JSONPath("$.x.a"))
      var steps = [
        get(expect: [expecting(value, isNegated ? .not(.matches(hostile)) : .matches(hostile))])
      ]
      for subject in [.jsonpath(path), .regex(try Pattern("(a|a)*[bc]$"))]
        as [Subject]
      {
        steps.append(get(expect: [expecting(subject, isNegated ? .exists(false) : predicate)]))
        var capturing = get()
        capturing.capture = [
          Capture(name: "x", subject: subject, isSecret: false, scope: .check, place: somewhere)
        ]
        steps.append(capturing)
      }
      for step in steps {
        let result = await attempts(probes).perform(step, number: "1", in: scope)
        #expect(result.record.outcome.word == .broken)
        #expect(result.record.outcome.reason?.code.detail.contains("match limit") == true)
      }
    }
  }

  @Test(arguments: [false, true]) func noAnswerIsBrokenAlsoAfterPolling(retry: Bool) async throws {
    try await withApp { _ in
      .init()
    } _: { _, probes, _ in
      // Port 1 is nobody's.
      let scope = Scope(constants: ["base_url": "http://127.0.0.1:1"])
      let step = retry ? retrying(get(), within: .milliseconds(1500)) : get()
      let result = await attempts(probes).perform(step, number: "1", in: scope)
      #expect(result.record.outcome.word == .broken)
      #expect((result.record.attempts > 1) == retry)
    }
  }

  @Test func aHopelessAnswerIsNotAskedForAgain() async throws {
    try await withApp { _ in
      .init(401)
    } _: { app, probes, scope in
      let result = await attempts(probes).perform(retrying(get()), number: "1", in: scope)
      #expect(result.record.outcome.word == .failed)
      #expect(app.received.count == 1)
    }
    try await withApp { _ in
      .init(503)
    } _: { app, probes, scope in
      let step = retrying(get(), stopOn: ["503"])
      _ = await attempts(probes).perform(step, number: "1", in: scope)
      #expect(app.received.count == 1)
    }
  }

  @Test func aDeadServiceEndsTheWaitAndIsNamed() async throws {
    try await withApp { _ in
      .init(503)
    } _: { app, probes, scope in
      let note = Reason.Note.died(service: "app", ending: "exit 1", log: "oh")
      let result = await attempts(probes, hopeless: note)
        .perform(retrying(get()), number: "1", in: scope)
      #expect(result.record.outcome.word == .broken)
      #expect(result.record.outcome.reason?.violated.map(\.actual) == [.number(503)])
      #expect(result.record.outcome.reason?.notes == [note])
      #expect(app.received.count == 1)
      // What is asked once has its answer.
      let once = await attempts(probes, hopeless: note)
        .perform(get(), number: "1", in: scope)
      #expect(once.record.outcome.word == .failed)
      #expect(once.record.outcome.reason?.notes == [note])
    }
  }

  @Test func aDeadServiceIsNamedAlsoWhereNothingIsRetriedAndOnceForAGroup() async throws {
    try await withApp { _ in
      .init()
    } _: { _, probes, _ in
      let scope = Scope(constants: ["base_url": "http://127.0.0.1:1"])
      for step in [get(), group(get())] {
        let note = Reason.Note.died(service: "db", ending: "signal 9", log: "")
        let result = await attempts(probes, hopeless: note)
          .perform(step, number: "1", in: scope)
        #expect(result.record.outcome.word == .broken)
        #expect(result.record.outcome.reason?.notes == [note])
      }
    }
  }

  @Test func whatCannotEndOtherwiseIsNotAskedForAgain() async throws {
    try await withApp { _ in
      .init(302, headers: ["Location": "ftp://127.0.0.1/"])
    } _: { app, probes, scope in
      var action = HTTPAction(method: "GET", target: template("/"))
      action.redirects = .atMost(3)
      let step = retrying(Step(action: .http(action), place: somewhere))
      let result = await attempts(probes).perform(step, number: "1", in: scope)
      #expect(result.record.outcome.word == .broken)
      #expect(app.received.count == 1)
    }
  }

  @Test func whatWasPrintedInPartIsNotJudged() async throws {
    var behaviour = FakeDeployment.Behaviour()
    behaviour.run = { _ in
      var output = CommandOutput.exited(0, "a")
      output.isCut = true
      return output
    }
    let deployment = FakeDeployment(behaviour, port: 1)
    let http = HTTPClient()
    let probes = Probes(
      options: Probes.Options(folder: "/nonexistent", services: [:]),
      deployment: deployment,
      http: http
    )
    let action = ExecAction(service: "app", argv: [template("yes")])
    var step = Step(action: .exec(action), place: somewhere)
    let blind = await attempts(probes).perform(step, number: "1", in: Scope())
    #expect(blind.record.outcome == .passed)
    step.expect = [expecting(.stdout, .not(.contains(tree("error"))))]
    let looking = await attempts(probes).perform(step, number: "1", in: Scope())
    #expect(looking.record.outcome.word == .broken)
    await http.shutDown()
  }

  @Test func aPageThatIsAProxysIsNamedWhereItDoesNotSatisfy() async throws {
    try await withApp { _ in
      .init(404, "404 page not found\n")
    } _: { _, probes, scope in
      let result = await attempts(probes).perform(get(), number: "1", in: scope)
      #expect(result.record.outcome.word == .failed)
      #expect(
        result.record.outcome.reason?.notes == [.foreignPage(owner: "Traefik's own 404 page")]
      )
    }
  }

  @Test func anUnknownNameIsBrokenAndNotPolledFor() async throws {
    try await withApp { _ in
      .init()
    } _: { app, probes, scope in
      let step = retrying(get(expect: [expecting(.body, .equals(tree("{{nobody}}")))]))
      let result = await attempts(probes).perform(step, number: "1", in: scope)
      #expect(result.record.outcome.word == .broken)
      #expect(app.received.count == 1)
    }
  }

  @Test func aCaptureThatFindsNothingFails() async throws {
    try await withApp {
      .init(200, $0.number == 1 ? "" : #"{"id": 7}"#)
    } _: { app, probes, scope in
      var step = retrying(get())
      step.capture = [
        Capture(
          name: "id",
          subject: .jsonpath(try JSONPath("$.id")),
          isSecret: false,
          scope: .check,
          place: somewhere
        )
      ]
      let once = await attempts(probes).perform(step, number: "1", in: scope, once: true)
      #expect(once.record.outcome.word == .failed && once.captures.isEmpty)
      let result = await attempts(probes).perform(step, number: "1", in: scope)
      #expect(result.captures == ["id": .int(7)])
      #expect(result.record.captured == ["id"])
    }
  }

  // MARK: Never

  private func never(_ step: Step, for duration: Duration) -> Step {
    var step = step
    step.never = Step.Never(duration: duration)
    return step
  }

  @Test func whatMustNeverHappenFailsWhenItHappens() async throws {
    try await withApp {
      .init($0.number < 2 ? 404 : 200)
    } _: { app, probes, scope in
      let step = never(
        get(expect: [expecting(.status, .equals(.number("200")))]),
        for: .seconds(60)
      )
      let result = await attempts(probes).perform(step, number: "1", in: scope)
      #expect(result.record.outcome.word == .failed)
      #expect(result.record.outcome.reason?.code == .happened(milliseconds: 60_000))
      #expect(result.record.assertions.map(\.holds) == [false])
      #expect(result.record.assertions.map(\.description) == ["never status == 200"])
      #expect(app.received.count == 2)
    }
  }

  @Test func whatNeverHappensPassesAndEveryAssertionOfTheRecordHolds() async throws {
    try await withApp { _ in
      .init(200, "b")
    } _: { app, probes, scope in
      let step = never(
        get(expect: [expecting(.body, .equals(tree("a")))]),
        for: .seconds(4)
      )
      let result = await attempts(probes).perform(step, number: "1", in: scope)
      #expect(result.record.outcome == .passed)
      #expect(result.record.assertions.map(\.description) == ["never body == \"a\""])
      #expect(result.record.assertions.map(\.holds) == [true])
      #expect(app.received.count >= 2)
    }
  }

  @Test func silenceIsNoProofThatItNeverHappened() async throws {
    try await withApp { _ in
      .init()
    } _: { _, probes, _ in
      let scope = Scope(constants: ["base_url": "http://127.0.0.1:1"])
      let step = never(get(), for: .milliseconds(20))
      let result = await attempts(probes).perform(step, number: "1", in: scope)
      #expect(result.record.outcome.word == .broken)
    }
  }

  /// The expectation is about the body, and no body of the app's came.
  @Test(arguments: [
    (500, "oops"), (503, ""), (429, ""), (403, ""), (404, "404 page not found\n"),
  ])
  func anErrorIsNoProofThatItNeverHappened(status: Int, body: String) async throws {
    try await withApp { _ in
      .init(status, body)
    } _: { _, probes, scope in
      let step = get(expect: [expecting(.body, .contains(tree("a")))])
      for step in [never(step, for: .milliseconds(20)), never(group(step), for: .milliseconds(20))]
      {
        let result = await attempts(probes).perform(step, number: "1", in: scope)
        #expect(result.record.outcome.word == .broken)
        guard case .inconclusive(_, never: true) = result.record.outcome.reason?.code else {
          Issue.record("\(result.record.outcome)")
          continue
        }
      }
    }
  }

  /// Neither that it never happens, nor that it is gone, shows on a page of another kind.
  @Test(arguments: [
    ("<html>Log in</html>", "$.items"), (#"{"error": "log in"}"#, "$.items"),
    (#"{"items": [{"nmae": "a"}]}"#, "$.items[?@.name == 'a']"), ("", "$.items"),
  ])
  func whatCannotBeSeenIsBroken(body: String, path: String) async throws {
    try await withApp { _ in
      .init(200, body)
    } _: { _, probes, scope in
      let subject = Subject.jsonpath(try JSONPath(path))
      let expect = expecting(subject, .contains(tree("a")))
      let step = never(get(expect: [expect]), for: .milliseconds(20))
      let result = await attempts(probes).perform(step, number: "1", in: scope)
      #expect(result.record.outcome.word == .broken)
      guard
        case .inconclusive(.unreadable(subject, _), never: true) =
          result.record.outcome.reason?.code
      else {
        Issue.record("\(result.record.outcome)")
        return
      }
      #expect(result.record.assertions.map(\.holds) == [false])
      let gone = get(expect: [expecting(subject, .not(.contains(tree("a"))))])
      let looked = await attempts(probes).perform(gone, number: "1", in: scope)
      #expect(looked.record.outcome.word == .broken)
      #expect(looked.record.outcome.reason?.violated.count == 1)
    }
  }

  @Test func anAnswerThatWasReadIsProof() async throws {
    try await withApp { _ in
      .init(200, #"{"items": []}"#)
    } _: { _, probes, scope in
      let subject = Subject.jsonpath(try JSONPath("$.items[*].name"))
      let expect = [expecting(subject, .contains(tree("a"))), expecting(subject, .exists(true))]
      for expectation in expect {
        let step = never(get(expect: [expectation]), for: .milliseconds(20))
        let result = await attempts(probes).perform(step, number: "1", in: scope)
        #expect(result.record.outcome == .passed)
        #expect(result.record.assertions.map(\.holds) == [true])
      }
    }
  }

  /// A retry ends when what was awaited can be seen.
  @Test func whatCannotBeSeenYetIsLookedAtAgain() async throws {
    try await withApp {
      .init(200, $0.number < 3 ? "<html>" : #"{"items": []}"#)
    } _: { _, probes, scope in
      var step = get(expect: [expecting(.jsonpath(try JSONPath("$.items[*]")), .isEmpty)])
      step.retry = Step.Retry(within: .seconds(60), stopOn: [])
      let result = await attempts(probes).perform(step, number: "1", in: scope)
      #expect(result.record.outcome == .passed && result.record.attempts == 3)
    }
  }

  @Test func aCaptureOfNothingSaysWhatIsThere() async throws {
    try await withApp { _ in
      .init(200, #"{"items": [{"id": 7}, {"id": 8}], "none": null, "empty": ""}"#)
    } _: { _, probes, scope in
      func capture(_ path: String) async throws -> Attempts.Result {
        var step = get()
        let subject = Subject.jsonpath(try JSONPath(path))
        step.capture = [
          Capture(name: "id", subject: subject, isSecret: false, scope: .check, place: somewhere)
        ]
        return await attempts(probes).perform(step, number: "1", in: scope)
      }
      #expect(try await capture("$.items[*].id").captures == ["id": 7])
      for path in ["$.items[?@.id == 9].id", "$.items[*].di", "$.itmes[*]", "$.none", "$.empty"] {
        let result = try await capture(path)
        #expect(result.record.outcome.word == .failed)
        #expect(result.captures.isEmpty)
      }
      let why = try await capture("$.items[*].di").record.assertions.last?.actual
      #expect(why == .unreadable(.noMember("di", in: "$.items[*]", names: ["id"])))
    }
  }

  @Test(arguments: [
    (404, [expecting(.body, .contains(tree("a")))]),
    (410, [expecting(.body, .contains(tree("a")))]),
    (403, []),
    (403, [expecting(.status, .equals(.number("200")))]),
  ])
  func anAnswerOfTheAppThatItIsNotThereIsProof(status: Int, expect: [Suites.Expectation])
    async throws
  {
    try await withApp { _ in
      .init(status, "nothing")
    } _: { _, probes, scope in
      let step = never(get(expect: expect), for: .milliseconds(20))
      let result = await attempts(probes).perform(step, number: "1", in: scope)
      #expect(result.record.outcome == .passed)
    }
  }

  // MARK: Controls

  @Test func aControlIsNotFailedByAnAppThatIsNotThere() async throws {
    try await withApp {
      .init(["/down": 503, "/forbidden": 403][$0.path] ?? 404)
    } _: { _, probes, scope in
      func once(_ path: String, hopeless: Reason.Note? = nil) async -> Outcome.Word {
        await attempts(probes, hopeless: hopeless)
          .perform(get(path), number: "1", in: scope, once: true).record.outcome.word
      }
      let note = Reason.Note.died(service: "db", ending: "exit 1", log: "")
      #expect(await once("/down") == .broken)
      #expect(await once("/there") == .failed)
      #expect(await once("/there", hopeless: note) == .broken)
      #expect(await once("/forbidden") == .failed)
      #expect(await once("/forbidden", hopeless: note) == .broken)
    }
  }

  // MARK: Groups

  private func group(_ steps: Step...) -> Step { Step(action: .group(steps), place: somewhere) }

  @Test func aGroupIsRetriedFromItsStartAndStopsAtWhatDoesNotPass() async throws {
    try await withApp {
      .init($0.path == "/b" && $0.number < 4 ? 404 : 200, $0.path)
    } _: {
      app,
      probes,
      scope in
      let step = retrying(group(get("/a"), get("/b"), get("/c")))
      let result = await attempts(probes).perform(step, number: "2", in: scope)
      #expect(result.record.outcome == .passed)
      #expect(app.received.map(\.path) == ["/a", "/b", "/a", "/b", "/c"])
      #expect(result.record.attempts == 2)
    }
  }

  @Test func aCaptureInAGroupReachesItsLaterSteps() async throws {
    try await withApp {
      .init(200, $0.path)
    } _: { app, probes, scope in
      var first = get("/a")
      first.capture = [
        Capture(name: "it", subject: .body, isSecret: false, scope: .check, place: somewhere)
      ]
      let result = await attempts(probes)
        .perform(group(first, get("/b{{it}}")), number: "1", in: scope)
      #expect(app.received.map(\.path) == ["/a", "/b/a"])
      #expect(result.captures == ["it": "/a"])
    }
  }

  @Test func aHopelessAnswerInAGroupEndsItsRetries() async throws {
    try await withApp { _ in
      .init(403)
    } _: { app, probes, scope in
      let step = retrying(group(get("/a")))
      let result = await attempts(probes).perform(step, number: "1", in: scope)
      #expect(result.record.outcome.word == .failed)
      #expect(app.received.count == 1)
    }
  }

  @Test func aControlRetriesNothingAlsoInsideAGroup() async throws {
    try await withApp { _ in
      .init(404)
    } _: { app, probes, scope in
      let step = group(retrying(get("/a")))
      let result = await attempts(probes).perform(step, number: "1", in: scope, once: true)
      #expect(result.record.outcome.word == .failed)
      #expect(app.received.count == 1)
    }
  }

  @Test func aCancelledStepIsBrokenAndEnds() async throws {
    try await withApp { _ in
      .init(404)
    } _: { _, probes, scope in
      let attempts = attempts(probes)
      let step = retrying(get(), within: .seconds(600))
      let task = Task { await attempts.perform(step, number: "1", in: scope) }
      task.cancel()
      #expect(await task.value.record.outcome.word == .broken)
    }
  }
}
