package import Evidence

/// The history of a recipe's coverage for a terminal.
package struct HistoryText: Sendable {
  private let history: CoverageHistory
  private let style: TerminalSummary.Style

  package init(_ history: CoverageHistory, style: TerminalSummary.Style = .init()) {
    self.history = history
    self.style = style
  }

  /// Commits, the newest first, then each claim's way.
  ///
  /// - Parameter claim: Only this one.
  package func rendered(claim: String? = nil) -> String {
    var lines = TerminalLines(style: style)
    lines.add([
      .bold(history.recipe), .plain(" · \(Words.count(history.entries.count, "commit"))"),
    ])
    lines.blank()
    for entry in history.entries.reversed() { add(entry, claim, to: &lines) }
    if let beginning = history.beginning { lines.add([.quiet("… \(beginning)")]) }
    lines.blank()
    let claims = history.claims.filter { claim == nil || $0.id == claim }
    for way in claims { add(way, to: &lines) }
    return lines.text
  }

  private func add(_ entry: CoverageHistory.Entry, _ claim: String?, to lines: inout TerminalLines)
  {
    let head = "\(entry.day) \(entry.commit.prefix(10))  "
    guard let state = entry.state else {
      lines.add([.quiet(head), .toned(.warning, "! \(entry.problem ?? "not known")")])
      return
    }
    if let claim {
      guard let word = state.verdicts[claim] else {
        lines.add([.quiet(head), .quiet("· not claimed")])
        return
      }
      lines.add([.quiet(head), .toned(word.tone, "\(word.sign) \(word.shown)")])
      return
    }
    var parts: [TerminalLines.Part] = [
      .quiet(head), .toned(state.tone, "level \(state.shownLevel)"),
    ]
    parts.append(.plain("  \(state.version)  \(state.shownProven)"))
    if state.refuted > 0 { parts.append(.toned(.bad, ", \(state.refuted) refuted")) }
    lines.add(parts)
  }

  private func add(_ way: CoverageHistory.ClaimHistory, to lines: inout TerminalLines) {
    let now: TerminalLines.Part =
      way.now.map { .toned($0.tone, "\($0.sign) \($0.shown)") } ?? .quiet("· gone")
    var said: [String] = []
    if let first = way.firstProven {
      said.append("first proven \(first.day) \(first.commit.prefix(10))")
    } else {
      said.append("never proven")
    }
    if let last = way.lastRefuted {
      said.append("last refuted \(last.day) \(last.commit.prefix(10))")
    }
    if way.flips > 0 { said.append(Words.count(way.flips, "flip")) }
    lines.add([now, .plain("  \(way.id)")])
    lines.add([.quiet("  \(said.joined(separator: " · "))")])
  }
}

extension CoverageHistory.State {
  /// With the word that a stand-in's level never goes without.
  var shownLevel: String { isOnStandin ? "\(level) (stand-in)" : "\(level)" }

  var shownProven: String { "\(proven) proven\(isOnStandin ? " (stand-in)" : "")" }

  var tone: Tone { refuted > 0 ? .bad : isOnStandin ? .standin : level == 0 ? .quiet : .good }
}
