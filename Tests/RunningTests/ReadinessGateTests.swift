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
    dead: [DeadService] = [],
    image: String? = nil,
    _ answer: @escaping @Sendable (AppServer.Received) async -> AppServer.Reply
  ) async throws -> ReadinessGate.Result {
    var health = health
    health.within = within
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
    let words = "answers \(status) with a page that looks like \(owner), not the app's"
    #expect(result.outcome.reason?.contains(words) == true)
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
      (200, #"{"db":"down"}"#, "answers 200 without db = ok"),
      (200, #"{}"#, "answers 200 without db = ok"),
      (200, "ok", "answers 200 without db = ok"),
      (503, #"{"db":"ok"}"#, "answers 503, not 200"),
    ] as [(Int, String, String?)]
  )
  func anAppIsReadyByItsStatusAndByWhatItsBodyMustHold(
    status: Int,
    body: String,
    complaint: String?
  ) async throws {
    var health = HealthGate()
    health.accepts = [200]
    health.requires = [("db", template("ok"))]
    let result = try await wait(health) { _ in .init(status, body) }
    #expect(result.outcome.isPassed == (complaint == nil))
    if let complaint { #expect(result.outcome.reason?.hasSuffix(complaint) == true) }
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
    #expect(
      result.outcome.reason?.hasSuffix(
        "answers 500, not 200, 301, 302; db is dead (killed by signal 9); its last words: "
          + "ready to accept"
      ) == true
    )
  }

  @Test func aDeadServiceWithoutWordsHasNone() {
    let dead = DeadService(service: "db", ending: "exit status 1", lastWords: "")
    #expect(dead.description == "db is dead (exit status 1)")
  }
}
