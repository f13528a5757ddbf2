import Formats

/// What is different between two sides: of one recipe or of a catalogue.
package struct CoverageDiff: Hashable, Sendable {
  /// What one side was, in words: `HEAD (1a2b3c4d5e6f)`, `the working tree`.
  package var from: String
  package var to: String
  /// The day on which it was asked, `YYYY-MM-DD`.
  package var today: String
  /// Recipes on either side.
  package var recipeCount: Int
  /// Those with a change, by name.
  package var recipes: [RecipeDiff]

  package init(
    from: String,
    to: String,
    today: String,
    recipeCount: Int,
    recipes: [RecipeDiff]
  ) {
    self.from = from
    self.to = to
    self.today = today
    self.recipeCount = recipeCount
    self.recipes = recipes.filter { !$0.changes.isEmpty }
      .sorted { UTF8Order.precedes($0.recipe, $1.recipe) }
  }

  package var isEmpty: Bool { recipes.isEmpty }

  package func count(_ direction: CoverageChange.Direction) -> Int {
    recipes.reduce(0) { $0 + $1.count(direction) }
  }

  /// Whether it has a change that makes the command fail.
  package func fails(on failOn: FailOn) -> Bool {
    recipes.contains { $0.allChanges.contains(where: failOn.includes) }
  }

  /// Which changes make the command fail.
  package struct FailOn: Hashable, Sendable {
    package var regressions: Bool
    package var kinds: Set<CoverageChange.Kind>

    package init(regressions: Bool = true, kinds: Set<CoverageChange.Kind> = []) {
      self.regressions = regressions
      self.kinds = kinds
    }

    package func includes(_ change: CoverageChange) -> Bool {
      kinds.contains(change.kind) || regressions && change.direction == .regression
    }
  }
}

/// What is different of one recipe.
package struct RecipeDiff: Hashable, Sendable {
  package var recipe: String
  /// The worst first, each with what follows from it.
  package var changes: [CoverageChange]
  /// Whether what the newer side says was shown on a stand-in.
  package var isOnStandin: Bool

  package init(recipe: String, changes: [CoverageChange], isOnStandin: Bool) {
    self.recipe = recipe
    self.changes = ChangeGrouping.grouped(changes)
    self.isOnStandin = isOnStandin
  }

  /// Those with something that follows from a change counted as that change.
  package func count(_ direction: CoverageChange.Direction) -> Int {
    changes.count { $0.direction == direction }
  }

  /// With what follows from them.
  package var allChanges: [CoverageChange] { changes.flatMap { [$0] + $0.consequences } }

  /// One recipe of one side.
  package struct Side: Sendable {
    package var coverage: CoverageModel
    /// How long each stage took, in microseconds; nil where no record is kept.
    package var durations: [Stage: Int]?

    package init(_ coverage: CoverageModel, durations: [Stage: Int]? = nil) {
      self.coverage = coverage
      self.durations = durations
    }
  }

  /// Compares two sides of a recipe; one that is nil has no such recipe.
  ///
  /// The order of lists has no say. Times are compared only where both sides have them.
  package init(recipe: String, from before: Side?, to after: Side?, today: String) {
    let changes: [CoverageChange]
    switch (before, after) {
    case (nil, nil): changes = []
    case (let side?, nil): changes = [CoverageComparison.gained(side.coverage, recipe).inverted]
    case (nil, let side?): changes = [CoverageComparison.gained(side.coverage, recipe)]
    case (let before?, let after?):
      var comparison = CoverageComparison(before.coverage, after.coverage, today: today)
      comparison.compareDurations(before.durations, after.durations)
      changes = comparison.changes
    }
    self.init(
      recipe: recipe,
      changes: changes,
      isOnStandin: (after ?? before)?.coverage.isOnStandin ?? false
    )
  }
}
