import Evidence

/// A functional check on the page, with what it does as steps; rows of `cases` that came to the same
/// stand together.
struct PageCheck: TemplateFields {
  /// The first of them.
  private let check: CheckCoverage
  /// Empty where it is no row, or stands alone.
  private let rows: [CheckCoverage]
  /// Nil for a check that no claim is about.
  private let verdict: Verdict?
  /// Stages after which what it had sent before was found again.
  private let foundAfter: [Stage]
  private let isOnStandin: Bool

  /// One for each check, and one for rows that differ in nothing but what they send and expect.
  static func folded(
    _ coverage: CoverageModel,
    where isIncluded: (CheckCoverage) -> Bool
  ) -> [PageCheck] {
    let verdicts = Dictionary(
      coverage.claims.filter { $0.part == .p3 }.map { ($0.id, $0.verdict) }
    ) { first, _ in first }
    func verdict(_ check: CheckCoverage) -> Verdict? { verdicts["P3/\(check.id)"] }
    let passed = Set(coverage.checks.filter(\.outcome.isPassed).map(\.id))
    var groups: [[CheckCoverage]] = []
    for check in coverage.checks where isIncluded(check) {
      if let last = groups.last?.last, isAlike(last, check), verdict(last) == verdict(check) {
        groups[groups.count - 1].append(check)
      } else {
        groups.append([check])
      }
    }
    return groups.map { group in
      PageCheck(
        check: group[0],
        rows: group.count > 1 ? group : [],
        verdict: verdict(group[0]),
        foundAfter: [.upgrade, .restore, .recover].filter { stage in
          group.allSatisfy { passed.contains(.carried($0.id, in: stage)) }
        },
        isOnStandin: coverage.isOnStandin
      )
    }
  }

  private static func isAlike(_ a: CheckCoverage, _ b: CheckCoverage) -> Bool {
    a.id.row != nil && b.id.row != nil && a.id.withoutRow == b.id.withoutRow
      && a.about == b.about && a.outcome == b.outcome && a.strength == b.strength
      && a.control?.shown == b.control?.shown
  }

  static let table = TemplateTable<PageCheck>(
    .markup("mark", "its verdict as a sign, with its word where it is not proven") { page in
      if let verdict = page.verdict { return Markdown.sign(verdict) }
      let word = page.check.outcome.word
      if word == .passed { return page.isOnStandin ? Verdict.Word.provenOnStandin.sign : word.sign }
      return "\(word.sign) \(word.shown)"
    },
    .text("about", "what it verifies") { page in
      page.check.about.isEmpty ? "\(page.check.id.name) passes." : page.check.about
    },
    .markup("link", "its file as a link, and its name as code") { page in
      let id = page.rows.isEmpty ? page.check.id : page.check.id.withoutRow
      let stem = "\(id)".split(separator: "::", maxSplits: 1).first.map(String.init) ?? "\(id)"
      let name = Markdown.code("\("\(id)".dropFirst(stem.count))", inTable: false)
      guard let place = page.check.place else { return Markdown.code("\(id)", inTable: false) }
      return Markdown.link(Markdown.code(stem, inTable: false), to: place.file) + " " + name
    },
    .optionalMarkup("cases", "of several rows their names, as code") { page in
      page.rows.isEmpty
        ? nil
        : page.rows.map { Markdown.code($0.id.row ?? "", inTable: false) }.joined(separator: ", ")
    },
    .number("caseCount", "how many rows") { $0.rows.count },
    .list("remarks", "what is to be known of its evidence, one line each") { page in
      page.remarks.map { PageLine(markup: Markdown.text($0)) }
    },
    .list("steps", "what it does and what must be there; of several rows the first one's") { page in
      page.check.evidence.prefix(page.limit).enumerated().map(PageStep.init)
    },
    .number("more", "how many steps are not listed") {
      max(0, $0.check.evidence.count - $0.limit)
    },
    .flag("isCut", "whether some are not") { $0.check.evidence.count > $0.limit }
  )

  /// Steps that are listed.
  private var limit: Int { 12 }

  private var remarks: [String] {
    var lines: [String] = []
    if check.outcome.isPassed, check.strength < .state, !check.isHealth {
      lines.append("Strength \(check.strength.shown): \(check.strength.meaning).")
    }
    if check.outcome.isPassed, let control = check.control, control.result != .failed {
      lines.append("Control: \(control.shown).")
    }
    if !foundAfter.isEmpty {
      let stages = foundAfter.map(\.rawValue).joined(separator: ", ")
      lines.append("Sent before, too, and found again after: \(stages).")
    }
    return lines
  }
}

/// What a check does, and what must be there then.
struct PageStep: TemplateFields {
  let index: Int
  let step: EvidenceStep

  static let table = TemplateTable<PageStep>(
    .number("number", "from 1") { $0.index + 1 },
    .markup("act", "what is done, as code") {
      Markdown.code(ReportText.cut($0.step.act, 100), inTable: false)
        + ($0.step.shared.map { " (" + Markdown.code($0, inTable: false) + ")" } ?? "")
    },
    .optionalText("expected", "what must be there") {
      $0.step.expectations.isEmpty ? nil : ReportText.cut($0.step.expectations, 300)
    },
    .optionalText("again", "for how long it is done again until it is so") {
      $0.step.within.map { Words.limit($0) }
    },
    .optionalText("never", "for how long it must not be so") {
      $0.step.never.map { Words.limit($0) }
    }
  )
}
