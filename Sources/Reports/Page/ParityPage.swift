package import Evidence

/// `PARITY.md`: what is claimed of a recipe, each claim with its verdict and what it rests on.
///
/// Every claim is one row of a table whose columns are *claim | check | what's verified | status and
/// reason* (*original* in place of *claim* for the units of a corpus), so that reading the page
/// gives the claims again. Claims about rows of one check that came to the same share a line: the
/// first is named in full, of the others `[row]` stands in its place, and so among checks.
package struct ParityPage: PiecewiseReport {
  private let coverage: CoverageModel
  private let templates: TemplateSet

  package init(_ coverage: CoverageModel, templates: TemplateSet = .embedded) {
    self.coverage = coverage
    self.templates = templates
  }

  /// The line below which a page holds the suite's own prose and nothing else.
  package static let notesMark =
    "<!-- notes: the suite's own words, verbatim to the end of the page -->"

  package func forEachPiece(
    _ body: (String) throws(RenderingError) -> Void
  ) throws(RenderingError) {
    try body(templates.renderer(.page).render("parity", PageFields(coverage)))
  }
}
