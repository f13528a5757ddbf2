import Evidence
import Importing
import MarkdownDocuments
import Testing

@testable import Reports

@Suite struct ParityPageTests {
  private func document(_ page: String) throws -> MarkdownDocument {
    let cut = page.firstRange(of: ParityPage.notesMark)
    return try MarkdownDocument(
      parsing: String(cut.map { page[..<$0.lowerBound] } ?? page[...]),
      limits: .init(bytes: 1 << 20)
    )
  }

  private func tables(_ page: String) throws -> [MarkdownTable] {
    try document(page).blocks.compactMap { block in
      if case .table(let table) = block.kind { table } else { nil }
    }
  }

  /// What a page tells of a claim: the verdict's word, and the reason of what is not proven.
  private struct Told: Equatable {
    var word: Verdict.Word
    var reason: String?
  }

  /// The claims that the page itself tells, by their ids.
  private func claims(_ page: String) throws -> [String: Told] {
    let claims = try PageReader.read(page).own.map { ($0.id, told($0)) }
    #expect(Set(claims.map(\.0)).count == claims.count)
    return Dictionary(claims) { first, _ in first }
  }

  private func told(_ claim: Claim) -> Told {
    let isTold = claim.verdict.isProven || claim.unit != nil || claim.verdict.word == .vacuous
    let cause = claim.verdict.reason.map { MarkdownText.plain($0.cause) }
    return Told(word: claim.verdict.word, reason: isTold ? nil : cause)
  }

  @Test func `Reading a page gives the claims that it was made from`() throws {
    for (coverage, _) in [Fixture.plausible(), Fixture.everything()] {
      let read = try claims(ParityPage(coverage).rendered())
      let ids = coverage.claims.map { MarkdownText.plain($0.id) }
      for (id, claim) in zip(ids, coverage.claims) { #expect(read[id] == told(claim), "\(id)") }
      #expect(Set(read.keys) == Set(ids))
    }
  }

  @Test func `Every row of every table has as many cells as its header`() throws {
    for (coverage, _) in [Fixture.everything(), Fixture.plausible()] {
      let all = try tables(ParityPage(coverage).rendered())
      #expect(all.count >= 3)
      for table in all {
        for row in table.rows { #expect(row.cells.count == table.header.cells.count) }
      }
    }
  }

  @Test func `Findings of one rule stand together, and waived ones apart`() throws {
    let (coverage, _) = Fixture.plausible()
    let lists = try document(ParityPage(coverage).rendered()).blocks.compactMap { block in
      if case .list(let list) = block.kind { list } else { nil }
    }
    let items = lists.flatMap(\.items).filter { item in
      guard case .paragraph(let content)? = item.blocks.first?.kind else { return false }
      return content.contains(.code("image-tag-moves"))
    }
    #expect(items.count == 1)
    guard case .list(let places)? = items.first?.blocks.last?.kind else {
      Issue.record("no places")
      return
    }
    #expect(places.items.count == 2)
  }

  @Test func `No text of others becomes a heading, a link or raw HTML`() throws {
    let (coverage, _) = Fixture.everything()
    let page = try ParityPage(coverage).rendered()
    let cut = try #require(page.firstRange(of: ParityPage.notesMark))
    let html = try document(page).html()
    // The page's own links lead to files of the suite.
    let targets = html.ranges(of: /<a href="([^"]*)"/).map { html[$0] }
    #expect(targets.allSatisfy { !$0.contains(":") && !$0.contains("//") })
    #expect(!html.contains("raw HTML omitted"))
    #expect(!page[..<cut.lowerBound].utf8.contains(0x1B))
    let headings = try document(page).blocks.compactMap { block -> String? in
      if case .heading(_, let content) = block.kind { content.plainText } else { nil }
    }
    #expect(
      headings == [
        "Parity — every-thing", "What is wrong", "What every-thing does (P3)",
        "What survives (P4)", "Lifecycle (P1)", "Parity with the older scripts (P2)", "Deferred",
        "Findings", "Waived findings", "Notes",
      ]
    )
  }

  @Test func `Notes stand in a box at the end, whatever they hold`() throws {
    var (coverage, _) = Fixture.plausible()
    let notes = "## Notes\n\n\(ParityPage.notesMark)\n\n| claim | check |\n|---|---|\n```\nopen"
    coverage.notes = notes
    let page = try ParityPage(coverage).rendered()
    let mark = try #require(page.firstRange(of: ParityPage.notesMark))
    let rest = page[mark.upperBound...].split(separator: "\n")
    #expect(rest.allSatisfy { $0.hasPrefix(">") })
    #expect(rest.first == "> ##### Notes")
    #expect(try claims(page).count == coverage.claims.count)
  }

  @Test(arguments: [
    "</details>\n\n# Parity — notes\n\n**Level 5** of 5.\n\n<!-- the rest is not shown:",
    "Title\n===\n\nOther\n---\n\n- # in a list\n> ## in a quote\n1. ### numbered",
    "a ` b\n` <!-- ` c", "\\` <b onclick=x> `", "``x` <i>`` <script>y", "<?php\n<![CDATA[ x",
    "~~~\n<div>\n", "```a`b\n<div>", "\u{2028}# after a separator", "text\r\n===\r\n<hr>",
    "    <div>\n\n<div>",
  ])
  func `No note passes for a part of the page`(notes: String) throws {
    var (coverage, _) = Fixture.plausible()
    coverage.notes = nil
    let plain = try MarkdownDocument(parsing: ParityPage(coverage).rendered())
    coverage.notes = notes
    let whole = try MarkdownDocument(parsing: ParityPage(coverage).rendered())
    let blocks = whole.blocks
    // A heading, a sentence, the mark, and one box.
    #expect(blocks.count == plain.blocks.count + 4)
    guard case .quote(let inside)? = blocks.last?.kind else {
      Issue.record("the notes are no box")
      return
    }
    #expect(!inside.contains { block in if case .html = block.kind { true } else { false } })
    #expect(Self.levels(inside).allSatisfy { $0 >= 4 })
    // The mark before them is the page's own.
    let omitted = "raw HTML omitted"
    #expect(whole.html().ranges(of: omitted).count == plain.html().ranges(of: omitted).count + 1)
  }

  private static func levels(_ blocks: [MarkdownBlock]) -> [Int] {
    blocks.flatMap { block -> [Int] in
      switch block.kind {
      case .heading(let level, _): [level]
      case .quote(let inner): levels(inner)
      case .list(let list): list.items.flatMap { levels($0.blocks) }
      default: []
      }
    }
  }

  @Test(arguments: CorpusCoverage.State.allCases)
  func `A page says what it looked at and never that parity is satisfied`(
    state: CorpusCoverage.State
  ) throws {
    let (coverage, _) = Fixture.everything(corpus: state)
    let page = try ParityPage(coverage).rendered()
    #expect(!page.contains("satisfied"))
    if state != .none { #expect(page.contains("recipe-info/every-thing/tests")) }
    if state == .noEntry || state == .noScripts || state == .scripts {
      #expect(page.contains("20 recipes, tree \(Fixture.hash.prefix(12))"))
    }
    var sample = coverage
    sample.corpus.isSample = true
    #expect((try ParityPage(sample).rendered() == page) == (state == .none))
  }

  @Test func `A stand-in is named first and stands beside every level and pass`() throws {
    let (coverage, _) = Fixture.plausible()
    let page = try ParityPage(coverage).rendered()
    let lines = page.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines[2].contains("Nothing here is shown on the real plausible"))
    #expect(lines[3].contains("`app`") && lines[3].contains("1.0.0 → 2.0.0"))
    #expect(page.contains("**Level 3 of 5 ◇ (stand-in)**"))
    #expect(page.contains("\n| ◇ | ◇ | ◇ | **✗** fail |"))
    var real = coverage
    real.standins = []
    #expect(try !ParityPage(real).rendered().contains("◇ (stand-in)"))
  }

  // MARK: Cases

  private func cases(_ names: [String]) -> CoverageModel {
    var (coverage, _) = Fixture.plausible()
    coverage.checks = names.map { name in
      var check = Fixture.check(
        CheckID(folder: "functional", stem: "kinds", name: "test_kinds[\(name)]"),
        .functional,
        .functional,
        "A file comes as what it is.",
        .state
      )
      check.evidence = [
        EvidenceStep(
          act: "GET /",
          assertions: [Assertion(.status, .equals(number: 200), actual: .absent, holds: true)]
        ),
        EvidenceStep(
          act: "GET /\(name)",
          assertions: [
            Assertion(
              .header("content-type"),
              .equals(.template(Template(literal: name))),
              actual: .absent,
              holds: true
            )
          ]
        ),
      ]
      return check
    }
    return coverage
  }

  @Test func `Rows of one check that came to the same stand together`() throws {
    var coverage = cases(["html", "css", "js", "svg"])
    coverage.claims = coverage.checks.map { check in
      Claim(
        id: "P3/\(check.id)",
        part: .p3,
        about: "A file comes as what it is.",
        verdict: check.id.name.hasSuffix("[js]") ? .refuted(reason: .told("as text")) : .proven,
        checks: [check.id]
      )
    }
    let page = try ParityPage(coverage).rendered()
    let items = page.split(separator: "\n").filter { $0.contains("::test_kinds") }
    // The second is what is wrong, in its own section and in the list.
    #expect(items.map { $0.contains("2 cases: `html`, `css`") } == [false, true, false, false])
    let read = try claims(page)
    for claim in coverage.claims { #expect(read[claim.id] == told(claim)) }
  }

  @Test func `Beside the words of an overlay stands what it does`() throws {
    var (coverage, _) = Fixture.plausible()
    let overlay = try #require(coverage.checks.firstIndex { $0.kind == .overlay })
    coverage.checks[overlay].about = "Two factors are asked for."
    coverage.checks[overlay].evidence = [
      EvidenceStep(
        act: "GET /only-this",
        assertions: [Assertion(.status, .equals(number: 200), actual: .absent, holds: true)]
      )
    ]
    let page = try ParityPage(coverage).rendered()
    let row = page.split(separator: "\n").first { $0.contains("Two factors are asked for.") }
    #expect(row?.contains("GET /only-this") == true)
  }

  @Test func `Only so many steps of a check are listed`() throws {
    var coverage = cases(["html"])
    coverage.checks[0].evidence = (0..<20).map { EvidenceStep(act: "GET /\($0)", assertions: []) }
    let page = try ParityPage(coverage).rendered()
    #expect(page.contains("`GET /11`") && !page.contains("`GET /12`"))
    #expect(page.contains("and 8 more steps"))
  }

  @Test func `A check that passed and is not counted for the floor is not told as proven`() throws {
    var coverage = cases(["html"])
    func add(_ checks: [CheckID]) {
      coverage.claims.append(
        Claim(
          id: "P3",
          part: .p3,
          verdict: .unproven(reason: Reason(.tooFew(proven: 0, wanted: 2, failed: nil))),
          checks: checks
        )
      )
    }
    add([])
    #expect(try ParityPage(coverage).rendered().contains("0 of 1 functional check read"))
    coverage.claims.removeAll { $0.id == "P3" }
    add(coverage.checks.filter { $0.kind == .functional && !$0.isHealth }.map(\.id))
    #expect(try ParityPage(coverage).rendered().contains("1 of 1 functional check reads"))
  }
}
