package import Evidence
import Formats

/// One change of one recipe, in the words that every report of a diff uses.
struct DiffEntry: Marked, Sendable {
  let recipe: String
  let change: CoverageChange

  var direction: CoverageChange.Direction { change.direction }

  var mark: HTMLMark {
    let word = change.kind.shown
    return switch change.direction {
    case .regression: HTMLMark(.bad, "✗", word)
    case .progress: change.after.isOnStandin ? .onStandin(word) : HTMLMark(.good, "✓", word)
    case .neutral: HTMLMark(change.kind == .expired ? .warning : .quiet, "·", word)
    }
  }

  /// What it is about, where that is not the recipe itself.
  var subject: String? {
    UTF8Order.areEqual(change.subject, recipe) ? nil : change.subject
  }

  /// `proven → refuted`; one word where it stands for both sides.
  var step: String {
    let (before, after) = (change.before.text, change.after.text)
    return UTF8Order.areEqual(before, after) ? after : "\(before) → \(after)"
  }

  /// Why it is now as it is; where it is gone, why it was as it was.
  var reason: String? { change.after.shownReason ?? change.before.shownReason }

  /// `- assertion status == 202`, `strength: state → content`.
  var details: [String] {
    change.details.map { detail in
      switch (detail.before, detail.after) {
      case (let before?, nil): "- \(detail.what): \(before)"
      case (nil, let after?): "+ \(detail.what): \(after)"
      case (let before?, let after?):
        UTF8Order.areEqual(before, after)
          ? "\(detail.what): \(after)" : "\(detail.what): \(before) → \(after)"
      case (nil, nil): detail.what
      }
    }
  }

  /// What follows from it, one line each, the worst first: `level: level 4 → level 1`.
  var consequences: [String] {
    change.consequences.map { DiffEntry(recipe: recipe, change: $0).line }
  }

  private var line: String {
    let about = [change.kind.shown, subject].compactMap(\.self).joined(separator: " ")
    let isSame = UTF8Order.areEqual(change.before.text, change.after.text)
    let says = details.prefix(3).joined(separator: ", ")
    return "\(about): \(isSame && !says.isEmpty ? says : step)"
  }

  /// Whether there is more to say than what it was and is.
  var hasMore: Bool {
    reason != nil || !change.details.isEmpty || !change.consequences.isEmpty || change.place != nil
  }

  /// All changes, the worst first, then by recipe.
  static func all(
    _ diff: CoverageDiff,
    _ direction: CoverageChange.Direction
  ) -> [DiffEntry] {
    diff.recipes.flatMap { recipe in
      recipe.changes.filter { $0.direction == direction }
        .map { DiffEntry(recipe: recipe.recipe, change: $0) }
    }
  }
}

extension CoverageChange.Kind {
  /// As a person reads it.
  var shown: String { rawValue.replacing("-", with: " ") }
}

extension CoverageChange.Direction: Marked {
  /// `2 regressions`, `1 change for the better`.
  func counted(_ number: Int) -> String {
    switch self {
    case .regression: Words.count(number, "regression")
    case .progress: number == 1 ? "1 change for the better" : "\(number) changes for the better"
    case .neutral: number == 1 ? "1 other change" : "\(number) other changes"
    }
  }

  var mark: HTMLMark {
    switch self {
    case .regression: HTMLMark(.bad, "✗", rawValue)
    case .progress: HTMLMark(.good, "✓", rawValue)
    case .neutral: HTMLMark(.quiet, "·", rawValue)
    }
  }
}

extension CoverageDiff {
  /// `2 regressions, 1 other change`; that there is none says it in words.
  package var summary: String {
    let parts = CoverageChange.Direction.allCases.compactMap { direction -> String? in
      let number = count(direction)
      return number == 0 ? nil : direction.counted(number)
    }
    return parts.isEmpty ? "no difference" : parts.joined(separator: ", ")
  }

  /// `in 1 of 3 recipes`; of nothing but what was compared.
  var extent: String {
    isEmpty
      ? "in \(Words.count(recipeCount, "recipe"))"
      : "in \(recipes.count) of \(Words.count(recipeCount, "recipe"))"
  }
}

extension CoverageChange.State {
  /// The cause, and when a deferral or a waiver ends.
  var shownReason: String? {
    let parts = [reason?.cause, until.map { "until \($0)" }].compactMap { $0 }
    return parts.isEmpty ? nil : parts.joined(separator: ", ")
  }
}
