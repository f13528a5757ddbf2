/// What a run of a recipe does, known before anything happens: `parity list` prints it, a run performs
/// it and keeps it in its header.
package struct Plan: Codable, Hashable, Sendable {
  package var recipe: String
  package var driver: String
  /// Nil where there is nothing to upgrade from.
  package var base: RecipeRevision?
  /// Where `base` is from, or why there is none.
  package var baseReason: Reason?
  package var target: RecipeRevision
  /// Where the recipe was fetched from; nil where it lay in a folder.
  package var origin: RecipeOrigin?
  package var suiteTree: String
  /// Of the service that a person reaches; nil where that is not known.
  package var appImage: String?
  /// Files in the recipe's folder that git does not have, and that no run gets; nil where there are
  /// none.
  package var leftOut: [String]?
  /// Where it is from; nil for a run of this tool.
  package var imported: ImportedSource?
  /// Programs that stand for the real app.
  package var standins: [Standin] = []
  /// Recipes that are deployed beside this one, in the order in which they are; nil where there are none.
  package var dependencies: [DependencyFacts]?
  /// How the app is reached; nil where the driver's own address needs no word.
  package var access: AppAccess?
  package var stores: [StoreFacts] = []
  /// Stages that are skipped as a whole, with why.
  package var stageSkips: [Stage: Reason] = [:]
  /// Every check, in the order in which they run.
  package var planned: [PlannedCheck] = []
  /// No later stage runs, teardown excepted.
  package var lastStage = Stage.functional
  /// What was asked for by part or check; nil where that was everything. `planned` has no more than it.
  package var selection: RunSelection?

  package init(
    recipe: String,
    driver: String,
    base: RecipeRevision?,
    target: RecipeRevision,
    suiteTree: String
  ) {
    self.recipe = recipe
    self.driver = driver
    self.base = base
    self.target = target
    self.suiteTree = suiteTree
  }

  /// - Parameter dependency: the next that is deployed.
  package mutating func add(_ dependency: DependencyFacts) {
    dependencies = (dependencies ?? []) + [dependency]
  }

  /// False where only a part was asked for, and where no run of this tool made it.
  package var isFull: Bool { lastStage == .functional && selection == nil && imported == nil }
}

extension Plan {
  /// Functional checks of strength `state` that would run, those that do the same counted once:
  /// what P3 counts.
  package var deepChecks: Int {
    let deep = planned.filter {
      $0.kind == .functional && $0.strength == .state && !$0.isHealth && $0.skip == nil
    }
    return Set(deep.map { $0.behaviour ?? $0.id.description }).count
  }
}
