import Evidence
import Formats
import Foundation
import Testing
import XMLDocuments

@testable import Reports

@Suite struct HTMLReportTests {
  @Test func `The page needs no network, runs its own script alone and has every claim`() throws {
    let (coverage, record) = Fixture.everything()
    let page = try HTMLReport(coverage, record).rendered()
    #expect(page.contains("default-src 'none'; style-src 'unsafe-inline'"))
    #expect(page.ranges(of: "<script").count == 1)
    let script = try #require(page.firstMatch(of: /<script>([\s\S]*)<\/script>/)).1
    let hash = Data(Digest.sha256.bytes(of: Array(script.utf8))).base64EncodedString()
    #expect(page.contains("script-src 'sha256-\(hash)'; base-uri 'none'"))
    for name in ["fetch(", "XMLHttpRequest", "innerHTML", "eval(", "import("] {
      #expect(!script.contains(name))
    }
    #expect(!page.contains("<img"))
    #expect(!page.contains("url("))
    #expect(!page.contains("src="))
    #expect(!page.utf8.contains(0x1B))
    #expect(!page.utf8.contains(0))
    for claim in coverage.claims {
      let id = claim.id.replacing("&", with: "&amp;").replacing("<", with: "&lt;")
        .replacing(">", with: "&gt;")
      #expect(page.contains("<code>\(id)</code>"))
    }
    let anchors = Set(page.matches(of: /\sid="([^"]*)"/).map { String($0.1) })
    for check in coverage.checks { #expect(anchors.contains(escaped(check.id.anchor))) }
    let links = page.matches(of: /\shref="#([^"]*)"/).compactMap {
      String($0.1).removingPercentEncoding
    }
    #expect(links.count > coverage.checks.count / 2)
    for link in links { #expect(anchors.contains(escaped(link)), "nothing is at #\(link)") }
  }

  private func escaped(_ text: String) -> String { XMLText.escaped(text, as: .attribute) }

  @Test func `What is to be looked at first stands first among all recipes`() throws {
    func named(_ name: String, _ change: (inout CoverageModel) -> Void = { _ in }) -> CoverageModel
    {
      var (coverage, _) = Fixture.plausible()
      coverage.recipe = name
      coverage.standins = []
      coverage.findings = []
      coverage.level = 4
      for index in coverage.claims.indices { coverage.claims[index].verdict = .proven }
      for index in coverage.checks.indices { coverage.checks[index].outcome = .passed }
      change(&coverage)
      return coverage
    }
    let all = [
      named("a"), named("b") { $0.claims[0].verdict = .unproven(reason: .told("why")) },
      named("c") { $0.level = 2 },
      named("d") { $0.claims[0].verdict = .refuted(reason: .told("why")) },
      named("e") { $0.checks[0].outcome = .broken(reason: .told("why")) },
    ]
    let page = try HTMLIndex(all.map { .init($0, link: "\($0.recipe).html") }).rendered()
    let rows = page.matches(of: /<a href="([a-e])\.html"/).map { String($0.1) }
    #expect(Set(rows.prefix(2)) == ["d", "e"] && rows.dropFirst(2) == ["b", "c", "a"])
    #expect(page.ranges(of: "<script").count == 1)
  }

  @Test func `Logs beside the page are linked, whatever they are called`() throws {
    let (coverage, record) = Fixture.plausible()
    let names = ["app.2.stderr.log", "\"onclick=x.log", "../../x", "a b.log", "recipe-1/x"]
    let neighbours = HTMLReport.Neighbours(logFolder: "runs/1/logs/", logs: names)
    let page = try HTMLReport(coverage, record, neighbours: neighbours).rendered()
    let links = page.matches(of: /<a href="runs([^"]*)"/).map { String($0.1) }
    #expect(links == ["/1/logs/app.2.stderr.log"])
    #expect(try !HTMLReport(coverage, record).rendered().contains("class=\"logs\""))
  }

  @Test func `The index tells of which day each run is, where that is known`() throws {
    let (coverage, record) = Fixture.plausible()
    let known = HTMLIndex.Entry(coverage, link: "a.html", startedAt: record.header.startedAt)
    let page = try HTMLIndex([known]).rendered()
    let day = record.header.startedAt.prefix(10)
    #expect(page.contains("data-age>\(day)</time>"))
    #expect(try !HTMLIndex([.init(coverage, link: "a.html")]).rendered().contains("<time"))
    // A page says it in its head, where the index finds it.
    let head = try HTMLReport(coverage, record).rendered().prefix(1_000)
    #expect(head.contains("<meta name=\"date\" content=\"\(record.header.startedAt)\">"))
  }

  @Test func `Elements are closed as they were opened`() throws {
    let (coverage, record) = Fixture.everything()
    for page in [
      try HTMLReport(coverage, record).rendered(),
      try HTMLIndex([.init(coverage, link: "a/\"b\".html")]).rendered(),
    ] {
      var open: [Substring] = []
      let empty: Set<Substring> = ["meta", "br", "hr", "input", "!doctype", "!"]
      for tag in page.matches(of: /<(\/?)([a-z!][a-z0-9]*)[^>]*>/) {
        if empty.contains(tag.2) { continue }
        if tag.1.isEmpty { open.append(tag.2) } else { #expect(open.popLast() == tag.2) }
      }
      #expect(open.isEmpty)
    }
  }

  @Test func `Nothing that a stand-in showed is plain green`() throws {
    let (coverage, record) = Fixture.plausible()
    let page = try HTMLReport(coverage, record).rendered()
    let body = try #require(page.firstRange(of: "<body>"))
    #expect(!page[body.upperBound...].contains(/class="[^"]*\bgood\b/))
    #expect(page.contains("<span class=\"level-word\">stand-in</span>"))
    var real = coverage
    real.standins = []
    #expect(try HTMLReport(real, record).rendered().contains("class=\"level good\""))
  }

  @Test func `A passed check of a large run takes less than 150 bytes`() throws {
    let (coverage, record) = Fixture.large(20_000)
    var total = 0
    var largest = 0
    var reds = 0
    try HTMLReport(coverage, record).forEachPiece { piece in
      total += piece.utf8.count
      largest = max(largest, piece.utf8.count)
      reds += piece.ranges(of: "<details class=\"check bad\"").count
    }
    #expect(total < 20_000 * 150)
    #expect(largest < 200_000)
    #expect(reds == 20)
  }

  @Test func `History is drawn in words and lines, and only where there is one`() throws {
    let (coverage, record) = Fixture.plausible()
    #expect(!(try HTMLReport(coverage, record).rendered()).contains("id=\"history\""))
    var entries: [CoverageHistory.Entry] = []
    for (index, level) in [0, 3, 2].enumerated() {
      entries.append(
        CoverageHistory.Entry(
          commit: String(repeating: "\(index)", count: 40),
          day: "2026-01-0\(index + 1)",
          state: CoverageHistory.State(
            level: level,
            isOnStandin: index == 1,
            version: "1.0.0+<b>",
            verdicts: ["P1/install": index == 1 ? .provenOnStandin : .refuted]
          )
        )
      )
    }
    entries.append(
      CoverageHistory.Entry(commit: "f00", day: "2026-02-01", state: nil, problem: "<script>")
    )
    let history = CoverageHistory(recipe: "plausible", entries: entries, beginning: "cut & gone")
    let page = try HTMLReport(coverage, record, history: history).rendered()
    #expect(page.contains("level 3 (stand-in)") && page.contains("cut &amp; gone"))
    #expect(page.contains("&lt;script&gt;") && page.ranges(of: "<script").count == 1)
    #expect(!page.contains("<b>\""))
    #expect(page.contains("<td>2026-01-02 1111111111</td><td>2026-01-03 2222222222</td><td>2</td>"))
    _ = try XMLDocument(
      parsing: Array(HistoryChart(entries: entries).svg.utf8)
    )
  }
}
