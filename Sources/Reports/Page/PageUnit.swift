import Evidence

/// A row of P2: one unit of the corpus, and what became of it.
struct PageUnit: TemplateFields {
  private let claim: Claim
  private let statement: String
  private let unit: UnitCoverage?

  static let table = TemplateTable<PageUnit>(
    .markup("original", "the unit's id, as code") { Markdown.code($0.claim.unit ?? "") },
    .markup("checks", "the checks that stand for it, as code; rows of one check in brackets") {
      $0.checks
    },
    .text("statement", "what it looks at") { $0.statement },
    .markup("status", "the verdict with its word, its disposition and its reason") { page in
      let verdict = page.claim.verdict
      let word = page.unit?.disposition.shown ?? ""
      let reason = verdict.isProven ? nil : verdict.reason?.cause
      let until = verdict.until.map { " until *\(Markdown.text($0))*" } ?? ""
      return [
        Markdown.signAndWord(verdict) + until, word,
        reason.map { Markdown.text(ReportText.cut($0, 300)) },
      ].compactMap(\.self).filter { !$0.isEmpty }.joined(separator: ": ")
    }
  )

  private var checks: String {
    var before: CheckID?
    let ids = claim.checks.map { id in
      defer { before = id }
      if let before, let row = id.row, before.row != nil, before.withoutRow == id.withoutRow {
        return Markdown.code("[\(row)]")
      }
      return Markdown.code(id.description)
    }
    return ids.isEmpty ? "—" : ids.joined(separator: ", ")
  }

  static func all(_ coverage: CoverageModel) -> [PageUnit] {
    let units = coverage.corpus.unitsByID
    return coverage.claims.filter { $0.unit != nil }.map { claim in
      PageUnit(
        claim: claim,
        statement: coverage.statement(of: claim),
        unit: claim.unit.flatMap { units[$0] }
      )
    }
  }
}
