import Formats
import Foundation
import MarkdownDocuments
import Testing

@testable import Evidence
@testable import Reports

@Suite struct DiffReportTests {
  /// As an app or a suite of somebody else might name things.
  private static let hostile =
    "<script>alert(1)</script> @everyone `x` | **b** \u{1B}[31m]]> &amp; \u{202E}\u{0} [l](http://e)\n# h"

  private static func change(
    _ kind: CoverageChange.Kind,
    _ subject: String,
    details: Int = 1
  ) -> CoverageChange {
    let bad: CoverageChange.Standing = kind == .newlyRefuted ? .bad : .good
    return CoverageChange(
      kind: kind,
      subject: subject,
      before: .init(text: "unproven", standing: .unknown, verdict: .unproven, isOnStandin: false),
      after: .init(
        text: "now",
        reason: .told(hostile),
        standing: bad,
        verdict: .refuted,
        isOnStandin: false,
        place: SourcePlace(file: "functional/\(hostile).yml", line: 7, column: 1)
      ),
      details: (0..<details).map { .init("assertion \($0)", hostile, nil) }
    )
  }

  private static func diff(_ count: Int = 1, details: Int = 1) -> CoverageDiff {
    let changes = (0..<count).flatMap { number in
      [CoverageChange.Kind.newlyRefuted, .newlyProven, .setup].map {
        // Nothing follows from a change of another subject.
        change($0, "\(hostile) \($0 == .setup ? "setup " : "")\(number)", details: details)
      }
    }
    return CoverageDiff(
      from: "HEAD \(hostile)",
      to: "the working tree",
      today: "2026-03-01",
      recipeCount: 2,
      recipes: [RecipeDiff(recipe: "de<mo>", changes: changes, isOnStandin: true)]
    )
  }

  @Test func `Nothing of what others wrote is markup or drives a terminal`() throws {
    let diff = Self.diff()
    for width in [40, 80, 200] {
      let text = DiffTerminal(diff, style: .init(width: width)).rendered()
      for line in text.split(separator: "\n") { #expect(line.count <= width) }
      #expect(!text.utf8.contains(0x1B) && !text.utf8.contains(0))
      #expect(!text.unicodeScalars.contains("\u{202E}"))
    }
    let html = try DiffHTML(diff).rendered()
    #expect(!html.contains("<script") && !html.contains("de<mo>"))
    #expect(html.contains("&lt;script&gt;"))
    #expect(!html.utf8.contains(0x1B))
    let markdown = DiffMarkdown(diff).rendered()
    let page = try MarkdownDocument(parsing: markdown).html()
    #expect(!page.contains("<script") && !page.contains("<a ") && !page.contains("<strong>b<"))
    // A name outside of a code span would call whoever has it.
    #expect(!page.replacing(/<code>[^<]*<\/code>/, with: "").contains("@everyone"))
    let json = try JSONParser().parse(DiffJSON(diff).rendered())
    let subject = json["recipes"]?.arrayValue?.first?["changes"]?.arrayValue?.first?["subject"]
    #expect(subject?.stringValue == "\(Self.hostile) 0")
    #expect(try DiffJUnit(diff).rendered().contains("tests=\"3\" failures=\"1\""))
  }

  @Test func `The worst comes first, whatever the format`() throws {
    let diff = Self.diff()
    for text in [
      DiffTerminal(diff).rendered(), DiffMarkdown(diff).rendered(), try DiffHTML(diff).rendered(),
      try DiffJUnit(diff).rendered().replacing("-", with: " "),
      DiffJSON(diff).rendered().replacing("-", with: " "),
    ] {
      let places = ["newly refuted", "newly proven", "setup"].map { text.firstRange(of: $0) }
      let starts = places.compactMap { $0?.lowerBound }
      #expect(starts.count == 3 && starts == starts.sorted())
    }
  }

  @Test(arguments: [1_000, 5_000, 65_000])
  func `A comment keeps within its limit and says what was left out`(limit: Int) throws {
    let text = DiffMarkdown(Self.diff(10_000, details: 3), limit: limit).rendered()
    #expect(text.utf8.count <= limit)
    #expect(text.contains("### Coverage: 10000 regressions, 10000 changes for the better"))
    #expect(text.contains("Left out to fit into \(limit) bytes: "))
    #expect(text.contains("10000 changes for the better, 10000 other changes."))
    let regressions = text.split(separator: "\n").count { $0.hasPrefix("- **newly refuted**") }
    #expect(text.contains(" \(10_000 - regressions) regressions, "))
  }

  @Test func `What has least to say is left out first`() throws {
    let diff = Self.diff(20)
    let whole = DiffMarkdown(diff).rendered()
    #expect(!whole.contains("Left out"))
    var last = 4
    for limit in stride(from: whole.utf8.count + 400, to: 1_000, by: -500) {
      let text = DiffMarkdown(diff, limit: limit).rendered()
      #expect(text.utf8.count <= limit)
      let present = ["**newly refuted**", "**newly proven**", "**setup**"].count(
        where: text.contains
      )
      #expect(present <= last)
      last = present
    }
    #expect(last == 1)
  }

  private static func level(_ before: Int, _ after: Int) -> CoverageChange {
    CoverageChange(
      kind: .level,
      subject: "demo",
      before: .init(
        text: "level \(before)",
        standing: after < before ? .good : .open,
        isOnStandin: false
      ),
      after: .init(
        text: "level \(after)",
        standing: after < before ? .bad : .good,
        isOnStandin: false
      )
    )
  }

  private static func diff(of changes: [CoverageChange]) -> CoverageDiff {
    CoverageDiff(
      from: "a",
      to: "b",
      today: "2026-03-01",
      recipeCount: 1,
      recipes: [RecipeDiff(recipe: "demo", changes: changes, isOnStandin: false)]
    )
  }

  @Test func `A comment begins with what is to be looked at`() throws {
    let worse = Self.diff(of: [Self.level(4, 1), Self.change(.newlyRefuted, "P1/upgrade")])
    let lines = DiffMarkdown(worse).rendered().split(separator: "\n")
    #expect(lines[1].contains("`level 4 → level 1`"))
    #expect(lines[1].contains("`P1/upgrade`"))
    let better = Self.diff(of: [Self.level(1, 4)])
    #expect(!DiffMarkdown(better).rendered().split(separator: "\n")[1].contains("level"))
  }

  @Test func `Levels come before all changes`() throws {
    let diff = Self.diff(of: [Self.change(.newlyRefuted, "P1/upgrade"), Self.level(4, 1)])
    let text = DiffTerminal(diff).rendered()
    let level = try #require(text.range(of: "level 4 → level 1"))
    let change = try #require(text.range(of: "newly refuted"))
    #expect(level.lowerBound < change.lowerBound)
  }

  @Test func `What is said alike of several checks is one line`() {
    var cause = Self.change(.newlyRefuted, "P4/db")
    cause.consequences = (0..<5).map { number in
      var change = Self.change(.weakened, "integrity/db::\(number)")
      change.after = change.before
      change.details = [.init("assertion", "rows == \(number == 4 ? 1 : 2)", nil)]
      return change
    }
    let lines = DiffEntry(recipe: "demo", change: cause).consequences()
    #expect(lines.count == 2)
    #expect(lines.first?.contains("integrity/db::2 and 1 more") == true)
  }

  @Test func `Of long texts the part that differs is shown`() {
    let sql = "SELECT " + String(repeating: "a very long column, ", count: 30)
    for rest in ["", sql] {
      let (before, after) = LongText.excerpts(sql + "rows == 1" + rest, sql + "rows == 2" + rest)
      #expect(before?.contains("rows == 1") == true)
      #expect(after?.contains("rows == 2") == true)
      #expect((before?.count ?? 0) < 200)
    }
    #expect(LongText.excerpts("short", "other") == ("short", "other"))
    let gone = LongText.excerpts(sql + "rows == 1", nil).0
    #expect(gone?.hasPrefix("SELECT a very") == true)
    #expect(gone?.hasSuffix("rows == 1") == true)
  }

  @Test func `An empty diff is a case that passed, and says how much was compared`() throws {
    let diff = CoverageDiff(from: "a", to: "b", today: "2026-03-01", recipeCount: 3, recipes: [])
    #expect(DiffTerminal(diff).rendered() == "a → b\n\nno difference in 3 recipes\n")
    #expect(try DiffJUnit(diff).rendered().contains("tests=\"1\" failures=\"0\""))
    #expect(
      DiffMarkdown(diff).rendered() == "### Coverage: no difference\n\n`a` → `b`, in 3 recipes\n"
    )
  }

  @Test func `Cases with the same name are told apart, and what fails is chosen`() throws {
    let twin = Self.change(.findingGained, "r")
    let diff = CoverageDiff(
      from: "a",
      to: "b",
      today: "2026-03-01",
      recipeCount: 1,
      recipes: [RecipeDiff(recipe: "demo", changes: [twin, twin], isOnStandin: false)]
    )
    let text = try DiffJUnit(diff).rendered()
    #expect(text.contains("name=\"r\"") && text.contains("name=\"r (2)\""))
    #expect(text.contains("failures=\"2\""))
    let none = try DiffJUnit(diff, failOn: .init(regressions: false)).rendered()
    #expect(none.contains("failures=\"0\""))
    let lost = DiffJUnit(diff, failOn: .init(regressions: false, kinds: [.findingGained]))
    #expect(try lost.rendered().contains("failures=\"2\""))
  }
}
