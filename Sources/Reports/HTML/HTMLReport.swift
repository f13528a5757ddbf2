package import Evidence

/// `coverage.html`: one file that needs no network and no script.
package struct HTMLReport: Sendable {
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

  /// Hands the page over piece by piece, in order.
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
      var start = suite.checks.startIndex
      while start < suite.checks.endIndex {
        let end = min(start + Self.chunk, suite.checks.endIndex)
        let checks = suite.checks[start..<end].map {
          HTMLCheck(place: $0, index, mayBeShort: isShort)
        }
        try body(renderer.render("checks", HTMLChecks(checks: checks)))
        start = end
      }
      try body(renderer.render("suite-end", suite))
    }
    try body(renderer.render("end", fields))
  }

  package func rendered() throws(RenderingError) -> String {
    var text = ""
    try forEachPiece { (piece) throws(RenderingError) in text += piece }
    return text
  }

  package func write(to path: String) throws(RenderingError) { try prepared(at: path).commit() }

  /// Writes the page piece by piece into a file that waits for its `commit()`.
  package func prepared(at path: String) throws(RenderingError) -> AtomicFile {
    let file = try AtomicFile(path)
    try forEachPiece { (piece) throws(RenderingError) in try file.write(piece.utf8) }
    try file.flush()
    return file
  }
}
