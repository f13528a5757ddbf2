import Evidence
import XMLDocuments

/// The level over the commits as a line of steps (SVG); the table below it says the same in words.
///
/// Colours are classes of the page's style sheet, so that it follows light and dark.
struct HistoryChart {
  let entries: [CoverageHistory.Entry]

  private static let step = 24
  private static let rung = 16
  /// For the names of the levels.
  private static let margin = 24
  private var width: Int { Self.margin + max(1, entries.count) * Self.step }
  private static let height = 6 * rung

  var svg: String {
    var text =
      "<svg class=\"history\" viewBox=\"0 0 \(width) \(Self.height)\" width=\"\(width)\" "
      + "height=\"\(Self.height)\" role=\"img\" aria-label=\"Level over the commits\">"
    for level in 0...5 {
      let y = Self.y(of: level)
      text += "<text x=\"0\" y=\"\(y + 4)\">L\(level)</text>"
      text += "<line class=\"grid\" x1=\"\(Self.margin)\" x2=\"\(width)\" y1=\"\(y)\" y2=\"\(y)\"/>"
    }
    for (index, entry) in entries.enumerated() {
      let x = Self.margin + index * Self.step
      let title = XMLText.escaped(Self.title(entry), as: .content)
      guard let state = entry.state else {
        text += "<g class=\"warning\"><title>\(title)</title><rect x=\"\(x)\" y=\"0\" "
        text += "width=\"\(Self.step)\" height=\"\(Self.height)\"/></g>"
        continue
      }
      let y = Self.y(of: state.level)
      text += "<g class=\"\(state.tone.rawValue)\"><title>\(title)</title>"
      if index > 0, let before = entries[index - 1].state, before.level != state.level {
        text += "<line x1=\"\(x)\" x2=\"\(x)\" y1=\"\(Self.y(of: before.level))\" y2=\"\(y)\"/>"
      }
      text += "<line x1=\"\(x)\" x2=\"\(x + Self.step)\" y1=\"\(y)\" y2=\"\(y)\"/></g>"
    }
    return text + "</svg>"
  }

  private static func y(of level: Int) -> Int { height - rung / 2 - min(max(level, 0), 5) * rung }

  private static func title(_ entry: CoverageHistory.Entry) -> String {
    let said = entry.state.map { "level \($0.shownLevel), \($0.version)" } ?? entry.problem ?? ""
    return "\(entry.day) \(entry.commit.prefix(10)): \(said)"
  }
}

/// What the history's section of `html/end` may ask for.
struct HTMLHistory: TemplateFields {
  let history: CoverageHistory
  /// The newest commits that are drawn and listed.
  private static let limit = 60

  static let table = TemplateTable<HTMLHistory>(
    .markup("chart", "the level over the commits") {
      HistoryChart(entries: Array($0.history.entries.suffix(limit))).svg
    },
    .list("commits", "the newest commits, the newest first") { fields in
      fields.history.entries.suffix(limit).reversed().map(HTMLHistoryEntry.init)
    },
    .optionalText("beginning", "why there may be more before the first") { $0.history.beginning },
    .list("claims", "claims that flipped or were refuted") { fields in
      fields.history.claims.filter { $0.flips > 0 || $0.lastRefuted != nil }
        .map(HTMLClaimHistory.init)
    }
  )
}

struct HTMLHistoryEntry: TemplateFields {
  let entry: CoverageHistory.Entry

  static let table = TemplateTable<HTMLHistoryEntry>(
    .text("day", "the committer's day") { $0.entry.day },
    .text("commit", "the first ten digits") { String($0.entry.commit.prefix(10)) },
    .text("tone", "a class") { $0.entry.state?.tone.rawValue ?? Tone.warning.rawValue },
    .text("level", "the level, or why there is none") {
      $0.entry.state.map { "level \($0.shownLevel)" } ?? $0.entry.problem ?? ""
    },
    .optionalText("version", "the version that it is about") { $0.entry.state?.version },
    .optionalText("counts", "proven and refuted claims") {
      $0.entry.state.map {
        $0.shownProven + ($0.refuted > 0 ? ", \($0.refuted) refuted" : "")
      }
    }
  )
}

struct HTMLClaimHistory: TemplateFields {
  let claim: CoverageHistory.ClaimHistory

  static let table = TemplateTable<HTMLClaimHistory>(
    .text("id", "the claim's id") { $0.claim.id },
    .text("now", "its verdict today") { $0.claim.now?.shown ?? "gone" },
    .text("tone", "a class") { ($0.claim.now?.tone ?? .quiet).rawValue },
    .text("firstProven", "when it was first proven") { way in
      way.claim.firstProven.map { "\($0.day) \($0.commit.prefix(10))" } ?? "never"
    },
    .text("lastRefuted", "when it was last refuted") { way in
      way.claim.lastRefuted.map { "\($0.day) \($0.commit.prefix(10))" } ?? "never"
    },
    .number("flips", "how often it went from proven to anything else or back") { $0.claim.flips }
  )
}
