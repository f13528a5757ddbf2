package import Evidence
import Formats

/// A diff for programs; `docs/schema/diff.schema.json` describes it.
package struct DiffJSON: Sendable {
  package static let schemaVersion = 1

  private let diff: CoverageDiff

  package init(_ diff: CoverageDiff) { self.diff = diff }

  package func rendered() throws -> String {
    let bytes = try JSONTextEncoder(.spaced).bytes(of: Document(diff))
    return String(decoding: bytes, as: UTF8.self) + "\n"
  }

  private struct Document: Encodable {
    var schema = DiffJSON.schemaVersion
    var from: String
    var to: String
    var today: String
    var recipeCount: Int
    var counts: Counts
    var recipes: [Recipe]

    init(_ diff: CoverageDiff) {
      from = diff.from
      to = diff.to
      today = diff.today
      recipeCount = diff.recipeCount
      counts = Counts(diff.count)
      recipes = diff.recipes.map(Recipe.init)
    }
  }

  private struct Counts: Encodable {
    var regression: Int
    var progress: Int
    var neutral: Int

    init(_ count: (CoverageChange.Direction) -> Int) {
      regression = count(.regression)
      progress = count(.progress)
      neutral = count(.neutral)
    }
  }

  private struct Recipe: Encodable {
    var recipe: String
    var isOnStandin: Bool
    var counts: Counts
    var changes: [Change]

    init(_ diff: RecipeDiff) {
      recipe = diff.recipe
      isOnStandin = diff.isOnStandin
      counts = Counts(diff.count)
      changes = diff.changes.map(Change.init)
    }
  }

  private struct Change: Encodable {
    var kind: CoverageChange.Kind
    var direction: CoverageChange.Direction
    var subject: String
    var formerSubject: String?
    var before: State
    var after: State
    var details: [Detail]
    var place: SourcePlace?

    init(_ change: CoverageChange) {
      kind = change.kind
      direction = change.direction
      subject = change.subject
      formerSubject = change.formerSubject
      before = State(change.before)
      after = State(change.after)
      details = change.details.map(Detail.init)
      place = change.place
    }
  }

  private struct State: Encodable {
    var text: String
    var reason: String?
    var isOnStandin: Bool

    init(_ state: CoverageChange.State) {
      text = state.text
      reason = state.reason
      isOnStandin = state.isOnStandin
    }
  }

  private struct Detail: Encodable {
    var what: String
    var before: String?
    var after: String?

    init(_ detail: CoverageChange.Detail) {
      what = detail.what
      before = detail.before
      after = detail.after
    }
  }
}
