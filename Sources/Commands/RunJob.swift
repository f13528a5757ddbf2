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
  /// What the other recipes of the same call have to do with it.
  let company: Company
  private let running = Mutex(State())

  struct Company: Sendable {
    /// False where others run at the same time.
    var isAlone = true
    var shard: Shard?
    var failures = FailureLimit.none
    var ci: CIOutput?
  }

  private struct State {
    var isInterrupted = false
    var task: Task<RunEnd, Never>?
    var progress: ConsoleProgress?
  }

  init(
    _ candidate: RunCandidate,
    publish: Bool,
    strict: Bool,
    waits: Bool,
    company: Company = Company()
  ) {
    self.candidate = candidate
    self.publish = publish
    self.strict = strict
    self.waits = waits
    self.company = company
  }

  var workspace: Workspace { candidate.workspace }
  var suite: Suite { candidate.suite }
  var recipe: String { suite.recipe }

  /// Takes the run down, now or as soon as it has begun.
  func interrupt() {
    let (task, progress) = running.withLock {
      $0.isInterrupted = true
      return ($0.task, $0.progress)
    }
    guard let task else { return }
    task.cancel()
    progress?.say("interrupted: taking everything down (again to leave at once)")
  }

  func run() async throws -> ExitStatus {
    let start = Date.now
    let kept = KeptRuns(workspace: workspace, recipe: suite.recipe)
    kept.removeScratch()
    let id = RunID.new(at: start, after: kept.ids.first)
    let folder = "\(workspace.runsFolder(suite.recipe))/\(id)"
    try makeFolder(folder + "/logs")
    let secrets = try SecretValues(candidate.secrets)
    let log = try EventLog(
      path: folder + "/events.ndjson",
      in: workspace.reportsTree,
      secrets: secrets.redacted,
      reserved: suite.reservedNames
    )
    let http = HTTPClient()
    let progress = ConsoleProgress(recipe: suite.recipe, isAlone: company.isAlone) {
      log.redacted($0)
    }
    let driver = try makeDriver(
      DriverSurroundings(
        runID: id,
        folder: folder,
        secrets: secrets,
        http: http,
        progress: progress,
        redact: { log.redacted($0) }
      )
    )
    let runner = Runner(
      suite: suite,
      driver: driver,
      log: log,
      http: http,
      progress: progress,
      seed: UInt64.random(in: 0...UInt64.max),
      secrets: secrets.values,
      failures: company.failures
    )
    let header = RunHeader(
      candidate.plan,
      id: id,
      startedAt: start,
      host: ProcessInfo.processInfo.hostName,
      shard: company.shard
    )
    let weak = log.weakSecrets.map(Rule.maskedInPlaceOnly)
    for finding in weak { progress.say("note: \(finding.message)") }
    if let leftOut = candidate.plan.leftOutLine { progress.say(leftOut) }
    let findings = weak + candidate.planner.checkout.ruleFindings(suite).map(\.finding)
    await ended(Task { await runner.run(header, findings: findings) }, progress)
    await http.shutDown()
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
      history: await HistoryReader(workspace: workspace, recipe: recipe).historyIfAny()
    )
    let publishes = publish || reports.mayPublish(record)
    let status = try reports.conclude(
      record,
      runFolder: folder,
      publishes: publishes && record.isWhole && isKept,
      strict: strict
    )
    return isKept || status == .refuted ? status : .broken
  }

  /// Waits for the end of the run, which can be interrupted from here on.
  private func ended(_ task: Task<RunEnd, Never>, _ progress: ConsoleProgress) async {
    let isInterrupted = running.withLock {
      $0.task = task
      $0.progress = progress
      return $0.isInterrupted
    }
    if isInterrupted { interrupt() }
    _ = await task.value
    running.withLock { $0.task = nil }
  }

  private func makeFolder(_ path: String) throws {
    do {
      try workspace.reportsTree.makeFolder(path)
    } catch {
      throw Failure(.broken, "\(workspace.shown(path)) cannot be made: \(error.code.cause)")
    }
  }
}
