package import Evidence
import Formats

/// A diff for programs; `docs/schema/diff.schema.json` describes it.
package struct DiffJSON: Sendable {
  /// 2 put what follows from a change under it.
  static let schemaVersion = 2

  private let diff: CoverageDiff

  package init(_ diff: CoverageDiff) { self.diff = diff }

  package func rendered() -> String {
    let document = Self.object([
      ("schema", .int(Int64(Self.schemaVersion))), ("from", .string(diff.from)),
      ("to", .string(diff.to)), ("today", .string(diff.today)),
      ("recipeCount", .int(Int64(diff.recipeCount))), ("counts", Self.counts(diff.count)),
      ("recipes", .array(diff.recipes.map(Self.recipe))),
    ])
    return JSONWriter(.spaced).string(of: document) + "\n"
  }

  /// What has no value has no key.
  private static func object(_ members: [(String, JSONValue?)]) -> JSONValue {
    .object(JSONObject(members.compactMap { key, value in value.map { (key, $0) } }))
  }

  private static func counts(_ count: (CoverageChange.Direction) -> Int) -> JSONValue {
    object(CoverageChange.Direction.allCases.map { ($0.rawValue, .int(Int64(count($0)))) })
  }

  private static func recipe(_ recipe: RecipeDiff) -> JSONValue {
    object([
      ("recipe", .string(recipe.recipe)), ("isOnStandin", .bool(recipe.isOnStandin)),
      ("counts", counts(recipe.count)), ("changes", .array(recipe.changes.map(change))),
    ])
  }

  private static func change(_ change: CoverageChange) -> JSONValue {
    object([
      ("kind", .string(change.kind.rawValue)), ("direction", .string(change.direction.rawValue)),
      ("subject", .string(change.subject)),
      ("formerSubject", change.formerSubject.map(JSONValue.string)),
      ("before", state(change.before)), ("after", state(change.after)),
      ("details", .array(change.details.map(detail))),
      ("consequences", .array(change.consequences.map(Self.change))),
      (
        "place",
        change.place.map { place in
          object([
            ("file", .string(place.file)), ("line", .int(Int64(place.line))),
            ("column", .int(Int64(place.column))),
          ])
        }
      ),
    ])
  }

  private static func state(_ state: CoverageChange.State) -> JSONValue {
    object([
      ("text", .string(state.text)), ("reason", state.shownReason.map(JSONValue.string)),
      ("isOnStandin", .bool(state.isOnStandin)),
    ])
  }

  private static func detail(_ detail: CoverageChange.Detail) -> JSONValue {
    object([
      ("what", .string(detail.what)), ("before", detail.before.map(JSONValue.string)),
      ("after", detail.after.map(JSONValue.string)),
    ])
  }
}
