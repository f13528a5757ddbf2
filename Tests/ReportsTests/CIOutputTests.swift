import Evidence
import MarkdownDocuments
import Testing
import XMLDocuments

@testable import Reports

/// What goes to a CI: commands in its output, a summary, a badge.
@Suite struct CIOutputTests {
  private static let place = SourcePlace(file: "functional/a.yml", line: 3, column: 5)

  private static func commands(_ annotations: [Annotation]) -> [String] {
    WorkflowCommands.annotations(annotations.map { ($0, file: "suites/x/functional/a.yml") })
      .split(separator: "\n").map(String.init)
  }

  @Test func `An annotation names file, line, title and message`() {
    let annotation = Annotation(.error, "a::b failed", "status == 200, was 500", at: Self.place)
    #expect(
      Self.commands([annotation])
        == [
          "::error file=suites/x/functional/a.yml,line=3,col=5,title=a%3A%3Ab failed::"
            + "status == 200, was 500"
        ]
    )
  }

  @Test(arguments: [
    "x\n::set-env name=PATH::/tmp", "x\r\n::add-mask::y", "50%0A::error::z", "\u{1B}[31m::error::z",
    "a,\u{301}b:\u{301}:c\n\u{301}::error::d",
  ])
  func `What an app said begins no line of its own`(_ hostile: String) {
    let lines = Self.commands([Annotation(.warning, hostile, hostile, at: nil)])
    #expect(lines.count == 1)
    #expect(lines.allSatisfy { $0.hasPrefix("::warning title=") })
    #expect(!lines.contains { $0.contains("\r") || $0.contains("\u{1B}") })
    // Of a title nothing ends the property.
    let title = lines[0].dropFirst("::warning title=".count).prefix { $0 != ":" }
    #expect(!title.contains(",") && !title.contains("%0A::"))
  }

  @Test func `A step shows ten of each severity, and the last says how many it does not`() {
    let errors = (0..<12).map { Annotation(.error, "e\($0)", "m", at: nil) }
    let warnings = (0..<10).map { Annotation(.warning, "w\($0)", "m", at: nil) }
    let lines = Self.commands(warnings + errors)
    #expect(lines.prefix(10).allSatisfy { $0.hasPrefix("::error ") || $0.hasPrefix("::error::") })
    #expect(lines[9] == "::error::3 more: the reports have all of them")
    #expect(lines.count == 20)
    #expect(lines.last == "::warning title=w9::m")
  }

  @Test func `What is wrong is annotated once, errors first, notes never`() {
    let (coverage, _) = Fixture.everything()
    let annotations = coverage.annotations
    let severities = annotations.map(\.severity)
    #expect(severities == severities.sorted())
    #expect(!severities.contains(.note))
    let ill = coverage.checks.filter { [.failed, .broken].contains($0.outcome.word) }
    for check in ill {
      #expect(annotations.count { $0.title.hasPrefix("\(check.id) ") } == 1)
    }
    #expect(!ill.isEmpty)
    let open = coverage.findings.filter { !$0.isWaived && $0.severity != .note }
    let told = annotations.filter { annotation in open.contains { $0.rule == annotation.title } }
    #expect(told.count == open.count)
    #expect(coverage.findings.count > open.count)
  }

  // MARK: Summary

  private static func coverage(_ name: String, refuted: Int, reason: String = "why")
    -> CoverageModel
  {
    var (coverage, _) = Fixture.plausible()
    coverage.recipe = name
    coverage.claims = (0..<refuted).map {
      Claim(
        id: "P3/functional/a::test_\($0)",
        part: .p3,
        verdict: .refuted(reason: .told(reason)),
        checks: []
      )
    }
    coverage.findings = []
    return coverage
  }

  @Test func `A summary has a row for each recipe, the worst first, whatever the order`() throws {
    let recipes = [
      Self.coverage("b", refuted: 0), Self.coverage("a", refuted: 0),
      Self.coverage("c", refuted: 2),
    ]
    let text = JobSummary(recipes).rendered()
    #expect(text == JobSummary(recipes.reversed()).rendered())
    #expect(text.hasPrefix("## Parity: 3 recipes, 1 with refuted claims\n"))
    let rows = text.split(separator: "\n").filter { $0.hasPrefix("| ") }.dropFirst()
    #expect(rows.map { $0.split(separator: "|")[0] } == [" c ", " a ", " b "])
    #expect(rows.allSatisfy { $0.contains("(stand-in)") })
    #expect(text.contains("- ✗ **refuted** `P3/functional/a::test_0`: why\n"))
    #expect(!text.contains("Left out"))
  }

  @Test func `What has no room is left out from the least important end, and counted`() {
    var coverage = Self.coverage("a", refuted: 30)
    coverage.claims += (0..<50).map {
      Claim(
        id: "P4/s\($0)/restored",
        part: .p4,
        verdict: .unproven(reason: .told("unknown \($0)")),
        checks: []
      )
    }
    let whole = JobSummary([coverage]).rendered()
    for limit in [1_000, 2_000, 3_000, 4_000, whole.utf8.count + 300] {
      let text = JobSummary([coverage]).rendered(limit: limit)
      #expect(text.utf8.count <= limit)
      let refuted = text.split(separator: "\n").count { $0.contains("**refuted**") }
      let unproven = text.split(separator: "\n").count { $0.contains("**unproven**") }
      #expect(refuted == 30 || unproven == 0)
      if refuted < 30 { #expect(text.contains("\(30 - refuted) refuted claim")) }
      if unproven < 50 { #expect(text.contains("\(50 - unproven) unproven claim")) }
    }
    #expect(JobSummary([coverage]).rendered(limit: whole.utf8.count + 300) == whole)
  }

  @Test func `A hostile name is text in the summary and in the badge`() throws {
    let hostile = "a|b<script>alert(1)</script>\n# [x](y) `z`"
    let coverage = Self.coverage(hostile, refuted: 1, reason: hostile)
    let text = JobSummary([coverage]).rendered()
    let html = try MarkdownDocument(parsing: text).html()
    #expect(!html.contains("<script") && !html.contains("<a ") && !html.contains("<h1"))
    let badge = Badge(coverage).rendered()
    #expect(!badge.contains("<script>"))
    _ = try XMLDocument(parsing: Array(badge.utf8))
  }

  // MARK: Badge

  @Test func `A badge of a stand-in says so and is not green`() {
    var (coverage, _) = Fixture.plausible()
    coverage.claims = []
    let standin = Badge(coverage).rendered()
    #expect(standin.contains("(stand-in)</text>"))
    #expect(!standin.contains("#1a6b3c"))
    coverage.standins = []
    coverage.level = 4
    for index in coverage.rungs.indices where coverage.rungs[index].level <= 4 {
      coverage.rungs[index].state = .pass
    }
    let real = Badge(coverage).rendered()
    #expect(real.contains(">level 4</text>"))
    #expect(real.contains("#1a6b3c"))
    // What was passed over below the level is said, and is not green.
    coverage.rungs[1].state = .skip
    let skipped = Badge(coverage).rendered()
    #expect(skipped.contains(">level 4, upgrade skipped</text>"))
    #expect(!skipped.contains("#1a6b3c"))
    // Its day stands on it, and what it says is read out with it.
    let dated = Badge(coverage, startedAt: "2026-03-01T12:00:00.000Z").rendered()
    #expect(dated.contains(">level 4, upgrade skipped · 2026-03-01</text>"))
    #expect(dated.contains("of 5, on 2026-03-01</title>"))
    coverage.rungs[1].state = .pass
    coverage.rungs[2].state = .unver
    coverage.level = 2
    let remark = ">level 2, backup, restore and recover unverified</text>"
    #expect(Badge(coverage).rendered().contains(remark))
  }

  @Test func `A badge with a refuted claim is not green, whatever the level`() {
    var coverage = Self.coverage("a", refuted: 1)
    coverage.standins = []
    coverage.level = 4
    let badge = Badge(coverage).rendered()
    #expect(badge.contains(">level 4, 1 refuted</text>"))
    #expect(!badge.contains("#1a6b3c"))
  }
}
