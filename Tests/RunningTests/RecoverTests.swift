import Deployments
import Evidence
import FakeDeployments
import Formats
import Synchronization
import Testing

@testable import Running
@testable import Suites

/// Restore in place, the loss of everything, and what is carried through both.
@Suite struct RecoverTests {
  private static let restored = "integrity/data::survives_restore"
  private static let recovered = "integrity/data::recovered"

  @Test func `What only lay beside comes back in place and not from a loss`() async throws {
    let files = Mutex<[String: [UInt8]]>([:])
    var bench = Bench()
    bench.behaviour.restore = { deployment in
      // It restores what still lies on the machine, whatever the snapshot has.
      guard let marker = files.withLock({ $0["/data/marker"] }), !deployment.files.isEmpty else {
        return
      }
      deployment.files["/data/marker"] = marker
    }
    bench.behaviour.backUp = { deployment in
      files.withLock { $0 = deployment.files }
      return deployment.takeSnapshot()
    }
    let ran = try await bench.run()
    #expect(ran.outcome(Self.restored) == .passed)
    #expect(ran.outcome(Self.recovered)?.word == .failed)
    #expect(ran.outcome(.functional) == .passed)
  }

  @Test func `The world goes on after the backup`() async throws {
    let backedUp = Mutex<[UInt8]?>(nil)
    let found = Journal<[UInt8]?>()
    var bench = Bench()
    bench.behaviour.backUp = { deployment in
      backedUp.withLock { $0 = deployment.files["/data/marker"] }
      return deployment.takeSnapshot()
    }
    bench.behaviour.restore = { deployment in
      found.add(deployment.files["/data/marker"])
      deployment.files["/data/marker"] = backedUp.withLock { $0 }
    }
    let ran = try await bench.run()
    #expect(ran.outcome(Self.restored) == .passed)
    // In place there is what was written since; where everything was lost there is nothing.
    let kept = try #require(backedUp.withLock { $0 })
    let inPlace = try #require(found.entries.first ?? nil)
    #expect(inPlace != kept && !inPlace.isEmpty)
    #expect(found.entries.last == .some(nil))
  }

  @Test func `A dump that is made only once is not the one of the backup`() async throws {
    let count = Journal<Int>()
    var bench = Bench()
    bench.behaviour.backUp = { deployment in
      count.add(1) == 1
        ? deployment.takeSnapshot()
        : Snapshot(id: "2", files: [.init(path: "data/x", bytes: 1)], declaredPaths: ["data"])
    }
    let ran = try await bench.run()
    #expect(count.entries.count == 2)
    #expect(ran.outcome(Self.restored)?.word == .failed)
    #expect(ran.outcome(Self.recovered)?.word == .failed)
  }

  /// The hook of a store writes two files, and only one of them is in the snapshot.
  @Test func `A restore that loads what no snapshot has is seen in place`() async throws {
    let beside = Mutex<[String: [UInt8]]>([:])
    var bench = Bench()
    var store = StoreFacts(
      name: "data",
      kind: .database,
      services: ["app"],
      volumes: [],
      hasMarker: true,
      mechanism: nil,
      counts: []
    )
    store.isHooked = true
    bench.adjust = { [store] in $0.stores = [store] }
    bench.behaviour.backUp = { deployment in
      beside.withLock { $0 = deployment.files }
      return deployment.takeSnapshot()
    }
    bench.behaviour.restore = { deployment in deployment.files = beside.withLock { $0 } }
    let ran = try await bench.run()
    #expect(ran.outcome(Self.restored)?.word == .failed)
    #expect(ran.record[.restore]?.operations.map(\.name).contains("back up, a later time") == true)
  }

  @Test func `Services are restarted after each restore, as the recipe's notes ask`() async throws {
    let restarts = Journal<[String]>()
    var bench = Bench()
    bench.suite.restartAfterRestore = ["app"]
    bench.suite.hooks[.postRestore] = [get("/hook")]
    bench.behaviour.restart = { _, services in restarts.add(services) }
    let asked = Journal<String>()
    bench.answer = { request in
      asked.add(request.path)
      return .init(200, "ok")
    }
    let ran = try await bench.run()
    #expect(ran.outcome(Self.recovered) == .passed)
    #expect(restarts.entries == [["app"], ["app"]])
    #expect(asked.entries.count { $0 == "/hook" } == 2)
  }

  @Test func `A new deployment that cannot be made stops what needs an app`() async throws {
    var bench = Bench()
    bench.behaviour.rebuild = { _ throws(DeploymentError) in
      throw DeploymentError(.recipeFailed, "it needs what was lost")
    }
    let ran = try await bench.run()
    #expect(ran.outcome(.recover)?.word == .failed)
    #expect(ran.outcome(Self.recovered)?.word == .notRun)
    #expect(ran.words(.functional) == [.notRun])
  }

  @Test func `Each look at a marker has to fail by itself after the drop`() async throws {
    func marker(_ path: String) -> (write: Step, look: Step) {
      let path = "\(path)/{{marker}}"
      return (Bench.file(path, write: "{{marker}}"), Bench.file(path, holds: "{{marker}}"))
    }
    let (first, second) = (marker("/data/a"), marker("/data/b"))
    var bench = Bench()
    bench.suite.integrity["data"]?.seed = [first.write, second.write]
    bench.suite.integrity["data"]?.verify = [first.look, second.look]
    bench.suite.integrity["data"]?.drop = [Bench.file("/data/a/{{marker}}", write: "gone")]
    let ran = try await bench.run()
    let id = try #require(CheckID(Self.restored))
    #expect(ran.record[check: id]?.control?.result == .passed)
  }

  // MARK: Carried

  /// An app that keeps what is sent to it, until it is told to forget.
  private final class Notes: Sendable {
    private let kept = Mutex<Set<String>>([])
    private let saved = Mutex<Set<String>>([])

    func answer(_ request: AppServer.Received) -> AppServer.Reply {
      guard request.path.hasPrefix("/note/") else { return .init(200, "ok") }
      if request.method == "POST" {
        return kept.withLock { $0.insert(request.path).inserted ? .init(201, "") : .init(409, "") }
      }
      return kept.withLock { $0.contains(request.path) } ? .init(200, request.path) : .init(404, "")
    }

    func forget() { kept.withLock { $0 = [] } }
    func save() { saved.withLock { saved in saved = kept.withLock { $0 } } }
    func putBack() { kept.withLock { kept in kept = saved.withLock { $0 } } }
  }

  private func bench(_ notes: Notes) throws -> Bench {
    var act = Step(
      action: .http(HTTPAction(method: "POST", target: template("/note/{{unique}}"))),
      place: somewhere
    )
    act.expect = [
      Expectation(subject: .status, predicates: [.equals(number: 201)], place: somewhere)
    ]
    var look = get("/note/{{unique}}")
    look.expect = [
      Expectation(
        subject: .body,
        predicates: [.contains(.template(template("{{unique}}")))],
        place: somewhere
      )
    ]
    var bench = Bench()
    bench.add(.functional, .functional, "functional/notes::test_kept", [act, look])
    bench.answer = { notes.answer($0) }
    bench.behaviour.backUp = { deployment in
      notes.save()
      return deployment.takeSnapshot()
    }
    bench.behaviour.restore = { deployment in
      notes.putBack()
      deployment.putBack()
    }
    bench.behaviour.rebuild = { _ in notes.forget() }
    let origin = try #require(CheckID("functional/notes::test_kept"))
    bench.adjust = { plan in
      for stage in [Stage.install, .upgrade, .restore, .recover] {
        var carried = PlannedCheck(
          id: .carried(origin, in: stage),
          kind: .integrity,
          stage: stage,
          about: "",
          place: nil,
          strength: .state,
          isHealth: false,
          steps: [],
          ports: []
        )
        carried.origin = origin
        carried.carry = .again([1])
        plan.planned.append(carried)
      }
    }
    return bench
  }

  private func words(_ ran: Bench.Ran) -> [Outcome.Word?] {
    [Stage.install, .upgrade, .restore, .recover].map {
      ran.outcome("carried/\($0.rawValue).notes::test_kept")?.word
    }
  }

  @Test func `What was sent early is looked for after the upgrade and each restore`() async throws {
    let ran = try await bench(Notes()).run()
    #expect(words(ran) == [.passed, .passed, .passed, .passed])
  }

  @Test func `What was sent after the backup is gone after a recovery`() async throws {
    let id = try #require(CheckID("carried/recover.notes::test_kept"))
    let ran = try await bench(Notes()).run()
    #expect(ran.record[check: id]?.control?.kind == .later)
    #expect(ran.record[check: id]?.control?.result == .failed)
  }

  @Test func `An app that reads its answer off the question keeps nothing`() async throws {
    let id = try #require(CheckID("carried/recover.notes::test_kept"))
    var bench = try bench(Notes())
    bench.answer = { $0.method == "POST" ? .init(201, "") : .init(200, $0.path) }
    let ran = try await bench.run()
    #expect(words(ran) == [.passed, .passed, .passed, .passed])
    #expect(ran.record[check: id]?.control?.result == .passed)
  }

  @Test func `An upgrade that loses it fails, and the restore is judged by itself`() async throws {
    let notes = Notes()
    var bench = try bench(notes)
    bench.behaviour.upgrade = { deployment, version in
      notes.forget()
      deployment.version = version
    }
    let ran = try await bench.run()
    #expect(words(ran) == [.passed, .failed, .passed, .passed])
  }

  @Test func `A loss that the backup does not bring back fails`() async throws {
    let notes = Notes()
    var bench = try bench(notes)
    bench.behaviour.restore = { $0.putBack() }
    let ran = try await bench.run()
    #expect(words(ran) == [.passed, .passed, .passed, .failed])
  }

  @Test func `An app that can only read after a restore fails`() async throws {
    let notes = Notes()
    var bench = try bench(notes)
    let isReadOnly = Mutex(false)
    bench.behaviour.restore = { deployment in
      notes.putBack()
      deployment.putBack()
      isReadOnly.withLock { $0 = true }
    }
    bench.answer = { request in
      let refuses = isReadOnly.withLock { $0 } && request.method == "POST"
      return refuses ? .init(500, "permission denied") : notes.answer(request)
    }
    let ran = try await bench.run()
    #expect(words(ran).suffix(2) == [.failed, .failed])
  }

  @Test func `What the first version cannot do yet is carried from the backup on`() async throws {
    let notes = Notes()
    var bench = try bench(notes)
    let isUpgraded = Mutex(false)
    bench.behaviour.upgrade = { deployment, version in
      isUpgraded.withLock { $0 = true }
      deployment.version = version
    }
    bench.answer = { request in
      isUpgraded.withLock { $0 } || !request.path.hasPrefix("/note/")
        ? notes.answer(request) : .init(404, "")
    }
    let ran = try await bench.run()
    #expect(words(ran) == [.skipped, .skipped, .passed, .passed])
  }

  @Test func `A version that has none before it is never too early`() async throws {
    let notes = Notes()
    var bench = try bench(notes)
    bench.base = nil
    bench.answer = { request in
      request.path.hasPrefix("/note/") ? .init(404, "") : notes.answer(request)
    }
    let ran = try await bench.run()
    #expect(words(ran).first == .failed)
  }
}
