import Evidence

/// A check on the page; rows of `cases` that came to the same stand together.
struct PageCheck: TemplateFields {
  /// The first of them.
  private let check: CheckCoverage
  /// Empty where it is no row, or stands alone.
  private let rows: [CheckCoverage]

  init(check: CheckCoverage) {
    self.check = check
    rows = []
  }

  private init(rows: [CheckCoverage]) {
    check = rows[0]
    self.rows = rows.count > 1 ? rows : []
  }

  /// One for each check, and one for rows that differ in nothing but what they expect.
  static func folded(_ checks: [CheckCoverage]) -> [PageCheck] {
    var groups: [[CheckCoverage]] = []
    for check in checks {
      if let last = groups.last?.last, isAlike(last, check) {
        groups[groups.count - 1].append(check)
      } else {
        groups.append([check])
      }
    }
    return groups.map(PageCheck.init(rows:))
  }

  private static func isAlike(_ a: CheckCoverage, _ b: CheckCoverage) -> Bool {
    a.id.row != nil && b.id.row != nil && a.id.withoutRow == b.id.withoutRow
      && a.about == b.about && a.outcome == b.outcome && a.strength == b.strength
      && a.control?.shown == b.control?.shown
  }

  static let table = TemplateTable<PageCheck>(
    .markup("id", "its id as code, for a table") { Markdown.code($0.id) },
    .markup("idInText", "its id as code, outside tables") { Markdown.code($0.id, inTable: false) },
    .text("stage", "the stage that it belongs to") { $0.check.stage.rawValue },
    .text("kind", "generic, overlay, functional or integrity") { $0.check.kind.shown },
    .text("about", "what it verifies") { $0.check.about },
    .text("outcome", "the outcome's word, with its reason") {
      $0.check.outcome.word.shown + ($0.check.outcome.reason.map { ": \($0.cause)" } ?? "")
    },
    .text("strength", "how much its evidence carries; a dash where it did not pass") {
      $0.check.outcome.isPassed ? $0.check.strength.shown : "—"
    },
    .flag("passed", "whether it passed: nothing was shown where it did not") {
      $0.check.outcome.isPassed
    },
    .text("meaning", "what that strength means") { $0.check.strength.meaning },
    .optionalText("control", "what its control showed") { $0.check.control?.shown },
    .optionalText("place", "where it is written") { $0.check.place?.description },
    .list("expects", "what it does and what must be there; of several rows what they share") {
      $0.commonSteps.map(PageStep.init)
    },
    .flag("hasRows", "whether rows of `cases` stand together") { !$0.rows.isEmpty },
    .number("rowCount", "how many") { $0.rows.count },
    .list("rows", "what only this row does and expects") { page in
      page.rows.map { PageRow(check: $0, common: page.commonSteps) }
    }
  )

  private var id: String { (rows.isEmpty ? check.id : check.id.withoutRow).description }

  private var commonSteps: [EvidenceStep] {
    check.evidence.filter { step in rows.allSatisfy { $0.evidence.contains(step) } }
  }
}

/// What a check does, and what must be there then.
struct PageStep: TemplateFields {
  let step: EvidenceStep

  static let table = TemplateTable<PageStep>(
    .markup("act", "what is done, as code") {
      Markdown.code(ReportText.cut($0.step.act, 160), inTable: false)
    },
    .optionalText("expected", "what must be there") {
      $0.step.expectations.isEmpty ? nil : $0.step.expectations
    }
  )
}

/// One row of `cases` among others that came to the same.
struct PageRow: TemplateFields {
  let check: CheckCoverage
  let common: [EvidenceStep]

  static let table = TemplateTable<PageRow>(
    .markup("name", "the row's name, as code") {
      Markdown.code($0.check.id.row ?? "", inTable: false)
    },
    .list("expects", "what only this row does and expects") { row in
      row.check.evidence.filter { !row.common.contains($0) }.map(PageStep.init)
    }
  )
}
