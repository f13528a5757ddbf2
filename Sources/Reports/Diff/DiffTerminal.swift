package import Evidence

/// A diff for a person at a terminal.
package struct DiffTerminal: Sendable {
  private let diff: CoverageDiff
  private let style: TerminalSummary.Style

  /// Changes of one direction that are shown; the other formats have all.
  private static let limit = 100
  /// Details of one change.
  private static let detailLimit = 12
  /// Consequences of one change.
  private static let consequenceLimit = 6

  package init(_ diff: CoverageDiff, style: TerminalSummary.Style = .init()) {
    self.diff = diff
    self.style = style
  }

  package func rendered() -> String {
    var lines = TerminalLines(style: style)
    lines.add([.bold(diff.from), .plain(" → "), .bold(diff.to)])
    let levels = diff.levels
    if !levels.isEmpty { lines.blank() }
    for entry in levels.prefix(Self.limit) {
      lines.add([.plain("  \(entry.recipe)  "), .toned(entry.tone, entry.step)])
    }
    if levels.count > Self.limit {
      lines.add([.quiet("  … and \(levels.count - Self.limit) more")])
    }
    for direction in CoverageChange.Direction.allCases {
      let entries = DiffEntry.all(diff, direction)
      if entries.isEmpty { continue }
      lines.blank()
      lines.add([
        .toned(direction.tone, "\(direction.sign) \(direction.counted(entries.count))")
      ])
      for entry in entries.prefix(Self.limit) { add(entry, to: &lines) }
      if entries.count > Self.limit {
        lines.add([.quiet("  … and \(entries.count - Self.limit) more")])
      }
    }
    lines.blank()
    let tone: Tone = diff.count(.regression) > 0 ? .bad : .quiet
    lines.add([.toned(tone, diff.summary), .plain(" \(diff.extent)")])
    return lines.text
  }

  private func add(_ entry: DiffEntry, to lines: inout TerminalLines) {
    lines.add([
      .plain("  "), .toned(entry.tone, "\(entry.sign) \(entry.change.kind.shown)"),
      .plain(" \(entry.recipe) "), .bold(entry.subject ?? ""),
    ])
    lines.add([.plain("      \(entry.step)" + (entry.reason.map { ": \($0)" } ?? ""))])
    let details = entry.details(isShort: true)
    for detail in details.prefix(Self.detailLimit) { lines.add([.plain("      \(detail)")]) }
    if details.count > Self.detailLimit {
      lines.add([.quiet("      … and \(details.count - Self.detailLimit) more")])
    }
    let consequences = entry.consequences(isShort: true)
    for one in consequences.prefix(Self.consequenceLimit) {
      lines.add([.quiet("      → \(one)")])
    }
    if consequences.count > Self.consequenceLimit {
      lines.add([.quiet("      → … and \(consequences.count - Self.consequenceLimit) more")])
    }
    if let place = entry.change.place { lines.add([.quiet("      \(place.file):\(place.line)")]) }
  }
}
