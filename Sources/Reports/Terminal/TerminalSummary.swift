package import Evidence

/// What a person understands at once when a run has ended; goes to standard output.
package struct TerminalSummary: Sendable {
  /// How the text is laid out.
  package struct Style: Sendable {
    /// Columns of the terminal; lines are wrapped to it; at least 40.
    var width: Int
    /// Colour is an addition: every colour stands beside a sign and a word.
    var hasColour: Bool

    package init(width: Int = 80, hasColour: Bool = false) {
      self.width = max(40, width)
      self.hasColour = hasColour
    }
  }

  private let index: CheckIndex
  private var coverage: CoverageModel { index.coverage }
  private var record: RunRecord? { index.record }
  private let reports: [String]
  private let style: Style

  /// - Parameter reports: Paths of what was written, named in the last lines.
  package init(
    _ coverage: CoverageModel,
    _ record: RunRecord?,
    reports: [String] = [],
    style: Style = Style()
  ) {
    index = CheckIndex(coverage, record)
    self.reports = reports
    self.style = style
  }

  package func rendered() -> String {
    var lines = TerminalLines(style: style)
    lines.add([
      .bold(coverage.recipe), .plain(" \(coverage.shownVersions) · driver \(coverage.driver)"),
    ])
    for standin in coverage.standins {
      lines.add([
        .toned(.standin, "◇ stand-in"),
        .plain(" \(standin.service): \(standin.shown)"),
      ])
    }
    addCircumstances(to: &lines)
    lines.blank()
    for stage in Stage.allCases { add(stage, to: &lines) }
    addFailures(to: &lines)
    addStores(to: &lines)
    addUnits(to: &lines)
    addFindings(to: &lines)
    addVerdict(to: &lines)
    return lines.text
  }

  /// What the record is of, where it is not one run of the whole plan.
  private func addCircumstances(to lines: inout TerminalLines) {
    for fact in record?.circumstances ?? [] {
      lines.add([.bold(fact.name), .plain(" \(fact.value)")])
    }
    for flaky in record?.flaky ?? [] {
      lines.add([
        .toned(flaky.failed.isEmpty ? .warning : .bad, "flaky"),
        .plain(" \(flaky.name): \(flaky.shown)"),
      ])
    }
  }

  private func add(_ stage: Stage, to lines: inout TerminalLines) {
    let words = coverage.checks.indices.filter { coverage.checks[$0].stage == stage }
      .map { index.outcome(at: $0).word }
    let counts = Outcome.Word.allCases.compactMap { word -> String? in
      let count = words.count { $0 == word }
      return count == 0 ? nil : "\(count) \(word.shown)"
    }
    let word = record?[stage]?.outcome.word ?? Self.worst(of: words)
    guard let word else { return }
    let isStandin = word == .passed && coverage.isOnStandin
    var parts: [TerminalLines.Part] = [
      .toned(isStandin ? .standin : word.tone, isStandin ? "◇" : word.sign),
      .plain(" \(stage.rawValue.padded(to: 11))"),
      .toned(isStandin ? .standin : word.tone, word.shown.padded(to: 8)),
    ]
    if let stage = record?[stage], stage.startedAt != nil {
      parts.append(.quiet(Words.duration(stage.microseconds).padded(to: 11)))
    }
    if !counts.isEmpty { parts.append(.plain(counts.joined(separator: ", "))) }
    if let readiness = record?[stage]?.readiness { parts.append(.quiet("  \(readiness.line)")) }
    lines.add(parts)
    // What a check says is told with it, below.
    let told = (record?.checks ?? []).map(\.outcome).filter(\.word.isRed).map(\.reason)
    if let reason = record?[stage]?.outcome.reason, !told.contains(reason) {
      lines.add([.plain("  \(reason.cause)")])
      for line in reason.furtherDetails { lines.add([.quiet("    \(line)")]) }
    }
    for operation in record?[stage]?.operations ?? [] where operation.outcome.word.isRed {
      guard let log = operation.facts[OperationRecord.log], let run = record?.header.id else {
        continue
      }
      lines.add([.quiet("    log: runs/\(run)/\(log)")])
    }
  }

  /// The worst of a stage's checks, where there is no record of the stage.
  private static func worst(of words: [Outcome.Word]) -> Outcome.Word? {
    let order: [Outcome.Word] = [.failed, .broken, .notRun, .passed, .skipped]
    return order.first(where: words.contains)
  }

  private func addFailures(to lines: inout TerminalLines) {
    let wrong = coverage.checks.indices.filter { index.outcome(at: $0).word.isRed }
    if wrong.isEmpty { return }
    lines.blank()
    for place in wrong.prefix(20) { addFailure(at: place, to: &lines) }
    if wrong.count > 20 { lines.add([.plain("… and \(wrong.count - 20) more")]) }
  }

  /// The cause, then each step with what it expected, its place and how to repeat it.
  private func addFailure(at place: Int, to lines: inout TerminalLines) {
    let (check, outcome) = (coverage.checks[place], index.outcome(at: place))
    lines.add([
      .toned(outcome.word.tone, "\(outcome.word.sign) \(outcome.word.shown)"),
      .bold(" \(check.id)"),
    ])
    let cause = outcome.reason?.cause
    if let cause { lines.add([.plain("  \(cause)")]) }
    let steps = (index.record(at: place)?.steps ?? []).filter { $0.outcome.word.isRed }
    for step in steps.prefix(3) {
      let at = (step.placeOfFailure ?? check.place).map { "\($0.file):\($0.line) " } ?? ""
      lines.add([.quiet("  \(at)"), .plain("step \(step.number): \(step.title)")])
      for line in step.outcome.reason?.details ?? [] where line != cause {
        lines.add([.plain("    \(line)")])
      }
      if case .http(let http) = step.exchange { lines.add([.quiet("    \(http.curl)")]) }
    }
    guard steps.isEmpty else { return }
    for line in index.furtherDetails(at: place) { lines.add([.plain("    \(line)")]) }
    if let place = check.place { lines.add([.quiet("  \(place.file):\(place.line)")]) }
  }

  private func addStores(to lines: inout TerminalLines) {
    if coverage.stores.isEmpty { return }
    lines.blank()
    let names = max(5, coverage.stores.map { $0.name.count }.max() ?? 0) + 2
    let verdicts = coverage.stores.flatMap {
      [$0.upgrade, $0.dropped, $0.restored, $0.recovered, $0.result]
    }
    let column = (verdicts.map { $0.word.shown.count }.max() ?? 0) + 4
    let isWide = names + 5 * column <= style.width + 2
    if isWide {
      let titles = ["upgrade", "dropped", "restored", "recovered", "result"].map {
        $0.padded(to: column)
      }
      lines.add([.quiet("store".padded(to: names) + titles.joined())])
    }
    for store in coverage.stores {
      let looks = [
        ("upgrade", store.upgrade), ("dropped", store.dropped), ("restored", store.restored),
        ("recovered", store.recovered),
      ]
      if isWide {
        lines.add(
          [.plain(store.name.padded(to: names))]
            + (looks.map(\.1) + [store.result]).map { Self.part($0, paddedTo: column) }
        )
      } else {
        let width = max(names, 12)
        lines.add([.plain(store.name.padded(to: width)), Self.part(store.result)])
        for (name, verdict) in looks {
          lines.add([.quiet("  \(name.padded(to: width - 2))"), Self.part(verdict)])
        }
      }
      if let reason = store.result.reason, !store.result.isProven {
        lines.add([.plain("  \(reason.cause)")])
      }
    }
  }

  private static func part(_ verdict: Verdict, paddedTo count: Int = 0) -> TerminalLines.Part {
    .toned(verdict.word.tone, "\(verdict.word.sign) \(verdict.word.shown)".padded(to: count))
  }

  private func addUnits(to lines: inout TerminalLines) {
    guard let summary = coverage.corpus.unitSummary else { return }
    let count = Words.count(coverage.corpus.units?.count ?? 0, "older unit")
    let sample = coverage.corpus.isSample ? ", of a sample" : ""
    lines.blank()
    lines.add([.plain("\(count)\(sample): \(summary)")])
  }

  private func addFindings(to lines: inout TerminalLines) {
    let shown = coverage.findings.filter { $0.severity != .note && !$0.isWaived }
    let waived = coverage.findings.filter(\.isWaived)
    if shown.isEmpty, waived.isEmpty { return }
    lines.blank()
    for finding in shown {
      let place = finding.place.map { " (\($0.file):\($0.line))" } ?? ""
      lines.add([
        .toned(finding.severity.tone, finding.severity.shown),
        .plain(" \(finding.rule): \(finding.sentence)\(place)"),
      ])
    }
    for finding in waived {
      let until = finding.waivedUntil.map { ", until \($0)" } ?? ""
      lines.add([
        .quiet("waived"),
        .plain(" \(finding.rule): \(finding.sentence) (\(finding.waived ?? "")\(until))"),
      ])
    }
  }

  private func addVerdict(to lines: inout TerminalLines) {
    lines.blank()
    let tone: Tone = coverage.isOnStandin ? .standin : coverage.level == 0 ? .quiet : .good
    lines.add([
      .toned(tone, "level \(coverage.shownLevel)"),
      .plain(" of 5, \(coverage.levelName) · \(coverage.verdictSummary)"),
    ])
    if let record, record.end != .finished {
      lines.add([.toned(.bad, "✗ the run \(record.end.shown)")])
    }
    // What a check is red for is told once, with the check.
    let red = Set(
      coverage.checks.indices.filter { index.outcome(at: $0).word.isRed }
        .map { coverage.checks[$0].id }
    )
    let claims = coverage.claims.filter { red.isDisjoint(with: $0.checks) }
    for claim in claims where claim.verdict.word == .refuted {
      lines.add([
        .toned(.bad, "✗ refuted"), .plain(" \(claim.id): \(claim.verdict.reason?.cause ?? "")"),
      ])
    }
    let unproven = claims.filter { $0.verdict.word == .unproven }
    for claim in unproven.prefix(3) {
      lines.add([
        .toned(claim.verdict.word.tone, "\(claim.verdict.word.sign) unproven"),
        .plain(" \(claim.id): \(claim.verdict.reason?.cause ?? "")"),
      ])
    }
    if unproven.count > 3 { lines.add([.plain("  … and \(unproven.count - 3) more unproven")]) }
    for path in reports { lines.add([.quiet("→ "), .plain(path)]) }
  }
}
