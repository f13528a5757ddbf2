package import Evidence
import XMLDocuments

/// `junit.xml`, in the form that Jenkins, GitLab, GitHub's actions and both common schemas take.
///
/// `testsuites` carries no attributes, suites are not nested, and counters come from what is
/// written. It is made suite by suite, so that a large run needs little memory.
package struct JUnitReport: Sendable {
  private let plan: JUnitPlan
  private let templates: TemplateSet

  /// Cases that are rendered at a time.
  private static let chunk = 250

  package init(
    _ coverage: CoverageModel,
    _ record: RunRecord,
    templates: TemplateSet = .embedded
  ) {
    plan = JUnitPlan(coverage, record)
    self.templates = templates
  }

  /// Hands the document over piece by piece, in order; it is not validated here.
  package func forEachPiece(
    _ body: (String) throws(RenderingError) -> Void
  ) throws(RenderingError) {
    let renderer = try templates.renderer(.junit)
    let head = JUnitDocument()
    try body(renderer.render("begin", head))
    for (index, suite) in plan.suites.enumerated() {
      let fields = plan.fields(of: suite, id: index)
      try body(renderer.render("suite-begin", fields))
      var start = suite.entries.startIndex
      while start < suite.entries.endIndex {
        let end = min(start + Self.chunk, suite.entries.endIndex)
        let cases = suite.entries[start..<end].map { plan.testCase($0, in: suite) }
        try body(renderer.render("cases", JUnitCases(cases: cases)))
        start = end
      }
      try body(renderer.render("suite-end", fields))
    }
    try body(renderer.render("end", head))
  }

  /// The whole document, validated.
  package func rendered() throws(RenderingError) -> String {
    var text = ""
    let validation = try JUnitValidation(templates, file: "junit.xml")
    try forEachPiece { (piece) throws(RenderingError) in
      validation.feed(piece)
      text += piece
    }
    try validation.finish()
    return text
  }

  package func write(to path: String) throws(RenderingError) { try prepared(at: path).commit() }

  /// Writes the document piece by piece into a file that waits for its `commit()`; where it breaks
  /// the schema there is none.
  package func prepared(at path: String) throws(RenderingError) -> AtomicFile {
    let file = try AtomicFile(path)
    let validation = try JUnitValidation(templates, file: path)
    try forEachPiece { (piece) throws(RenderingError) in
      validation.feed(piece)
      try file.write(piece.utf8)
    }
    try validation.finish()
    try file.flush()
    return file
  }
}

/// Holds a document against the project's own schema while it is being written.
final class JUnitValidation {
  private let validator: XMLValidator
  private let file: String

  init(_ templates: TemplateSet, file: String) throws(RenderingError) {
    self.file = file
    let text = templates.files["junit/junit.xsd"] ?? ""
    do {
      let schema = try XMLSchema(Array(text.utf8), name: "junit/junit.xsd")
      validator = try XMLValidator(schema, file: file)
    } catch {
      throw RenderingError(.invalidDocument, "junit/junit.xsd", line: error.line, error.message)
    }
  }

  func feed(_ piece: String) { validator.feed(Array(piece.utf8)) }

  func finish() throws(RenderingError) {
    do {
      guard let first = try validator.finish().first else { return }
      throw RenderingError(.invalidDocument, file, line: first.line, first.message)
    } catch let error as XMLError {
      throw RenderingError(.invalidDocument, file, line: error.line, error.message)
    } catch let error as RenderingError {
      throw error
    } catch {
      throw RenderingError(.invalidDocument, file, "\(error)")
    }
  }
}
