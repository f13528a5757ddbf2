import Evidence
import MarkdownDocuments
import Reports
import SeededGenerators
import Testing

@testable import Importing

/// `import(render(model)).claims == model.claims`, as far as a page tells claims: in words.
@Suite struct OwnPageTests {
  private static let texts = [
    "plain", "a | b", "`code`", "**proven**", "x\ny", "<b>", "’quoted“", "\u{A0}end ",
    "deferred until *x*: y",
    "a_b_c", "[link](x)", "- item", "ends with \\", "ü 🦊", "# heading", "", "a: b", "…", "!",
  ]

  private func model(_ seed: Int) -> CoverageModel {
    var random = SeededGenerator(seed: UInt64(seed))
    func text() -> String { random.pick(Self.texts) }
    func verdict() -> Verdict {
      let reason = Reason.told("because \(text()) of \(text())")
      return switch random.pick(Verdict.Word.allCases) {
      case .proven: .proven
      case .provenOnStandin: .provenOnStandin(reason: reason)
      case .refuted: .refuted(reason: reason)
      case .unproven: .unproven(reason: reason)
      case .vacuous: .vacuous(reason: reason)
      case .declared: .declared(reason: reason)
      case .deferred: .deferred(reason: reason, until: "then \(text())x")
      case .notApplicable: .notApplicable(reason: reason)
      }
    }
    var claims: [Claim] = []
    var checks: [CheckCoverage] = []
    var stores: [StoreCoverage] = []
    func add(_ id: String, _ part: ClaimPart, _ verdict: Verdict, _ checks: [CheckID] = []) {
      let about = "about \(text())"
      claims.append(Claim(id: id, part: part, about: about, verdict: verdict, checks: checks))
    }
    for number in 0..<random.below(5) {
      add("P1/c\(number) \(text())x", .p1, verdict())
      add("P2/tests/\(number).py", .p2, verdict())
      let id = CheckID(folder: "functional", stem: "s\(number)", name: "test_x \(text())x")
      add("P3/\(id)", .p3, verdict(), [id])
      checks.append(
        CheckCoverage(
          id: id,
          kind: .functional,
          stage: .functional,
          about: text(),
          place: random.below(2) == 0
            ? nil : SourcePlace(file: "a b/\(text())", line: 1, column: 1),
          outcome: .passed,
          strength: .state,
          isHealth: false,
          control: nil,
          evidence: [],
          ports: []
        )
      )
      let parts = (verdict(), verdict(), verdict(), verdict())
      stores.append(
        StoreCoverage(
          name: "c\(number) \(text())x",
          kind: .volume,
          marker: nil,
          counts: [],
          mechanism: nil,
          upgrade: parts.0,
          dropped: parts.1,
          restored: parts.2,
          recovered: parts.3,
          result: parts.3
        )
      )
      let name = "P4/\(stores[number].name)"
      for (part, verdict) in [
        ("upgrade", parts.0), ("dropped", parts.1), ("restored", parts.2), ("recovered", parts.3),
      ] { add("\(name)/\(part)", .p4, verdict) }
    }
    if random.below(2) == 0 { add("P2", .p2, verdict()) }
    if random.below(2) == 0 { add("P3", .p3, verdict()) }
    let source = ImportedSource(file: "x", format: .junit, sha256: "0")
    var coverage = ImportedCoverage.make(
      RunRecord(
        unrun: RunHeader(
          id: "r",
          toolVersion: "1",
          startedAt: "2026-01-01T00:00:00Z",
          host: "",
          plan: ImportedRun.plan(recipe: "demo", version: nil, source)
        ),
        because: .told("x")
      ),
      source
    )
    coverage.claims = claims
    coverage.checks = checks
    coverage.stores = stores
    coverage.notes =
      "\(text())\n\n| claim | check | what's verified | status and reason |\n|--|--|--|--|\n"
    return coverage
  }

  /// As a page can tell it: what each claim says and rests on is told with what shows it.
  private func plain(_ claim: Claim) -> Claim {
    var claim = claim
    claim.about = ""
    claim.checks = []
    claim.id = MarkdownText.plain(claim.id)
    let isTold = claim.verdict.isProven || claim.id == "P2" && claim.verdict.word == .vacuous
    claim.verdict = Verdict(
      claim.verdict.word,
      told: isTold ? "" : MarkdownText.plain(claim.verdict.reason?.cause ?? ""),
      until: MarkdownText.plain(claim.verdict.until ?? "")
    )
    return claim
  }

  @Test(arguments: Seeds.upTo(200)) func `Reading a page gives the claims that it was made from`(
    seed: Int
  ) throws {
    let coverage = model(seed)
    let page = try PageReader.read(ParityPage(coverage).rendered())
    func key(_ claims: [Claim]) -> [Claim] {
      claims.sorted { $0.id.utf8.lexicographicallyPrecedes($1.id.utf8) }
    }
    let read = page.own.map { claim in
      var claim = claim
      (claim.about, claim.checks) = ("", [])
      return claim
    }
    #expect(key(read) == key(coverage.claims.map(plain)))
  }
}
