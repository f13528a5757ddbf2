package import Evidence
import XMLDocuments

/// `junit.xml`, in a form that its readers take.
///
/// `testsuites` carries no attributes, suites are not nested, and counters come from what is
/// written.
package struct JUnitReport: PiecewiseReport {
  private let plan: JUnitPlan
  private let templates: TemplateSet
  private let form: JUnitForm

  package init(
    _ coverage: CoverageModel,
    _ record: RunRecord,
    templates: TemplateSet = .embedded,
    form: JUnitForm = JUnitForm()
  ) {
    plan = JUnitPlan(coverage, record)
    self.templates = templates
    self.form = form
  }

  package func validation(of file: String) throws(RenderingError) -> JUnitValidation? {
    try JUnitValidation(templates, form.flavour, file: file)
  }

  package func forEachPiece(
    _ body: (String) throws(RenderingError) -> Void
  ) throws(RenderingError) {
    let writer = try JUnitWriter(templates)
    try writer.begin(body)
    for (index, suite) in plan.suites.enumerated() {
      try writer.write(plan.fields(of: suite, id: index), suite.entries, body) {
        var one = plan.testCase($0, in: suite)
        one.isSplit = form.flavour.splitsSkipped
        one.place = form.attributes(of: plan.place(of: $0))
        return one
      }
    }
    try writer.end(body)
  }
}

/// Makes a document of suites and their cases with the templates of `junit/`.
struct JUnitWriter {
  private let renderer: TemplateRenderer
  typealias Body = (String) throws(RenderingError) -> Void

  /// Cases that are rendered at a time.
  private static let chunk = 250

  init(_ templates: TemplateSet) throws(RenderingError) {
    renderer = try templates.renderer(.junit)
  }

  func begin(_ body: Body) throws(RenderingError) {
    try body(renderer.render("begin", JUnitDocument()))
  }

  func end(_ body: Body) throws(RenderingError) {
    try body(renderer.render("end", JUnitDocument()))
  }

  func write<Entry>(
    _ suite: JUnitSuite,
    _ entries: [Entry],
    _ body: Body,
    testCase: (Entry) -> JUnitCase
  ) throws(RenderingError) {
    try body(renderer.render("suite-begin", suite))
    for some in entries.chunks(of: Self.chunk) {
      try body(renderer.render("cases", JUnitCases(cases: some.map(testCase))))
    }
    try body(renderer.render("suite-end", suite))
  }
}

/// Holds a document against the project's own schema while it is being written.
package final class JUnitValidation {
  private let validator: XMLValidator
  private let file: String

  init(
    _ templates: TemplateSet,
    _ flavour: JUnitFlavour = .strict,
    file: String
  ) throws(RenderingError) {
    self.file = file
    let text = flavour.schema(templates.files["junit/junit.xsd"] ?? "")
    do {
      let schema = try XMLSchema(Array(text.utf8), name: "junit/junit.xsd")
      validator = try XMLValidator(schema, file: file)
    } catch {
      throw RenderingError(.invalidDocument, "junit/junit.xsd", line: error.line, error.message)
    }
  }

  func feed(_ piece: String) { validator.feed(Array(piece.utf8)) }

  func finish() throws(RenderingError) {
    do throws(XMLError) {
      try validator.finish()
    } catch {
      throw RenderingError(.invalidDocument, file, line: error.line, error.message)
    }
  }
}
