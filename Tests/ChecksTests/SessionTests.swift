import Evidence
import FakeDeployments
import Formats
import Testing

@testable import Checks
@testable import Suites

/// Cookies between the steps of a check.
@Suite(.timeLimit(.minutes(1)))
struct SessionTests {
  private let id = CheckID(folder: "functional", stem: "a", name: "test_a")

  private func performer(_ probes: Probes) -> CheckPerformer {
    CheckPerformer(
      attempts: Attempts(probes: probes, stepLimit: .seconds(10), seed: 1),
      circumstances: Circumstances(driver: "local", version: "1"),
      tell: { _ in }
    )
  }

  private func step(
    _ target: String,
    line: Int,
    as session: HTTPAction.Session = .named(""),
    expect: [Suites.Expectation] = [],
    retry: Step.Retry? = nil,
    headers: [(String, String)] = []
  ) -> Step {
    var action = HTTPAction(method: "GET", target: template(target))
    action.session = session
    action.headers = headers.map { (name: $0.0, value: template($0.1)) }
    return Step(
      action: .http(action),
      retry: retry,
      expect: expect,
      place: SourcePlace(file: "functional/a.yml", line: line, column: 1)
    )
  }

  /// `/login/X` sets `sid=X`, `/logout` takes it back, `/late` rotates until it is good.
  private static func answer(_ request: AppServer.Received) -> AppServer.Reply {
    let parts = request.path.split(separator: "/").map(String.init)
    switch parts.first {
    case "login": return .init(200, "", headers: ["Set-Cookie": "sid=\(parts[1]); Path=/"])
    case "logout": return .init(200, "", headers: ["Set-Cookie": "sid=; Max-Age=0; Path=/"])
    case "late":
      let count = Int(request.headers["cookie"]?.split(separator: "=").last ?? "") ?? 0
      return .init(count < 2 ? 503 : 200, "", headers: ["Set-Cookie": "sid=\(count + 1)"])
    default: return .init(200, request.headers["cookie"] ?? "nobody")
    }
  }

  private func seen(_ steps: [Step], in scope: Scope = Scope()) async throws -> [String] {
    let seen = Journal<String>()
    try await withApp {
      Self.answer($0)
    } _: { app, probes, constants in
      var scope = scope
      scope.constants = constants.constants
      let outcome = await performer(probes).perform(steps, of: id, in: &scope)
      #expect(outcome.isPassed)
      for request in app.received { seen.add(request.headers["cookie"] ?? "-") }
    }
    return seen.entries
  }

  @Test func eachUserHasCookiesOfHisOwn() async throws {
    let seen = try await seen([
      step("/login/a", line: 1), step("/login/b", line: 2, as: .named("bob")),
      step("/", line: 3), step("/", line: 4, as: .named("bob")), step("/", line: 5, as: .off),
      step("/", line: 6, as: .named("carol")),
    ])
    #expect(seen == ["-", "-", "sid=a", "sid=b", "-", "-"])
  }

  @Test func whoIsOffKeepsNothing() async throws {
    let seen = try await seen([
      step("/login/a", line: 1, as: .off), step("/", line: 2, as: .off), step("/", line: 3),
    ])
    #expect(seen == ["-", "-", "-"])
  }

  @Test func aCookieThatIsWrittenStandsAlone() async throws {
    let seen = try await seen([
      step("/login/a", line: 1), step("/login/b", line: 2, headers: [("cookie", "sid=own")]),
      step("/", line: 3),
    ])
    #expect(seen == ["-", "sid=own", "sid=a"])
  }

  /// A server that gives a new key with every answer throws out who comes with the old one.
  @Test func cookiesOfEveryAttemptCount() async throws {
    let seen = try await seen([
      step(
        "/late",
        line: 1,
        expect: [expecting(.status, .equals(number: 200))],
        retry: Step.Retry(within: .seconds(20))
      ), step("/", line: 2),
    ])
    #expect(seen == ["-", "sid=1", "sid=2", "sid=3"])
  }

  @Test func cookiesPassThroughGroups() async throws {
    let group = Step(
      action: .group([step("/login/a", line: 2), step("/", line: 3)]),
      place: SourcePlace(file: "functional/a.yml", line: 1, column: 1)
    )
    #expect(try await seen([group, step("/", line: 4)]) == ["-", "sid=a", "sid=a"])
  }

  /// A control that is not logged in fails for want of that, and shows nothing of the value.
  @Test func aControlHasTheCookiesThatItsStepHad() async throws {
    try await withApp {
      Self.answer($0)
    } _: { app, probes, scope in
      var scope = scope
      scope.fresh = ["unique": "abc"]
      let look = step(
        "/",
        line: 2,
        expect: [expecting(.body, .contains(tree("{{unique}}")))]
      )
      let performer = performer(probes)
      let outcome = await performer.perform(
        [step("/login/abc", line: 1), look, step("/logout", line: 3), step("/", line: 4)],
        of: id,
        in: &scope
      )
      #expect(outcome.isPassed)
      #expect(app.received.last?.headers["cookie"] == nil)
      // The value came back with the user's own cookie, and so does what takes its place.
      let control = await performer.performControl(
        .decoy,
        [look],
        in: scope.withDecoys { _ in "decoy" }
      )
      #expect(app.received.last?.headers["cookie"] == "sid=decoy")
      #expect(control.result == .passed)
      // The check's own cookies are as they were.
      _ = await performer.perform([step("/", line: 5)], of: id, in: &scope)
      #expect(app.received.last?.headers["cookie"] == nil)
    }
  }

  /// It logs in by itself; not logged in it would fail for want of that.
  @Test func aControlThatBeginsWithoutCookiesIsGivenThem() async throws {
    try await withApp {
      Self.answer($0)
    } _: { _, probes, constants in
      var scope = Scope(constants: constants.constants, fresh: ["unique": "abc"])
      let look = step("/", line: 2, expect: [expecting(.body, .contains(tree("{{unique}}")))])
      let steps = [step("/login/abc", line: 1), look]
      let performer = performer(probes)
      #expect(await performer.perform(steps, of: id, in: &scope).isPassed)
      scope.sessions = Sessions()
      let control = await performer.performControl(.dropped, steps, in: scope)
      #expect(control.result == .passed)
    }
  }

  @Test func aFormIsTheLastPages() async throws {
    let page =
      "<form id=f method=post action=/to><input type=hidden name=t value=T><input name=u></form>"
    try await withApp { request in
      request.path == "/page"
        ? .init(200, page, headers: ["Content-Type": "text/html"]) : .init(200, "{}")
    } _: { app, probes, scope in
      var scope = scope
      var action = HTTPAction(method: "POST", target: template(""))
      action.form = PageForm(
        selector: try CSSSelector("#f"),
        fields: [FormPart(name: "u", content: .text(template("x y")))]
      )
      let submit = Step(action: .http(action), place: somewhere)
      let performer = performer(probes)
      let first = await performer.perform([step("/api", line: 1), submit], of: id, in: &scope)
      #expect(first.reason?.code == .form(selector: "#f", .noPage))
      #expect(first.word == .failed)
      let outcome = await performer.perform(
        [step("/page", line: 1), step("/api", line: 2), submit],
        of: id,
        in: &scope
      )
      #expect(outcome.isPassed)
      let sent = try #require(app.received.last)
      #expect(sent.method == "POST")
      #expect(sent.path == "/to")
      #expect(sent.body == "t=T&u=x+y")
      #expect(sent.headers["content-type"] == "application/x-www-form-urlencoded")
      #expect(sent.headers["referer"] == app.url + "/page")
      #expect(sent.headers["origin"] == app.url)
      // Where it cannot be sent, nothing is shown, and a control least of all.
      action.form?.fields = [FormPart(name: "other", content: .text(template("{{unique}}")))]
      scope.fresh = ["unique": "abc"]
      let control = await performer.performControl(
        .decoy,
        [Step(action: .http(action), place: somewhere)],
        in: scope
      )
      guard case .broken(let reason) = control.result else { return #expect(Bool(false)) }
      #expect(reason.code == .form(selector: "#f", .noField("other", fields: ["t", "u"])))
    }
  }
}
