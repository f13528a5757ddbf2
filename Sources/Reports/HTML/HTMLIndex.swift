package import Evidence
import Formats

/// `index.html` over several recipes.
package struct HTMLIndex: PiecewiseReport {
  /// One recipe of the page.
  package struct Entry: Sendable {
    package var coverage: CoverageModel
    /// The recipe's own report, relative to the index.
    var link: String
    /// When the run began that it tells of (RFC 3339); nil where that is not known.
    var startedAt: String?

    package init(_ coverage: CoverageModel, link: String, startedAt: String? = nil) {
      self.coverage = coverage
      self.link = link
      self.startedAt = startedAt
    }
  }

  private let entries: [Entry]
  private let unrun: [String]
  private let templates: TemplateSet

  /// Entries are shown with the worst first, then by name, whatever order they come in.
  ///
  /// - Parameter unrun: Names of recipes with a suite and no report.
  package init(_ entries: [Entry], unrun: [String] = [], templates: TemplateSet = .embedded) {
    self.unrun = unrun.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    self.entries = entries.map { ($0, HTMLIndexRow.rank($0.coverage)) }.sorted { a, b in
      a.1 == b.1
        ? UTF8Order.precedes(a.0.coverage.recipe, b.0.coverage.recipe)
        : a.1.lexicographicallyPrecedes(b.1)
    }.map(\.0)
    self.templates = templates
  }

  package func forEachPiece(
    _ body: (String) throws(RenderingError) -> Void
  ) throws(RenderingError) {
    let fields = HTMLIndexFields(
      look: HTMLLook(templates),
      rows: entries.map(HTMLIndexRow.init),
      unrun: unrun.map(TextLine.init)
    )
    try body(templates.renderer(.html).render("index", fields))
  }
}

struct HTMLIndexFields: TemplateFields {
  let look: HTMLLook
  let rows: [HTMLIndexRow]
  let unrun: [TextLine]

  static let table = TemplateTable<HTMLIndexFields>(
    .markup("style", "the style sheet") { $0.look.style },
    .markup("script", "search and filters") { $0.look.script },
    .markup("scriptHash", "SHA-256 of the script, in base64") { $0.look.scriptHash },
    .text("total", "how many recipes") { Words.count($0.rows.count + $0.unrun.count, "recipe") },
    .list("levels", "recipes by level, the lowest first") { fields in
      let levels = Dictionary(grouping: fields.rows) {
        HTMLIndexRow.Standing(level: $0.coverage.level, isOnStandin: $0.coverage.isOnStandin)
      }
      return levels.sorted { $0.key < $1.key }.map { level, rows in
        HTMLCount(mark: level.mark, count: rows.count)
      }
    },
    .list("rows", "one per recipe, the worst first") { $0.rows },
    .list("unrun", "recipes without a report, by name") { $0.unrun }
  )
}

struct HTMLIndexRow: TemplateFields {
  let entry: HTMLIndex.Entry
  fileprivate var coverage: CoverageModel { entry.coverage }

  /// How far a recipe got, and on what.
  struct Standing: Hashable, Comparable {
    var level: Int
    var isOnStandin: Bool

    static func < (a: Self, b: Self) -> Bool {
      (a.level, a.isOnStandin ? 0 : 1) < (b.level, b.isOnStandin ? 0 : 1)
    }

    var mark: HTMLMark {
      let tone: Tone = isOnStandin ? .standin : level == 0 ? .quiet : .good
      return HTMLMark(tone, "", isOnStandin ? "L\(level) ◇ stand-in" : "L\(level)")
    }
  }

  /// The worst that is said of a recipe: what is red before what is open.
  static func worst(_ coverage: CoverageModel) -> (rank: Int, mark: HTMLMark) {
    let claims = Set(coverage.claims.map(\.verdict.word))
    if claims.contains(.refuted) { return (0, HTMLMark(Verdict.Word.refuted)) }
    let red = coverage.checks.first { $0.outcome.word.isRed }
    if let red { return (0, HTMLMark(red.outcome.word)) }
    if coverage.findings.contains(where: { $0.severity == .error && !$0.isWaived }) {
      return (1, HTMLMark(Finding.Severity.error))
    }
    if claims.contains(.unproven) { return (2, HTMLMark(Verdict.Word.unproven)) }
    return coverage.isOnStandin
      ? (3, HTMLMark(Verdict.Word.provenOnStandin)) : (4, HTMLMark(Verdict.Word.proven))
  }

  /// The lower, the sooner it is to be looked at.
  static func rank(_ coverage: CoverageModel) -> [Int] { [worst(coverage).rank, coverage.level] }

  static let table = TemplateTable<HTMLIndexRow>(
    .text("recipe", "the recipe's name") { $0.coverage.recipe },
    .text("link", "its own report") { $0.entry.link },
    .object("mark", "the worst that is said of it") { worst($0.coverage).mark },
    .text("status", "the same in a word") { worst($0.coverage).mark.word },
    .optionalText("next", "what to look at first") {
      $0.coverage.annotations.first.map { "\($0.title): \($0.message)" }
    },
    .object("level", "the level") { HTMLLevel(coverage: $0.coverage) },
    .text("versions", "base and target") { $0.coverage.shownVersions },
    .text("driver", "what put it up") { $0.coverage.driver },
    .optionalText("started", "when the run began that it tells of, where that is known") {
      $0.entry.startedAt
    },
    .optionalText("day", "the day of that run") {
      $0.entry.startedAt.map { String($0.prefix(10)) }
    },
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
