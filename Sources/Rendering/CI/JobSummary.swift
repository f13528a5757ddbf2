package import Evidence
import Formats
import MarkdownDocuments

/// One page of Markdown over the recipes of a job: what needs work first, then why.
package struct JobSummary: Sendable {
  /// GitHub refuses the summary of a step above 1024 KiB.
  package static let limit = 1 << 20

  /// What may be left out, the most important first.
  private enum Kind: Int, CaseIterable {
    case row, refuted, error, unproven, warning

    func counted(_ count: Int) -> String {
      switch self {
      case .row: Words.count(count, "recipe")
      case .refuted: Words.count(count, "refuted claim")
      case .error: Words.count(count, "error")
      case .unproven: Words.count(count, "unproven claim")
      case .warning: Words.count(count, "warning")
      }
    }
  }

  private struct Line {
    var kind: Kind
    var recipe: Int
    var text: String
  }

  private let recipes: [CoverageModel]

  /// - Parameter recipes: In any order; shown by what needs work first, then by name.
  package init(_ recipes: [CoverageModel]) {
    self.recipes = recipes.sorted { a, b in
      let (first, second) = (Self.weight(a), Self.weight(b))
      if first != second { return first > second }
      return a.recipe.utf8.lexicographicallyPrecedes(b.recipe.utf8)
    }
  }

  private static func weight(_ model: CoverageModel) -> (Int, Int) {
    (
      model.claims.count { $0.verdict.word == .refuted },
      model.claims.count { $0.verdict.word == .unproven }
    )
  }

  /// - Parameter limit: In bytes. What is least important is left out until the rest fits, and how
  ///   much that was is said.
  package func rendered(limit: Int = limit) -> String {
    let lines = recipes.enumerated().flatMap { self.lines($1, $0) }
    let kept = fitting(lines, limit)
    var text = head
    let rows = zip(lines, kept).filter { $0.0.kind == .row && $0.1 }
    if !rows.isEmpty {
      text += "\n| recipe | versions | level | claims |\n|---|---|---|---|\n"
      text += rows.map(\.0.text).joined()
    }
    for (index, recipe) in recipes.enumerated() {
      let own = zip(lines, kept).filter { $0.0.recipe == index && $0.0.kind != .row && $0.1 }
      if own.isEmpty { continue }
      text += heading(recipe) + own.map(\.0.text).joined()
    }
    return text + leftOut(lines, kept)
  }

  private var head: String {
    let refuted = recipes.count { $0.claims.contains { $0.verdict.word == .refuted } }
    let unproven = recipes.count { $0.claims.contains { $0.verdict.word == .unproven } }
    var parts = [Words.count(recipes.count, "recipe")]
    if refuted > 0 { parts.append("\(refuted) with refuted claims") }
    if unproven > 0 { parts.append("\(unproven) with unproven claims") }
    return "## Parity: \(parts.joined(separator: ", "))\n"
  }

  private func heading(_ recipe: CoverageModel) -> String {
    var text = "\n### \(Self.escaped(recipe.recipe))\n\n"
    for standin in recipe.standins {
      text +=
        "Shown on a stand-in for \(Self.escaped(standin.service)): "
        + "\(Self.escaped(standin.what)).\n\n"
    }
    return text
  }

  private func lines(_ recipe: CoverageModel, _ index: Int) -> [Line] {
    let versions = (recipe.base.map { "\($0.version) → " } ?? "") + recipe.target.version
    let row =
      "| \(Self.escaped(recipe.recipe)) | \(Self.escaped(versions)) | \(recipe.shownLevel) "
      + "| \(recipe.verdictSummary) |\n"
    var lines = [Line(kind: .row, recipe: index, text: row)]
    func add(_ kind: Kind, _ word: Verdict.Word) {
      for claim in recipe.claims where claim.verdict.word == word {
        let text =
          "- \(word.sign) **\(word.shown)** \(MarkdownText.codeSpan(claim.id)): "
          + "\(Self.escaped(claim.verdict.reason ?? ""))\n"
        lines.append(Line(kind: kind, recipe: index, text: text))
      }
    }
    func add(_ kind: Kind, _ severity: Finding.Severity) {
      for finding in recipe.findings where finding.severity == severity && !finding.isWaived {
        let text =
          "- **\(severity.shown)** \(MarkdownText.codeSpan(finding.rule)): "
          + "\(Self.escaped(finding.message))\n"
        lines.append(Line(kind: kind, recipe: index, text: text))
      }
    }
    add(.refuted, .refuted)
    add(.error, .error)
    add(.unproven, .unproven)
    add(.warning, .warning)
    return lines
  }

  /// Which lines there is room for: up to the first, by importance, that has none.
  private func fitting(_ lines: [Line], _ limit: Int) -> [Bool] {
    // The head, the table's own two lines, and the sentence about what is left out.
    var room = limit - head.utf8.count - 300
    var kept = lines.map { _ in false }
    var headed: Set<Int> = []
    for kind in Kind.allCases {
      for index in lines.indices where lines[index].kind == kind {
        let line = lines[index]
        let begins = kind != .row && !headed.contains(line.recipe)
        let size = line.text.utf8.count + (begins ? heading(recipes[line.recipe]).utf8.count : 0)
        guard size <= room else { return kept }
        room -= size
        kept[index] = true
        if begins { headed.insert(line.recipe) }
      }
    }
    return kept
  }

  private func leftOut(_ lines: [Line], _ kept: [Bool]) -> String {
    let counts = Kind.allCases.compactMap { kind -> String? in
      let count = zip(lines, kept).count { $0.0.kind == kind && !$0.1 }
      return count == 0 ? nil : kind.counted(count)
    }
    if counts.isEmpty { return "" }
    return
      "\nLeft out for want of room: \(counts.joined(separator: ", ")). The reports have them.\n"
  }

  private static func escaped(_ text: String) -> String {
    let line = ReportText.line(TerminalText.stripped(text))
    return MarkdownText.escaped(line.count <= 300 ? line : line.prefix(299) + "…")
  }
}
