import Auditing
import Evidence
import FoundationEssentials
import Running
import Suites

/// Puts a run's plan together from suite, recipe and what was asked for.
struct RunPlanner {
  let workspace: Workspace
  let suite: Suite
  let checkout: RecipeCheckout
  let driver: String
  /// On the command line.
  var askedBase: String?
  var lastStage: Stage = .functional
  /// Nil for the whole plan.
  var selection: RunSelection?

  func plan() async throws -> (plan: RunPlan, printed: Plan) {
    try workspace.crossCheck(suite, checkout)
    // The last version that a run has proven is where users come from.
    let last = try workspace.coverage(suite.recipe)
      .flatMap { $0.level >= 1 ? $0.target.version : nil }
    let (base, reason) = try await checkout.base(
      asked: askedBase ?? suite.versions.base,
      lastProven: last
    )
    let whole = Plan(
      suite: suite,
      compose: checkout.compose,
      driver: driver,
      base: base?.version,
      baseReason: reason,
      target: checkout.target.version
    )
    let printed = selection.map(whole.selecting) ?? whole
    let plan = RunPlan(
      suite: suite,
      driver: driver,
      base: base,
      baseReason: reason,
      target: checkout.target,
      planned: printed.planned,
      bodies: printed.bodies,
      readBacks: printed.readBacks,
      skips: printed.skips,
      stores: printed.stores,
      standins: printed.standins,
      suiteTree: try workspace.suiteTree(suite.recipe),
      isFull: lastStage == .functional && selection == nil,
      lastStage: lastStage,
      selection: selection,
      noBackupReason: printed.noBackupReason,
      appImage: checkout.compose.appImage
    )
    return (plan, printed)
  }
}

extension RunHeader {
  init(_ plan: RunPlan, id: String, startedAt: Date, host: String, shard: Shard? = nil) {
    self.init(
      id: id,
      recipe: plan.suite.recipe,
      driver: plan.driver,
      toolVersion: ToolVersion.current,
      startedAt: startedAt.formatted(
        Date.ISO8601FormatStyle(includingFractionalSeconds: true)
      ),
      host: host,
      base: plan.base,
      target: plan.target,
      suiteTree: plan.suiteTree,
      standins: plan.standins,
      planned: plan.planned,
      stores: plan.stores,
      isFull: plan.isFull,
      selection: plan.selection,
      shard: shard
    )
  }
}
