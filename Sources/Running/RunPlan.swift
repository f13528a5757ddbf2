package import Evidence
package import Suites

/// All that a run will do, known before it does anything.
package struct RunPlan: Sendable {
  package var suite: Suite
  package var driver: String
  /// Nil where there is nothing to upgrade from; `baseReason` says why.
  package var base: RecipeRevision?
  package var baseReason: Reason?
  package var target: RecipeRevision
  /// Every check, in the order in which they run.
  package var planned: [PlannedCheck] { didSet { ids = Set(planned.map(\.id)) } }
  private var ids: Set<CheckID>
  /// Of the suite's own checks.
  package var bodies: [CheckID: Check]
  package var readBacks: [CheckID: ReadBack]
  /// Checks that will not run, with why.
  package var skips: [CheckID: Reason]
  package var stores: [StoreFacts]
  package var standins: [Standin]
  package var suiteTree: String
  /// False where only a part was asked for.
  package var isFull: Bool
  /// Nothing after this stage is run, teardown excepted.
  package var lastStage: Stage
  /// What was asked for by part or check; nil where that was all. `planned` holds no more than it.
  package var selection: RunSelection?
  /// Whether the recipe can be backed up; nil where it can, else why not.
  package var noBackupReason: Reason?
  /// Of the service that a person reaches; nil where that is not known.
  package var appImage: String?

  package init(
    suite: Suite,
    driver: String,
    base: RecipeRevision?,
    baseReason: Reason?,
    target: RecipeRevision,
    planned: [PlannedCheck],
    bodies: [CheckID: Check],
    readBacks: [CheckID: ReadBack],
    skips: [CheckID: Reason],
    stores: [StoreFacts],
    standins: [Standin],
    suiteTree: String,
    isFull: Bool = true,
    lastStage: Stage = .functional,
    selection: RunSelection? = nil,
    noBackupReason: Reason? = nil,
    appImage: String? = nil
  ) {
    self.suite = suite
    self.driver = driver
    self.base = base
    self.baseReason = baseReason
    self.target = target
    self.planned = planned
    ids = Set(planned.map(\.id))
    self.bodies = bodies
    self.readBacks = readBacks
    self.skips = skips
    self.stores = stores
    self.standins = standins
    self.suiteTree = suiteTree
    self.isFull = isFull
    self.lastStage = lastStage
    self.selection = selection
    self.noBackupReason = noBackupReason
    self.appImage = appImage
  }

  package func checks(_ kind: CheckKind, in stage: Stage) -> [PlannedCheck] {
    planned.filter { $0.kind == kind && $0.stage == stage }
  }

  /// Why a stage is left out because nobody asked for it; nil where it runs.
  package func reasonAgainst(_ stage: Stage) -> Reason? {
    if stage > lastStage, stage != .teardown { return Reason(.notSelected(after: lastStage)) }
    guard let selection, !selection.runs(stage) else { return nil }
    return Reason(.notNeeded(selection))
  }

  package func has(_ id: CheckID) -> Bool { ids.contains(id) }
}
