package import Evidence

/// All that is known of some checks, for a person who looks again: what each did, saw and expected, whether it passed or not.
package struct CheckText: Sendable {
  private let index: CheckIndex
  private let style: TerminalSummary.Style

  package init(
    _ coverage: CoverageModel,
    _ record: RunRecord?,
    style: TerminalSummary.Style = TerminalSummary.Style()
  ) {
    index = CheckIndex(coverage, record)
    self.style = style
  }

  /// - Parameter places: among the coverage's checks.
  package func rendered(_ places: [Int]) -> String {
    var lines = TerminalLines(style: style)
    for place in places {
      lines.blank()
      add(place, to: &lines)
    }
    return lines.text
  }

  private func add(_ place: Int, to lines: inout TerminalLines) {
    let check = index.coverage.checks[place]
    let outcome = index.outcome(at: place)
    let record = index.record(at: place)
    lines.add([mark(outcome.word), .bold(" \(check.id)"), .quiet(time(record?.microseconds))])
    lines.add([.plain("  \(check.about)")])
    if let place = check.place { lines.add([.quiet("  at \(place)")]) }
    if let reason = outcome.reason { lines.add([.plain("  \(reason.cause)")]) }
    if outcome.isPassed {
      lines.add([.plain("  strength: \(check.strength.shown): \(check.strength.meaning)")])
    }
    if let control = check.control {
      lines.add([.plain("  control \(control.kind.shown): \(control.shown)")])
    }
    guard let record else {
      lines.add([
        .quiet("  its run is not kept here: what it did is not known, only what it showed")
      ])
      return
    }
    for step in record.steps { add(step, to: &lines) }
    lines.add([
      .plain("  again: "),
      .plain(ReportText.shell(["parity", "run", index.coverage.recipe, "--check", "\(check.id)"])),
    ])
  }

  private func add(_ step: StepRecord, to lines: inout TerminalLines) {
    let attempts = step.attempts > 1 ? " (\(step.attempts) attempts)" : ""
    lines.add([
      .plain("  "), mark(step.outcome.word), .plain(" \(step.number) \(step.title)\(attempts)"),
      .quiet(time(step.microseconds)),
    ])
    for assertion in step.assertions {
      let place = assertion.place.map { "  at \($0)" } ?? ""
      let tone: Tone = assertion.holds ? .good : .bad
      lines.add([
        .plain("    "), .toned(tone, assertion.holds ? "✓" : "✗"),
        .plain(" \(assertion.sentence(isFilled: true))"),
        .quiet(place),
      ])
    }
    for line in step.exchange?.lines ?? [] { lines.add([.quiet("    \(line)")]) }
  }

  private func mark(_ word: Outcome.Word) -> TerminalLines.Part {
    word == .passed && index.coverage.isOnStandin
      ? .toned(.standin, "◇ passed") : .toned(word.tone, "\(word.sign) \(word.shown)")
  }

  private func time(_ microseconds: Int?) -> String {
    microseconds.map { "  \(Words.duration($0))" } ?? ""
  }
}
