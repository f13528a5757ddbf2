package import Evidence
import Formats

/// One change of one recipe, in the words that every report of a diff uses.
struct DiffEntry: Sendable {
  let recipe: String
  let change: CoverageChange

  var direction: CoverageChange.Direction { change.direction }

  var tone: Tone {
    switch change.direction {
    case .regression: .bad
    case .progress: change.after.isOnStandin ? .standin : .good
    case .neutral: change.kind == .expired ? .warning : .quiet
    }
  }

  /// One character, beside the words and never in their place.
  var sign: String {
    switch change.direction {
    case .regression: "✗"
    case .progress: change.after.isOnStandin ? "◇" : "✓"
    case .neutral: "·"
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
  var reason: String? { change.after.reason ?? change.before.reason }

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

  /// Whether there is more to say than what it was and is.
  var hasMore: Bool { reason != nil || !change.details.isEmpty || change.place != nil }

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
  package var shown: String { rawValue.replacing("-", with: " ") }
}

extension CoverageChange.Direction {
  /// `2 regressions`, `1 change for the better`.
  func counted(_ number: Int) -> String {
    switch self {
    case .regression: Words.count(number, "regression")
    case .progress: number == 1 ? "1 change for the better" : "\(number) changes for the better"
    case .neutral: number == 1 ? "1 other change" : "\(number) other changes"
    }
  }

  var tone: Tone {
    switch self {
    case .regression: .bad
    case .progress: .good
    case .neutral: .quiet
    }
  }

  var sign: String {
    switch self {
    case .regression: "✗"
    case .progress: "✓"
    case .neutral: "·"
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
