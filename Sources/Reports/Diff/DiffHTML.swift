package import Evidence

/// A diff as one HTML file that needs no network and no script, in the style of `coverage.html`.
package struct DiffHTML: PiecewiseReport {
  private let diff: CoverageDiff
  private let templates: TemplateSet

  /// Changes that are rendered at a time.
  private static let chunk = 200

  package init(_ diff: CoverageDiff, templates: TemplateSet = .embedded) {
    self.diff = diff
    self.templates = templates
  }

  package func forEachPiece(
    _ body: (String) throws(RenderingError) -> Void
  ) throws(RenderingError) {
    let renderer = try templates.renderer(.html)
    let fields = DiffPage(diff: diff, style: templates.files["html/style.css"] ?? "")
    try body(renderer.render("diff-begin", fields))
    for direction in CoverageChange.Direction.allCases {
      let entries = DiffEntry.all(diff, direction)
      for some in entries.chunks(of: Self.chunk) {
        let changes = DiffPageChanges(
          direction: direction,
          total: entries.count,
          isFirst: some.startIndex == 0,
          changes: some.map(DiffPageChange.init)
        )
        try body(renderer.render("diff-changes", changes))
      }
    }
    try body(renderer.render("diff-end", fields))
  }
}

/// What `html/diff-begin` and `html/diff-end` may ask for.
struct DiffPage: TemplateFields {
  let diff: CoverageDiff
  let style: String

  static let table = TemplateTable<DiffPage>(
    .markup("style", "the style sheet") { $0.style },
    .text("from", "the older side") { $0.diff.from },
    .text("to", "the newer side") { $0.diff.to },
    .text("summary", "2 regressions, 1 other change") { $0.diff.summary },
    .text("extent", "in 1 of 3 recipes") { $0.diff.extent },
    .text("today", "the day on which it was asked") { $0.diff.today },
    .text("tone", "a class of the style") {
      ($0.diff.count(.regression) > 0 ? Tone.bad : .quiet).rawValue
    },
    .list("recipes", "recipes with a change, by name") { $0.diff.recipes.map(DiffPageRecipe.init) }
  )
}

struct DiffPageRecipe: TemplateFields {
  let recipe: RecipeDiff

  static let table = TemplateTable<DiffPageRecipe>(
    .text("recipe", "its name") { $0.recipe.recipe },
    .flag("isOnStandin", "whether a stand-in showed the newer side") { $0.recipe.isOnStandin },
    .object("level", "its level, where that changed") { row in
      row.recipe.level.map { HTMLLineWithTone(text: $0.step, tone: $0.tone) }
    },
    .list("counts", "changes by direction") { row in
      CoverageChange.Direction.allCases.compactMap { direction in
        let count = row.recipe.count(direction)
        return count == 0
          ? nil
          : HTMLLineWithTone(text: direction.counted(count), tone: direction.tone)
      }
    }
  )
}

/// A few words in a colour.
struct HTMLLineWithTone: TemplateFields {
  let text: String
  let tone: Tone

  static let table = TemplateTable<HTMLLineWithTone>(
    .text("text", "the words") { $0.text },
    .text("tone", "a class of the style") { $0.tone.rawValue }
  )
}

/// What `html/diff-changes` may ask for: changes of one direction, or some of them.
struct DiffPageChanges: TemplateFields {
  let direction: CoverageChange.Direction
  let total: Int
  let isFirst: Bool
  let changes: [DiffPageChange]

  static let table = TemplateTable<DiffPageChanges>(
    .flag("isFirst", "whether these are the first of their direction") { $0.isFirst },
    .text("title", "2 regressions") { $0.direction.counted($0.total) },
    .list("changes", "the worst first") { $0.changes }
  )
}

struct DiffPageChange: TemplateFields {
  let entry: DiffEntry

  static let table = TemplateTable<DiffPageChange>(
    .text("tone", "a class of the style") { $0.entry.tone.rawValue },
    .object("mark", "its kind") { $0.entry.mark },
    .text("recipe", "the recipe's name") { $0.entry.recipe },
    .optionalText("subject", "what it is about, where that is not the recipe") {
      $0.entry.subject
    },
    .text("step", "what it was and what it is") { $0.entry.step },
    .optionalText("reason", "why, where there is a reason") { $0.entry.reason },
    .optionalText("place", "where it is written") {
      $0.entry.change.place.map { "\($0.file):\($0.line)" }
    },
    .list("details", "what of it changed, one fact each") { $0.entry.details().map(TextLine.init) },
    .list("consequences", "what follows from it, one line each") {
      $0.entry.consequences().map(TextLine.init)
    }
  )
}
