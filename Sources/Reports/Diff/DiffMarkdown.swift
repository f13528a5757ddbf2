package import Evidence
import MarkdownDocuments

/// A diff as the comment on a pull request.
///
/// What suites and apps wrote stands in code spans, where no name calls anybody and no mark works.
package struct DiffMarkdown: Sendable {
  /// Fits everywhere: GitHub takes 65,536 characters, GitLab 1,000,000, and Gitea and Forgejo what
  /// their database's text column takes, which was 65,535 bytes on MySQL.
  package static let defaultLimit = 65_000
  /// What the head and the account of what was left out need.
  package static let leastLimit = 1_000

  private let diff: CoverageDiff
  private let limit: Int

  /// - Parameter limit: Of the whole text, in bytes.
  package init(_ diff: CoverageDiff, limit: Int = defaultLimit) {
    self.diff = diff
    self.limit = max(limit, Self.leastLimit)
  }

  package func rendered() -> String {
    var fit = Fit(room: limit - head.utf8.count - Self.reserve)
    var body = ""
    for direction in CoverageChange.Direction.allCases {
      let entries = DiffEntry.all(diff, direction)
      let heading = Self.heading(direction, entries.count)
      var group: [Block] = []
      for entry in entries {
        // What has no room any more need not be written.
        let text = fit.isFull ? "" : Self.line(entry)
        guard fit.take(text.utf8.count + (group.isEmpty ? heading.utf8.count : 0)) else { break }
        group.append(Block(text: text, entry: entry))
      }
      fit.drop(entries.count - group.count, direction.counted)
      // The changes themselves come before what is to be said about them.
      var bare = 0
      for index in group.indices {
        let details = fit.isFull ? "" : Self.details(group[index].entry)
        if fit.take(details.utf8.count) {
          group[index].text += details
        } else if group[index].entry.hasMore {
          bare += 1
        }
      }
      fit.drop(bare) { "details of \(direction.counted($0))" }
      if !group.isEmpty { body += heading + group.map(\.text).joined() }
    }
    return head + body + fit.account(limit)
  }

  private struct Block {
    var text: String
    var entry: DiffEntry
  }

  /// Bytes for the account of what was left out.
  private static let reserve = 400

  private var head: String {
    let (from, to) = (Self.code(diff.from, 100), Self.code(diff.to, 100))
    var first = lookAt.map { "**Look first at** \($0)\n\n" } ?? ""
    if first.utf8.count > limit / 4 { first = "" }
    return "### Coverage: \(diff.summary)\n\n\(first)\(from) → \(to), \(diff.extent)\n"
  }

  /// What a reviewer has to know where nobody reads on: which levels changed, and the worst regressions.
  private var lookAt: String? {
    let levels = diff.levels.filter { $0.direction != .progress }
    let worst = DiffEntry.all(diff, .regression).filter { $0.change.kind != .level }
    let named = levels.prefix(Self.named).map { Self.about($0) + " " + Self.code($0.step, 100) }
    let parts =
      named + worst.prefix(Self.named).map { "\(Self.about($0)) (\($0.change.kind.shown))" }
    guard !parts.isEmpty else { return nil }
    let more = worst.count - Self.named
    return parts.joined(separator: ", ") + (more > 0 ? " and \(more) more" : "")
  }

  /// How many of each kind are named at the head.
  private static let named = 3

  private static func code(_ text: String, _ limit: Int) -> String {
    MarkdownText.codeSpan(ReportText.cut(text, limit), inTable: false)
  }

  private static func about(_ entry: DiffEntry, recipe: Int = 60, subject: Int = 100) -> String {
    let parts = [code(entry.recipe, recipe)] + (entry.subject.map { [code($0, subject)] } ?? [])
    return parts.joined(separator: " ")
  }

  private static func heading(_ direction: CoverageChange.Direction, _ count: Int) -> String {
    "\n#### \(direction.sign) \(direction.counted(count))\n\n"
  }

  private static func line(_ entry: DiffEntry) -> String {
    let about = Self.about(entry, recipe: 100, subject: 300)
    let step = Self.code(entry.step, 300)
    return "- **\(entry.change.kind.shown)** \(about): \(step)\n"
  }

  private static func details(_ entry: DiffEntry) -> String {
    var lines = entry.reason.map { [$0] } ?? []
    lines += entry.details(isShort: true)
    lines += entry.consequences(isShort: true).map { "→ \($0)" }
    if let place = entry.change.place { lines.append("\(place.file):\(place.line)") }
    return lines.map { "  - \(code($0, 500))\n" }
      .joined()
  }
}
