package import Deployments
import Evidence

/// Deploys what a recipe needs before it, and takes it down after it, in the reverse order.
package actor DependentDriver: Driver {
  package nonisolated let name: String
  /// In the order in which they are deployed.
  private let runs: [DependencyRun]
  private let make: @Sendable (_ names: [String: String]) throws(DeploymentError) -> any Driver
  /// Of the recipe itself; nil until its dependencies were started.
  private(set) var own: (any Driver)?
  private var deployments = 0
  private var records: [OperationRecord] = []
  private var isOver = false

  /// - Parameter make: makes the recipe's own driver, once it is known how its dependencies are reached.
  package init(
    _ name: String,
    _ runs: [DependencyRun],
    make: @escaping @Sendable ([String: String]) throws(DeploymentError) -> any Driver
  ) {
    self.name = name
    self.runs = runs
    self.make = make
  }

  /// One that does not come up is told where it is needed: the recipe is deployed all the same.
  package func deploy(_ version: String) async throws(DeploymentError) -> any Deployment {
    for run in runs {
      let start = ContinuousClock.now
      await run.start(await names(isInner: true), steps: await names())
      let down = await run.down()
      note("deploy dependency", run, down.map { .broken(reason: $0) } ?? .passed, since: start)
      if Task.isCancelled {
        throw DeploymentError(.interrupted, "interrupted while \(run.facts.recipe) was deployed")
      }
    }
    let own = try make(await names(isInner: true))
    self.own = own
    deployments += 1
    return try await own.deploy(version)
  }

  package func takeOperations() async -> [Operation] { await own?.takeOperations() ?? [] }
  package func values() async -> [String: String] { await own?.values() ?? [:] }
  package func lost() async -> String? { await own?.lost() }

  package func tearDown() async -> TeardownReport {
    isOver = true
    var report =
      await own?.tearDown() ?? TeardownReport(removed: [:], leftovers: [], duration: .zero)
    for run in runs.reversed() {
      let start = ContinuousClock.now
      let other = await run.tearDown()
      report.leftovers += other.leftovers.map { "\($0) of dependency \(run.facts.recipe)" }
      report.doubt = report.doubt ?? other.doubt
      report.duration += ContinuousClock.now - start
      report.removed["dependencies", default: 0] += 1
      note("undeploy dependency", run, .passed, since: start)
    }
    return report
  }

  private func note(
    _ what: String,
    _ run: DependencyRun,
    _ outcome: Outcome,
    since start: ContinuousClock.Instant
  ) {
    let recipe = run.facts.recipe
    records.append(
      OperationRecord(
        name: "\(what) \(recipe)",
        outcome: outcome,
        microseconds: (ContinuousClock.now - start).inMicroseconds,
        facts: [
          OperationRecord.dependency: recipe, "version": run.facts.revision.version,
          "events": "dependencies/\(recipe)/events.ndjson",
        ]
      )
    )
  }

  // MARK: For the run

  /// What was done of dependencies since the last call.
  func takeRecords() -> [OperationRecord] {
    defer { records = [] }
    return records
  }

  /// What stands behind `{{dependency.…}}`; a suite uses those names that it says to need.
  ///
  /// - Parameter isInner: for services, not for steps.
  func names(isInner: Bool = false) async -> [String: String] {
    var names: [String: String] = [:]
    for run in runs { names.merge(await run.names(isInner: isInner)) { $1 } }
    return names
  }

  /// The first of some recipes, or of all, that is not up; nil where all are, and once they are no longer
  /// needed.
  func down(among recipes: [String]? = nil) async -> Reason? {
    if isOver { return nil }
    for run in runs where recipes?.contains(run.facts.recipe) ?? true {
      if let because = await run.down() {
        return Reason(.dependencyDown(dependency: run.facts.recipe, because: because))
      }
    }
    return nil
  }

  /// Each dependency and whether it is up, and how many deployments there were beside how many there must
  /// have been.
  func looks() async -> [Assertion] {
    var looks: [Assertion] = []
    var count = deployments
    for run in runs {
      let isUp = await run.down() == nil
      count += await run.deployments
      looks.append(
        Assertion(
          .dependency(run.facts.recipe),
          .isWell,
          actual: .text(isUp ? run.facts.revision.version : "not up"),
          holds: isUp
        )
      )
    }
    let wanted = runs.count + 1
    looks.append(
      Assertion(
        .deployments,
        .equals(number: wanted),
        actual: .number(count),
        holds: count == wanted
      )
    )
    return looks
  }
}
