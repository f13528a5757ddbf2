import Checks
package import Deployments
package import Evidence
package import HTTPRequests
package import Suites

/// Performs a plan on a driver, and tells every event of it.
package struct Runner: Sendable {
  package var suite: Suite
  package var driver: any Driver
  package var log: EventLog
  package var http: HTTPClient
  package var progress: any ProgressObserver
  /// Of the jitter between polls.
  package var seed: UInt64
  /// By name, as in `{{secret.NAME}}`.
  package var secrets: [String: String]
  /// Further values for steps, by name: of recipes that this one needs.
  var names: [String: String] = [:]
  /// Shared with the other runs of the call.
  package var failures: FailureLimit
  /// Replaces a file of the run's `logs`; false where it cannot be written.
  package var writeLog: (@Sendable (_ name: String, _ bytes: [UInt8]) -> Bool)?
  /// Keeps what is deployed up for as long as it likes, once the stages are through; told whether
  /// anything of them was not as it should be. Nobody is asked where the run was interrupted.
  package var hold: (@Sendable (any Deployment, _ isWrong: Bool) async -> Void)?

  package init(
    suite: Suite,
    driver: any Driver,
    log: EventLog,
    http: HTTPClient,
    progress: any ProgressObserver,
    seed: UInt64,
    secrets: [String: String],
    failures: FailureLimit = .none,
    writeLog: (@Sendable (String, [UInt8]) -> Bool)? = nil
  ) {
    self.suite = suite
    self.driver = driver
    self.log = log
    self.http = http
    self.progress = progress
    self.seed = seed
    self.secrets = secrets
    self.failures = failures
    self.writeLog = writeLog
  }

  /// Runs to the end, whatever happens on the way; teardown runs also where the task is cancelled.
  ///
  /// - Parameters:
  ///   - header: has the plan, and becomes the first line of the log.
  ///   - findings: what is to be said of the run before anything happens.
  /// - Returns: how the run ended.
  package func run(_ header: RunHeader, findings: [Finding] = []) async -> RunEnd {
    log.tell(.runStarted(schema: RunEvent.schemaVersion, header: header))
    for finding in findings { log.tell(.findingMade(finding: finding)) }
    let stop = StopOrder()
    let session = RunSession(
      suite: suite,
      plan: header.plan,
      run: header.id,
      driver: driver,
      log: log,
      http: http,
      progress: RedactedProgress(observer: progress, log: log),
      seed: seed,
      secrets: secrets,
      names: names,
      stop: stop,
      failures: failures,
      commandLogs: writeLog.map { CommandLogs(write: $0) }
    )
    let stages = Task { await session.runStages() }
    let limit = suite.deadlines.run
    let clock = Task {
      try await Task.sleep(for: limit)
      stop.give(.deadlineReached, detail: limit.shown)
      progress.stopping(Reason(.stopped(.deadlineReached, failures: nil, detail: limit.shown)))
      stages.cancel()
    }
    await withTaskCancellationHandler {
      await stages.value
    } onCancel: {
      stop.give(.interrupted)
      stages.cancel()
    }
    clock.cancel()
    if let hold, stop.end != .interrupted, let deployment = await session.standing {
      await hold(deployment, await session.isWrong)
    }
    // A task of its own: teardown is not cancelled with the run.
    await Task.detached { await session.tearDown() }.value
    // Who interrupts teardown interrupts the run, too.
    if Task.isCancelled { stop.give(.interrupted) }
    let end = stop.end ?? .finished
    log.tell(.runFinished(end: end))
    return end
  }
}
