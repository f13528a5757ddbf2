import Evidence
import FakeDeployments
import Formats
import Glibc
import TemporaryFolders
import Testing

@testable import Checks
@testable import Suites

@Suite(.timeLimit(.minutes(1)))
struct HTTPProbeTests {
  /// Sends one request and gives what arrived, and what was recorded.
  private func send(
    _ scope: Scope = Scope(),
    reply: AppServer.Reply = .init(),
    _ change: (inout HTTPAction) -> Void
  ) async throws -> (AppServer.Received, HTTPExchange) {
    var action = HTTPAction(method: "POST", target: template("/in?a=1"))
    change(&action)
    let box = Journal<(AppServer.Received, HTTPExchange)>()
    try await withApp { _ in
      reply
    } _: { app, probes, constants in
      var scope = scope
      scope.constants = constants.constants
      let ending = await probes.perform(.http(action), in: scope, within: .seconds(10))
      guard case .answered(_, .http(let exchange)) = ending else {
        Issue.record("\(ending)")
        return
      }
      box.add((try #require(app.received.first), exchange))
    }
    return try #require(box.entries.first)
  }

  /// The address of another server on this machine.
  @Test(arguments: [
    ("/in", "/there", false), ("/in", "http://other.test:PORT/", true), ("URL", "", false),
    ("http://127.0.0.1:PORT/{{path}}", "", true),
  ])
  func anAnswerOfAnotherHostIsToldApart(
    asked: String,
    location: String,
    isElsewhere: Bool
  ) async throws {
    try await AppServer.run { _ in
      .init(200, "other")
    } _: { other in
      // The other one is `localhost` where this one is 127.0.0.1: another name will do.
      let port = other.port
      @Sendable func filled(_ text: String, _ url: String) -> String {
        text.replacing("other.test", with: "localhost").replacing("PORT", with: "\(port)")
          .replacing("URL", with: url + "/x")
      }
      try await withApp { request in
        let target = filled(location, "")
        return request.path == "/in" && !target.isEmpty
          ? .init(302, "", headers: ["Location": target]) : .init(200, "own")
      } _: { app, probes, scope in
        var scope = scope
        scope.constants["domain"] = "app.test"
        scope.captures["path"] = "x"
        var action = HTTPAction(method: "GET", target: template(filled(asked, app.url)))
        action.redirects = .atMost(1)
        let ending = await probes.perform(.http(action), in: scope, within: .seconds(10))
        guard case .answered(_, .http(let exchange)) = ending else {
          Issue.record("\(ending)")
          return
        }
        #expect(exchange.isElsewhere == (isElsewhere ? true : nil))
      }
    }
  }

  @Test func headersAndQueryArriveAsWritten() async throws {
    let (received, exchange) = try await send(Scope(fresh: ["unique": "u&u=ü +%"])) {
      $0.headers = [("X-One", template("<{{unique}}>"))]
      $0.query = [("b c", template("{{unique}}")), ("d", template(""))]
    }
    #expect(received.headers["x-one"] == "<u&u=ü +%>")
    #expect(received.query == ["a": "1", "b c": "u&u=ü +%", "d": ""])
    #expect(exchange.url.hasSuffix("/in?a=1&b%20c=u%26u%3D%C3%BC%20%2B%25&d="))
    #expect(exchange.status == 200)
  }

  @Test func aJSONBodyKeepsTypesAndHasItsType() async throws {
    let scope = Scope(fresh: ["unique": #"a"b"#], captures: ["id": .int(7)])
    let (received, exchange) = try await send(scope) {
      $0.body = .json(
        .object([
          .init(key: "name", value: tree("{{unique}}")), .init(key: "id", value: tree("{{id}}")),
          .init(key: "v", value: .number("1.10")),
        ])
      )
    }
    // Members in the order of their names: the same body, byte for byte, in every run.
    #expect(received.body == #"{"id":7,"name":"a\"b","v":1.10}"#)
    #expect(received.headers["content-type"] == "application/json")
    #expect(exchange.requestBody == received.body)
  }

  @Test func aTypeThatIsWrittenIsNotReplaced() async throws {
    let (received, _) = try await send {
      $0.headers = [("content-type", template("application/x"))]
      $0.body = .text(template("plain"))
    }
    #expect(received.headers["content-type"] == "application/x")
    #expect(received.body == "plain")
  }

  /// What a suite names is of the suite, whatever stands in the place of a name in the end.
  @Test func aBodyFromAFileIsOneOfTheSuite() async throws {
    let folder = try TemporaryFolder()
    try folder.write("within", to: "suite/files/a.txt")
    try folder.write("secret", to: "secret")
    symlink("files/a.txt", folder.path("suite/near"))
    symlink("../secret", folder.path("suite/far"))
    mkfifo(folder.path("suite/pipe"), 0o600)
    let answer: @Sendable (AppServer.Received) async -> AppServer.Reply = { _ in .init() }
    try await withApp(answer, folder: folder.path("suite")) { app, probes, constants in
      for (path, isSent) in [
        ("files/a.txt", true), ("near", true), ("far", false), ("../secret", false),
        (folder.path("secret"), false), ("pipe", false), ("none", false), ("files", false),
      ] {
        var scope = Scope(captures: ["path": .string(path)])
        scope.constants = constants.constants
        var action = HTTPAction(method: "POST", target: template("/in"))
        action.body = .file(template("{{path}}"))
        let ending = await probes.perform(.http(action), in: scope, within: .seconds(10))
        if case .answered = ending {
          #expect(isSent, "\(path)")
        } else {
          #expect(!isSent, "\(path)")
        }
      }
      #expect(app.received.map(\.body) == ["within", "within"])
    }
  }

  @Test func aFormIsPercentEncoded() async throws {
    let (received, _) = try await send(Scope(fresh: ["unique": "x&y=z é"])) {
      $0.body = .form([("a", template("{{unique}}")), ("b+", template("1"))])
    }
    #expect(received.body == "a=x%26y%3Dz%20%C3%A9&b%2B=1")
    #expect(received.headers["content-type"] == "application/x-www-form-urlencoded")
  }

  @Test func basicAuthorizationArrivesAndIsShownNowhere() async throws {
    let (received, exchange) = try await send(Scope(secrets: ["db": "hunter2hunter2"])) {
      $0.authorization = .basic(user: template("ada"), password: template("{{secret.db}}"))
    }
    // `ada:hunter2hunter2`.
    #expect(received.headers["authorization"] == "Basic YWRhOmh1bnRlcjJodW50ZXIy")
    #expect(exchange.requestHeaders.contains(["Authorization", "[masked]"]))
    #expect(!exchange.curl.contains("YWRhOmh1bnRlcjJodW50ZXIy"))
    #expect(!exchange.curl.contains("hunter2"))
  }

  @Test func secretsAreVariablesInTheCurlLine() async throws {
    var scope = Scope(secrets: ["api-key": "k3y-k3y-k3y"], captures: ["token": "t0k3n-t0k3n"])
    scope.secretCaptures = ["token"]
    let (received, exchange) = try await send(scope) {
      $0.headers = [("X-Key", template("{{secret.api-key}}"))]
      $0.body = .text(template("token={{token}}"))
    }
    #expect(received.headers["x-key"] == "k3y-k3y-k3y")
    #expect(received.body == "token=t0k3n-t0k3n")
    #expect(exchange.curl.contains("${API_KEY:?}") && exchange.curl.contains("${TOKEN:?}"))
    #expect(!exchange.curl.contains("k3y-k3y") && !exchange.curl.contains("t0k3n-t0k3n"))
  }

  @Test(arguments: ["Set-Cookie", "set-cookie"])
  func secretHeadersAreMaskedInTheRecord(name: String) async throws {
    let (_, exchange) = try await send(reply: .init(200, "", headers: [name: "sid=42"])) {
      $0.headers = [("Cookie", template("sid=41")), ("X-Plain", template("seen"))]
      $0.authorization = .bearer(template("bearer-token"))
    }
    let shown = exchange.requestHeaders + exchange.responseHeaders
    #expect(!shown.contains { $0[1].contains("sid=") || $0[1].contains("bearer-token") })
    #expect(shown.filter { $0[1] == "[masked]" }.count == 3)
    #expect(shown.contains(["X-Plain", "seen"]))
    #expect(!exchange.curl.contains("sid=41") && !exchange.curl.contains("bearer-token"))
  }

  @Test func aServiceIsReachedAtItsOwnPort() async throws {
    try await withApp { _ in
      .init()
    } _: { app, probes, _ in
      var action = HTTPAction(method: "GET", target: template("/metrics"))
      action.service = "app"
      action.port = 9090
      // No base URL is needed for it.
      let ending = await probes.perform(.http(action), in: Scope(), within: .seconds(10))
      guard case .answered = ending else {
        Issue.record("\(ending)")
        return
      }
      #expect(app.received.map(\.path) == ["/metrics"])
    }
  }
}
