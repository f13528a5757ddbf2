import Deployments
import Evidence
import FakeDeployments
import Testing

@testable import Running
@testable import Suites

/// What a good run would not miss: each control and each look that only a bad one needs.
@Suite(.timeLimit(.minutes(1)))
struct ControlTests {
  // MARK: Markers and counts

  @Test func `A marker that is not there once it was planted is looked for no further`()
    async throws
  {
    var bench = Bench()
    bench.suite.integrity["data"]?.seed = [Bench.file("/data/other", write: "{{marker}}")]
    let ran = try await bench.run()
    for name in ["seeded", "seeded_for_backup"] {
      #expect(ran.outcome("integrity/data::\(name)")?.isPassed == false)
    }
    for name in ["survives_upgrade", "survives_restore"] {
      #expect(ran.outcome("integrity/data::\(name)")?.word == .notRun)
    }
  }

  @Test func `What can be counted before and not afterwards is broken`() async throws {
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
      counts: [RowCount(table: "t", place: somewhere)],
      place: somewhere
    )
    let taken = Journal<Int>()
    bench.answer = { request in
      guard request.body.contains("SELECT count() AS n") else { return .init(200, "ok") }
      let rows = taken.add(1) % 2 == 1 ? #"[["5"]]"# : "[]"
      return .init(200, #"{"meta":[{"name":"n","type":"UInt64"}],"data":\#(rows),"rows":1}"#)
    }
    let ran = try await bench.run()
    #expect(ran.outcome("integrity/events::survives_upgrade")?.word == .broken)
    #expect(ran.outcome("integrity/events::survives_restore")?.word == .broken)
  }

  // MARK: Readiness

  @Test(arguments: [Stage.upgrade, .restore])
  func `An app that is not ready after an operation fails its stage`(_ stage: Stage) async throws {
    var bench = Bench()
    bench.suite.health.within = .milliseconds(500)
    let done = Journal<Stage>()
    bench.behaviour.upgrade = { deployment, version in
      deployment.version = version
      done.add(.upgrade)
    }
    bench.behaviour.restore = { deployment in
      deployment.putBack()
      done.add(.restore)
    }
    bench.answer = { _ in .init(done.entries.contains(stage) ? 503 : 200) }
    let ran = try await bench.run()
    #expect(ran.record[stage]?.readiness?.ready == false)
    #expect(ran.outcome("generic/\(stage.rawValue)::serving")?.word == .failed)
    #expect(ran.outcome(stage)?.word == .failed)
    #expect(ran.words(.functional) == [.notRun])
  }

  // MARK: Backup

  @Test func `A snapshot without an id is none`() async throws {
    var bench = Bench()
    bench.behaviour.backUp = { deployment in
      var snapshot = deployment.takeSnapshot()
      snapshot.id = ""
      return snapshot
    }
    #expect(try await bench.run().outcome("generic/backup::snapshot")?.word == .failed)
  }

  @Test func `A service whose data are not in the backup fails it`() async throws {
    var bench = Bench()
    bench.behaviour.backUp = { deployment in
      var snapshot = deployment.takeSnapshot()
      snapshot.leftOut = ["db": "its hook wrote nothing"]
      return snapshot
    }
    let outcome = try await bench.run().outcome("generic/backup::declared_paths")
    #expect(outcome?.word == .failed)
    #expect(outcome?.reason?.violated.map(\.actual) == [.text("its hook wrote nothing")])
  }

  @Test func `A snapshot that does not hold what the suite says fails`() async throws {
    var bench = Bench()
    bench.suite.backup.verify = [Bench.file("/data/marker", holds: "something else")]
    let ran = try await bench.run()
    #expect(ran.outcome("generic/backup::verify")?.word == .failed)
    #expect(ran.outcome(.backup)?.word == .failed)
  }

  // MARK: What does not run

  @Test func `A check that nothing performs has not passed`() async throws {
    var bench = Bench()
    bench.adjust = { plan in
      var check = plan.planned[0]
      check.id = .generic(.install, "unheard_of")
      plan.planned.append(check)
    }
    #expect(try await bench.run().outcome("generic/install::unheard_of")?.word == .notRun)
  }

  @Test func `A check does not run where the one that it needs did not pass`() async throws {
    var bench = Bench()
    bench.add(.functional, .functional, "functional/b::test_b", [get("/b")])
    let need = CheckID(folder: "functional", stem: "a", name: "test_it")
    bench.suite.checks[bench.suite.checks.count - 1].needs = [need]
    bench.answer = { .init($0.path == "/functional" ? 500 : 200) }
    let ran = try await bench.run()
    #expect(ran.outcome("functional/b::test_b") == .notRun(reason: Reason(.needs(check: need))))
  }

  @Test(arguments: Hook.allCases)
  func `A hook of the suite that fails fails its stage`(_ hook: Hook) async throws {
    var bench = Bench()
    bench.suite.hooks[hook] = [get("/hook")]
    bench.answer = { .init($0.path == "/hook" ? 500 : 200) }
    let word = try await bench.run().outcome(hook.stage)?.word
    // Before the install there is nobody to answer.
    #expect(word == (hook == .preInstall ? .broken : .failed))
  }

  // MARK: The end of a stage

  @Test(arguments: [Stage.install, .backup, .functional])
  func `An app that dies after the last check of a stage fails it`(_ stage: Stage) async throws {
    var bench = Bench()
    bench.suite.health.within = .milliseconds(300)
    let name = stage == .functional ? "/functional" : "/\(stage.rawValue)"
    let asked = Journal<String>()
    bench.answer = { request in
      if asked.entries.contains(name) { return .init(503) }
      asked.add(request.path)
      return .init(200)
    }
    bench.lastStage = stage
    let ran = try await bench.run()
    #expect(ran.outcome("generic/\(stage.rawValue)::still_well")?.word == .failed)
    #expect(ran.outcome(stage)?.word == .failed)
  }

  // MARK: The gate's decoy

  @Test(arguments: [("/healthz", Outcome.Word.failed), ("/", .passed)])
  func `A gate that any path satisfies is no gate, but for the front page`(
    _ path: String,
    _ word: Outcome.Word
  ) async throws {
    var bench = Bench()
    bench.suite.health.path = path
    let ran = try await bench.run()
    #expect(ran.outcome("generic/install::serving")?.word == word)
    #expect(ran.record[.install]?.readiness?.decoy == .same)
    if word == .failed {
      #expect(
        ran.outcome(.install)?.reason?.code == .gateTakesAnyPath(gate: "GET \(path)")
      )
    }
  }

  // MARK: The sibling

  @Test(arguments: [true, false])
  func `A look at content is asked of a page that does not exist`(_ isAnyPage: Bool) async throws {
    var bench = Bench()
    var look = get("/page")
    look.expect = [
      Expectation(
        subject: .body,
        predicates: [.contains(.template(template("Notes")))],
        place: somewhere
      )
    ]
    let id = CheckID(folder: "functional", stem: "b", name: "test_b")
    bench.add(.functional, .functional, id.description, [look])
    bench.adjust = { plan in
      let index = plan.planned.firstIndex { $0.id == id } ?? 0
      plan.planned[index].strength = .content
    }
    bench.answer = { .init(200, isAnyPage || $0.path == "/page" ? "Notes" : "nothing") }
    let control = try await bench.run().record[check: id]?.control
    #expect(control?.kind == .sibling)
    #expect(control?.result.word == (isAnyPage ? .passed : .failed))
  }

  // MARK: The decoy

  @Test func `Controls come after all checks of their stage`() async throws {
    var bench = Bench()
    let id = CheckID(folder: "functional", stem: "b", name: "test_b")
    var read = get("/find/{{unique}}")
    read.expect = [
      Expectation(
        subject: .body,
        predicates: [.contains(.template(template("{{unique}}")))],
        place: somewhere
      )
    ]
    bench.add(.functional, .functional, id.description, [get("/add/{{unique}}"), read])
    bench.add(.functional, .functional, "functional/c::test_c", [get("/login")])
    bench.adjust = { plan in
      let index = plan.planned.firstIndex { $0.id == id } ?? 0
      plan.planned[index].readBack = ReadBack(
        actIndex: 0,
        readIndices: [1],
        freshNames: ["unique"],
        decoyPossible: true,
        why: ""
      )
    }
    // The decoy locks the app, as a wrong password may.
    let locked = Journal<String>()
    bench.answer = { request in
      if request.path.hasPrefix("/find/decoy") {
        locked.add(request.path)
        return .init(200, "nothing")
      }
      return .init(locked.entries.isEmpty ? 200 : 429, request.path)
    }
    let ran = try await bench.run()
    #expect(ran.outcome("functional/c::test_c") == .passed)
    #expect(ran.outcome("generic/functional::still_well") == .passed)
    #expect(ran.record[check: id]?.control?.result == .failed)
  }

  @Test func `A check may have no control on the suite's word`() async throws {
    var bench = Bench()
    bench.suite.checks[bench.suite.checks.count - 1].noControl = "it locks the account"
    let id = CheckID(folder: "functional", stem: "a", name: "test_it")
    let control = try await bench.run().record[check: id]?.control
    #expect(control?.result == .notPossible(reason: .declared("it locks the account")))
  }

  @Test func `Attempts of an act that failed before one passed are counted`() async throws {
    var bench = Bench()
    var act = get("/act")
    act.action = .http(HTTPAction(method: "POST", target: template("/act")))
    act.retry = Step.Retry(within: .seconds(20))
    act.expect = [
      Expectation(subject: .status, predicates: [.equals(number: 201)], place: somewhere)
    ]
    let id = CheckID(folder: "functional", stem: "b", name: "test_b")
    bench.add(.functional, .functional, id.description, [act])
    let acts = Journal<String>()
    bench.answer = { request in
      guard request.path == "/act" else { return .init(200) }
      return .init([200, 500, 500, 201][min(acts.add(request.path), 4) - 1])
    }
    let step = try await bench.run().record[check: id]?.steps.first
    #expect(step?.attempts == 4)
    #expect(step?.failedAttempts == 2)
  }

  @Test(arguments: [("/find", ControlRecord.Result.Word.failed), ("/echo/{{unique}}", .passed)])
  func `A read-back that passed runs once more for a value that was never sent`(
    _ path: String,
    _ word: ControlRecord.Result.Word
  ) async throws {
    var bench = Bench()
    var read = get(path)
    read.expect = [
      Expectation(
        subject: .body,
        predicates: [.contains(.template(template("{{unique}}")))],
        place: somewhere
      )
    ]
    let id = CheckID(folder: "functional", stem: "b", name: "test_b")
    bench.add(.functional, .functional, id.description, [get("/add/{{unique}}"), read])
    bench.adjust = { plan in
      let index = plan.planned.firstIndex { $0.id == id } ?? 0
      plan.planned[index].readBack = ReadBack(
        actIndex: 0,
        readIndices: [1],
        freshNames: ["unique"],
        decoyPossible: true,
        why: "step 1 sends and step 2 reads back {{unique}}"
      )
    }
    let kept = Journal<String>()
    bench.answer = { request in
      if request.path.hasPrefix("/add/") { kept.add(request.path) }
      return .init(200, request.path == "/find" ? "\(kept.entries)" : request.path)
    }
    let ran = try await bench.run()
    #expect(ran.outcome(id.description) == .passed)
    #expect(ran.record[check: id]?.control?.result.word == word)
  }
}
