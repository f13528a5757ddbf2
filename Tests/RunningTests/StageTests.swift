import Checks
import Deployments
import Evidence
import FakeDeployments
import Formats
import Programs
import Synchronization
import Testing

@testable import Running
@testable import Suites

@Suite(.timeLimit(.minutes(1)))
struct StageTests {
  @Test func aGoodRunPassesEveryCheckAndStage() async throws {
    let ran = try await Bench().run()
    for check in ran.record.checks { #expect(check.outcome == .passed, "\(check.id)") }
    for stage in ran.record.stages { #expect(stage.outcome == .passed, "\(stage.stage)") }
    #expect(ran.end == .finished && ran.record.end == .finished)
    #expect(ran.teardowns == 1)
    #expect(ran.record.values["domain"] == "app.test")
    #expect(
      ran.record[check: .integrity("data", "survives_restore")]?.control?.result == .failed
    )
  }

  @Test func eventsBeginAndEndEachThingInItsOrder() async throws {
    let ran = try await Bench().run()
    guard case .runStarted(RunEvent.schemaVersion, _)? = ran.events.first,
      case .runFinished(.finished)? = ran.events.last
    else {
      Issue.record("neither first nor last line")
      return
    }
    var started: [Stage] = []
    var finished: [Stage] = []
    var open: CheckID?
    for event in ran.events {
      switch event {
      case .stageStarted(let stage):
        #expect(started == finished)
        started.append(stage)
      case .stageFinished(let stage, _):
        finished.append(stage)
        #expect(started == finished)
      // The marker's check spans the restore: it begins with the drop and ends after the gate.
      case .checkStarted(let id, _) where id == .integrity("data", "survives_restore"): break
      case .stepFinished(let id, _), .controlFinished(let id, _), .checkFinished(let id, _):
        if id == .integrity("data", "survives_restore") { break }
        #expect(open == id)
        if case .checkFinished = event { open = nil }
      case .checkStarted(let id, let fresh):
        #expect(open == nil)
        open = id
        #expect(ran.record[check: id]?.fresh == fresh)
      case .operationFinished(let stage, _), .readinessFinished(let stage, _):
        #expect(started.last == stage)
        #expect(open == nil)
      default: break
      }
    }
    #expect(finished == Stage.allCases)
  }

  @Test(arguments: [true, false]) func afterAFailedDeployOnlyTeardownRuns(isRecipes: Bool)
    async throws
  {
    var bench = Bench()
    bench.behaviour.deploy = { _ throws(DeploymentError) in
      throw DeploymentError(isRecipes ? .recipeFailed : .driverBroken, "hook exited with 1")
    }
    let ran = try await bench.run()
    #expect(ran.outcome(.install)?.word == (isRecipes ? .failed : .broken))
    #expect(ran.words(.install) == [.notRun])
    for stage in [Stage.upgrade, .backup, .restore, .functional] {
      #expect(ran.outcome(stage)?.word == .notRun)
      #expect(ran.words(stage) == [.notRun])
      guard case .blocked(by: .install, let because) = ran.outcome(stage)?.reason?.code else {
        Issue.record("\(stage): \(ran.outcome(stage) as Any)")
        continue
      }
      #expect(because.code == .operationFailed(detail: "hook exited with 1"))
    }
    #expect(ran.outcome(.teardown) == .passed)
    #expect(ran.teardowns == 1 && ran.end == .finished)
  }

  @Test func anAppThatIsNeverReadyFailsWithItsTimeLine() async throws {
    var bench = Bench()
    bench.suite.health.within = .seconds(4)
    bench.answer = { .init($0.number == 1 ? 500 : 503) }
    let ran = try await bench.run()
    #expect(ran.outcome("generic/install::serving")?.word == .failed)
    let readiness = ran.record[.install]?.readiness
    #expect(readiness?.ready == false)
    #expect(readiness?.line == "500 → 503")
    #expect(readiness?.spans.first?.count == 1)
    #expect(ran.outcome("integrity/data::seeded")?.word == .notRun)
    #expect(ran.words(.functional) == [.notRun])
    #expect(ran.teardowns == 1)
  }

  @Test func anAppThatBecomesReadyKeepsItsTimeLine() async throws {
    var bench = Bench()
    bench.answer = { .init($0.number < 4 ? 500 : 200) }
    let ran = try await bench.run()
    #expect(ran.record[.install]?.readiness?.line == "500 → 200")
    #expect(ran.record[.install]?.readiness?.spans.first?.count == 3)
    #expect(ran.outcome(.install) == .passed)
  }

  @Test func aDeadServiceEndsTheWaitForReadiness() async throws {
    var bench = Bench()
    bench.suite.health.within = .seconds(600)
    bench.answer = { _ in .init(503) }
    bench.behaviour.deploy = {
      $0.dead = [DeadService(service: "app", ending: "exit 3", lastWords: "no space")]
    }
    let ran = try await bench.run()
    let note = Reason.Note.died(service: "app", ending: "exit 3", log: "no space")
    #expect(ran.outcome(.install)?.reason?.notes == [note])
    #expect(ran.outcome("generic/install::services_running")?.word == .failed)
  }

  @Test func onlyAPortIsEnoughWhereTheGateAsksForNoMore() async throws {
    var bench = Bench()
    bench.suite.health.tcp = ("app", 80)
    bench.suite.health.asksHTTP = false
    bench.answer = { .init($0.path == "/" ? 500 : 200) }
    let ran = try await bench.run()
    #expect(ran.outcome(.install) == .passed)
    #expect(ran.record[.install]?.readiness?.gate == "TCP app:80")
  }

  // MARK: Upgrade

  @Test func anUpgradeThatLeavesTheOldVersionRunningFails() async throws {
    var bench = Bench()
    bench.behaviour.upgrade = { _, _ in }
    let ran = try await bench.run()
    #expect(ran.outcome("generic/upgrade::version_runs")?.word == .failed)
    #expect(ran.outcome("generic/upgrade::serving") == .passed)
    #expect(ran.outcome(.upgrade)?.reason?.violated.map(\.actual) == [.text("1.0.0+v1")])
    #expect(ran.outcome(.functional) == .passed)
  }

  @Test func aVersionThatIsContradictedFails() async throws {
    var bench = Bench()
    bench.behaviour.runningVersion = {
      RunningVersion(version: $0.version, facts: [:], contradictions: ["app reports v1"])
    }
    let ran = try await bench.run()
    let violated = ran.outcome("generic/upgrade::version_runs")?.reason?.violated
    #expect(violated?.map(\.subject) == [.contradiction])
    #expect(violated?.map(\.actual) == [.text("app reports v1")])
  }

  @Test func anUpgradeToTheSameFilesIsNoPass() async throws {
    var bench = Bench()
    bench.base?.tree = bench.target.tree
    let ran = try await bench.run()
    #expect(ran.outcome(.upgrade)?.word == .failed)
    #expect(!ran.words(.upgrade).contains(.passed))
    #expect(ran.outcome(.restore) == .passed)
  }

  @Test func withoutABaseTheUpgradeIsSkippedWithItsReason() async throws {
    var bench = Bench()
    bench.base = nil
    bench.baseReason = .declared("1.1.0 is the first version")
    let ran = try await bench.run()
    #expect(ran.outcome(.upgrade) == .skipped(reason: .declared("1.1.0 is the first version")))
    #expect(ran.words(.upgrade) == [.skipped])
    #expect(ran.outcome(.functional) == .passed)
  }

  @Test func aFailedUpgradeBlocksWhatFollows() async throws {
    var bench = Bench()
    bench.behaviour.upgrade = { _, _ throws(DeploymentError) in
      throw DeploymentError(.recipeFailed, "migration exited with 1")
    }
    let ran = try await bench.run()
    #expect(ran.outcome(.upgrade)?.word == .failed)
    #expect(ran.words(.functional) == [.notRun])
    #expect(ran.outcome(.install) == .passed && ran.teardowns == 1)
  }

  @Test func whatAHookCapturesForTheRunReachesLaterChecksAlsoFromAGroup() async throws {
    var bench = Bench()
    var step = get("/token")
    step.capture = [
      Capture(name: "token", subject: .body, isSecret: true, scope: .run, place: somewhere)
    ]
    bench.suite.hooks[.postInstall] = [Step(action: .group([step]), place: somewhere)]
    bench.answer = { .init(200, $0.path == "/token" ? "s3cr3t-token" : "ok") }
    bench.add(.functional, .functional, "functional/b::test_b", [get("/with/{{token}}")])
    let ran = try await bench.run()
    #expect(ran.outcome("functional/b::test_b") == .passed)
    #expect(!String(describing: ran.record).contains("s3cr3t-token"))
  }

  // MARK: Backup and restore

  @Test func withoutASnapshotRestoreIsNotRunAndFunctionalChecksRun() async throws {
    var bench = Bench()
    bench.behaviour.backUp = { _ throws(DeploymentError) in
      throw DeploymentError(.recipeFailed, "the pre-hook exited with 1")
    }
    let ran = try await bench.run()
    #expect(ran.outcome(.backup)?.word == .failed)
    #expect(ran.outcome(.restore)?.word == .notRun)
    #expect(ran.words(.restore) == [.notRun])
    #expect(ran.outcome(.functional) == .passed)
  }

  @Test(
    arguments: [
      ([], ["data"], false), ([("data/a", 0)], ["data"], false),
      ([("data2/a", 5)], ["data"], false),
      ([("data/a", 5)], ["data"], true), ([("data", 5)], ["data"], true),
      ([("data/a", 5)], [], false),
      ([("data/a", 5)], ["data", "db/dump.sql"], false),
    ] as [([(String, Int)], [String], Bool)]
  )
  func everyDeclaredPathMustHoldSomething(
    files: [(String, Int)],
    declared: [String],
    passes: Bool
  ) async throws {
    var bench = Bench()
    bench.behaviour.backUp = { deployment in
      var snapshot = deployment.takeSnapshot()
      snapshot.files = files.map { Snapshot.File(path: $0.0, bytes: $0.1) }
      snapshot.declaredPaths = declared
      return snapshot
    }
    let ran = try await bench.run()
    #expect(
      ran.outcome("generic/backup::declared_paths")?.word == (passes ? .passed : .failed)
    )
    #expect(
      ran.outcome("generic/backup::snapshot")?.word == (files.isEmpty ? .failed : .passed)
    )
  }

  @Test func aMarkerThatWasNotDroppedIsRecordedAsAControlThatPassed() async throws {
    var bench = Bench()
    // Each marker in a file of its own, or the one that is planted after the backup replaces it.
    bench.suite.integrity["data"]?.seed = [Bench.file("/data/{{marker}}", write: "{{marker}}")]
    bench.suite.integrity["data"]?.verify = [Bench.file("/data/{{marker}}", holds: "{{marker}}")]
    bench.suite.integrity["data"]?.drop = [Bench.file("/data/other", write: "x")]
    let ran = try await bench.run()
    #expect(ran.record[check: .integrity("data", "survives_restore")]?.control?.result == .passed)
  }

  @Test func aMarkerIsAsAwkwardAsDataWhereNothingBreaksOverIt() async throws {
    func marker(_ bench: Bench) async throws -> String? {
      let ran = try await bench.run()
      #expect(ran.outcome("integrity/data::recovered") == .passed)
      return ran.record[check: .integrity("data", "seeded_for_backup")]?.fresh["marker"]
    }
    let awkward = try #require(try await marker(Bench()))
    #expect(awkward.contains("\n") && awkward != Marker(text: awkward).token)
    var bench = Bench()
    bench.suite.integrity["data"]?.seed = [Bench.file("/data/{{marker}}", write: "{{marker}}")]
    bench.suite.integrity["data"]?.verify = [Bench.file("/data/{{marker}}", holds: "{{marker}}")]
    bench.suite.integrity["data"]?.drop = [Bench.file("/data/{{marker}}", write: "gone")]
    let plain = try #require(try await marker(bench))
    #expect(plain == Marker(text: plain).token)
  }

  @Test func aMarkerThatDoesNotComeBackFails() async throws {
    var bench = Bench()
    bench.behaviour.restore = { _ in }
    let ran = try await bench.run()
    #expect(ran.outcome("integrity/data::survives_restore")?.word == .failed)
    #expect(
      ran.record[check: .integrity("data", "survives_restore")]?.control?.result == .failed
    )
    #expect(ran.outcome(.restore)?.word == .failed)
    #expect(ran.outcome(.functional) == .passed)
  }

  @Test func aMarkerThatCannotBeDroppedBreaksItsCheck() async throws {
    var bench = Bench()
    bench.suite.integrity["data"]?.drop = [get("/drop")]
    bench.answer = { .init($0.path == "/drop" ? 500 : 200) }
    let ran = try await bench.run()
    #expect(ran.outcome("integrity/data::survives_restore")?.word == .broken)
    #expect(ran.outcome(.restore)?.word == .broken)
  }

  @Test(
    arguments: [
      // Before and after the upgrade, before the backup, after the restore, after the loss of everything.
      ([5, 3, 5, 5, 5], 3), ([5, 5, 5, 5, 5], nil), ([0, 5, 5, 5, 5], nil), ([5, 5, 5, 12, 5], 12),
      ([5, 5, 5, 5, 4], 4), ([5, 5, 5, 5, 6], 6),
    ] as [([Int], Int?)]
  )
  func noRowsAreLostAndARestoreAddsNone(counts: [Int], wrong: Int?) async throws {
    let ran = try await counted { .init(200, Self.rows(counts[min($0, counts.count) - 1])) }
    let outcomes = ["survives_upgrade", "survives_restore", "recovered"].compactMap {
      ran.outcome("integrity/events::\($0)")
    }
    let assertions = ran.record.checks.filter { $0.id.stem == "events" }
      .flatMap(\.steps).flatMap(\.assertions).filter { !$0.holds }
    if let wrong {
      #expect(outcomes.contains { $0.word == .failed })
      #expect(assertions.first?.actual == .number(wrong))
    } else {
      #expect(outcomes == [.passed, .passed, .passed])
      #expect(assertions.isEmpty)
    }
  }

  @Test(arguments: [1, 2, 3])
  func aCountThatFailsAfterwardsIsBroken(good: Int) async throws {
    let ran = try await counted { $0 > good ? .init(500, "Code: 60") : .init(200, Self.rows(3)) }
    let outcomes = ["survives_upgrade", "survives_restore", "recovered"].compactMap {
      ran.outcome("integrity/events::\($0)")?.word
    }
    #expect(outcomes.contains(.broken))
    #expect(!outcomes.contains(.failed))
    #expect(outcomes.last == .broken)
  }

  private static func rows(_ count: Int) -> String {
    #"{"meta":[{"name":"n","type":"UInt64"}],"data":[["\#(count)"]],"rows":1}"#
  }

  /// A life with a table that is counted: the answer to each time, from 1.
  private func counted(_ answer: @escaping @Sendable (Int) -> AppServer.Reply) async throws
    -> Bench.Ran
  {
    let taken = Journal<Int>()
    var bench = Bench()
    bench.behaviour.services = ["app", "events"]
    bench.suite.services["events"] = ServiceSettings(
      database: .init(.clickhouse, name: template("d"))
    )
    bench.suite.integrity["events"] = IntegrityEntry(
      store: "events",
      prepare: [],
      seed: [Bench.file("/data/events", write: "{{marker}}")],
      drop: [Bench.file("/data/events", write: "gone")],
      change: [],
      verify: [Bench.file("/data/events", holds: "{{marker}}")],
      counts: [RowCount(table: "d.events_v2", place: somewhere)],
      place: somewhere
    )
    bench.answer = { request in
      guard request.body.contains("SELECT count(*) AS n FROM `d`.`events_v2`") else {
        return .init(200, "ok")
      }
      return answer(taken.add(1))
    }
    return try await bench.run()
  }

  @Test func whatCannotBeCountedIsBrokenAndNeverZero() async throws {
    var bench = Bench()
    bench.suite.integrity["data"]?.counts = [RowCount(table: "t", place: somewhere)]
    let ran = try await bench.run()
    #expect(ran.outcome("integrity/data::survives_upgrade")?.word == .broken)
    #expect(ran.outcome("integrity/data::survives_restore")?.word == .broken)
  }

  @Test func aRecipeWithoutBackupIsSkippedWithItsReason() async throws {
    var bench = Bench()
    bench.noBackupReason = Reason(.noBackupLabel)
    let ran = try await bench.run()
    for stage in [Stage.backup, .restore] {
      #expect(ran.outcome(stage) == .skipped(reason: Reason(.noBackupLabel)))
    }
    #expect(ran.outcome(.functional) == .passed)
  }

  @Test func whatTeardownLeavesFails() async throws {
    var bench = Bench()
    bench.behaviour.leftovers = ["process 4711 postgres"]
    let ran = try await bench.run()
    #expect(ran.outcome("generic/teardown::nothing_left")?.word == .failed)
    #expect(
      ran.outcome(.teardown)?.reason?.violated.map(\.actual) == [.value(["process 4711 postgres"])]
    )
  }

  @Test(arguments: [Stage.install, .upgrade, .backup, .restore])
  func stagesThatWereNotAskedForAreSkippedAndSaySo(last: Stage) async throws {
    var bench = Bench()
    bench.lastStage = last
    let ran = try await bench.run()
    for stage in Stage.allCases where stage != .teardown {
      #expect(ran.outcome(stage)?.word == (stage <= last ? .passed : .skipped))
      #expect(ran.words(stage) == [stage <= last ? .passed : .skipped])
    }
    #expect(ran.teardowns == 1)
  }

  @Test func nothingRunsAfterAnUpgradeThatLeftNoWorkingApp() async throws {
    let isUpgraded = Mutex(false)
    var bench = Bench()
    bench.suite.health.within = .milliseconds(200)
    bench.behaviour.upgrade = { deployment, version in
      deployment.version = version
      isUpgraded.withLock { $0 = true }
    }
    bench.answer = { _ in .init(isUpgraded.withLock { $0 } ? 503 : 200, "ok") }
    let ran = try await bench.run()
    let upgrade = try #require(ran.outcome(.upgrade))
    #expect(upgrade.word == .failed)
    for stage in [Stage.backup, .restore, .recover, .functional] {
      let reason = try #require(ran.outcome(stage)?.reason)
      #expect(ran.outcome(stage)?.word == .notRun)
      guard case .blocked(by: .upgrade, _) = reason.code else {
        Issue.record("\(stage): \(reason)")
        continue
      }
    }
    #expect(ran.teardowns == 1)
  }

  // MARK: Ends

  @Test(arguments: Stage.allCases)
  func aCancelledRunIsTornDownAndSaysInterrupted(stage: Stage) async throws {
    var bench = Bench()
    bench.watch = { event, cancel in if event == .stageStarted(stage: stage) { cancel() } }
    let ran = try await bench.run()
    #expect(ran.end == .interrupted && ran.record.end == .interrupted)
    #expect(ran.teardowns == 1)
    #expect(ran.outcome(.teardown) == .passed)
    for later in Stage.allCases where later > stage && later != .teardown {
      #expect(ran.outcome(later)?.word == .notRun)
    }
    if stage != .teardown { #expect(ran.outcome(stage)?.word != .passed) }
  }

  @Test func aRunThatIsWaitingEndsWhenItIsCancelled() async throws {
    var bench = Bench()
    bench.suite.health.within = .seconds(3600)
    bench.answer = { _ in .init(503) }
    bench.watch = { event, cancel in if event == .stageStarted(stage: .install) { cancel() } }
    let ran = try await bench.run()
    #expect(ran.end == .interrupted)
    #expect(ran.teardowns == 1)
  }

  /// Its look failed, and nobody knows what it would have said a moment later.
  @Test func whatFailsWhileItIsInterruptedIsBroken() async throws {
    var bench = Bench()
    bench.behaviour.restore = { _ in }
    bench.watch = { event, cancel in
      if case .stepFinished(_, let step) = event, step.outcome.word == .failed { cancel() }
    }
    let ran = try await bench.run()
    #expect(ran.end == .interrupted)
    #expect(ran.outcome("integrity/data::survives_restore")?.word == .broken)
  }

  @Test func aRunEndsAtItsDeadlineAndIsTornDown() async throws {
    var bench = Bench()
    bench.suite.deadlines.run = .milliseconds(100)
    bench.suite.health.within = .seconds(3600)
    bench.answer = { _ in .init(503) }
    let ran = try await bench.run()
    #expect(ran.end == .deadlineReached && ran.record.end == .deadlineReached)
    #expect(ran.outcome(.install)?.word == .broken)
    #expect(
      ran.outcome(.upgrade)
        == .notRun(
          reason: Reason(.stopped(.deadlineReached, failures: nil, detail: "100 ms"))
        )
    )
    #expect(ran.teardowns == 1)
  }

  @Test func aDeploymentWithoutServicesIsNotRunning() async throws {
    var bench = Bench()
    bench.lastStage = .install
    bench.behaviour.services = []
    #expect(try await bench.run().outcome("generic/install::services_running")?.word == .failed)
  }
}
