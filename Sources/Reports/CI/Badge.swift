package import Evidence
import XMLDocuments

/// A recipe's level as a small picture (SVG), to be shown where there is no page.
///
/// It says in words what its colour says, and it names a stand-in: what one showed is never green.
package struct Badge: Sendable {
  private let coverage: CoverageModel
  private let day: String?

  /// - Parameter startedAt: When the run began that showed it (RFC 3339): its day stands on the badge.
  package init(_ coverage: CoverageModel, startedAt: String? = nil) {
    self.coverage = coverage
    day = startedAt.map { String($0.prefix(10)) }
  }

  package func rendered() -> String {
    let (left, right) = ("parity", message)
    let (leftWidth, rightWidth) = (Self.width(left), Self.width(right))
    let width = leftWidth + rightWidth
    let about = "\(coverage.recipe): \(standing), of 5" + (day.map { ", on \($0)" } ?? "")
    let title = XMLText.escaped(about)
    func text(_ text: String, from start: Int, _ width: Int) -> String {
      """
        <text x="\(start + width / 2)" y="14" textLength="\(width - 12)">\
      \(XMLText.escaped(text, as: .content))</text>

      """
    }
    return """
      <svg xmlns="http://www.w3.org/2000/svg" width="\(width)" height="20" role="img" \
      aria-label="\(title)">
        <title>\(XMLText.escaped(about, as: .content))</title>
        <rect width="\(leftWidth)" height="20" fill="#3d444d"/>
        <rect x="\(leftWidth)" width="\(rightWidth)" height="20" fill="\(colour)"/>
        <g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11" text-anchor="middle">
      \(text(left, from: 0, leftWidth))\(text(right, from: leftWidth, rightWidth))  </g>
      </svg>

      """
  }

  private var refuted: Int { coverage.claims.count { $0.verdict.word == .refuted } }

  private var message: String { standing + (day.map { " · \($0)" } ?? "") }

  private var standing: String {
    "level \(coverage.shownLevel)" + (coverage.rungRemark.map { ", \($0)" } ?? "")
      + (refuted > 0 ? ", \(refuted) refuted" : "")
  }

  /// White on each of them has a contrast of at least 4.5 (WCAG 2.1).
  private var colour: String {
    if refuted > 0 { return "#b3261e" }
    if coverage.isOnStandin { return "#6f42a8" }
    if coverage.level == 0 { return "#57606a" }
    return coverage.level < 3 || !coverage.skippedRungs.isEmpty ? "#8a5300" : "#1a6b3c"
  }

  /// In pixels. No font can be asked: letters get what the widest usual one takes, and the text is
  /// drawn to fit.
  private static func width(_ text: String) -> Int { text.unicodeScalars.count * 7 + 12 }
}
