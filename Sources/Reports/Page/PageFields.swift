import Evidence
import Formats

/// What the templates of `PARITY.md` may ask for.
struct PageFields: TemplateFields {
  private let coverage: CoverageModel

  init(_ coverage: CoverageModel) { self.coverage = coverage }

  static let table = TemplateTable<PageFields>(
    .text("recipe", "the recipe's name") { $0.coverage.recipe },
    .optionalText("about", "what the app is, in the suite's words") { $0.coverage.about },
    .list("standins", "programs that stand for the app; none where the app itself ran") {
      $0.coverage.standins.map(PageStandin.init)
    },
    .text("level", "0 to 5") { "\($0.coverage.level)" },
    .optionalText("levelMark", "a sign and a word behind the level where a stand-in reached it") {
      $0.coverage.isOnStandin ? "◇ (stand-in)" : nil
    },
    .optionalText("levelRemark", "rungs that the level skips, and what ends it") {
      $0.coverage.rungRemark
    },
    .markup("versions", "base and target, as code") { page in
      let target = Markdown.code(page.coverage.target.version, inTable: false)
      guard let base = page.coverage.base else { return "version \(target)" }
      return "upgrade \(Markdown.code(base.version, inTable: false)) → \(target)"
    },
    .optionalText("origin", "where the recipe was fetched from, with its commit") {
      $0.coverage.origin?.shown
    },
    .optionalText(
      "dependencies",
      "recipes that were deployed beside it, with what their gates said"
    ) {
      $0.coverage.shownDependencies
    },
    .optionalText("imported", "what file all of it is imported from; nil for a run") {
      $0.coverage.imported?.shown
    },
    .markup("driver", "the driver's name, as code") {
      Markdown.code($0.coverage.driver, inTable: false)
    },
    .text("summary", "how many claims have which verdict") { page in
      page.coverage.verdictSummary.replacing(", ", with: " · ")
    },
    .list("rungs", "L1 to L5") { page in
      page.coverage.rungs.map { PageRung(rung: $0, isOnStandin: page.coverage.isOnStandin) }
    },
    .list("wrong", "what is refuted or broken, one row per cause") {
      PageTrouble.wrong($0.coverage)
    },
    .list("missing", "what a reader might believe and nothing shows, one row per reason") {
      PageTrouble.notShown($0.coverage)
    },
    .optionalMarkup("floor", "the verdict of P3 as a sign, with its word where it is not proven") {
      page in
      page.claim("P3").map { Markdown.sign($0.verdict) }
    },
    .text("p3Summary", "how many functional checks read back what they did") { $0.depth },
    .list("functional", "functional checks that count") { $0.functional(isHealth: false) },
    .list("health", "checks that only look at whether the app is well") {
      $0.functional(isHealth: true)
    },
    .text("p4Summary", "how many stores are covered, and which are not") { $0.storesCovered },
    .list("stores", "one row per store") { $0.coverage.stores.map(PageStore.init) },
    .list("storeFacts", "how stores are backed up, what is counted, what is left out") { page in
      page.coverage.stores.flatMap(PageLine.facts)
    },
    .markup("gateAsked", "what readiness asks, as code") {
      Markdown.code($0.coverage.gate.asked, inTable: false)
    },
    .text("gateAccepts", "what readiness accepts") { $0.coverage.gate.accepted },
    .text("gateWithin", "the limit") { Words.limit($0.coverage.gate.within * 1_000) },
    .optionalText("gateWhy", "why this is asked, in the suite's words") { $0.coverage.gate.why },
    .optionalText("access", "how the app was reached, in sentences, where that is to be told") {
      $0.coverage.access?.sentence
    },
    .list("stages", "one row per claim of P1, with the suite's own checks of that stage") {
      PageStage.all($0.coverage)
    },
    .optionalText("ownChecks", "what the tool's own checks found well, in a sentence") {
      PageStage.ownChecks($0.coverage)
    },
    .optionalMarkup(
      "corpusMark",
      "the verdict of P2 as a sign, with its word where it is not proven"
    ) {
      $0.claim("P2").map { Markdown.sign($0.verdict) + ($0.verdict.isProven ? "" : ":") }
    },
    .text("corpus", "what was looked at and found, in sentences") { $0.coverage.corpus.sentences },
    .list("units", "claims about units of the corpus") { PageUnit.all($0.coverage) },
    .list("deferrals", "what the suite does not do yet") {
      $0.coverage.deferrals.map(PageDeferral.init)
    },
    .list("findings", "what the rules say, one row per rule; waived ones are apart") {
      PageFinding.grouped($0.coverage.findings.filter { !$0.isWaived })
    },
    .list("waived", "findings that the suite waives, one row per rule, reason and end") {
      PageFinding.grouped($0.coverage.findings.filter(\.isWaived))
    },
    .markup("runCommand", "the command that makes the evidence anew, as code") {
      Markdown.code("parity run \($0.coverage.recipe)", inTable: false)
    },
    .flag("hasNotes", "whether the suite has prose of its own") { $0.coverage.notes != nil },
    .markup("notesMark", "the line that notes follow") { _ in ParityPage.notesMark },
    .markup("notes", "the suite's own Markdown, in a box of its own") {
      PageNotes.boxed($0.coverage.notes ?? "")
    }
  )

  private func claim(_ id: String) -> Claim? { coverage.claims.first { $0.id == id } }

  private func functional(isHealth: Bool) -> [PageCheck] {
    PageCheck.folded(coverage) { $0.kind == .functional && $0.isHealth == isHealth }
  }

  private var depth: String {
    let counted = coverage.checks.filter { $0.kind == .functional && !$0.isHealth }
    // The rows of a check are one check: ten of them are no more depth than one.
    let checks = Set(counted.map(\.id.withoutRow))
    let short = counted.filter { !$0.outcome.isPassed || $0.strength < .state }
    // What passed is not yet proven: its control may have passed too, or another check do the same.
    let proven = claim("P3").map { Set($0.checks.map(\.withoutRow)) } ?? checks
    let reached = checks.intersection(proven).subtracting(short.map(\.id.withoutRow))
    let cases = checks.count == counted.count ? "" : " (\(counted.count) with their cases)"
    let standin = coverage.isOnStandin && !reached.isEmpty ? " on a stand-in" : ""
    let asked = coverage.policy.functionalChecks
    let told = counted.filter { reached.contains($0.id.withoutRow) }
    let isHeld = told.allSatisfy { $0.control?.kind == .decoy && $0.control?.result == .failed }
    return
      "\(reached.count) of \(Words.count(checks.count, "functional check"))\(cases) "
      + "\(reached.count == 1 ? "reads its" : "read their") own data back\(standin); "
      + "\(asked) \(asked == 1 ? "is" : "are") asked for."
      + (isHeld && !told.isEmpty
        ? " Each was run again with a value that was never sent, and failed." : "")
  }

  private var storesCovered: String {
    let all = coverage.stores
    guard !all.isEmpty else { return "The recipe's files name no place where it keeps data." }
    let covered = all.filter { $0.result.isProven }.count
    let without = all.filter { $0.marker == nil && $0.holdsNothing == nil }.map(\.name)
    let standin = coverage.isOnStandin && covered > 0 ? " (stand-in)" : ""
    let missing =
      without.isEmpty
      ? "every store has a marker"
      : "without a marker: \(without.joined(separator: ", "))"
    return
      "\(covered) of \(Words.count(all.count, "store")) proven to survive\(standin); \(missing)."
  }
}

struct PageStandin: TemplateFields {
  let standin: Standin

  static let table = TemplateTable<PageStandin>(
    .markup("service", "the service, as code") {
      Markdown.code($0.standin.service, inTable: false)
    },
    .text("what", "what the program is") { $0.standin.what },
    .optionalText("versions", "its versions") {
      $0.standin.versions.isEmpty ? nil : $0.standin.versions.joined(separator: " → ")
    }
  )
}

struct PageRung: TemplateFields {
  let rung: RungCoverage
  let isOnStandin: Bool

  static let table = TemplateTable<PageRung>(
    .number("level", "1 to 5") { $0.rung.level },
    .text("name", "the rung's name") { $0.rung.name },
    .markup("state", "a sign, with its word where it is not a pass") { page in
      let state = page.rung.state
      if state == .pass { return page.isOnStandin ? "◇" : state.sign }
      return "**\(state.sign)** \(state.shown)"
    },
    .optionalText("reason", "why, where it is not a pass") { $0.rung.reason?.cause }
  )
}

struct PageDeferral: TemplateFields {
  let deferral: Deferral

  static let table = TemplateTable<PageDeferral>(
    .text("what", "what is not done yet") { $0.deferral.what },
    .text("why", "why") { $0.deferral.why },
    .text("until", "a date, or a trigger in words") { $0.deferral.until }
  )
}
