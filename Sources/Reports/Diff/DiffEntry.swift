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
  ///
  /// - Parameter isShort: Leaves out of long texts, statements most of all, what both sides have in common.
  func details(isShort: Bool = false) -> [String] {
    change.details.map { detail in
      var (before, after) = (detail.before, detail.after)
      if isShort { (before, after) = LongText.excerpts(before, after) }
      return switch (before, after) {
      case (let before?, nil): "- \(detail.what): \(before)"
      case (nil, let after?): "+ \(detail.what): \(after)"
      case (let before?, let after?):
        UTF8Order.areEqual(before, after)
          ? "\(detail.what): \(after)" : "\(detail.what): \(before) → \(after)"
      case (nil, nil): detail.what
      }
    }
  }

  /// What follows from it, the worst first: `level: level 4 → level 1`. What is said alike of several checks is
  /// one line.
  func consequences(isShort: Bool = false) -> [String] {
    var lines: [(kind: CoverageChange.Kind, says: String, subjects: [String])] = []
    var places: [String: Int] = [:]
    for change in change.consequences {
      let entry = DiffEntry(recipe: recipe, change: change)
      let says = entry.says(isShort: isShort)
      let key = "\(change.kind.rawValue)\n\(says)"
      let place = places[key] ?? lines.count
      if place == lines.count {
        places[key] = place
        lines.append((change.kind, says, []))
      }
      if let subject = entry.subject { lines[place].subjects.append(subject) }
    }
    return lines.map { line in
      let more = line.subjects.count - Self.namedAtOnce
      let names =
        line.subjects.prefix(Self.namedAtOnce).joined(separator: ", ")
        + (more > 0 ? " and \(more) more" : "")
      return "\(line.kind.shown)\(names.isEmpty ? "" : " \(names)"): \(line.says)"
    }
  }

  /// How many checks are named of which the same is said.
  private static let namedAtOnce = 3

  private func says(isShort: Bool) -> String {
    let isSame = UTF8Order.areEqual(change.before.text, change.after.text)
    let says = details(isShort: isShort).prefix(3).joined(separator: ", ")
    return isSame && !says.isEmpty ? says : step
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

/// Texts of several hundred characters, such as SQL, in a line of a diff.
enum LongText {
  /// Characters of one that is shown.
  private static let limit = 160
  /// Characters before the first that differs.
  private static let context = 40

  /// Both as they are, or the parts of them in which they differ.
  static func excerpts(_ before: String?, _ after: String?) -> (String?, String?) {
    guard let before, let after, !UTF8Order.areEqual(before, after) else {
      return (before.map(middleCut), after.map(middleCut))
    }
    let common = zip(before, after).prefix { $0 == $1 }.count
    return (excerpt(before, from: common), excerpt(after, from: common))
  }

  private static func excerpt(_ text: String, from start: Int) -> String {
    guard text.count > limit else { return text }
    guard start > context * 2 else { return ReportText.cut(text, limit) }
    return "…" + ReportText.cut(String(text.dropFirst(start - context)), limit)
  }

  /// What it is of stands first, what it asks for last.
  private static func middleCut(_ text: String) -> String {
    text.count <= limit ? text : "\(text.prefix(limit / 2)) … \(text.suffix(limit / 2))"
  }
}

extension RecipeDiff {
  var level: DiffEntry? {
    allChanges.first { $0.kind == .level }.map { DiffEntry(recipe: recipe, change: $0) }
  }
}

extension CoverageDiff {
  /// Levels that changed, or were shown on something else, by recipe.
  var levels: [DiffEntry] { recipes.compactMap(\.level) }

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
