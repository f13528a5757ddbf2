package import Deployments
package import Evidence

/// A recipe that another one needs, deployed for as long as that one's run goes on: a run of its own,
/// with an id, a lock and events of its own, in which nothing is tested.
package actor DependencyRun {
  package nonisolated let facts: DependencyFacts
  /// - Parameter names: what it may know of other dependencies, by the whole name.
  package typealias Maker =
    @Sendable (_ names: [String: String]) throws(DeploymentError) -> (
      runner: Runner, header: RunHeader
    )
  private let make: Maker
  private var runner: Runner?
  private var task: Task<Void, Never>?
  private var deployment: (any Deployment)?
  private var isOver = false
  private var isReleased = false
  /// Why it did not become ready; nil where it did.
  private var trouble: Reason?
  /// Waits until it is up or over.
  private var starter: CheckedContinuation<Void, Never>?
  /// Waits until it is no longer needed.
  private var holder: CheckedContinuation<Void, Never>?

  package init(_ facts: DependencyFacts, make: @escaping Maker) {
    self.facts = facts
    self.make = make
  }

  /// Deploys it and waits for its gate. What does not become ready stays as it is: who needs it then
  /// sees what it would see elsewhere.
  ///
  /// - Parameters:
  ///   - names: of other dependencies, for its services.
  ///   - steps: the same for its steps.
  func start(_ names: [String: String], steps: [String: String]) async {
    let made: (runner: Runner, header: RunHeader)
    do throws(DeploymentError) {
      made = try make(names)
    } catch {
      trouble = Reason(.operationFailed(detail: error.description), during: "deploy")
      return
    }
    var runner = made.runner
    runner.names = steps
    runner.hold = { [self] in await stay($0, isWrong: $1) }
    self.runner = runner
    let task = Task { [runner] in
      _ = await runner.run(made.header)
      end()
    }
    self.task = task
    await withTaskCancellationHandler {
      await withCheckedContinuation { (start: CheckedContinuation<Void, Never>) in
        if deployment != nil || isOver { start.resume() } else { starter = start }
      }
    } onCancel: {
      task.cancel()
    }
  }

  private func stay(_ deployment: any Deployment, isWrong: Bool) async {
    self.deployment = deployment
    if isWrong { trouble = cause }
    starter?.resume()
    starter = nil
    if !isReleased { await withCheckedContinuation { holder = $0 } }
  }

  private func end() {
    isOver = true
    if !isReleased { trouble = trouble ?? cause }
    starter?.resume()
    starter = nil
  }

  private var record: RunRecord? { runner?.log.record() }
  private var cause: Reason { record?[.install]?.outcome.reason ?? Reason(.notDeployed) }

  /// Why it is not up at this moment; nil while it is.
  func down() async -> Reason? {
    if let trouble { return trouble }
    guard let deployment, !isOver else { return Reason(.notDeployed) }
    if let lost = await runner?.driver.lost() {
      return Reason(.notDeployed, notes: [.lost(detail: lost)])
    }
    let dead = await deployment.deadServices().first
    return dead.map { Reason(.notDeployed, notes: [Reason.Note($0)]) }
  }

  /// What stands behind `{{dependency.NAME.…}}`, by the whole name; without an address of its own one
  /// that is never given to anybody (RFC 6761).
  ///
  /// - Parameter isInner: for services of the run, not for the run itself.
  func names(isInner: Bool) async -> [String: String] {
    let url = await isInner ? deployment?.innerURL : deployment?.baseURL
    let domain = await deployment?.domain
    let nowhere = "\(facts.recipe).invalid"
    let prefix = "dependency.\(facts.recipe)."
    return [
      prefix + "base_url": url.flatMap { $0.isEmpty ? nil : $0 } ?? "http://\(nowhere)",
      prefix + "domain": domain.flatMap { $0.isEmpty ? nil : $0 } ?? nowhere,
      prefix + "version": facts.revision.version,
    ]
  }

  /// How many deployments it made.
  var deployments: Int {
    record?[.install]?.operations.count { $0.name.hasPrefix("deploy ") } ?? 0
  }

  /// Takes it down, once nobody needs it.
  package func tearDown() async -> TeardownReport {
    isReleased = true
    holder?.resume()
    holder = nil
    await task?.value
    // What its driver told its own run.
    return await runner?.driver.tearDown()
      ?? TeardownReport(removed: [:], leftovers: [], duration: .zero)
  }
}
