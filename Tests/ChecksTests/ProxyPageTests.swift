import Evidence
import FakeDeployments
import HTTPRequests
import Testing

@testable import Checks
@testable import Suites

@Suite(.timeLimit(.minutes(1)))
struct ProxyPageTests {
  @Test(arguments: [
    (404, "404 page not found\n", "Traefik's own 404 page"),
    (502, "Bad Gateway", "Traefik's own page"),
    (503, "no available server\n", "Traefik's own page"),
    (404, "<hr><center>nginx/1.22.1</center>", "nginx's own 404 page"),
    (502, "<hr><center>nginx</center>", "nginx's own 502 page"),
    (200, "<title>Welcome to nginx!</title>", "nginx's own welcome page"),
    (
      503, "<html><body><h1>503 Service Unavailable</h1>\nNo server is available to handle this",
      "HAProxy's own page"
    ),
    (200, "<html><body><h1>It works!</h1></body></html>", "Apache's own welcome page"),
  ])
  func aProxysOwnPageIsKnown(status: Int, body: String, owner: String) {
    #expect(ProxyPage.owner(status: status, headers: [], body: Array(body.utf8)) == owner)
  }

  @Test(arguments: [
    (200, "404 page not found\n"), (404, "no such note"), (404, ""), (200, ""), (302, ""),
    (500, #"{"clickhouse":"error"}"#), (200, "we talk about nginx: <center>nginx</center>"),
  ])
  func anAppsPageIsNone(status: Int, body: String) {
    #expect(ProxyPage.owner(status: status, headers: [], body: Array(body.utf8)) == nil)
  }

  @Test func anEmptyAnswerIsCaddysOnlyWithItsName() {
    let caddy = [HTTPHeader("Server", "Caddy")]
    #expect(ProxyPage.owner(status: 200, headers: caddy, body: [])?.hasPrefix("Caddy") == true)
    #expect(ProxyPage.owner(status: 200, headers: caddy, body: [0x61]) == nil)
  }
}

@Suite(.timeLimit(.minutes(1)))
struct ClickHouseProbeTests {
  private func query(_ status: Int, _ body: String, retry: Bool = false) async throws
    -> (Outcome, Int)
  {
    var ending: (Outcome, Int)?
    try await AppServer.run { _ in
      .init(status, body)
    } _: { app in
      let http = HTTPClient()
      let service = ServiceSettings(
        database: .init(.clickhouse, name: template("d"))
      )
      let probes = Probes(
        options: Probes.Options(folder: "/nonexistent", services: ["app": service]),
        deployment: FakeDeployment(port: app.port),
        http: http
      )
      var step = Step(
        action: .query(QueryAction(.clickhouse, service: "app", statement: "SELECT a FROM t")),
        place: somewhere
      )
      if retry { step.retry = Step.Retry(within: .seconds(30)) }
      let attempts = Attempts(probes: probes, stepLimit: .seconds(5), seed: 1)
      let record = await attempts.perform(step, number: "1", in: Scope()).record
      ending = (record.outcome, app.received.count)
      await http.shutDown()
    }
    return try #require(ending)
  }

  private static let part = #"{"meta":[{"name":"a","type":"UInt8"}],"data":[[1],"# + "\n"

  private static func exception(_ code: Int) -> String {
    "Code: \(code), e.displayText() = DB::Exception: Why, e.what() = DB::Exception\n"
  }

  @Test func aResultThatBreaksOffIsNoAnswerWhateverItsStatus() async throws {
    let (outcome, _) = try await query(200, Self.part + Self.exception(395))
    #expect(outcome.word == .broken)
    guard case .noAnswer(let detail) = outcome.reason?.code else {
      Issue.record("\(outcome)")
      return
    }
    #expect(detail.contains("395"))
    #expect(try await query(200, Self.part).0.word == .broken)
  }

  @Test func aServerWithoutMemoryIsBrokenAndAWrongStatementFails() async throws {
    #expect(try await query(500, Self.exception(241)).0.word == .broken)
    #expect(try await query(500, Self.exception(60)).0.word == .failed)
  }

  @Test func aWrongStatementIsNotSentAgain() async throws {
    let (outcome, count) = try await query(400, Self.exception(62), retry: true)
    #expect(outcome.word == .failed)
    #expect(count == 1)
  }
}
