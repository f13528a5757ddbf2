package import Evidence

/// `coverage.html`: one file that needs no network and no script.
package struct HTMLReport: PiecewiseReport {
  private let coverage: CoverageModel
  private let record: RunRecord
  private let history: CoverageHistory?
  private let templates: TemplateSet

  /// Checks that are rendered at a time.
  private static let chunk = 200
  /// Above so many checks, those that passed stand in short lines without their steps.
  private static let fullLimit = 2_000

  /// - Parameter history: Of the committed coverage; drawn where there is one.
  package init(
    _ coverage: CoverageModel,
    _ record: RunRecord,
    history: CoverageHistory? = nil,
    templates: TemplateSet = .embedded
  ) {
    self.coverage = coverage
    self.record = record
    self.history = history
    self.templates = templates
  }

  package func forEachPiece(
    _ body: (String) throws(RenderingError) -> Void
  ) throws(RenderingError) {
    let renderer = try templates.renderer(.html)
    let index = CheckIndex(coverage, record)
    let fields = HTMLFields(
      index,
      record,
      history: history,
      style: templates.files["html/style.css"] ?? ""
    )
    try body(renderer.render("begin", fields))
    let isShort = coverage.checks.count > Self.fullLimit
    for suite in HTMLSuite.all(index) {
      try body(renderer.render("suite-begin", suite))
      for some in suite.checks.chunks(of: Self.chunk) {
        let checks = some.map { HTMLCheck(place: $0, index, mayBeShort: isShort) }
        try body(renderer.render("checks", HTMLChecks(checks: checks)))
      }
      try body(renderer.render("suite-end", suite))
    }
    try body(renderer.render("end", fields))
  }
}
