package import Evidence
import Formats
import XMLDocuments

/// A diff as JUnit: one case for each change, failed where the change makes the command fail.
///
/// It is made with the templates of `junit/` and held to the same schema.
package struct DiffJUnit: PiecewiseReport {
  private let diff: CoverageDiff
  private let failOn: CoverageDiff.FailOn
  private let templates: TemplateSet

  package init(
    _ diff: CoverageDiff,
    failOn: CoverageDiff.FailOn = .init(),
    templates: TemplateSet = .embedded
  ) {
    self.diff = diff
    self.failOn = failOn
    self.templates = templates
  }

  package func validation(of file: String) throws(RenderingError) -> JUnitValidation? {
    try JUnitValidation(templates, file: "diff.xml")
  }

  package func forEachPiece(
    _ body: (String) throws(RenderingError) -> Void
  ) throws(RenderingError) {
    let writer = try JUnitWriter(templates)
    try writer.begin(body)
    for (index, suite) in suites.enumerated() {
      try writer.write(suite.fields(id: index, diff), suite.cases, body) { $0 }
    }
    try writer.end(body)
  }

  /// Some readers drop a file without a case, and a gate that saw none would be no gate.
  private var suites: [Suite] {
    guard !diff.isEmpty else {
      let same = JUnitCase(
        name: "no difference",
        classname: "diff",
        microseconds: 0,
        result: .passed,
        type: "",
        message: "",
        text: ""
      )
      return [Suite(recipe: "diff", isOnStandin: false, cases: [same])]
    }
    return diff.recipes.map { recipe in
      var twins: [String: Int] = [:]
      let cases = recipe.changes.map { change in
        testCase(DiffEntry(recipe: recipe.recipe, change: change), &twins)
      }
      return Suite(recipe: recipe.recipe, isOnStandin: recipe.isOnStandin, cases: cases)
    }
  }

  private struct Suite {
    var recipe: String
    var isOnStandin: Bool
    var cases: [JUnitCase]

    func fields(id: Int, _ diff: CoverageDiff) -> JUnitSuite {
      var counted = JUnitPlan.Suite(path: "diff", classname: "diff")
      counted.tests = cases.count
      counted.failures = cases.count { $0.result == .failure }
      return JUnitSuite(
        name: JUnitCase.filled("\(recipe) diff\(isOnStandin ? " [stand-in]" : "")"),
        package: recipe,
        id: id,
        hostname: "localhost",
        timestamp: Timestamp.withoutZone("\(diff.today)T00:00:00"),
        suite: counted,
        properties: [
          NamedText(name: "from", value: diff.from), NamedText(name: "to", value: diff.to),
        ],
        account: diff.summary
      )
    }
  }

  private func testCase(_ entry: DiffEntry, _ twins: inout [String: Int]) -> JUnitCase {
    let change = entry.change
    let fails = ([change] + change.consequences).contains(where: failOn.includes)
    let reason = entry.reason.map { ": \($0)" } ?? ""
    // What it was and is says nothing where both are the same: then what of it changed does.
    let isSame = UTF8Order.areEqual(change.before.text, change.after.text)
    let fact = isSame ? entry.details().first ?? entry.step : entry.step
    let message = XMLText.cut(ReportText.line("\(change.kind.shown): \(fact)\(reason)"), to: 1_000)
    let place = change.place.map { "at \($0)\n" } ?? ""
    let lines = (entry.details() + entry.consequences().map { "→ \($0)" }).map { "\($0)\n" }
      .joined()
    let classname = JUnitCase.filled("\(entry.recipe).diff.\(change.kind.rawValue)")
    // GitLab drops a case whose class and name another has.
    let name = JUnitCase.filled(change.subject)
    let count = twins["\(classname)\n\(name)", default: 0] + 1
    twins["\(classname)\n\(name)"] = count
    return JUnitCase(
      name: count == 1 ? name : "\(name) (\(count))",
      classname: classname,
      microseconds: 0,
      result: fails ? .failure : .passed,
      type: change.kind.rawValue,
      message: message,
      text: XMLText.cut("\(message)\n\(place)\(lines)", to: 16_384)
    )
  }
}
