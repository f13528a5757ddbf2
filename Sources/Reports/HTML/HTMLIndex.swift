package import Evidence

/// `index.html` over several recipes.
package struct HTMLIndex: PiecewiseReport {
  /// One recipe of the page.
  package struct Entry: Sendable {
    package var coverage: CoverageModel
    /// The recipe's own report, relative to the index.
    var link: String

    package init(_ coverage: CoverageModel, link: String) {
      self.coverage = coverage
      self.link = link
    }
  }

  private let entries: [Entry]
  private let unrun: [String]
  private let templates: TemplateSet

  /// Entries are shown by name, whatever order they come in.
  ///
  /// - Parameter unrun: Names of recipes with a suite and no report.
  package init(_ entries: [Entry], unrun: [String] = [], templates: TemplateSet = .embedded) {
    self.unrun = unrun.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    self.entries = entries.sorted {
      $0.coverage.recipe.utf8.lexicographicallyPrecedes($1.coverage.recipe.utf8)
    }
    self.templates = templates
  }

  package func forEachPiece(
    _ body: (String) throws(RenderingError) -> Void
  ) throws(RenderingError) {
    let style = templates.files["html/style.css"] ?? ""
    let fields = HTMLIndexFields(
      style: style,
      rows: entries.map(HTMLIndexRow.init),
      unrun: unrun.map(TextLine.init)
    )
    try body(templates.renderer(.html).render("index", fields))
  }
}

struct HTMLIndexFields: TemplateFields {
  let style: String
  let rows: [HTMLIndexRow]
  let unrun: [TextLine]

  static let table = TemplateTable<HTMLIndexFields>(
    .markup("style", "the style sheet") { $0.style },
    .text("total", "how many recipes") { Words.count($0.rows.count + $0.unrun.count, "recipe") },
    .list("rows", "one per recipe, by name") { $0.rows },
    .list("unrun", "recipes without a report, by name") { $0.unrun }
  )
}

struct HTMLIndexRow: TemplateFields {
  let entry: HTMLIndex.Entry
  private var coverage: CoverageModel { entry.coverage }

  static let table = TemplateTable<HTMLIndexRow>(
    .text("recipe", "the recipe's name") { $0.coverage.recipe },
    .text("link", "its own report") { $0.entry.link },
    .object("level", "the level") { HTMLLevel(coverage: $0.coverage) },
    .text("versions", "base and target") { $0.coverage.shownVersions },
    .text("driver", "what put it up") { $0.coverage.driver },
    .list("rungs", "L1 to L5") { row in
      row.coverage.rungs.map { HTMLRung(rung: $0, isOnStandin: row.coverage.isOnStandin) }
    },
    .list("counts", "claims by verdict") { HTMLCount.claims($0.coverage) },
    .list("findings", "findings that count, by severity") { row in
      Finding.Severity.allCases.compactMap { severity in
        let count = row.coverage.findings.count { $0.severity == severity && !$0.isWaived }
        return count == 0 ? nil : HTMLCount(mark: HTMLMark(severity), count: count)
      }
    }
  )
}
