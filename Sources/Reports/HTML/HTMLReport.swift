package import Evidence
import Formats
import FoundationEssentials

/// `coverage.html`: one file that needs no network, and no script for anything that it says.
package struct HTMLReport: PiecewiseReport {
  private let coverage: CoverageModel
  private let record: RunRecord
  private let history: CoverageHistory?
  private let templates: TemplateSet
  private let neighbours: Neighbours

  /// Files beside the page, relative to it; what is not there is not linked.
  package struct Neighbours: Sendable {
    /// The index over all recipes.
    package var index: String?
    /// The folder of the run's logs, with a `/` at its end.
    package var logFolder: String
    /// Their names. What is no plain name is not linked: a service may be called anything.
    package var logs: [String]

    package init(index: String? = nil, logFolder: String = "", logs: [String] = []) {
      self.index = index
      self.logFolder = logFolder
      self.logs = logs.filter { name in
        !name.isEmpty && name.utf8.allSatisfy { $0.isASCIILetterOrDigit || "._-".utf8.contains($0) }
      }
    }
  }

  /// Checks that are rendered at a time.
  private static let chunk = 200
  /// Above so many checks, those that passed stand in short lines without their steps.
  private static let fullLimit = 2_000

  /// - Parameters:
  ///   - history: Of the committed coverage; drawn where there is one.
  package init(
    _ coverage: CoverageModel,
    _ record: RunRecord,
    history: CoverageHistory? = nil,
    templates: TemplateSet = .embedded,
    neighbours: Neighbours = Neighbours()
  ) {
    self.coverage = coverage
    self.record = record
    self.history = history
    self.templates = templates
    self.neighbours = neighbours
  }

  package func forEachPiece(
    _ body: (String) throws(RenderingError) -> Void
  ) throws(RenderingError) {
    let renderer = try templates.renderer(.html)
    let index = CheckIndex(coverage, record)
    let look = HTMLLook(templates)
    let fields = HTMLFields(index, record, history: history, look: look, neighbours)
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

/// The style and the script of a page, which stand in it.
struct HTMLLook: Sendable {
  let style: String
  let script: String
  /// By which alone a browser performs the script: SHA-256 of what stands between its tags, in base64.
  let scriptHash: String

  init(_ templates: TemplateSet) {
    style = templates.files["html/style.css"] ?? ""
    script = templates.files["html/script.js"] ?? ""
    scriptHash = Data(Digest.sha256.bytes(of: Array(script.utf8))).base64EncodedString()
  }
}

extension CheckID {
  /// Its place on a page: the id, in one word.
  var anchor: String {
    String(
      String.UnicodeScalarView(
        description.unicodeScalars.map { $0.properties.isWhitespace ? "_" : $0 }
      )
    )
  }

  /// A link to it on the same page.
  var link: String { "#" + PercentEncoding().text(of: anchor, keeping: "/:") }
}
