import Evidence
import Formats

/// What the templates of `PARITY.md` may ask for.
struct PageFields: TemplateFields {
  private let coverage: CoverageModel

  init(_ coverage: CoverageModel) { self.coverage = coverage }

  static let table = TemplateTable<PageFields>(
    .text("recipe", "the recipe's name") { $0.coverage.recipe },
    .text("shownOn", "what it was shown on, in a sentence") { $0.coverage.shownOn },
    .text("level", "0 to 5, with its stand-in word") { $0.coverage.shownLevel },
    .text("levelName", "what the level stands for") { $0.coverage.levelName },
    .text("summary", "how many claims have which verdict") { $0.coverage.verdictSummary },
    .markup("runCommand", "the command that makes the evidence anew, as code") {
      Markdown.code("parity run \($0.coverage.recipe)", inTable: false)
    },
    .markup("reportCommand", "the command that writes the page anew, as code") {
      Markdown.code("parity report \($0.coverage.recipe)", inTable: false)
    },
    .list("rungs", "L1 to L5") { page in
      page.coverage.rungs.map {
        PageRung(rung: $0, isOnStandin: page.coverage.isOnStandin)
      }
    },
    .text("corpus", "what was looked at and found, in sentences") {
      $0.coverage.corpus.sentences(for: $0.coverage.recipe)
    },
    .list("units", "claims about units of the corpus") { page in page.units },
    .flag("hasUnits", "whether there are any") { $0.claims(.p2).contains(where: \.isUnit) },
    .list("p2", "other claims of P2") { page in page.claims(.p2).filter { !$0.isUnit } },
    .flag("hasP2", "whether there are any") { !$0.claims(.p2).allSatisfy(\.isUnit) },
    .markup("gateAsked", "what readiness asks, as code") {
      Markdown.code($0.coverage.gate.asked, inTable: false)
    },
    .text("gateAccepts", "what readiness accepts") { $0.coverage.gate.accepts },
    .number("gateWithin", "the limit in seconds") { $0.coverage.gate.within },
    .list("p1", "claims of P1") { $0.claims(.p1) },
    .flag("hasP1", "whether there are any") { !$0.claims(.p1).isEmpty },
    .list("lifecycle", "generic and overlay checks, by stage") { $0.lifecycle },
    .flag("hasLifecycle", "whether there are any") { !$0.lifecycle.isEmpty },
    .text("p3Summary", "how many functional checks reached which strength") { $0.depth },
    .list("p3", "claims of P3") { $0.claims(.p3) },
    .flag("hasP3", "whether there are any") { !$0.claims(.p3).isEmpty },
    .list("functional", "functional checks that count") { $0.functional(isHealth: false) },
    .flag("hasFunctional", "whether there are any") { !$0.functional(isHealth: false).isEmpty },
    .list("health", "checks that only look at whether the app is well") {
      $0.functional(isHealth: true)
    },
    .flag("hasHealth", "whether there are any") { !$0.functional(isHealth: true).isEmpty },
    .text("p4Summary", "how many stores are covered, and which are not") { $0.storesCovered },
    .list("stores", "one row per store") { $0.coverage.stores.map(PageStore.init) },
    .flag("hasStores", "whether there are any") { !$0.coverage.stores.isEmpty },
    .list("p4", "claims of P4") { $0.claims(.p4) },
    .flag("hasP4", "whether there are any") { !$0.claims(.p4).isEmpty },
    .list("skips", "what is skipped, deferred or not applicable") { PageSkip.all($0.coverage) },
    .flag("hasSkips", "whether there are any") { !PageSkip.all($0.coverage).isEmpty },
    .list("findings", "what the rules say, one row per rule; waived ones are apart") {
      PageFinding.grouped($0.coverage.findings.filter { !$0.isWaived })
    },
    .flag("hasFindings", "whether there are any") {
      !$0.coverage.findings.allSatisfy(\.isWaived)
    },
    .list("waived", "findings that the suite waives, one row per rule, reason and end") {
      PageFinding.grouped($0.coverage.findings.filter(\.isWaived))
    },
    .flag("hasWaived", "whether there are any") {
      $0.coverage.findings.contains(where: \.isWaived)
    },
    .flag("hasNotes", "whether the suite has prose of its own") { $0.coverage.notes != nil },
    .markup("notesMark", "the line that notes follow") { _ in ParityPage.notesMark },
    .markup("notes", "the suite's own Markdown, verbatim") {
      TerminalText.stripped($0.coverage.notes ?? "")
    }
  )

  private func claims(_ part: ClaimPart) -> [PageClaim] {
    PageClaim.folded(coverage.claims.filter { $0.part == part })
  }

  private var units: [PageClaim] {
    let units = coverage.corpus.unitsByID
    return coverage.claims.filter { $0.part == .p2 }.map { claim in
      PageClaim(claim, unit: units[String(claim.id.dropFirst(3))])
    }.filter(\.isUnit)
  }

  private var lifecycle: [PageCheck] {
    coverage.checks.filter { $0.kind != .functional }.map { PageCheck(check: $0) }
  }

  private func functional(isHealth: Bool) -> [PageCheck] {
    PageCheck.folded(
      coverage.checks.filter { $0.kind == .functional && $0.isHealth == isHealth }
    )
  }

  private var depth: String {
    let counted = coverage.checks.filter { $0.kind == .functional && !$0.isHealth }
    // The rows of a check are one check: ten of them are no more depth than one.
    let checks = Set(counted.map(\.id.withoutRow))
    let short = counted.filter { !$0.outcome.isPassed || $0.strength < .state }
    // What passed is not yet proven: its control may have passed too, or another check do the same.
    let floor = coverage.claims.first { $0.id == "P3" }
    let proven = floor.map { Set($0.checks.map(\.withoutRow)) } ?? checks
    let reached = checks.intersection(proven).subtracting(short.map(\.id.withoutRow)).count
    let cases = checks.count == counted.count ? "" : ", \(counted.count) with their cases,"
    let health = coverage.checks.count { $0.kind == .functional && $0.isHealth }
    let standin = coverage.isOnStandin && reached > 0 ? ", on a stand-in," : ""
    return
      "\(reached) of \(Words.count(checks.count, "functional check"))\(cases) proven\(standin) with "
      + "strength state or more. "
      + "\(Words.count(health, "health check")) \(health == 1 ? "does" : "do") not count."
  }

  private var storesCovered: String {
    let all = coverage.stores
    guard !all.isEmpty else { return "The recipe's files name no place where it keeps data." }
    let covered = all.filter { $0.result.isProven }.count
    let without = all.filter { $0.marker == nil }.map(\.name)
    let standin = coverage.isOnStandin && covered > 0 ? " (stand-in)" : ""
    let missing =
      without.isEmpty
      ? "every store has a marker"
      : "without a marker: \(without.joined(separator: ", "))"
    return
      "\(covered) of \(Words.count(all.count, "store")) proven to survive\(standin); \(missing)."
  }
}

/// A row of *claim | check | what's verified | status and reason*.
///
/// Of the rows of one check the first is named in full and each other by its own name in brackets:
/// `functional/kinds::test_kinds[html]`, `[css]`.
struct PageClaim: TemplateFields {
  private let claim: Claim
  /// Claims of the same check's other rows, of which everything else is the same.
  private let others: [Claim]
  private let unit: UnitCoverage?
  /// Whether it is about one unit of the corpus.
  let isUnit: Bool

  init(_ claim: Claim, others: [Claim] = [], unit: UnitCoverage? = nil) {
    self.claim = claim
    self.others = others
    self.unit = unit
    isUnit = claim.part == .p2 && claim.id.hasPrefix("P2/")
  }

  /// One row for claims about rows of one check that follow each other and came to the same.
  static func folded(_ claims: [Claim]) -> [PageClaim] {
    var rows: [[Claim]] = []
    for claim in claims {
      if let first = rows.last?.first, first.isOfSameCheck(as: claim) {
        rows[rows.count - 1].append(claim)
      } else {
        rows.append([claim])
      }
    }
    return rows.map { PageClaim($0[0], others: Array($0.dropFirst())) }
  }

  private var ids: String {
    if isUnit { return Markdown.code(String(claim.id.dropFirst(3))) }
    let rows = others.compactMap { $0.checks.first?.rowInBrackets }
    return ([claim.id] + rows).map { Markdown.code($0) }.joined(separator: ", ")
  }

  static let table = TemplateTable<PageClaim>(
    .markup("id", "its id as code; for a unit the unit's; of rows of one check all of them") {
      $0.ids
    },
    .markup("checks", "the checks that it rests on, as code; for a unit with what they are to it") {
      $0.checks
    },
    .text("statement", "what is verified") { $0.claim.statement },
    .markup("status", "the verdict's word, with its reason") { status($0.claim.verdict) }
  )

  private var checks: String {
    var before: CheckID?
    let ids = (claim.checks + others.flatMap(\.checks)).map { id in
      defer { before = id }
      if let before, let row = id.rowInBrackets, before.withoutRow == id.withoutRow {
        return Markdown.code(row)
      }
      return Markdown.code(id.description)
    }.joined(separator: ", ")
    guard let unit else { return ids.isEmpty ? "—" : ids }
    let strength = unit.strength.map { " (\($0.shown))" } ?? ""
    return unit.disposition.shown + (ids.isEmpty ? "" : ": \(ids)\(strength)")
  }

  /// `**word**`, `**word**: reason`, `**deferred** until *when*: reason`.
  static func status(_ verdict: Verdict) -> String {
    let word = "**\(verdict.word.shown)**"
    let until = verdict.until.map { " until *\(Markdown.text($0))*" } ?? ""
    return word + until + (verdict.reason.map { ": \(Markdown.text($0))" } ?? "")
  }
}

extension Claim {
  /// Whether both are about one row each of the same check, and say the same of it.
  fileprivate func isOfSameCheck(as other: Claim) -> Bool {
    guard checks.count == 1, other.checks.count == 1, checks[0].rowInBrackets != nil,
      other.checks[0].rowInBrackets != nil
    else { return false }
    return checks[0].withoutRow == other.checks[0].withoutRow && part == other.part
      && statement == other.statement && verdict == other.verdict
      && id == "\(part.rawValue)/\(checks[0])" && other.id == "\(part.rawValue)/\(other.checks[0])"
  }
}

extension CheckID {
  /// `[css]` of `functional/kinds::test_kinds[css]`; nil where it is no row.
  fileprivate var rowInBrackets: String? { row.map { "[\($0)]" } }
}

struct PageRung: TemplateFields {
  let rung: RungCoverage
  let isOnStandin: Bool

  static let table = TemplateTable<PageRung>(
    .number("level", "1 to 5") { $0.rung.level },
    .text("name", "the rung's name") { $0.rung.name },
    .text("state", "pass, fail, unverified, skip; a pass with its stand-in word") {
      $0.rung.state.shown + ($0.rung.state == .pass && $0.isOnStandin ? " (stand-in)" : "")
    },
    .optionalText("reason", "why, where it is no pass") { $0.rung.reason }
  )
}

struct PageLine: TemplateFields {
  let text: String

  static let table = TemplateTable<PageLine>(.text("text", "the line") { $0.text })
}

struct PageEvidence: TemplateFields {
  let line: EvidenceLine

  static let table = TemplateTable<PageEvidence>(
    .markup("act", "what was done, as code") { Markdown.code($0.line.act, inTable: false) },
    .list("asserted", "what was asserted") { $0.line.asserted.map(PageLine.init) },
    .list("violated", "what did not hold") { $0.line.violated.map(PageLine.init) }
  )
}

struct PageStore: TemplateFields {
  let store: StoreCoverage

  static let table = TemplateTable<PageStore>(
    .markup("name", "the store, as code") { Markdown.code($0.store.name) },
    .text("kind", "PostgreSQL, ClickHouse or volume") { $0.store.kind.shown },
    .text("marker", "what is planted and counted") {
      let counts =
        $0.store.counts.isEmpty ? "" : "; counted: \($0.store.counts.joined(separator: ", "))"
      return ($0.store.marker ?? "none") + counts
    },
    .markup("upgrade", "after the upgrade") { PageClaim.status($0.store.upgrade) },
    .markup("dropped", "gone before the restore") { PageClaim.status($0.store.dropped) },
    .markup("restored", "after the restore") { PageClaim.status($0.store.restored) },
    .text("mechanism", "how it is backed up") { $0.store.mechanism ?? "none" },
    .markup("result", "all of it together") { PageClaim.status($0.store.result) }
  )
}

/// A row of *what | reason | until*.
struct PageSkip: TemplateFields {
  let what: String
  let reason: String
  let until: String?

  static let table = TemplateTable<PageSkip>(
    .markup("what", "what is not done; ids as code") { $0.what },
    .text("reason", "why") { $0.reason },
    .optionalText("until", "a date, or a trigger in words") { $0.until }
  )

  /// What the suite defers, then skipped checks, then claims that are deferred or do not apply.
  static func all(_ coverage: CoverageModel) -> [PageSkip] {
    var rows = coverage.deferrals.map {
      PageSkip(what: Markdown.text($0.what), reason: $0.why, until: $0.until)
    }
    for check in coverage.checks {
      guard case .skipped(let reason) = check.outcome else { continue }
      rows.append(PageSkip(what: Markdown.code("\(check.id)"), reason: reason, until: nil))
    }
    for claim in coverage.claims {
      switch claim.verdict {
      case .deferred(let reason, let until):
        rows.append(PageSkip(what: Markdown.code(claim.id), reason: reason, until: until))
      case .notApplicable(let reason):
        rows.append(PageSkip(what: Markdown.code(claim.id), reason: reason, until: nil))
      case .proven, .provenOnStandin, .refuted, .unproven, .vacuous: continue
      }
    }
    return rows
  }
}

/// What one rule says, at all of its places: equal advice stands once.
struct PageFinding: TemplateFields {
  /// All of one rule, severity and waiver; not empty.
  let findings: [Finding]
  private var first: Finding { findings[0] }

  static let table = TemplateTable<PageFinding>(
    .text("severity", "error, warning or note") { $0.first.severity.shown },
    .markup("rule", "the rule's id, as code") { Markdown.code($0.first.rule) },
    .markup("messages", "what is found, one line each") {
      $0.lines { Markdown.text($0.message) }
    },
    .markup("places", "where, as code, one line each") {
      $0.lines { $0.place.map { Markdown.code($0.description) } ?? "—" }
    },
    .text("advice", "what to do") { $0.first.advice },
    .optionalText("waived", "why it does not count") { $0.first.waived },
    .optionalText("until", "when its waiver ends") { $0.first.waivedUntil }
  )

  private func lines(_ line: (Finding) -> String) -> String {
    let lines = findings.map(line)
    return lines.allSatisfy { $0 == "—" } ? "—" : lines.joined(separator: "<br>")
  }

  static func grouped(_ findings: [Finding]) -> [PageFinding] {
    var groups: [[Finding]] = []
    for finding in findings {
      let group = groups.firstIndex { group in
        group[0].rule == finding.rule && group[0].severity == finding.severity
          && group[0].advice == finding.advice && group[0].waived == finding.waived
          && group[0].waivedUntil == finding.waivedUntil
      }
      if let group { groups[group].append(finding) } else { groups.append([finding]) }
    }
    return groups.map(PageFinding.init)
  }
}
