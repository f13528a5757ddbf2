import Checks
import Deployments
import Evidence
import FakeDeployments
import HTTPRequests
import Testing

@testable import Running
@testable import Suites

@Suite(.timeLimit(.minutes(1)))
struct ReadinessGateTests {
  /// Ends a wait after its first look, however long that takes on a machine with other work.
  private static let dead = DeadService(service: "db", ending: "exit 1", lastWords: "")

  /// Waits for an app that answers so, long enough that it does on a machine with other work.
  private func wait(
    _ health: HealthGate = HealthGate(),
    within: Duration = .seconds(3),
    steady: Duration = .milliseconds(20),
    dead: [DeadService] = [],
    image: String? = nil,
    _ answer: @escaping @Sendable (AppServer.Received) async -> AppServer.Reply
  ) async throws -> ReadinessGate.Result {
    var health = health
    health.within = within
    health.steady = steady
    return try await AppServer.run(answer) { app in
      let http = HTTPClient()
      let gate = ReadinessGate(
        health: health,
        http: http,
        seed: 1,
        image: image,
        awaiting: { _, _, _ in }
      )
      let deployment = FakeDeployment(port: app.port)
      deployment.dead = dead
      let result = await gate.wait(for: deployment, in: Scope())
      await http.shutDown()
      return result
    }
  }

  @Test(arguments: [
    (404, "404 page not found\n", "Traefik's own 404 page"),
    (200, "<title>Welcome to nginx!</title>", "nginx's own welcome page"),
  ])
  func aProxysPageIsNeverReadyAlsoWhereItsStatusIsAccepted(
    status: Int,
    body: String,
    owner: String
  ) async throws {
    var health = HealthGate()
    health.accepts = [200, 404]
    let result = try await wait(health, within: .seconds(30), dead: [Self.dead]) { _ in
      .init(status, body)
    }
    #expect(result.outcome.word == .failed)
    #expect(!result.record.ready)
    #expect(lastAnswer(result) == .foreignPage(status: status, owner: owner))
  }

  /// A recipe that is a web server shows its welcome page until somebody puts files there.
  @Test(arguments: [
    ("nginx:1.22.1", true), ("docker.io/bitnami/nginx:1.27", true), ("ghost:5.1", false),
    (nil, false),
  ])
  func aWebServersPageIsTheAppsWhereTheAppIsThatServer(image: String?, ready: Bool) async throws {
    let result = try await wait(within: .seconds(30), dead: [Self.dead], image: image) { _ in
      .init(200, "<title>Welcome to nginx!</title>")
    }
    #expect(result.record.ready == ready)
  }

  @Test(arguments: [("/", false), ("/healthz", true)])
  func anEmptyAnswerOfCaddyIsAnAppsBelowAPath(path: String, ready: Bool) async throws {
    var health = HealthGate()
    health.path = path
    let result = try await wait(health, within: .seconds(30), dead: [Self.dead]) { _ in
      .init(200, "", headers: ["Server": "Caddy"])
    }
    #expect(result.record.ready == ready)
  }

  @Test(
    arguments: [
      (200, #"{"db":"ok"}"#, nil),
      (200, #"{"db":"down"}"#, .missing(status: 200, keys: ["db = ok"])),
      (200, #"{}"#, .missing(status: 200, keys: ["db = ok"])),
      (200, "ok", .missing(status: 200, keys: ["db = ok"])),
      (503, #"{"db":"ok"}"#, .status(503, accepted: [200])),
    ] as [(Int, String, Reason.GateAnswer?)]
  )
  func anAppIsReadyByItsStatusAndByWhatItsBodyMustHold(
    status: Int,
    body: String,
    answer: Reason.GateAnswer?
  ) async throws {
    var health = HealthGate()
    health.accepts = [200]
    health.requires = [("db", template("ok"))]
    let result = try await wait(health) { _ in .init(status, body) }
    #expect(result.outcome.isPassed == (answer == nil))
    #expect(lastAnswer(result) == answer)
  }

  /// Four of five looks fail: whoever looks once in a while finds it ready.
  @Test func anAppThatAnswersNowAndThenIsNotReady() async throws {
    let result = try await wait(within: .seconds(1)) {
      .init($0.number.isMultiple(of: 5) ? 200 : 503)
    }
    #expect(result.outcome.word == .failed)
    #expect(result.record.spans.contains { $0.state == "200" })
  }

  @Test func anAppThatAnswersForAMomentIsNotReady() async throws {
    let start = ContinuousClock.now
    let result = try await wait(within: .seconds(1), steady: .seconds(2)) { _ in
      .init(ContinuousClock.now - start < .milliseconds(900) ? 200 : 503)
    }
    #expect(result.outcome.word == .failed)
  }

  @Test func readyIsCountedToTheFirstOfTheGoodAnswers() async throws {
    let result = try await wait(within: .seconds(20), steady: .seconds(1)) { _ in .init(200) }
    #expect(result.outcome == .passed)
    #expect(result.record.spans.map(\.count) == [3])
    #expect(result.record.microseconds < 900_000)
    #expect(result.record.spans.last?.to ?? 0 >= 1_000_000)
  }

  // MARK: The gate's decoy

  static let pages: [(health: String, other: String, kind: String, ReadinessRecord.Decoy)] = [
    ("<h1>app</h1>", "<h1>app</h1>", "text/html", .same),
    ("<p id=1 nonce=a1>app</p>", "<p id=22 nonce=a3>app</p>", "text/html", .same),
    (
      "<p>GET PATH</p><i>0123456789abcdef0123</i>", "<p>GET PATH</p><i>4567890123abcdef4567</i>",
      "text/html", .same
    ),
    ("OK", "<h1>app</h1>", "text/plain", .accepted),
    ("<h1>Sign in</h1>", "<h1>app</h1>", "text/html", .accepted),
    ("", "", "text/html", .same),
  ]

  @Test(arguments: pages)
  func aPathWhereNothingIsAnswersAsTheGatesOwnOrNot(
    _ health: String,
    _ other: String,
    _ kind: String,
    _ decoy: ReadinessRecord.Decoy
  ) async throws {
    let found = try await tryDecoy("/healthz") { request in
      let isOwn = request.path == "/healthz"
      let body = (isOwn ? health : other).replacing("PATH", with: request.path)
      return .init(200, body, headers: ["Content-Type": isOwn ? kind : "text/html"])
    }
    #expect(found == decoy)
  }

  @Test func aPathWhereNothingIsThatIsRefusedSaysThatTheGateCanTell() async throws {
    let found = try await tryDecoy("/") { .init($0.path == "/" ? 200 : 404, "not here") }
    #expect(found == .refused)
  }

  private func tryDecoy(
    _ path: String,
    _ answer: @escaping @Sendable (AppServer.Received) async -> AppServer.Reply
  ) async throws -> ReadinessRecord.Decoy? {
    var health = HealthGate()
    health.path = path
    return try await AppServer.run(answer) { [health] app in
      let http = HTTPClient()
      let gate = ReadinessGate(health: health, http: http, seed: 1, awaiting: { _, _, _ in })
      let deployment = FakeDeployment(port: app.port)
      let found = await gate.tryDecoy(at: deployment, in: Scope(), token: "decoyabc")
      await http.shutDown()
      return found
    }
  }

  @Test func aProxysPageIsWaitedAway() async throws {
    let result = try await wait(within: .seconds(30)) {
      $0.number < 4 ? .init(404, "404 page not found\n") : .init(200, "<h1>app</h1>")
    }
    #expect(result.outcome == .passed)
    #expect(result.record.spans.map(\.state) == ["404", "200"])
  }

  @Test func aDeadServiceEndsTheWaitAndIsNamedBesideTheLastAnswer() async throws {
    let dead = DeadService(service: "db", ending: "signal 9", lastWords: "ready to accept")
    let result = try await wait(within: .seconds(600), dead: [dead]) { _ in .init(500) }
    #expect(result.outcome.word == .failed)
    #expect(lastAnswer(result) == .status(500, accepted: [200, 301, 302]))
    let note = Reason.Note.died(service: "db", ending: "signal 9", log: "ready to accept")
    #expect(result.outcome.reason?.notes == [note])
  }

  /// What the gate saw last; nil where it is ready.
  private func lastAnswer(_ result: ReadinessGate.Result) -> Reason.GateAnswer? {
    if case .notReady(_, _, let last) = result.outcome.reason?.code { last } else { nil }
  }
}
