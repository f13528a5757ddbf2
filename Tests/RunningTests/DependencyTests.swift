import Deployments
import Evidence
import FakeDeployments
import Formats
import HTTPRequests
import Synchronization
import Testing

@testable import Running
@testable import Suites

/// Recipes that a recipe needs: each a run of its own, before and after the one that needs them.
@Suite(.timeLimit(.minutes(2))) struct DependencyTests {
  /// What runs made, for whoever looks later.
  private final class Trace: Sendable {
    private let state = Mutex<(names: [String: String], drivers: [String: FakeDriver])>(([:], [:]))

    var names: [String: String] {
      get { state.withLock { $0.names } }
      set { state.withLock { $0.names = newValue } }
    }

    subscript(recipe: String) -> FakeDriver? {
      get { state.withLock { $0.drivers[recipe] } }
      set { state.withLock { $0.drivers[recipe] = newValue } }
    }
  }

  private static func run(
    _ recipe: String,
    _ port: Int,
    _ trace: Trace,
    _ behaviour: FakeDeployment.Behaviour = FakeDeployment.Behaviour()
  ) -> DependencyRun {
    let target = RecipeRevision(version: "1.0.0+1", tree: "aa")
    let facts = DependencyFacts(recipe: recipe, revision: target)
    return DependencyRun(facts) { names throws(DeploymentError) in
      if recipe == "sso" { trace.names = names }
      let driver = FakeDriver(FakeDeployment(behaviour, port: port))
      trace[recipe] = driver
      var suite = Suite(recipe: recipe, folder: "/nonexistent")
      suite.health.path = "/\(recipe)"
      suite.health.within = .milliseconds(300)
      suite.health.steady = .milliseconds(1)
      let plan = Plan(recipe: recipe, driver: "fake", base: nil, target: target, suiteTree: "cc")
      guard let log = try? EventLog(path: nil, secrets: [], reserved: []) else {
        throw DeploymentError(.driverBroken, "no log")
      }
      let runner = Runner(
        suite: suite,
        driver: driver,
        log: log,
        http: HTTPClient(),
        progress: SilentProgress(),
        seed: 1,
        secrets: [:]
      )
      return (runner, Bench.header(plan))
    }
  }

  /// An app that has every page but the gate's decoy.
  ///
  /// - Parameter statuses: by path; 200 where nothing is said.
  private static func answers(_ statuses: [String: Int] = [:]) -> Bench.Answer {
    { .init($0.path.contains("decoy") ? 404 : statuses[$0.path] ?? 200, "ok") }
  }

  private func bench(
    _ trace: Trace,
    _ behaviour: FakeDeployment.Behaviour = FakeDeployment.Behaviour()
  ) -> Bench {
    var bench = Bench()
    bench.suite.dependencies = ["sso"]
    bench.answer = Self.answers()
    bench.add(
      .functional,
      .functional,
      "functional/b::test_login",
      [get("{{dependency.sso.base_url}}/login/{{dependency.sso.version}}")]
    )
    bench.adjust = { plan in
      for index in plan.planned.indices where plan.planned[index].id.stem == "b" {
        plan.planned[index].dependencies = ["sso"]
      }
    }
    bench.wrap = { driver, port in
      DependentDriver(
        "fake",
        [
          Self.run("mail", port, trace),
          Self.run("sso", port, trace, behaviour),
        ]
      ) { names throws(DeploymentError) in
        #expect(names["dependency.sso.domain"] == "app.test")
        return driver
      }
    }
    return bench
  }

  private func names(_ ran: Bench.Ran, _ stage: Stage) -> [String] {
    (ran.record[stage]?.operations ?? []).map(\.name).filter { $0.contains("dependency") }
  }

  private func down(_ ran: Bench.Ran, _ id: String) -> String? {
    guard case .broken(let reason)? = ran.outcome(id),
      case .dependencyDown(let name, _) = reason.code
    else { return nil }
    return name
  }

  @Test func `They are deployed before the recipe, and taken down after it in reverse`()
    async throws
  {
    let trace = Trace()
    let ran = try await bench(trace).run()
    #expect(names(ran, .install) == ["deploy dependency mail", "deploy dependency sso"])
    #expect(names(ran, .teardown) == ["undeploy dependency sso", "undeploy dependency mail"])
    #expect(trace["mail"]?.teardownCount ?? 0 > 0)
    #expect(trace["sso"]?.teardownCount ?? 0 > 0)
    #expect(trace.names["dependency.mail.version"] == "1.0.0+1")
    #expect(ran.outcome("functional/b::test_login") == .passed)
    #expect(ran.outcome("generic/teardown::dependencies") == .passed)
    let looks = ran.record[check: .dependencies]?.steps.flatMap(\.assertions) ?? []
    #expect(looks.map(\.subject) == [.dependency("mail"), .dependency("sso"), .deployments])
    #expect(looks.last?.actual == .number(3))
  }

  @Test func `What names one that is not ready is broken, the rest is judged by itself`()
    async throws
  {
    var bench = bench(Trace())
    bench.answer = Self.answers(["/sso": 503])
    let ran = try await bench.run()
    #expect(down(ran, "functional/b::test_login") == "sso")
    #expect(down(ran, "generic/teardown::dependencies") == "sso")
    #expect(ran.outcome("functional/a::test_it") == .passed)
    #expect(ran.outcome("generic/install::serving") == .passed)
    #expect(ran.outcome("generic/teardown::nothing_left") == .passed)
  }

  @Test func `What fails without one that is needed is broken, not failed`() async throws {
    var bench = bench(Trace())
    bench.answer = Self.answers(["/sso": 503, "/functional": 403])
    let ran = try await bench.run()
    #expect(down(ran, "functional/a::test_it") == "sso")
    bench.answer = Self.answers(["/functional": 403])
    #expect(try await bench.run().outcome("functional/a::test_it")?.word == .failed)
  }

  @Test func `One that dies on the way is told where it is needed and at the end`() async throws {
    let trace = Trace()
    var bench = bench(trace)
    bench.watch = { event, _ in
      guard case .stageStarted(.functional) = event else { return }
      trace["sso"]?.deployment.dead = [
        DeadService(service: "app", ending: "signal 9", lastWords: "")
      ]
    }
    let ran = try await bench.run()
    #expect(down(ran, "functional/b::test_login") == "sso")
    #expect(down(ran, "generic/teardown::dependencies") == "sso")
    #expect(ran.outcome("generic/functional::still_well") == .passed)
  }

  @Test func `One that cannot be deployed leaves an address that is nobody's`() async throws {
    let trace = Trace()
    var behaviour = FakeDeployment.Behaviour()
    behaviour.deploy = { _ throws(DeploymentError) in
      throw DeploymentError(.driverBroken, "no such image")
    }
    var bench = bench(trace, behaviour)
    bench.wrap = { [behaviour] driver, port in
      DependentDriver("fake", [Self.run("sso", port, trace, behaviour)]) {
        names throws(DeploymentError) in
        trace.names = names
        return driver
      }
    }
    let ran = try await bench.run()
    #expect(trace.names["dependency.sso.base_url"] == "http://sso.invalid")
    #expect(down(ran, "functional/b::test_login") == "sso")
    #expect(ran.outcome("generic/install::serving") == .passed)
  }

  @Test func `What a dependency leaves is left`() async throws {
    var behaviour = FakeDeployment.Behaviour()
    behaviour.leftovers = ["process 7 x"]
    let ran = try await bench(Trace(), behaviour).run()
    #expect(ran.outcome("generic/teardown::nothing_left")?.word == .failed)
  }

  @Test func `A run that is interrupted takes down what it had begun`() async throws {
    let trace = Trace()
    var behaviour = FakeDeployment.Behaviour()
    behaviour.deploy = { _ throws(DeploymentError) in
      do {
        try await Task.sleep(for: .seconds(60))
      } catch {
        throw DeploymentError(.interrupted, "interrupted")
      }
    }
    var bench = bench(trace, behaviour)
    bench.watch = { event, cancel in
      if case .stageStarted(.install) = event { cancel() }
    }
    let ran = try await bench.run()
    #expect(ran.end == .interrupted)
    #expect(trace["mail"].map { $0.teardownCount > 0 } ?? true)
    #expect(ran.teardowns == 0)
  }
}
