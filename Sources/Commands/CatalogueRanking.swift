import Auditing
import Evidence

/// Which recipe of a catalogue needs work first.
///
/// By what is refuted (claims, and errors of rules), then units without a port, then what is
/// unproven, then warnings, then the name: what a page says wrongly comes before what it leaves open.
struct CatalogueRanking {
  struct Row {
    var recipe: String
    var hasRun: Bool
    var refuted: Int
    var missing: Int
    var units: Int
    var unproven: Int
    var warnings: Int

    init(recipe: String, hasRun: Bool, claims: [Claim], units: [UnitCoverage], findings: [Finding])
    {
      self.recipe = recipe
      self.hasRun = hasRun
      let open = findings.filter { $0.waived == nil }
      missing = units.count { $0.disposition == .missing }
      self.units = units.count
      // A missing unit is a claim and a finding, and counts apart from both.
      let errors = open.count { $0.severity == .error && $0.rule != Rule.portMissing.rawValue }
      refuted = claims.count { $0.verdict.word == .refuted && $0.id != "P2" } - missing + errors
      unproven = claims.count { $0.verdict.word == .unproven && $0.id != "P2" }
      warnings = open.count { $0.severity == .warning }
    }

    fileprivate var weight: (Int, Int, Int, Int) { (refuted, missing, unproven, warnings) }

    fileprivate var words: String {
      var parts: [String] = []
      if refuted > 0 { parts.append("\(refuted) refuted") }
      if missing > 0 { parts.append("\(missing) of \(units) units without a port") }
      if unproven > 0 { parts.append("\(unproven) unproven") }
      if warnings > 0 { parts.append("\(warnings) warning\(warnings == 1 ? "" : "s")") }
      let work = parts.isEmpty ? "nothing to do" : parts.joined(separator: ", ")
      return hasRun ? work : "\(work); no run is kept"
    }
  }

  private var rows: [Row] = []

  mutating func add(_ row: Row) { rows.append(row) }

  /// One line for each recipe, the one that needs work first on top.
  var text: String {
    let sorted = rows.sorted { a, b in
      if a.weight != b.weight { return a.weight > b.weight }
      if a.hasRun != b.hasRun { return b.hasRun }
      return a.recipe.utf8.lexicographicallyPrecedes(b.recipe.utf8)
    }
    let width = rows.map { $0.recipe.count }.max() ?? 0
    var text = "what needs work first\n"
    for (index, row) in sorted.enumerated() {
      let number = String(index + 1)
      let indent = String(repeating: " ", count: max(0, 4 - number.count))
      let gap = String(repeating: " ", count: width - row.recipe.count + 2)
      text += "\(indent)\(number)  \(row.recipe)\(gap)\(row.words)\n"
    }
    return text
  }
}
