import Evidence
import MarkdownDocuments

/// What `html/begin` and `html/end` may ask for.
struct HTMLFields: TemplateFields {
  private let index: CheckIndex
  private let record: RunRecord
  private let history: CoverageHistory?
  private let look: HTMLLook
  private let neighbours: HTMLReport.Neighbours
  private var coverage: CoverageModel { index.coverage }

  init(
    _ index: CheckIndex,
    _ record: RunRecord,
    history: CoverageHistory?,
    look: HTMLLook,
    _ neighbours: HTMLReport.Neighbours
  ) {
    self.index = index
    self.record = record
    self.history = history
    self.look = look
    self.neighbours = neighbours
  }

  static let table = TemplateTable<HTMLFields>(
    .markup("style", "the style sheet") { $0.look.style },
    .markup("script", "search, filters, keys and copying") { $0.look.script },
    .markup("scriptHash", "SHA-256 of the script, in base64") { $0.look.scriptHash },
    .optionalText("up", "the index over all recipes, where there is one") { $0.neighbours.index },
    .text("recipe", "the recipe's name") { $0.coverage.recipe },
    .list("history", "what the committed coverage said; none or one") { fields in
      fields.history.map { [HTMLHistory(history: $0)] } ?? []
    },
    .object("level", "the level") { HTMLLevel(coverage: $0.coverage) },
    .text("shownOn", "what it was shown on, in a sentence") { $0.coverage.shownOn },
    .optionalText("access", "how the app was reached, in sentences, where that is to be told") {
      $0.coverage.access?.sentence
    },
    .flag("isOnStandin", "whether a stand-in showed it") { $0.coverage.isOnStandin },
    .optionalText("base", "the version that it came from") { $0.coverage.base?.version },
    .text("target", "the version that it is about") { $0.coverage.target.version },
    .text("driver", "what put it up") { $0.coverage.driver },
    .text("started", "when the run began") { $0.record.header.startedAt },
    .text("duration", "how long the run took") { Words.duration($0.record.microseconds) },
    .optionalText("end", "how the run ended, where it did not finish") {
      $0.record.end == .finished ? nil : $0.record.end.shown
    },
    .list("counts", "claims by verdict") { HTMLCount.claims($0.coverage) },
    .list("problems", "what is red or open, the worst first") {
      HTMLProblem.all($0.index, $0.record)
    },
    .list("rungs", "L1 to L5") { fields in
      fields.coverage.rungs.map {
        HTMLRung(rung: $0, isOnStandin: fields.coverage.isOnStandin)
      }
    },
    .list("logs", "what services, hooks and commands printed, a file each") { fields in
      fields.neighbours.logs.map {
        NamedText(name: $0, value: fields.neighbours.logFolder + $0)
      }
    },
    .list("stages", "the run's time line") { fields in
      fields.record.stages.map {
        HTMLStage(
          stage: $0,
          whole: fields.record.microseconds,
          isOnStandin: fields.coverage.isOnStandin
        )
      }
    },
    .text("gateAsked", "what readiness asks") { $0.coverage.gate.asked },
    .text("gateAccepts", "what readiness accepts") { $0.coverage.gate.accepted },
    .number("gateWithin", "the limit in seconds") { $0.coverage.gate.within },
    .text("corpus", "what was looked at and found, in sentences") {
      $0.coverage.corpus.sentences
    },
    .list("parts", "P1 to P4 with their claims") { fields in
      ClaimPart.allCases.map { HTMLPart(part: $0, index: fields.index) }
    },
    .list("stores", "one row per store") { $0.coverage.stores.map(HTMLStore.init) },
    .list("deferrals", "what the suite puts off") { $0.coverage.deferrals.map(HTMLDeferral.init) },
    .list("findings", "what the rules say; waived ones are apart") {
      $0.coverage.findings.filter { !$0.isWaived }.map(HTMLFinding.init)
    },
    .list("waived", "findings that the suite waives") {
      $0.coverage.findings.filter(\.isWaived).map(HTMLFinding.init)
    },
    .number("checkCount", "how many checks there are") { $0.coverage.checks.count },
    .optionalMarkup("notes", "the suite's own prose") { fields in
      fields.coverage.notes.map { HTMLNotes.html($0) }
    },
    .list("facts", "versions and hashes") { $0.facts }
  )

  private var facts: [NamedText] {
    let corpus = coverage.corpus
    var all: [(String, String?)] = [
      ("parity", record.header.toolVersion), ("run", record.header.id),
      ("host", record.header.host), ("suite tree", coverage.suiteTree),
      ("recipe fetched from", coverage.origin?.shown), ("target tree", coverage.target.tree),
      ("dependencies", coverage.shownDependencies),
      ("base tree", coverage.base?.tree),
      ("corpus commit", corpus.commit), ("corpus tree", corpus.tree ?? "not readable"),
    ]
    all += record.circumstances.map { ($0.name, $0.value) }
    all += record.flaky.map { ("flaky", "\($0.name): \($0.shown)") }
    if record.unreadableLines > 0 {
      all.append(("events not readable", "\(record.unreadableLines)"))
    }
    return all.compactMap { name, value in value.map { NamedText(name: name, value: $0) } }
  }
}

struct HTMLLevel: TemplateFields {
  let coverage: CoverageModel

  static let table = TemplateTable<HTMLLevel>(
    .number("number", "0 to 5") { $0.coverage.level },
    .text("name", "what it stands for") { $0.coverage.levelName },
    .text("tone", "a class of the style") {
      $0.coverage.isOnStandin
        ? "standin" : $0.coverage.level == 0 || !$0.coverage.skippedRungs.isEmpty ? "quiet" : "good"
    },
    .flag("isOnStandin", "whether a stand-in showed it") { $0.coverage.isOnStandin }
  )
}

struct HTMLRung: TemplateFields {
  let rung: RungCoverage
  let isOnStandin: Bool

  static let table = TemplateTable<HTMLRung>(
    .number("level", "1 to 5") { $0.rung.level },
    .text("name", "the rung's name") { $0.rung.name },
    .object("mark", "its state") { HTMLMark($0.rung.state, isOnStandin: $0.isOnStandin) },
    .optionalText("reason", "why, where it is no pass") { $0.rung.reason?.cause }
  )
}

/// One thing that somebody should look at.
struct HTMLProblem: TemplateFields {
  let mark: HTMLMark
  let subject: String
  let reason: String
  let link: String?
  let lines: [TextLine]

  static let table = TemplateTable<HTMLProblem>(
    .object("mark", "what it is") { $0.mark },
    .text("subject", "the check, stage or claim") { $0.subject },
    .text("reason", "what is wrong") { $0.reason },
    .optionalText("link", "the place on the page") { $0.link },
    .list("lines", "what was expected and what was there") { $0.lines }
  )

  /// At most so many: the rest stands in its own place further down.
  private static let maximum = 50

  static func all(_ index: CheckIndex, _ record: RunRecord) -> [HTMLProblem] {
    var red: [HTMLProblem] = []
    var told: Set<CheckID> = []
    var stages: Set<Stage> = []
    var open: [HTMLProblem] = []
    for (place, check) in index.coverage.checks.enumerated() {
      let outcome = index.outcome(at: place)
      guard outcome.word.isRed else { continue }
      stages.insert(check.stage)
      if red.count >= maximum { continue }
      told.insert(check.id)
      red.append(
        HTMLProblem(
          mark: HTMLMark(outcome.word, isOnStandin: false),
          subject: "\(check.id)",
          reason: outcome.reason?.cause ?? "",
          link: check.id.link,
          lines: index.furtherDetails(at: place).prefix(5).map(TextLine.init)
        )
      )
    }
    // A stage that fails through its checks, and a claim that rests on them, add nothing.
    for stage in record.stages {
      let word = stage.outcome.word
      guard word.isRed, !stages.contains(stage.stage) else { continue }
      red.append(
        HTMLProblem(
          mark: HTMLMark(word, isOnStandin: false),
          subject: "stage \(stage.stage.rawValue)",
          reason: stage.outcome.reason?.cause ?? "",
          link: "#stage-\(stage.stage.rawValue)",
          lines: (stage.outcome.reason?.furtherDetails ?? []).prefix(5).map(TextLine.init)
        )
      )
    }
    for claim in index.coverage.claims {
      let word = claim.verdict.word
      guard word == .refuted || word == .unproven else { continue }
      if claim.checks.contains(where: told.contains) { continue }
      let problem = HTMLProblem(
        mark: HTMLMark(word),
        subject: "\(claim.id) — \(index.coverage.statement(of: claim))",
        reason: claim.verdict.reason?.cause ?? "",
        link: "#\(claim.part.rawValue)",
        lines: []
      )
      if word == .refuted { red.append(problem) } else { open.append(problem) }
    }
    return Array((red + open).prefix(maximum))
  }
}

struct HTMLPart: TemplateFields {
  let part: ClaimPart
  let index: CheckIndex

  static let table = TemplateTable<HTMLPart>(
    .text("id", "P1 to P4") { $0.part.rawValue },
    .text("title", "what it is about") { $0.part.title },
    .flag("isLifecycle", "whether it is P1") { $0.part == .p1 },
    .flag("isCorpus", "whether it is P2") { $0.part == .p2 },
    .flag("isIntegrity", "whether it is P4") { $0.part == .p4 },
    .list("claims", "its claims") { part in
      let units = part.part == .p2 ? part.index.coverage.corpus.unitsByID : [:]
      return part.index.coverage.claims.filter { $0.part == part.part }.map { claim in
        let unit = claim.unit.flatMap { units[$0] }
        return HTMLClaim(claim: claim, unit: unit, index: part.index)
      }
    }
  )
}

struct HTMLClaim: TemplateFields {
  let claim: Claim
  /// Where it is about a unit of the corpus.
  let unit: UnitCoverage?
  let index: CheckIndex

  static let table = TemplateTable<HTMLClaim>(
    .text("id", "the claim's id") { $0.claim.id },
    .text("statement", "what is claimed") { $0.index.coverage.statement(of: $0.claim) },
    .object("verdict", "what the evidence says") { HTMLVerdict(verdict: $0.claim.verdict) },
    .optionalText("disposition", "what became of a unit of the corpus") {
      $0.unit?.disposition.shown
    },
    .list("details", "what a unit of the corpus looks at, and what of it is not shown") {
      ($0.unit?.details ?? []).map { title, lines in
        NamedText(name: title, value: lines.map(ReportText.line).joined(separator: "\n"))
      }
    },
    .list("checks", "what it rests on") { claim in
      var before: CheckID?
      return claim.claim.checks.map { id in
        defer { before = id }
        let isRow = id.row != nil && before?.withoutRow == id.withoutRow
        return HTMLCheckLink(id: id, isRow: isRow, place: claim.index.place(of: id))
      }
    },
    .text("rest", "what stands in the place of checks") {
      $0.claim.id == "P2" && $0.index.coverage.corpus.units?.isEmpty == false
        ? "every unit below" : "no check"
    }
  )
}

struct HTMLCheckLink: TemplateFields {
  let id: CheckID
  /// Whether the check before is another row of the same.
  let isRow: Bool
  let place: Int?

  static let table = TemplateTable<HTMLCheckLink>(
    .text("id", "the check's id; `[row]` where the check before is another row of it") { link in
      link.isRow ? link.id.row.map { "[\($0)]" } ?? link.id.description : link.id.description
    },
    .flag("isRow", "whether the check before is another row of the same") { $0.isRow },
    .optionalText("link", "its place on the page") { $0.place == nil ? nil : $0.id.link }
  )
}

struct HTMLStore: TemplateFields {
  let store: StoreCoverage

  static let table = TemplateTable<HTMLStore>(
    .text("name", "the store") { $0.store.name },
    .text("kind", "PostgreSQL, MariaDB or MySQL, ClickHouse, volume …") { $0.store.kind.shown },
    .optionalText("marker", "what is planted") { $0.store.marker },
    .optionalText("counts", "what is counted") {
      $0.store.counts.isEmpty ? nil : $0.store.counts.joined(separator: ", ")
    },
    .optionalText("mechanism", "how it is backed up") { $0.store.mechanism },
    .object("upgrade", "after the upgrade") { HTMLVerdict(verdict: $0.store.upgrade) },
    .object("dropped", "gone before the restore") { HTMLVerdict(verdict: $0.store.dropped) },
    .object("restored", "after the restore") { HTMLVerdict(verdict: $0.store.restored) },
    .object("recovered", "from the backup alone, on empty stores") {
      HTMLVerdict(verdict: $0.store.recovered)
    },
    .object("result", "all of it together") { HTMLVerdict(verdict: $0.store.result) }
  )
}

struct HTMLDeferral: TemplateFields {
  let deferral: Deferral

  static let table = TemplateTable<HTMLDeferral>(
    .text("what", "what is put off") { $0.deferral.what },
    .text("why", "why") { $0.deferral.why },
    .text("until", "until when") { $0.deferral.until }
  )
}

struct HTMLFinding: TemplateFields {
  let finding: Finding

  static let table = TemplateTable<HTMLFinding>(
    .object("mark", "its severity") { HTMLMark($0.finding.severity) },
    .text("rule", "the rule's id") { $0.finding.rule },
    .text("message", "what is found") { $0.finding.sentence },
    .optionalText("place", "where") { $0.finding.place?.description },
    .text("advice", "what to do") { $0.finding.advice },
    .optionalText("waived", "why it does not count") { $0.finding.waived },
    .optionalText("until", "when its waiver ends") { $0.finding.waivedUntil }
  )
}
