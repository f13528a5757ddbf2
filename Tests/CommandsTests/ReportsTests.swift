import BuiltTool
import Files
import Testing

@testable import Commands
@testable import Evidence
@testable import Suites

@Suite struct ReportsTests {
  private static func record(_ change: (inout RunRecord) -> Void) -> RunRecord {
    let plan = Plan(
      recipe: "demo",
      driver: "local",
      base: nil,
      target: RecipeRevision(version: "1.0.0+1", tree: "aa"),
      suiteTree: "bb"
    )
    var record = RunRecord(
      header: RunHeader(
        id: "20260101T000000Z-abcd",
        toolVersion: "0",
        startedAt: "2026-01-01T00:00:00.000Z",
        host: "host",
        plan: plan
      ),
      stages: Stage.allCases.map { StageRecord(stage: $0, outcome: .passed) },
      checks: [],
      findings: [],
      end: .finished,
      microseconds: 1
    )
    change(&record)
    return record
  }

  @Test func `Only a full run that ended and could tell something replaces the page`() throws {
    let project = try ToolProject()
    let reports = Reports(
      workspace: try Workspace(folder: project.folder),
      suite: Suite(recipe: project.recipe, folder: project.folder)
    )
    #expect(reports.mayPublish(Self.record { _ in }))
    #expect(!reports.mayPublish(Self.record { $0.header.lastStage = .backup }))
    #expect(!reports.mayPublish(Self.record { $0.end = .died }))
    #expect(!reports.mayPublish(Self.record { $0.end = .interrupted }))
    #expect(!reports.mayPublish(Self.record { $0.unreadableLines = 1 }))
    #expect(!reports.mayPublish(Self.record { $0.header.driver = "abra" }))
    #expect(
      !reports.mayPublish(
        Self.record { record in
          let install = record.stages.firstIndex { $0.stage == .install } ?? 0
          record.stages[install].outcome = .broken(reason: Reason(.noAnswer(detail: "no program")))
        }
      )
    )
    // A recipe that fails is worth a page.
    #expect(
      reports.mayPublish(
        Self.record { record in
          let install = record.stages.firstIndex { $0.stage == .install } ?? 0
          record.stages[install].outcome = .failed(reason: Reason(.notDeployed))
        }
      )
    )
  }

  @Test(arguments: [
    ("2026-01-01T00:00:00.000Z", true), ("\"><script>", false), ("::error::x", false), ("", false),
    (String(repeating: "1", count: 40), false),
  ])
  func `The index takes a time from a page, and nothing else`(_ text: String, isTime: Bool) throws {
    let project = try ToolProject()
    try project.write("a.html", "<!doctype html>\n<meta name=\"date\" content=\"\(text)\">\n")
    let tree = FileTree(project.folder)
    #expect(ReportDate.read("a.html", in: tree) == (isTime ? text : nil))
    #expect(ReportDate.read("b.html", in: tree) == nil)
  }
}
