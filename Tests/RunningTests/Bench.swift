import Deployments
import Evidence
import FakeDeployments
import Formats
import FoundationEssentials
import Glibc
import HTTPRequests
import Programs
import Synchronization

@testable import Running
@testable import Suites

let somewhere = SourcePlace(file: "recipe.yml", line: 1, column: 1)

func template(_ text: String) -> Template {
  (try? Template(parsing: text)) ?? Template(literal: "not a template: \(text)")
}

func get(_ target: String) -> Step {
  Step(action: .http(HTTPAction(method: "GET", target: template(target))), place: somewhere)
}

/// A suite with one store of files, an overlay in every stage and a functional check.
struct Bench {
  typealias Answer = @Sendable (AppServer.Received) async -> AppServer.Reply

  var suite: Suite
  var behaviour = FakeDeployment.Behaviour()
  var base: RecipeRevision? = RecipeRevision(version: "1.0.0+v1", tree: "aa")
  var baseReason: Reason?
  var target = RecipeRevision(version: "1.1.0+v2", tree: "bb")
  var noBackupReason: Reason?
  var lastStage = Stage.functional
  var failures = FailureLimit.none
  var secrets: [Redactor.Secret] = []
  /// Where events are written; nil for nowhere.
  var events: String?
  var answer: Answer = { _ in .init(200, "ok") }
  /// Changes the plan that follows from all this.
  var adjust: @Sendable (inout Plan) -> Void = { _ in }
  /// What stands between the run and the fake driver, which reaches the app at a port.
  var wrap: @Sendable (FakeDriver, _ port: Int) -> any Driver = { driver, _ in driver }
  /// Called with each event as it happens, and with what cancels the run.
  var watch: @Sendable (RunEvent.What, _ cancel: () -> Void) -> Void = { _, _ in }

  init() {
    suite = Suite(recipe: "toy", folder: "/nonexistent")
    suite.health.within = .seconds(20)
    suite.health.steady = .milliseconds(1)
    suite.integrity["data"] = IntegrityEntry(
      store: "data",
      prepare: [],
      seed: [Self.file("/data/marker", write: "{{marker}}")],
      drop: [Self.file("/data/marker", write: "gone")],
      change: [],
      verify: [Self.file("/data/marker", holds: "{{marker}}")],
      counts: [],
      place: somewhere
    )
    for stage in [Stage.install, .upgrade, .backup, .restore] {
      add(.overlay, stage, "overlays/\(stage.rawValue)::test_it", [get("/\(stage.rawValue)")])
    }
    add(.functional, .functional, "functional/a::test_it", [get("/functional")])
  }

  static func file(_ path: String, write: String? = nil, holds text: String? = nil) -> Step {
    let action = FileAction(
      source: .service("app"),
      path: template(path),
      act: write.map { .write(template($0), mode: nil) }
    )
    var step = Step(action: .file(action), place: somewhere)
    if let text {
      step.expect = [
        Expectation(
          subject: .content,
          predicates: [.equals(.template(template(text)))],
          place: somewhere
        )
      ]
    }
    return step
  }

  mutating func add(_ kind: CheckKind, _ stage: Stage, _ id: String, _ steps: [Step]) {
    add(kind, stage, id, .steps(steps))
  }

  mutating func add(_ kind: CheckKind, _ stage: Stage, _ id: String, _ body: Check.Body) {
    guard let id = CheckID(id) else { return }
    suite.checks.append(
      Check(id: id, kind: kind, stage: stage, about: "", place: somewhere, body: body)
    )
  }

  var plan: Plan {
    func planned(_ id: CheckID, _ kind: CheckKind, _ stage: Stage) -> PlannedCheck {
      PlannedCheck(
        id: id,
        kind: kind,
        stage: stage,
        about: "",
        place: nil,
        strength: .ack,
        isHealth: false,
        steps: [],
        ports: []
      )
    }
    let generic = GenericCheck.all(for: suite).map { planned($0.id, .generic, $0.stage) }
    let integrity = suite.integrity.keys.sorted().flatMap { store in
      [
        ("seeded", Stage.install), ("survives_upgrade", .upgrade), ("seeded_for_backup", .backup),
        ("survives_restore", .restore), ("recovered", .recover),
      ].map { planned(.integrity(store, $0), .integrity, $1) }
    }
    let own = suite.checks.map { planned($0.id, $0.kind, $0.stage) }
    var plan = Plan(
      recipe: suite.recipe,
      driver: "fake",
      base: base,
      target: target,
      suiteTree: "cc"
    )
    plan.planned = generic + integrity + own
    plan.lastStage = lastStage
    plan.stageSkips[.upgrade] = baseReason
    for stage in [Stage.backup, .restore, .recover] { plan.stageSkips[stage] = noBackupReason }
    return plan
  }

  static func header(_ plan: Plan) -> RunHeader {
    RunHeader(
      id: "20260101-000000",
      toolVersion: "0",
      startedAt: "2026-01-01T00:00:00.000Z",
      host: "host",
      plan: plan
    )
  }

  struct Ran: Sendable {
    var record: RunRecord
    var events: [RunEvent.What]
    var end: RunEnd
    var teardowns: Int
    var commands: [Command]

    func outcome(_ id: String) -> Outcome? { CheckID(id).flatMap { record[check: $0]?.outcome } }
    func outcome(_ stage: Stage) -> Outcome? { record[stage]?.outcome }
    /// Of all checks of a stage.
    func words(_ stage: Stage) -> Set<Outcome.Word> {
      Set(record.checks.filter { $0.stage == stage }.map(\.outcome.word))
    }
  }

  func run() async throws -> Ran {
    try await AppServer.run(answer) { app in
      let deployment = FakeDeployment(behaviour, port: app.port)
      let driver = FakeDriver(deployment)
      var plan = self.plan
      adjust(&plan)
      let canceller = Canceller()
      let watch = watch
      let observer: @Sendable (RunEvent) -> Void = { event in
        canceller.note(event.what)
        watch(event.what) { canceller.cancel() }
      }
      let log = try EventLog(
        descriptor: events.map { open($0, O_WRONLY | O_CLOEXEC) } ?? -1,
        name: "events.ndjson",
        secrets: secrets,
        reserved: [],
        observers: [observer]
      )
      let runner = Runner(
        suite: suite,
        driver: wrap(driver, app.port),
        log: log,
        http: HTTPClient(),
        progress: SilentProgress(),
        seed: 1,
        secrets: Dictionary(uniqueKeysWithValues: secrets.map { ($0.name, $0.value) }),
        failures: failures
      )
      let header = Self.header(plan)
      let task = Task {
        // What is to be cancelled at its first event must be known by then.
        while canceller.task == nil { await Task.yield() }
        return await runner.run(header)
      }
      canceller.task = task
      let end = await task.value
      guard let record = log.record() else { throw NoRecord() }
      return Ran(
        record: record,
        events: canceller.events,
        end: end,
        teardowns: driver.teardownCount,
        commands: deployment.commands
      )
    }
  }

  struct NoRecord: Error {}

  /// Cancels a run as soon as it is known, and keeps what happened.
  private final class Canceller: Sendable {
    private struct State {
      var task: Task<RunEnd, Never>?
      var isCancelled = false
      var events: [RunEvent.What] = []
    }

    private let state = Mutex(State())

    var events: [RunEvent.What] { state.withLock { $0.events } }

    var task: Task<RunEnd, Never>? {
      get { state.withLock { $0.task } }
      set {
        let cancel = state.withLock { state in
          state.task = newValue
          return state.isCancelled
        }
        if cancel { newValue?.cancel() }
      }
    }

    func note(_ what: RunEvent.What) { state.withLock { $0.events.append(what) } }

    func cancel() {
      let task = state.withLock { state in
        state.isCancelled = true
        return state.task
      }
      task?.cancel()
    }
  }
}

/// What happened, in order; for closures that are told of it.
final class Journal<Element: Sendable>: Sendable {
  private let state = Mutex<[Element]>([])

  var entries: [Element] { state.withLock { $0 } }

  /// - Returns: how many there are now.
  @discardableResult
  func add(_ element: Element) -> Int {
    state.withLock { state in
      state.append(element)
      return state.count
    }
  }
}
