/// What the committed coverage of one recipe said, commit by commit.
package struct CoverageHistory: Codable, Hashable, Sendable {
  package static let schemaVersion = 1

  package var schema: Int
  package var recipe: String
  /// The oldest first.
  package var entries: [Entry]
  /// Why there may be more before the first entry; nil where there is none.
  package var beginning: String?

  package init(recipe: String, entries: [Entry], beginning: String? = nil) {
    schema = Self.schemaVersion
    self.recipe = recipe
    self.entries = entries
    self.beginning = beginning
  }

  /// What one commit left.
  package struct Entry: Codable, Hashable, Sendable {
    package var commit: String
    /// `YYYY-MM-DD`, as the committer's clock had it.
    package var day: String
    /// Nil where the coverage was removed or cannot be read.
    package var state: State?
    /// Why there is no state: `removed`, or what is wrong with the file.
    package var problem: String?

    package init(commit: String, day: String, state: State?, problem: String? = nil) {
      self.commit = commit
      self.day = day
      self.state = state
      self.problem = problem
    }
  }

  /// A coverage without its evidence.
  package struct State: Codable, Hashable, Sendable {
    package var level: Int
    package var isOnStandin: Bool
    package var version: String
    /// Claims by id.
    package var verdicts: [String: Verdict.Word]

    package init(level: Int, isOnStandin: Bool, version: String, verdicts: [String: Verdict.Word]) {
      self.level = level
      self.isOnStandin = isOnStandin
      self.version = version
      self.verdicts = verdicts
    }

    package init(_ coverage: CoverageModel) {
      self.init(
        level: coverage.level,
        isOnStandin: coverage.isOnStandin,
        version: coverage.target.version,
        verdicts: Dictionary(coverage.claims.map { ($0.id, $0.verdict.word) }) { first, _ in first }
      )
    }

    package var refuted: Int { verdicts.values.count { $0 == .refuted } }
    package var proven: Int {
      verdicts.values.count { $0 == .proven || $0 == .provenOnStandin }
    }
  }

  /// The way of one claim.
  package struct ClaimHistory: Hashable, Sendable {
    package var id: String
    /// As of the newest entry that can be read; nil where the claim is gone.
    package var now: Verdict.Word?
    /// The oldest entry in which it is proven, on a stand-in or not.
    package var firstProven: Entry?
    package var lastRefuted: Entry?
    /// How often it went from proven to anything else or back.
    package var flips: Int
  }

  /// Every claim that ever was, those of today first, each group by id.
  package var claims: [ClaimHistory] {
    let known = entries.filter { $0.state != nil }
    let newest = known.last?.state
    let ids = Set(known.flatMap { $0.state.map { Array($0.verdicts.keys) } ?? [] })
    let all = ids.map { history(of: $0, known, newest) }
    return all.sorted { a, b in
      if (a.now == nil) != (b.now == nil) { return b.now == nil }
      return a.id.utf8.lexicographicallyPrecedes(b.id.utf8)
    }
  }

  private func history(of id: String, _ known: [Entry], _ newest: State?) -> ClaimHistory {
    var claim = ClaimHistory(id: id, now: newest?.verdicts[id], flips: 0)
    var before: Bool?
    for entry in known {
      // Where a claim is not there, nothing is said of it.
      guard let word = entry.state?.verdicts[id] else { continue }
      let isProven = word == .proven || word == .provenOnStandin
      if isProven, claim.firstProven == nil { claim.firstProven = entry }
      if word == .refuted { claim.lastRefuted = entry }
      if let before, before != isProven { claim.flips += 1 }
      before = isProven
    }
    return claim
  }
}
