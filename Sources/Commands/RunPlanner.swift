import Auditing
import Deployments
import Evidence
import FoundationEssentials
import Running
import Suites
import SwarmDeployments

/// Puts a run's plan together from suite, recipe and what was asked for.
struct RunPlanner {
  let workspace: Workspace
  var suite: Suite
  let checkout: RecipeCheckout
  let driver: String
  /// Of the driver swarm, which knows what its images are.
  var engine: SwarmEngine?
  /// On the command line.
  var askedBase: String?
  var lastStage: Stage = .functional

  func plan() async throws -> Plan {
    let target = checkout.target.version
    let compose = try await compose(at: target)
    let knowsImages = driver != "swarm" || engine != nil
    try workspace.crossCheck(suite, checkout, knowsImages ? compose : nil)
    // The last version that a run has proven is where users come from.
    let last = try workspace.coverage(suite.recipe)
      .flatMap { $0.level >= 1 ? $0.target.version : nil }
    let (base, reason) = try await checkout.base(
      asked: askedBase ?? suite.versions.base,
      lastProven: last
    )
    var plan = Plan(
      suite: suite,
      compose: compose,
      driver: driver,
      base: base,
      baseReason: reason,
      target: checkout.target,
      suiteTree: try workspace.suiteTree(suite.recipe),
      standins: try await standins(base?.version)
    )
    plan.lastStage = lastStage
    plan.origin = checkout.origin
    if !checkout.leftOut.isEmpty { plan.leftOut = checkout.leftOut }
    return plan
  }

  /// As the driver deploys it; a Swarm's engine knows which volumes its images declare.
  private func compose(at version: String) async throws -> Compose {
    guard driver == "swarm" else { return checkout.compose }
    let compose = try await checkout.compose(at: version, setting: suite.swarmSettings)
    guard let engine else { return compose }
    do throws(DeploymentError) {
      return try await engine.addingImageVolumes(to: compose)
    } catch {
      throw Failure(.broken, error.description)
    }
  }

  /// Images that say of themselves that they stand for others; nil where no engine can be asked.
  private func standins(_ base: String?) async throws -> [Standin]? {
    guard let engine else { return nil }
    let overlays = (suite.swarm?.compose ?? []).compactMap { name in
      SuiteFiles(folder: suite.folder).read(name).map { ComposeReader.File(name: name, bytes: $0) }
    }
    let environment = suite.swarmSettings
    do throws(DeploymentError) {
      var found: [Standin] = []
      for version in [base ?? checkout.target.version, checkout.target.version] {
        let compose = try await checkout.compose(
          at: version,
          under: overlays,
          setting: environment
        )
        // Nothing of a service is shown that has no task.
        for service in compose.services where service.replicas != 0 {
          let image = service.image
          guard let what = try await engine.standin(image) else { continue }
          let tag = image.split(separator: ":").last.map(String.init) ?? image
          if let index = found.firstIndex(where: { $0.service == service.name }) {
            if !found[index].versions.contains(tag) { found[index].versions.append(tag) }
          } else {
            found.append(Standin(service: service.name, what: what, versions: [tag]))
          }
        }
      }
      return found
    } catch {
      throw Failure(.broken, error.description)
    }
  }
}

extension RunHeader {
  init(_ plan: Plan, id: String, startedAt: Date, host: String, shard: Shard? = nil) {
    self.init(
      id: id,
      toolVersion: ToolVersion.current,
      startedAt: startedAt.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true)),
      host: host,
      shard: shard,
      plan: plan
    )
  }
}
