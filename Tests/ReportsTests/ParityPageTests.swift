import Evidence
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

  /// The claims that the page itself tells.
  private func claims(_ page: String) throws -> [Claim] {
    let columns = ["check", "what's verified", "status and reason"]
    return try tables(page).flatMap { table -> [Claim] in
      let header = table.header.cells.map(\.plainText)
      guard let first = header.first, Array(header.dropFirst()) == columns else { return [] }
      return try table.rows.flatMap { row in
        let ids =
          first == "original" ? ["P2/\(row.cells[0].plainText)"] : names(row.cells[0].content)
        let checks = names(row.cells[1].content).compactMap { CheckID($0) }
        return try ids.enumerated().map { index, id in
          Claim(
            id: id,
            part: try #require(ClaimPart(rawValue: String(id.prefix(2)))),
            about: row.cells[2].plainText,
            verdict: try verdict(row.cells[3].content),
            checks: ids.count == 1 ? checks : [checks[index]]
          )
        }
      }
    }
  }

  /// What stands as code in a cell; `[css]` is another row of what stands before it.
  private func names(_ content: [MarkdownInline]) -> [String] {
    var names: [String] = []
    for case .code(let text) in content {
      if text.hasPrefix("["), let before = names.last {
        names.append(String(before.prefix { $0 != "[" }) + text)
      } else {
        names.append(text)
      }
    }
    return names
  }

  private func verdict(_ content: [MarkdownInline]) throws -> Verdict {
    guard case .strong(let strong) = content.first else { throw Unreadable() }
    let word = try #require(Verdict.Word.allCases.first { $0.shown == strong.plainText })
    var rest = content.dropFirst()
    var until = ""
    if word == .deferred {
      guard case .emphasis(let trigger) = rest.dropFirst().first else { throw Unreadable() }
      until = trigger.plainText
      rest = rest.dropFirst(2)
    }
    let reason = Reason.told(String(rest.plainText.dropFirst(2)))
    return switch word {
    case .proven: .proven
    case .provenOnStandin: .provenOnStandin(reason: reason)
    case .refuted: .refuted(reason: reason)
    case .unproven: .unproven(reason: reason)
    case .vacuous: .vacuous(reason: reason)
    case .deferred: .deferred(reason: reason, until: until)
    case .notApplicable: .notApplicable(reason: reason)
    }
  }

  private struct Unreadable: Error {}

  /// A claim as a page can tell it: in plain words.
  private func plain(_ claim: Claim, of coverage: CoverageModel) -> Claim {
    var claim = claim
    claim.about = MarkdownText.plain(coverage.statement(of: claim))
    let reason = Reason.told(MarkdownText.plain(claim.verdict.reason?.cause ?? ""))
    claim.verdict =
      switch claim.verdict {
      case .proven: .proven
      case .provenOnStandin: .provenOnStandin(reason: reason)
      case .refuted: .refuted(reason: reason)
      case .unproven: .unproven(reason: reason)
      case .vacuous: .vacuous(reason: reason)
      case .deferred(_, let until): .deferred(reason: reason, until: MarkdownText.plain(until))
      case .notApplicable: .notApplicable(reason: reason)
      }
    return claim
  }

  @Test func `Reading a page gives the claims that it was made from`() throws {
    let (coverage, _) = Fixture.plausible()
    let read = try claims(ParityPage(coverage).rendered())
    #expect(Set(read) == Set(coverage.claims.map { plain($0, of: coverage) }))
    #expect(read.count == coverage.claims.count)
  }

  @Test func `Hostile texts do not change which claims a page tells`() throws {
    let (coverage, _) = Fixture.everything()
    let read = try claims(ParityPage(coverage).rendered())
    let wanted = coverage.claims.map { plain($0, of: coverage) }
    #expect(read.count == wanted.count)
    for claim in wanted {
      let twin = read.first { $0.id == claim.id }
      #expect(twin == claim)
    }
  }

  @Test func `Every row of every table has as many cells as its header`() throws {
    for (coverage, _) in [Fixture.everything(), Fixture.plausible()] {
      let all = try tables(ParityPage(coverage).rendered())
      #expect(all.count >= 7)
      for table in all {
        for row in table.rows { #expect(row.cells.count == table.header.cells.count) }
      }
    }
  }

  @Test func `Findings of one rule share a row, and waived ones have a table of their own`() throws
  {
    let (coverage, _) = Fixture.plausible()
    let page = try ParityPage(coverage).rendered()
    let rows = page.split(separator: "\n").filter { $0.contains("`image-tag-moves`") }
    #expect(rows.count == 1)
    #expect(rows[0].contains("major version only<br>events"))
    #expect(rows[0].contains("`compose.yml:40:12`<br>`compose.yml:62:12`"))
    let waived = try #require(page.split(separator: "\n").first { $0.contains("`lint-not-run`") })
    #expect(waived.hasSuffix("| this project has no abra | there is a server with abra |"))
  }

  @Test func `No text of others becomes a heading, a link or raw HTML`() throws {
    let (coverage, _) = Fixture.everything()
    let page = try ParityPage(coverage).rendered()
    let cut = try #require(page.firstRange(of: ParityPage.notesMark))
    let html = try document(page).html()
    #expect(!html.contains("<a "))
    #expect(!html.contains("raw HTML omitted"))
    #expect(!page[..<cut.lowerBound].utf8.contains(0x1B))
    let headings = try document(page).blocks.compactMap { block -> String? in
      if case .heading(_, let content) = block.kind { content.plainText } else { nil }
    }
    #expect(
      headings == [
        "Parity — every-thing", "P2 — Parity port", "P1 — Lifecycle",
        "P3 — Recipe-specific functional tests", "Health checks", "P4 — Backup data-integrity",
        "Skips and deferrals", "Findings", "Notes",
      ]
    )
  }

  @Test func `Notes stand verbatim at the end, whatever they hold`() throws {
    var (coverage, _) = Fixture.plausible()
    let notes = "## Notes\n\n\(ParityPage.notesMark)\n\n| claim | check |\n|---|---|\n```\nopen"
    coverage.notes = notes
    let page = try ParityPage(coverage).rendered()
    let mark = try #require(page.firstRange(of: ParityPage.notesMark))
    #expect(page[mark.upperBound...] == "\n\n\(notes)\n")
    #expect(try claims(page).count == coverage.claims.count)
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
    let line = page.split(separator: "\n", omittingEmptySubsequences: false)[2]
    #expect(line.contains("a stand-in for the app: parity's plausible stand-in 1.0.0 → 2.0.0"))
    #expect(line.contains("it says nothing about the real plausible"))
    #expect(page.contains("**Level 3 (stand-in)**"))
    #expect(page.contains("| L1 install | pass (stand-in) |"))
    var real = coverage
    real.standins = []
    #expect(try ParityPage(real).rendered().contains("shown on the app itself"))
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
    let page = try ParityPage(cases(["html", "css"])).rendered()
    #expect(
      page.contains(
        """
        - `functional/kinds::test_kinds` — A file comes as what it is.
          - passed; strength *state*: a fresh value was sent and read back another way
          - `GET /` → status: 200
          - 2 cases:
            - `html` `GET /html` → header content-type: "html"
            - `css` `GET /css` → header content-type: "css"

        """
      )
    )
    #expect(page.contains("1 of 1 functional check, 2 with their cases, proven"))
  }

  @Test func `Claims about rows that came to the same share a line, and can be read again`() throws
  {
    var coverage = cases(["html", "css", "js", "svg"])
    coverage.claims = coverage.checks.filter { $0.id.name.hasPrefix("test_kinds") }.map { check in
      Claim(
        id: "P3/\(check.id)",
        part: .p3,
        about: "A file comes as what it is.",
        verdict: check.id.name.hasSuffix("[js]") ? .refuted(reason: .told("as text")) : .proven,
        checks: [check.id]
      )
    }
    let page = try ParityPage(coverage).rendered()
    #expect(
      page.contains(
        "| `P3/functional/kinds::test_kinds[html]`, `[css]` | "
          + "`functional/kinds::test_kinds[html]`, `[css]` | A file comes as what it is. | "
      )
    )
    #expect(page.contains("| `P3/functional/kinds::test_kinds[js]` | "))
    #expect(page.contains("| `P3/functional/kinds::test_kinds[svg]` | "))
    #expect(try claims(page) == coverage.claims)
  }

  @Test func `A row that came to something else stands alone`() throws {
    var coverage = cases(["html", "css", "js", "svg"])
    coverage.checks[2].outcome = .failed(reason: .told("it came as text/plain"))
    let page = try ParityPage(coverage).rendered()
    #expect(page.contains("- `functional/kinds::test_kinds` — "))
    #expect(page.contains("- `functional/kinds::test_kinds[js]` — "))
    #expect(page.contains("- `functional/kinds::test_kinds[svg]` — "))
    #expect(page.contains("  - failed: it came as text/plain\n"))
    #expect(page.contains("0 of 1 functional check, 4 with their cases, proven"))
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
    #expect(try ParityPage(coverage).rendered().contains("0 of 1 functional check proven"))
    coverage.claims.removeAll { $0.id == "P3" }
    add(coverage.checks.filter { $0.kind == .functional && !$0.isHealth }.map(\.id))
    #expect(try ParityPage(coverage).rendered().contains("1 of 1 functional check proven"))
  }
}
