import Checks
import Deployments
import Evidence
import FakeDeployments
import HTTPRequests
import Suites
import Testing

@testable import Running

@Suite(.timeLimit(.minutes(1)))
struct ReadinessGateTests {
  /// Waits for an app that answers so.
  private func wait(
    _ health: HealthGate = HealthGate(),
    within: Duration = .milliseconds(100),
    dead: [DeadService] = [],
    _ answer: @escaping @Sendable (AppServer.Received) async -> AppServer.Reply
  ) async throws -> ReadinessGate.Result {
    var health = health
    health.within = within
    return try await AppServer.run(answer) { app in
      let http = HTTPClient()
      let gate = ReadinessGate(health: health, http: http, seed: 1, awaiting: { _, _, _ in })
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
    let result = try await wait(health) { _ in .init(status, body) }
    #expect(result.outcome.word == .failed)
    #expect(!result.record.ready)
    let words = "answers \(status) with a page that looks like \(owner), not the app's"
    #expect(result.outcome.reason?.hasSuffix(words) == true)
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
