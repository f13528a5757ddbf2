import Checks
import Deployments
import Evidence
import Formats
import HTTPRequests
import Inventories
import Programs
import Suites

/// One run while it goes on: the deployment, what is blocked, what was planted and counted.
///
/// Each stage is a file of its own; this one holds what they share.
actor RunSession {
  let suite: Suite
  let plan: Plan
  /// The plan's checks by id.
  var planned: [CheckID: PlannedCheck]
  /// The suite's own checks by id.
  let bodies: [CheckID: Check]
  let driver: any Driver
  /// Nil where the recipe needs no other.
  let dependencies: DependentDriver?
  let log: EventLog
  let http: HTTPClient
  let progress: any ProgressObserver
  let seed: UInt64
  let secrets: [String: String]
  let stop: StopOrder
  let failures: FailureLimit
  let options: Probes.Options
  /// Nil where nobody keeps them.
  private var commandLogs: CommandLogs?

  var deployment: (any Deployment)?
  /// Whether the driver was asked for a deployment.
  var hasDeployed = false
  /// Where the app and what it needs are, by the names that steps have for it.
  var appNames: [String: String]
  var probes: Probes
  /// Why later stages cannot run; nil while they can.
  var blocked: Reason?
  /// The version that should run now.
  var version: String
  var snapshot: Snapshot?
  /// Counts before the last operation, by store and table; a reason where they could not be taken.
  var counts: [String: Swift.Result<[String: Int64], CountProblem>] = [:]
  var markers: [String: [Stage: String]] = [:]
  /// By store.
  var holdings: [String: Holdings] = [:]
  /// As they were taken last before carried checks act.
  var lastInventories: [String: Inventory] = [:]
  /// What services write beside their volumes.
  var beside = BesideWatch()
  /// What carried checks sent early, by the functional check.
  var carriedScopes: [CheckID: Scope] = [:]
  /// What they sent after the backup.
  var laterScopes: [CheckID: Scope] = [:]
  /// How long the first deployment took to be ready.
  var installed = Duration.zero
  /// Captured with `scope: run`.
  var runCaptures: [String: JSONValue] = [:]
  var secretCaptures: Set<String> = []
  var outcomes: [CheckID: Outcome] = [:]
  /// Controls of checks that passed, to be run once their stage's checks are done.
  var controls: [PendingControl] = []
  /// Tests of scripts whose beginning was told.
  var started: Set<CheckID> = []
  /// Tests of scripts that the plan does not know.
  var unplanned: [PlannedCheck] = []
  private var random: any RandomNumberGenerator & Sendable

  struct CountProblem: Error {
    var table: String?
    var detail: String
  }

  init(
    suite: Suite,
    plan: Plan,
    run: String,
    driver: any Driver,
    log: EventLog,
    http: HTTPClient,
    progress: any ProgressObserver,
    seed: UInt64,
    secrets: [String: String],
    names: [String: String],
    stop: StopOrder,
    failures: FailureLimit,
    commandLogs: CommandLogs?
  ) {
    self.commandLogs = commandLogs
    self.suite = suite
    self.plan = plan
    planned = Dictionary(plan.planned.map { ($0.id, $0) }) { first, _ in first }
    bodies = suite.checksByID
    self.driver = driver
    dependencies = driver as? DependentDriver
    self.log = log
    self.http = http
    self.progress = progress
    self.seed = seed
    self.secrets = secrets
    appNames = names
    self.stop = stop
    self.failures = failures
    version = plan.base?.version ?? plan.target.version
    random = SystemRandomNumberGenerator()
    options = Probes.Options(
      folder: suite.folder,
      services: suite.services,
      scripts: suite.scripts,
      scriptEnvironment: ["PARITY_RECIPE": suite.recipe, "PARITY_RUN": run],
      trust: plan.driver == "swarm" ? suite.swarm?.tls : nil,
      secrets: { log.redactor },
      learnSecret: { log.learn(Redactor.Secret(name: $0, value: $1)) }
    )
    probes = Probes(options: options, deployment: nil, http: http)
  }

  func has(_ id: CheckID) -> Bool { planned[id] != nil }

  /// What is deployed, a start that failed half way included; nil before anything is.
  var standing: (any Deployment)? {
    get async {
      if deployment != nil || !hasDeployed { return deployment }
      let own = await dependencies == nil ? driver : dependencies?.own
      return own as? any Deployment
    }
  }

  /// Whether a stage or a check failed or broke.
  var isWrong: Bool { blocked != nil || outcomes.values.contains { $0.isWrong } }

  func tell(_ what: RunEvent.What) { log.tell(what) }

  /// Why nothing further is begun; nil while all is well.
  func stopped() async -> Reason? {
    await noteEnd()
    if let reason = failures.reason { stop.give(.failuresReached, reason) }
    return stop.reason
  }

  /// Notes what keeps the run from being one that came to its own end.
  func noteEnd() async {
    if let problem = log.problem {
      stop.give(.died, detail: "\(log.name): \(problem)")
    } else if let lost = await driver.lost() {
      stop.give(.died, detail: lost)
    }
    if Task.isCancelled { stop.give(.interrupted) }
  }

  /// What services that the driver has lost answer is no failure of the recipe, nor is what came of
  /// being interrupted, or of a recipe that this one needs and that is not up.
  func settled(_ outcome: Outcome) async -> Outcome {
    if outcome.word == .failed, Task.isCancelled {
      return .broken(reason: stop.reason ?? Reason(.interrupted, during: outcome.reason?.act))
    }
    guard case .failed(var reason) = outcome else { return outcome }
    if let lost = await driver.lost() {
      reason.notes.append(.lost(detail: lost))
      return .broken(reason: reason)
    }
    // Nobody can tell whether it would have failed with it.
    return await dependencies?.down().map { .broken(reason: $0) } ?? outcome
  }

  // MARK: Scopes

  /// Twelve letters and digits that nobody has sent before.
  func token(_ prefix: String = "") -> String {
    // One draw for all twelve: 36 to the power of 12.
    var rest = UInt64.random(in: 0..<4_738_381_338_321_616_896, using: &random)
    var text = prefix
    for _ in 0..<12 {
      let digit = UInt8(rest % 36)
      let character = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
      text.unicodeScalars.append(UnicodeScalar(character))
      rest /= 36
    }
    return text
  }

  func scope(fresh: [String: String] = [:], variables: [Variable] = []) -> Scope {
    var constants = appNames.mapValues(JSONValue.string)
    constants["version"] = .string(version)
    var scope = Scope(
      constants: constants,
      variables: suite.vars + variables,
      fresh: fresh,
      secrets: secrets,
      captures: runCaptures
    )
    scope.secretCaptures = secretCaptures
    scope.folder = suite.folder
    return scope
  }

  /// - Parameter isTold: whether its steps are steps of a check.
  func performer(isTold: Bool = true) -> CheckPerformer {
    let deployment = deployment
    let attempts = Attempts(
      probes: probes,
      stepLimit: suite.deadlines.step,
      seed: seed,
      hopeless: { await deployment?.deadServices().first.map(Reason.Note.init) },
      awaiting: { [progress] in progress.awaiting($0, elapsed: $1, limit: $2) }
    )
    return CheckPerformer(
      attempts: attempts,
      circumstances: Circumstances(driver: plan.driver, version: version),
      tell: { [log] in if isTold { log.tell($0) } },
      learnSecret: { [log] in log.learn(Redactor.Secret(name: $0, value: $1)) }
    )
  }

  // MARK: Checks

  /// Runs one check's body between its two events.
  func check(
    _ id: CheckID,
    fresh: [String: String] = [:],
    _ body: () async -> Outcome
  ) async {
    guard has(id), outcomes[id] == nil else { return }
    // Whether something is left, and whether a stage left the app well, is always looked at.
    let isLast =
      planned[id]?.stage == .teardown || id.name == GenericCheck.stillWell
    if !isLast, let reason = failures.reason {
      stop.give(.failuresReached, reason)
      return end(id, .notRun(reason: reason))
    }
    tell(.checkStarted(check: id, fresh: fresh))
    progress.checking(id)
    if let down = await missing(id) { return end(id, .broken(reason: down)) }
    end(id, await settled(await body()))
  }

  /// A recipe that a check names and that is not up; nil where there is none.
  func missing(_ id: CheckID) async -> Reason? {
    guard let needed = planned[id]?.dependencies else { return nil }
    return await dependencies?.down(among: needed)
  }

  func end(_ id: CheckID, _ outcome: Outcome) {
    guard has(id), outcomes[id] == nil else { return }
    outcomes[id] = outcome
    if outcome.isWrong { failures.add() }
    tell(.checkFinished(check: id, outcome: outcome))
    progress.checked(id, outcome)
  }

  /// Gives every check of a stage that has no outcome yet one and the same.
  func endAll(_ stage: Stage, _ outcome: Outcome) {
    for check in plan.planned where check.stage == stage && outcomes[check.id] == nil {
      end(check.id, check.skip.map { .skipped(reason: $0) } ?? outcome)
    }
  }

  /// One look of our own, as a step of a check.
  func note(
    _ id: CheckID,
    _ number: Int,
    _ title: String,
    _ assertions: [Assertion],
    notes: [Reason.Note] = [],
    outcome: Outcome? = nil
  ) -> Outcome {
    let violated = assertions.filter { !$0.holds }
    let outcome =
      outcome
      ?? (violated.isEmpty
        ? .passed
        : .failed(reason: Reason(.violated(assertions: violated), during: title, notes: notes)))
    tell(
      .stepFinished(
        check: id,
        step: StepRecord(
          number: String(number),
          kind: "look",
          title: title,
          place: nil,
          outcome: outcome,
          assertions: assertions
        )
      )
    )
    return outcome
  }

  // MARK: Stages

  /// The worst of what the checks of a stage came to.
  func stageOutcome(_ stage: Stage) -> Outcome {
    let checks = (plan.planned + unplanned).filter { $0.stage == stage }
    let all = checks.compactMap { outcomes[$0.id] }
    func first(_ word: Outcome.Word) -> Outcome? { all.first { $0.word == word } }
    if let failed = first(.failed) { return failed }
    if let broken = first(.broken) { return broken }
    if all.contains(.passed) { return .passed }
    return first(.notRun) ?? first(.skipped)
      ?? .skipped(reason: Reason(.noChecks(in: stage)))
  }

  /// Performs an operation of the driver and tells what it did.
  ///
  /// - Returns: nil where it succeeded.
  func operate(
    _ name: String,
    in stage: Stage,
    _ body: () async throws(DeploymentError) -> Void
  ) async -> Outcome? {
    progress.operating(name)
    await lookBeside()
    await probes.disconnect()
    let start = ContinuousClock.now
    var failure: Outcome?
    do throws(DeploymentError) {
      try await body()
    } catch {
      let detail = OperationRecord.cut(error.description, without: log.redactor)
      let reason = Reason(.operationFailed(detail: detail), during: name)
      failure = error.isRecipes ? .failed(reason: reason) : .broken(reason: reason)
    }
    if let outcome = failure { failure = await settled(outcome) }
    await tellDependencies(stage)
    for operation in await driver.takeOperations() {
      var record = OperationRecord(operation, without: log.redactor)
      if let log = commandLogs?.keep(operation, log.redactor) {
        record.facts[OperationRecord.log] = "logs/\(log)"
      }
      record.outcome = await settled(record.outcome)
      tell(.operationFinished(stage: stage, operation: record))
    }
    tell(
      .operationFinished(
        stage: stage,
        operation: OperationRecord(
          name: name,
          outcome: failure ?? .passed,
          microseconds: (ContinuousClock.now - start).inMicroseconds
        )
      )
    )
    return failure
  }

  /// The suite's own steps beside an operation.
  ///
  /// - Returns: nil where all passed.
  func runHook(_ hook: Hook, in stage: Stage) async -> Outcome? {
    guard let steps = suite.hooks[hook], !steps.isEmpty else { return nil }
    let start = ContinuousClock.now
    var scope = scope(fresh: ["unique": token()])
    // A hook is no check: its steps are told as one operation.
    let performer = performer()
    var outcome = Outcome.passed
    for (index, step) in steps.enumerated() where outcome.isPassed {
      let result = await performer.attempts.perform(step, number: String(index + 1), in: scope)
      scope.sessions = result.sessions
      performer.keep(result, of: step, index, in: &scope)
      keepRunCaptures(of: step, result.captures)
      outcome = await settled(result.record.outcome)
    }
    tell(
      .operationFinished(
        stage: stage,
        operation: OperationRecord(
          name: "suite hook \(hook.rawValue)",
          outcome: outcome,
          microseconds: (ContinuousClock.now - start).inMicroseconds
        )
      )
    )
    return outcome.isPassed ? nil : outcome
  }

  func keepRunCaptures(of step: Step, _ captures: [String: JSONValue]) {
    for capture in step.allCaptures where capture.scope == .run {
      guard let value = captures[capture.name] else { continue }
      if capture.isSecret {
        secretCaptures.insert(capture.name)
        log.learn(Redactor.Secret(name: capture.name, value: Scope.text(of: value)))
      }
      runCaptures[capture.name] = value
    }
  }

  /// Waits until the app is ready, and tells the time line.
  func gate(_ stage: Stage) async -> Outcome {
    guard let deployment else { return .broken(reason: Reason(.notDeployed)) }
    let gate = readinessGate(suite.health)
    var result = await gate.wait(for: deployment, in: scope())
    if stage == .install, result.record.ready {
      await tryDecoy(of: gate, at: deployment, in: &result)
    }
    tell(.readinessFinished(stage: stage, readiness: result.record))
    if result.outcome.isPassed { await watchBeside() }
    return await settled(result.outcome)
  }

  func readinessGate(_ health: HealthGate) -> ReadinessGate {
    ReadinessGate(
      health: health,
      http: http,
      seed: seed,
      image: plan.appImage,
      tls: options.tls,
      awaiting: { [progress] in progress.awaiting($0, elapsed: $1, limit: $2) }
    )
  }
}

extension Outcome {
  /// Counts towards the failures that end a run.
  var isWrong: Bool { word == .failed || word == .broken }
}

extension Reason.Note {
  init(_ service: DeadService) {
    self = .died(service: service.service, ending: service.ending, log: service.lastWords)
  }
}
