import Evidence
import FakeDeployments
import Formats
import Testing

@testable import Checks
@testable import Suites

@Suite(.timeLimit(.minutes(1)))
struct CheckPerformerTests {
  private let id = CheckID(folder: "functional", stem: "a", name: "test_a")

  private func performer(_ probes: Probes, _ journal: Journal<String>) -> CheckPerformer {
    CheckPerformer(
      attempts: Attempts(probes: probes, stepLimit: .seconds(10), seed: 1),
      circumstances: Circumstances(driver: "local", version: "3.0.1+v2.0.0"),
      tell: {
        if case .stepFinished(_, let step) = $0 {
          journal.add("step \(step.number) \(step.outcome.word.rawValue)")
        }
      },
      learnSecret: { journal.add("secret \($0) \($1)") }
    )
  }

  private func capturing(_ step: Step, _ name: String, secret: Bool = false) -> Step {
    var step = step
    step.capture = [
      Capture(name: name, subject: .body, isSecret: secret, scope: .check, place: somewhere)
    ]
    return step
  }

  @Test func aCaptureReachesLaterStepsAndTheFirstFailureEndsTheCheck() async throws {
    try await withApp {
      .init($0.path == "/bad" ? 500 : 200, "it")
    } _: { app, probes, scope in
      let journal = Journal<String>()
      var scope = scope
      let outcome = await performer(probes, journal).perform(
        [capturing(get("/a"), "x"), get("/{{x}}"), get("/bad"), get("/never")],
        of: id,
        in: &scope
      )
      #expect(outcome.word == .failed)
      #expect(app.received.map(\.path) == ["/a", "/it", "/bad"])
      #expect(journal.entries == ["step 1 passed", "step 2 passed", "step 3 failed"])
      #expect(scope.captures == ["x": "it"])
    }
  }

  @Test(arguments: [false, true])
  func aSecretCaptureIsLearnedBeforeAnyRecord(inGroup: Bool) async throws {
    try await withApp { _ in
      .init(200, "s3cr3t-token")
    } _: { _, probes, scope in
      let journal = Journal<String>()
      var scope = scope
      let step = capturing(get(), "token", secret: true)
      let steps = inGroup ? [Step(action: .group([step]), place: somewhere)] : [step]
      _ = await performer(probes, journal).perform(steps, of: id, in: &scope)
      #expect(journal.entries.prefix(2) == ["secret token s3cr3t-token", "step 1 passed"])
      #expect(scope.allSecrets.map(\.value) == ["s3cr3t-token"])
    }
  }

  /// A session that the body says again is the header's all the same.
  @Test(arguments: [("session-0123456789", true), ("session-other-4567", false), ("dark", false)])
  func aSecretHeaderIsLearnedWhereTheBodyRepeatsIt(_ body: String, isLearned: Bool) async throws {
    try await withApp { _ in
      let value = body == "dark" ? "dark" : "session-0123456789"
      return .init(200, #"{"it": "\#(body)"}"#, headers: ["Set-Cookie": "sid=\(value); Path=/"])
    } _: { _, probes, scope in
      let journal = Journal<String>()
      var scope = scope
      _ = await performer(probes, journal).perform([get()], of: id, in: &scope)
      #expect(journal.entries.contains("secret set-cookie.0 \(body)") == isLearned)
      #expect(journal.entries.count == (isLearned ? 2 : 1))
    }
  }

  /// What is recorded is the answer, whether the step passed or not.
  @Test(arguments: [false, true])
  func aSecretIsLearnedFromAnAnswerThatDoesNotSatisfy(inGroup: Bool) async throws {
    try await withApp { _ in
      .init(200, "s3cr3t-token")
    } _: { _, probes, scope in
      let journal = Journal<String>()
      var scope = scope
      var step = capturing(get(), "token", secret: true)
      step.expect = [expecting(.status, .equals(number: 201))]
      let steps = inGroup ? [Step(action: .group([step]), place: somewhere)] : [step]
      _ = await performer(probes, journal).perform(steps, of: id, in: &scope)
      #expect(journal.entries.prefix(2) == ["secret token s3cr3t-token", "step 1 failed"])
      #expect(scope.captures.isEmpty && scope.secretCaptures.isEmpty)
      let control = Journal<String>()
      _ = await performer(probes, control).performControl(.decoy, steps, in: scope)
      #expect(control.entries == ["secret token s3cr3t-token"])
    }
  }

  @Test(arguments: [
    (Condition(drivers: ["swarm"], version: nil, place: somewhere), false),
    (Condition(drivers: ["swarm", "local"], version: nil, place: somewhere), true),
    (
      Condition(drivers: [], version: VersionRequirement(">=3.0"), place: somewhere), true
    ),
    (
      Condition(drivers: ["local"], version: VersionRequirement("<3"), place: somewhere), false
    ),
  ])
  func aStepWhoseConditionDoesNotHoldIsSkippedWithAReason(
    condition: Condition,
    runs: Bool
  ) async throws {
    try await withApp { _ in
      .init()
    } _: { app, probes, scope in
      let journal = Journal<String>()
      var scope = scope
      var step = get()
      step.when = condition
      let outcome = await performer(probes, journal).perform([step], of: id, in: &scope)
      #expect(outcome == .passed)
      #expect(app.received.count == (runs ? 1 : 0))
      #expect(journal.entries == [runs ? "step 1 passed" : "step 1 skipped"])
    }
  }

  @Test func aStepInAGroupWhoseConditionDoesNotHoldIsSkippedAndAllOfThemAreTold() async throws {
    try await withApp { _ in
      .init()
    } _: { app, probes, scope in
      let journal = Journal<String>()
      var scope = scope
      var elsewhere = get("/swarm")
      elsewhere.when = Condition(drivers: ["swarm"], version: nil, place: somewhere)
      let inner = Step(action: .group([elsewhere, get("/b")]), place: somewhere)
      let group = Step(action: .group([get("/a"), inner]), place: somewhere)
      let outcome = await performer(probes, journal).perform([get(), group], of: id, in: &scope)
      #expect(outcome == .passed)
      #expect(app.received.map(\.path) == ["/", "/a", "/b"])
      #expect(
        journal.entries == [
          "step 1 passed", "step 2 passed", "step 2.1 passed", "step 2.2 passed",
          "step 2.2.1 skipped", "step 2.2.2 passed",
        ]
      )
    }
  }

  @Test(arguments: [(404, ControlRecord.Result.Word.failed), (500, .broken), (200, .passed)])
  func aControlThatTheAppFailsOverIsNone(
    status: Int,
    result: ControlRecord.Result.Word
  ) async throws {
    try await withApp { _ in
      .init(status)
    } _: { _, probes, scope in
      var scope = scope
      scope.fresh = ["unique": "decoy"]
      let control = await performer(probes, Journal())
        .performControl(.decoy, [get("/{{unique}}")], in: scope)
      #expect(control.result.word == result)
    }
  }

  @Test(arguments: [ControlRecord.Kind.decoy, .dropped])
  func aControlThatFailsBeforeItLooksForTheFreshValueIsNone(kind: ControlRecord.Kind) async throws {
    try await withApp {
      .init($0.path == "/other" ? 404 : 200)
    } _: { _, probes, scope in
      var scope = scope
      scope.fresh = ["marker": "ci1"]
      let control = await performer(probes, Journal())
        .performControl(kind, [get("/other"), get("/{{marker}}")], in: scope)
      #expect(control.result.word == .broken)
      guard case .controlMissedItsPoint(.looksForNoValue, _) = control.result.reason?.code else {
        Issue.record("\(control.result)")
        return
      }
    }
  }

  @Test(arguments: ["", "x"]) func anEmptyCaptureIsNone(body: String) async throws {
    try await withApp { _ in
      .init(200, body)
    } _: { _, probes, scope in
      var scope = scope
      let outcome = await performer(probes, Journal())
        .perform([capturing(get(), "it")], of: id, in: &scope)
      #expect(outcome.isPassed == !body.isEmpty)
    }
  }

  @Test(arguments: [
    ([200, 404], ControlRecord.Result.Word.failed), ([404, 200], .failed), ([200, 200], .passed),
  ])
  func aControlFailsWhenOneStepDoes(
    statuses: [Int],
    result: ControlRecord.Result.Word
  ) async throws {
    try await withApp {
      .init(statuses[($0.number - 1) % 2])
    } _: { _, probes, scope in
      var scope = scope
      scope.fresh = ["unique": "decoy"]
      let control = await performer(probes, Journal())
        .performControl(.decoy, [get("/{{unique}}/a"), get("/{{unique}}/b")], in: scope)
      #expect(control.result.word == result)
      #expect(control.kind == .decoy)
    }
  }

  @Test func aControlWithoutAnAnswerIsBrokenAndShowsNothing() async throws {
    try await withApp { _ in
      .init()
    } _: { _, probes, _ in
      let control = await performer(probes, Journal()).performControl(
        .dropped,
        [get()],
        in: Scope(constants: ["base_url": "http://127.0.0.1:1"])
      )
      #expect(control.result.word == .broken)
    }
  }

  // MARK: Titles

  static let titles: [(Step.Action, String)] = {
    var http = HTTPAction(method: "POST", target: template("/api/{{unique}}"))
    var onService = http
    onService.service = "db"
    http.headers = [("Authorization", template("{{secret.key}}"))]
    let write = FileAction(
      source: .service("app"),
      path: template("/data/{{marker}}"),
      act: .write(template("x"), mode: nil)
    )
    return [
      (.http(http), "POST /api/{{unique}}"),
      (.http(onService), "POST /api/{{unique}} on db"),
      (
        .query(QueryAction(.postgres, service: "db", statement: "SELECT\n  1")),
        "postgres db: SELECT 1"
      ),
      (
        .query(QueryAction(.clickhouse, service: "e", statement: "SELECT 1")),
        "clickhouse e: SELECT 1"
      ),
      (
        .exec(ExecAction(service: "app", argv: [template("ls"), template("{{x}}")])),
        "exec app: ls {{x}}"
      ),
      (.file(write), "write file app: /data/{{marker}}"),
      (
        .file(FileAction(source: .snapshot, path: template("db/b.sql"))),
        "file in the snapshot: db/b.sql"
      ),
      (
        .script(ScriptAction(path: "a.sh", arguments: [template("{{x}}")])), "script a.sh {{x}}"
      ),
      (.group([get("/a"), get("/b")]), "group of 2: GET /a"),
    ]
  }()

  @Test(arguments: titles.indices) func aTitleShowsNamesAndNoValues(index: Int) {
    let (action, title) = Self.titles[index]
    #expect(Step(action: action, place: somewhere).title == title)
  }
}
