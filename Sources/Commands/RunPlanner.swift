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
  let suite: Suite
  let checkout: RecipeCheckout
  let driver: String
  /// Of the driver swarm, which knows what its images are.
  var engine: SwarmEngine?
  /// On the command line.
  var askedBase: String?
  var lastStage: Stage = .functional

  func plan() async throws -> Plan {
    try workspace.crossCheck(suite, checkout)
    // The last version that a run has proven is where users come from.
    let last = try workspace.coverage(suite.recipe)
      .flatMap { $0.level >= 1 ? $0.target.version : nil }
    let (base, reason) = try await checkout.base(
      asked: askedBase ?? suite.versions.base,
      lastProven: last
    )
    var plan = Plan(
      suite: suite,
      compose: checkout.compose,
      driver: driver,
      base: base,
      baseReason: reason,
      target: checkout.target,
      suiteTree: try workspace.suiteTree(suite.recipe),
      standins: try await standins(base?.version)
    )
    plan.lastStage = lastStage
    if !checkout.leftOut.isEmpty { plan.leftOut = checkout.leftOut }
    return plan
  }

  /// Images that say of themselves that they stand for others; nil where no engine can be asked.
  private func standins(_ base: String?) async throws -> [Standin]? {
    guard let engine else { return nil }
    let overlays = (suite.swarm?.compose ?? []).compactMap { name in
      SuiteFiles(folder: suite.folder).read(name).map { ComposeReader.File(name: name, bytes: $0) }
    }
    // What names of images are made of; a secret is no part of one.
    let environment = Dictionary(
      (suite.swarm?.environment ?? []).map { ($0.name, $0.value.source) }
        + suite.environment.map { ($0.key, $0.value.source) }
    ) { first, _ in first }
    do throws(DeploymentError) {
      var found: [Standin] = []
      for version in [base ?? checkout.target.version, checkout.target.version] {
        let compose = try await checkout.compose(
          at: version,
          under: overlays,
          environment: environment
        )
        for service in compose.services {
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
