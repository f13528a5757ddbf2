import Auditing
import Evidence
import Files
import Formats
import Importing
import Reports

/// The reports of an imported record, which stand in its own folder and replace no page.
struct ImportedReports {
  let workspace: Workspace
  var templates = TemplateSet.embedded

  init(_ workspace: Workspace, templates: TemplateSet = .embedded) {
    self.workspace = workspace
    self.templates = templates
  }

  /// Writes them and prints the summary.
  func conclude(_ record: RunRecord, _ folder: String) throws -> ExitStatus {
    guard let source = record.header.imported else {
      throw Failure(.broken, "run \(record.header.id) is not imported")
    }
    let coverage = ImportedCoverage.make(record, source)
    let tree = workspace.reportsTree
    do {
      let model = try CoverageFile.prepared(coverage, at: "\(folder)/coverage.json", in: tree)
      let junit = try JUnitReport(coverage, record, templates: templates)
        .prepared(at: "\(folder)/junit.xml", in: tree)
      let html = try HTMLReport(coverage, record, history: nil, templates: templates)
        .prepared(at: "\(folder)/coverage.html", in: tree)
      try html.commit()
      try junit.commit()
      try model.commit()
    } catch {
      throw Failure(.broken, "\(workspace.shown("\(error)")); no report was replaced")
    }
    let paths = ["coverage.json", "junit.xml", "coverage.html"].map {
      workspace.shown("\(folder)/\($0)")
    }
    Console.out(
      TerminalSummary(coverage, record, reports: paths, style: Console.style).rendered()
    )
    return Self.status(coverage)
  }

  static func status(_ coverage: CoverageModel) -> ExitStatus {
    if coverage.claims.contains(where: { $0.verdict.word == .refuted }) { return .refuted }
    return coverage.checks.contains { $0.outcome.word == .broken } ? .broken : .proven
  }
}
