import Evidence
import MarkdownDocuments
package import Suites

/// A suite made of an older one.
package struct AdoptedSuite: Sendable {
  package let draft: SuiteDraft
  /// What could not be carried over.
  package let leftovers: [Leftover]
  /// What was code and was not run.
  package let warnings: [Diagnostic]
  /// `ADOPTED.md`.
  package let note: String

  package static let noteFile = "ADOPTED.md"

  /// - Parameters:
  ///   - source: what was adopted, as messages name it.
  package init(
    _ recipe: DraftedRecipe,
    _ settings: AdoptedSettings,
    source: String,
    programs: Set<String>,
    writesLocal: Bool
  ) {
    var settings = settings
    // A person's word against the recipe's own labels is for a person.
    if !BackupLabels.read(from: recipe.compose).isEmpty {
      for one in settings.notApplicable where [.backup, .restore, .recover].contains(one.stage) {
        settings.leftovers.append(
          Leftover(
            source,
            0,
            "\(one.stage) is not applicable: \(one.why)",
            "the recipe has backup labels: say it under `not_applicable`, or let it run"
          )
        )
      }
      settings.notApplicable.removeAll { [.backup, .restore, .recover].contains($0.stage) }
    }
    draft = SuiteDraft(
      recipe,
      programs: programs,
      writesLocal: writesLocal,
      adopting: settings
    )
    leftovers = Set(settings.leftovers).sorted {
      $0.file == $1.file
        ? ($0.line, $0.what) < ($1.line, $1.what)
        : $0.file.utf8.lexicographicallyPrecedes($1.file.utf8)
    }
    warnings = settings.warnings
    note = Self.note(recipe.name, source, leftovers)
  }

  private static func note(_ recipe: String, _ source: String, _ leftovers: [Leftover]) -> String {
    var text = "# What was left of the older suite of \(MarkdownText.escaped(recipe))\n\n"
    text += "Adopted from \(MarkdownText.escaped(source)). "
    if leftovers.isEmpty { return text + "Everything was carried over.\n" }
    text += "This was not carried over; delete a row once it is settled.\n\n"
    text += "| where | what | what to do |\n|---|---|---|\n"
    for one in leftovers {
      let cells = [one.place, one.what].map { MarkdownText.escaped($0) } + [one.advice]
      text += "| \(cells.joined(separator: " | ")) |\n"
    }
    return text
  }
}
