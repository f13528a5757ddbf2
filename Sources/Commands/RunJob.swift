import Auditing
import Checks
import Deployments
import Evidence
import Files
import FoundationEssentials
import Glibc
import HTTPRequests
import Reports
import Running
import Suites
import Synchronization

/// One recipe's run from its first event to its reports.
final class RunJob: Sendable {
  let candidate: RunCandidate
  let publish: Bool
  let strict: Bool
  let waits: Bool
  /// Whether a failed run's deployment is kept up, and then whether secrets are shown; nil for no.
  let keep: Bool?
  /// Keeps a deployment up.
  let hold = Hold()
  /// What the other recipes of the same call have to do with it.
  let company: Company
  /// Of what it needs, in the order in which it is deployed.
  let dependencies: [RunJob]
  private let running = Mutex(State())

  struct Company: Sendable {
    /// False where others run at the same time.
    var isAlone = true
    /// Whether nothing is said of what goes well.
    var isQuiet = false
    var progress = ProgressForm.usual
    var shard: Shard?
    var failures = FailureLimit.none
    var ci: CIOutput?
    var junit = JUnitFlavour.jenkins
  }

  private struct State {
    var isInterrupted = false
    var task: Task<RunEnd, Never>?
    var progress: ConsoleProgress?
    /// Who holds the deployment, where it was not waited for.
    var holder: String?
    /// What it came to, in a few words.
    var verdict: String?
  }

  init(
    _ candidate: RunCandidate,
    publish: Bool,
    strict: Bool,
    waits: Bool,
    keep: Bool? = nil,
    company: Company = Company()
  ) {
    self.candidate = candidate
    self.publish = publish
    self.strict = strict
    self.waits = waits
    self.keep = keep
    self.company = company
    dependencies = candidate.dependencies.map { other in
      var beside = company
      // Its lines must be told apart.
      beside.isAlone = false
      beside.failures = .none
      return RunJob(other, publish: false, strict: false, waits: waits, company: beside)
    }
  }

  var workspace: Workspace { candidate.workspace }
  var suite: Suite { candidate.suite }
  var recipe: String { suite.recipe }

  /// What it came to, in a few words; nil while it is not known, and where it was not run.
  var verdict: String? { running.withLock { $0.verdict } }

  /// Who holds the deployment, or one that it needs, where it was not waited for.
  var holder: String? {
    running.withLock { $0.holder } ?? dependencies.lazy.compactMap(\.holder).first
  }

  /// Made for one run: the values of its secrets and of those of what it needs, by recipe.
  var secretsOfAll: [String: SecretValues] {
    get throws {
      var all = [recipe: try SecretValues(candidate.secrets)]
      for job in dependencies { all[job.recipe] = try SecretValues(job.candidate.secrets) }
      return all
    }
  }

  /// Notes that another run holds the deployment: this one leaves no record.
  func refuse(_ holder: String) { running.withLock { $0.holder = holder } }

  /// Takes the run down, now or as soon as it has begun.
  func interrupt() {
    let (task, progress) = running.withLock {
      $0.isInterrupted = true
      return ($0.task, $0.progress)
    }
    if hold.end() {
      progress?.say("taking everything down (again to leave at once)")
      return
    }
    guard let task else { return }
    task.cancel()
    progress?.say("interrupted: taking everything down (again to leave at once)")
  }

  func run() async throws -> ExitStatus {
    let rules = try await candidate.planner.checkout.ruleFindings(suite)
    let start = Date.now
    let kept = KeptRuns(workspace: workspace, recipe: suite.recipe)
    kept.removeScratch()
    let id = RunID.new(at: start, after: kept.ids.first)
    let folder = "\(workspace.runsFolder(suite.recipe))/\(id)"
    try makeFolder(folder + "/logs")
    let equipment = try equip(id, folder: folder, events: "events.ndjson")
    let (log, progress) = (equipment.log, equipment.progress)
    var runner = runner(equipment, folder: folder)
    if let showsSecrets = keep {
      runner.hold = { [self] deployment, isWrong in
        guard isWrong else { return }
        await stay(deployment, equipment, showsSecrets: showsSecrets, logs: folder + "/logs")
      }
    }
    let header = RunHeader(
      candidate.plan,
      id: id,
      startedAt: start,
      host: ProcessInfo.processInfo.hostName,
      shard: company.shard
    )
    let weak = log.weakSecrets.map(Rule.maskedInPlaceOnly)
    for finding in weak { progress.say("note: \(finding.message)") }
    for secret in candidate.driver.undeclaredSecrets {
      progress.say("note: secret \(secret.name) of the recipe is made up, for the suite has none")
    }
    if let leftOut = candidate.plan.leftOutLine { progress.say(leftOut) }
    let findings = weak + rules.map(\.finding)
    let ready = runner
    await ended(Task { await ready.run(header, findings: findings) }, progress)
    await equipment.http.shutDown()
    if let holder {
      // Nothing was run: a record of it would stand in the way of the last one.
      workspace.reportsTree.remove(folder)
      throw Failure(.broken, "\(recipe): not run: held by \(holder)")
    }
    if let problem = log.problem {
      progress.say("\(workspace.shown(folder))/events.ndjson could not be written: \(problem)")
    }
    guard let record = log.record() else {
      throw Failure(.broken, "the run left no record")
    }
    return try await conclude(record, in: folder, isKept: log.problem == nil)
  }

  /// - Parameter isKept: whether all events could be written.
  private func conclude(
    _ record: RunRecord,
    in folder: String,
    isKept: Bool
  ) async throws -> ExitStatus {
    let reports = Reports(
      workspace: await workspace.holding(suite),
      suite: suite,
      ci: company.ci,
      junit: await workspace.form(company.junit, of: recipe),
      history: await HistoryReader(workspace: workspace, recipe: recipe).historyIfAny(),
      isQuiet: company.isQuiet
    )
    let publishes = publish || reports.mayPublish(record)
    let status = try reports.conclude(
      record,
      runFolder: folder,
      publishes: publishes && record.isWhole && isKept,
      strict: strict
    ) { coverage in
      let words = "level \(coverage.shownLevel), \(coverage.verdictSummary)"
      running.withLock { $0.verdict = words }
    }
    if workspace.project.corpus == nil {
      Console.error(
        "next: say in parity.yml where the older scripts are, `corpus: {root: FOLDER}`, or why there are "
          + "none, `corpus: {none: WHY}`; then `parity audit \(recipe)`"
      )
    }
    return isKept || status == .refuted ? status : .broken
  }

  /// Waits for the end of the run, which can be interrupted from here on.
  func ended(_ task: Task<RunEnd, Never>, _ progress: ConsoleProgress) async {
    let isInterrupted = running.withLock {
      $0.task = task
      $0.progress = progress
      return $0.isInterrupted
    }
    if isInterrupted { interrupt() }
    _ = await task.value
    running.withLock { $0.task = nil }
  }

  func makeFolder(_ path: String) throws {
    do {
      try workspace.reportsTree.makeFolder(path)
    } catch {
      throw Failure(.broken, "\(workspace.shown(path)) cannot be made: \(error.code.cause)")
    }
  }
}
