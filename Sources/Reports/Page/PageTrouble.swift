import Evidence

/// Claims or checks that are not proven, and that have one verdict and one cause.
///
/// Every claim that is neither proven nor about a unit of the corpus is in one of these, by its id.
struct PageTrouble: TemplateFields {
  private var word: HTMLMark
  /// Ids of claims or checks; empty where it is about neither.
  private var ids: [String]
  /// What is not so; nil where several are told at once.
  private var statement: String?
  private var until: String?
  private var cause: String
  private var check: CheckCoverage?
  private var recipe: String

  static let table = TemplateTable<PageTrouble>(
    .text("sign", "one sign") { $0.word.sign },
    .text("word", "the verdict's or outcome's word") { $0.word.word },
    .optionalMarkup("ids", "ids of claims or checks, as code") { trouble in
      let codes = trouble.ids.map { Markdown.code($0, inTable: false) }
      return codes.isEmpty ? nil : codes.joined(separator: ", ")
    },
    .optionalText("statement", "what it says, where it is one claim") { $0.statement },
    .optionalText("until", "of what is deferred: a date, or a trigger in words") { $0.until },
    .text("cause", "why, in one line") { $0.cause },
    .list("details", "what more is known, one line each") { trouble in
      trouble.details.map { PageLine(markup: Markdown.text(ReportText.cut($0, 300))) }
    },
    .optionalMarkup("place", "where the suite expects it, as a link") { $0.place },
    .optionalMarkup("again", "the command that runs just this, as code") { trouble in
      guard let check = trouble.check, check.kind == .functional else { return nil }
      let words = ["parity", "run", trouble.recipe, "--check", "\(check.id)"]
      return Markdown.code(ReportText.shell(words), inTable: false)
    }
  )

  private var details: [String] {
    guard let reason = check?.outcome.reason else { return [] }
    return Array(reason.details.filter { !cause.hasSuffix($0) }.prefix(6))
  }

  private var place: String? {
    let violated = check?.outcome.reason?.violated.first?.place
    return (violated ?? check?.place).map { Markdown.link(to: $0) }
  }

  // MARK: Grouping

  /// Refuted claims, those that a broken check leaves open, and red checks that no claim rests on.
  static func wrong(_ coverage: CoverageModel) -> [PageTrouble] {
    let (wrong, _) = claims(coverage)
    let told = Set(wrong.flatMap(\.checks))
    let checks = coverage.checks.filter { $0.outcome.word.isRed && !told.contains($0.id) }
    return grouped(wrong, coverage)
      + checks.map { check in
        PageTrouble(
          word: check.outcome.word.mark,
          ids: ["\(check.id)"],
          statement: check.about.isEmpty ? nil : check.about,
          cause: check.outcome.reason?.cause ?? check.outcome.word.shown,
          check: check,
          recipe: coverage.recipe
        )
      }
  }

  /// Everything else that is not proven, and what the driver, the suite or the selection leaves out.
  static func notShown(_ coverage: CoverageModel) -> [PageTrouble] {
    func told(_ mark: HTMLMark, _ what: String, _ why: String, until: String? = nil) -> PageTrouble
    {
      PageTrouble(
        word: mark,
        ids: [],
        statement: what,
        until: until,
        cause: why,
        recipe: coverage.recipe
      )
    }
    var rows = grouped(claims(coverage).other, coverage)
    // Of the others the claims tell.
    for rung in coverage.rungs where rung.level == 5 && rung.state != .pass {
      rows.append(told(rung.state.mark, rung.name, rung.reason?.cause ?? ""))
    }
    if coverage.driver == "local" {
      rows.append(
        told(
          RungCoverage.State.unver.mark,
          "that the recipe's images and its compose file deploy",
          "driver local runs programs of this machine"
        )
      )
    }
    for deferral in coverage.deferrals {
      rows.append(told(Verdict.Word.deferred.mark, deferral.what, "see below"))
    }
    return rows + skipped(coverage)
  }

  /// Checks that were left out, by reason.
  private static func skipped(_ coverage: CoverageModel) -> [PageTrouble] {
    var rows: [PageTrouble] = []
    for check in coverage.checks where check.outcome.word == .skipped {
      let cause = ReportText.cut(check.outcome.reason?.cause ?? "", 200)
      if let row = rows.firstIndex(where: { $0.cause == cause }) {
        rows[row].ids.append("\(check.id)")
      } else {
        rows.append(
          PageTrouble(
            word: check.outcome.word.mark,
            ids: ["\(check.id)"],
            cause: cause,
            recipe: coverage.recipe
          )
        )
      }
    }
    return rows
  }

  private static func claims(_ coverage: CoverageModel) -> (wrong: [Claim], other: [Claim]) {
    let broken = Set(coverage.checks.filter { $0.outcome.word == .broken }.map(\.id))
    // That there is nothing to prove is told with what was looked at.
    let open = coverage.claims.filter { claim in
      !claim.verdict.isProven && claim.unit == nil
        && !(claim.id == "P2" && claim.verdict.word == .vacuous)
    }
    func isWrong(_ claim: Claim) -> Bool {
      claim.verdict.word == .refuted
        || claim.verdict.word == .unproven && !broken.isDisjoint(with: claim.checks)
    }
    return (open.filter(isWrong), open.filter { !isWrong($0) })
  }

  private static func grouped(_ claims: [Claim], _ coverage: CoverageModel) -> [PageTrouble] {
    let red = Dictionary(
      coverage.checks.filter(\.outcome.word.isRed).map { ($0.id, $0) }
    ) { first, _ in first }
    var rows: [PageTrouble] = []
    for claim in claims {
      let (mark, cause) = (claim.verdict.word.mark, claim.verdict.reason?.cause ?? "")
      let until = claim.verdict.until
      if let row = rows.firstIndex(where: {
        $0.word.word == mark.word && $0.cause == cause && $0.until == until
      }) {
        rows[row].ids.append(claim.id)
        rows[row].statement = nil
      } else {
        rows.append(
          PageTrouble(
            word: mark,
            ids: [claim.id],
            statement: coverage.statement(of: claim),
            until: until,
            cause: cause,
            check: claim.checks.lazy.compactMap { red[$0] }.first,
            recipe: coverage.recipe
          )
        )
      }
    }
    return rows
  }
}

/// One line that is already Markdown.
struct PageLine: TemplateFields {
  let markup: String

  static let table = TemplateTable<PageLine>(.markup("line", "the line") { $0.markup })
}
