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

  /// One for each check, and one for rows that differ in nothing but what would make them fail.
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
      $0.check.outcome.word.shown + ($0.check.outcome.reason.map { ": \($0)" } ?? "")
    },
    .text("strength", "how much its evidence carries") { $0.check.strength.shown },
    .text("meaning", "what that strength means") { $0.check.strength.meaning },
    .optionalText("control", "what its control showed") { $0.check.control?.shown },
    .optionalText("place", "where it is written") { $0.check.place?.description },
    .list("fails", "what would make it fail; of several rows what they have in common") {
      $0.commonFails.map(PageLine.init)
    },
    .flag("hasRows", "whether rows of `cases` stand together") { !$0.rows.isEmpty },
    .number("rowCount", "how many") { $0.rows.count },
    .list("rows", "what would make only this row fail") { page in
      page.rows.map { PageRow(check: $0, common: page.commonFails) }
    },
    .list("evidence", "what it asserted, step by step") {
      $0.check.evidence.map(PageEvidence.init)
    }
  )

  private var id: String { (rows.isEmpty ? check.id : check.id.withoutRow).description }

  private var commonFails: [String] {
    check.failsWhen.filter { line in rows.allSatisfy { $0.failsWhen.contains(line) } }
  }
}

/// One row of `cases` among others that came to the same.
struct PageRow: TemplateFields {
  let check: CheckCoverage
  let common: [String]

  static let table = TemplateTable<PageRow>(
    .markup("name", "the row's name, as code") {
      Markdown.code($0.check.id.row ?? "", inTable: false)
    },
    .optionalText("fails", "what would make only this one fail") { row in
      let own = row.check.failsWhen.filter { !row.common.contains($0) }
      return own.isEmpty ? nil : own.joined(separator: ", or ")
    }
  )
}
