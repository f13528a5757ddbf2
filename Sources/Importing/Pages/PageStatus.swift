/// What the status words of hand-written pages mean.
///
/// A closed table. The words must stand at the beginning of the status and be followed by nothing, or
/// by a remark behind a bracket, a dash, a colon or a comma that takes nothing back.
enum PageStatus {
  private static let words: [(String, PageClaim.Status)] = [
    ("structural skip", .skipped), ("not applicable", .skipped), ("expected na", .skipped),
    ("skipped", .skipped), ("skip", .skipped), ("n a", .skipped), ("non port", .skipped),
    ("will land", .planned), ("planned", .planned), ("todo", .planned), ("to do", .planned),
    ("deferred", .deferred), ("postponed", .deferred), ("later", .deferred),
    ("failing", .failing), ("failed", .failing), ("fail", .failing), ("red", .failing),
    ("broken", .failing), ("missing", .failing), ("not ported", .failing), ("no", .failing),
    ("ported", .claimed), ("covered", .claimed), ("passed", .claimed), ("passes", .claimed),
    ("passing", .claimed), ("pass", .claimed), ("green", .claimed), ("done", .claimed),
    ("proven", .claimed), ("yes", .claimed), ("✅", .claimed), ("✓", .claimed),
  ]

  private static let doubts = [
    "not", "no", "never", "todo", "except", "but", "unless", "partly", "partially", "failing",
    "failed",
    "fails", "broken", "red", "missing", "soon", "pending", "unverified", "weaker", "drifted",
    "maybe",
  ]

  static func read(_ text: String) -> PageClaim.Status {
    let bare = text.replacing("*", with: "").replacing("_", with: " ").replacing("`", with: "")
      .trimmed
    for (word, status) in words {
      guard let rest = Self.rest(of: bare, after: word) else { continue }
      guard let mark = rest.trimmed.first else { return status }
      let isRemark = "(-—–:,;.".contains(mark) || status != .claimed
      let takesBack = status == .claimed && doubts.contains { PageText.has($0, in: rest) }
      return isRemark && !takesBack ? status : .unknown
    }
    return .unknown
  }

  /// What follows a word at the beginning; nil where it does not stand there as a whole word.
  private static func rest(of text: String, after word: String) -> String? {
    var left = Substring(text.lowercased())
    for part in word.split(separator: " ") {
      left = left.drop { $0.isWhitespace || $0 == "-" || $0 == "/" }
      guard left.hasPrefix(part) else { return nil }
      left = left.dropFirst(part.count)
    }
    if let next = left.first, next.isLetter || next.isNumber { return nil }
    return String(left)
  }
}
