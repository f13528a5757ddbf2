package import Evidence

/// `PARITY.md`: what is claimed of a recipe, each claim with its verdict and what it rests on.
///
/// Reading the page gives the claims again. What is not proven stands by its id in *What is wrong* or
/// *Not shown*, with its reason. A claim of P1 is a row of the table of stages, one of P3 an item with
/// the link to its check (rows that came to the same share one, which names them), one of P4 a cell of
/// the table of stores, one about a unit of the corpus a row of P2; the floors `P2` and `P3` are the
/// signs at the beginning of their sections.
package struct ParityPage: PiecewiseReport {
  private let coverage: CoverageModel
  private let templates: TemplateSet

  package init(_ coverage: CoverageModel, templates: TemplateSet = .embedded) {
    self.coverage = coverage
    self.templates = templates
  }

  /// The line below which a page holds the suite's own prose and nothing else.
  static let notesMark =
    "<!-- notes: the suite's own words, quoted to the end of the page -->"

  package func forEachPiece(
    _ body: (String) throws(RenderingError) -> Void
  ) throws(RenderingError) {
    try body(templates.renderer(.page).render("parity", PageFields(coverage)))
  }
}
