import Formats

/// One thing that is different between two coverages of a recipe.
package struct CoverageChange: Hashable, Sendable {
  package var kind: Kind
  /// What it is about: the id of a claim, a check or a unit, a store, a rule.
  package var subject: String
  /// Its id on the older side, where it had another.
  package var formerSubject: String?
  package var before: State
  package var after: State
  /// What of it changed, one fact each; sorted.
  package var details: [Detail] = []
  /// What it rests on or names besides its subject: checks, stores, units.
  package var about: [String] = []
  /// What follows from it, the worst first; they have none of their own.
  package var consequences: [CoverageChange] = []

  /// What it means for whoever reviews it.
  package enum Direction: String, Codable, CaseIterable, Sendable {
    case regression, progress, neutral
  }

  /// How good a state is, whatever it is the state of.
  package enum Standing: Int, Comparable, Sendable {
    /// There is nothing.
    case absent
    /// Refuted, failed, a unit that nothing stands for.
    case bad
    /// Unproven, broken, not run: nobody knows.
    case unknown
    /// Vacuous, deferred, not applicable, skipped: nothing is claimed.
    case open
    case good

    package static func < (a: Standing, b: Standing) -> Bool { a.rawValue < b.rawValue }
  }

  /// One side of a change.
  package struct State: Hashable, Sendable {
    /// `proven`, `level 3`, `state`; `absent` where there is nothing.
    package var text: String
    package var reason: Reason?
    /// Of what is deferred or waived: a date, or a trigger in words.
    package var until: String?
    package var standing = Standing.good
    /// Of a claim.
    package var verdict: Verdict.Word?
    /// Whether a stand-in showed it.
    package var isOnStandin: Bool
    package var place: SourcePlace?

    package static func absent(isOnStandin: Bool) -> State {
      State(text: "absent", standing: .absent, isOnStandin: isOnStandin)
    }
  }

  /// `strength: state → content`; an assertion that is there on one side only.
  package struct Detail: Hashable, Sendable {
    package var what: String
    package var before: String?
    package var after: String?

    package init(_ what: String, _ before: String?, _ after: String?) {
      self.what = what
      self.before = before
      self.after = after
    }
  }

  /// Where it is written, on the newer side if it is there.
  package var place: SourcePlace? { after.place ?? before.place }

  /// The same seen from the other side.
  package var inverted: CoverageChange {
    CoverageChange(
      kind: kind.inverted(before: before, after: after),
      subject: formerSubject ?? subject,
      formerSubject: formerSubject == nil ? nil : subject,
      before: after,
      after: before,
      details: details.map { Detail($0.what, $0.after, $0.before) }.sorted(by: Detail.precedes),
      about: about
    )
  }
}

extension CoverageChange.Detail {
  static func precedes(_ a: Self, _ b: Self) -> Bool {
    for (x, y) in [
      (a.what, b.what), (a.before ?? "", b.before ?? ""), (a.after ?? "", b.after ?? ""),
    ] {
      let order = UTF8Order.compare(x, y)
      if order != 0 { return order < 0 }
    }
    return false
  }
}

// MARK: - Kinds

extension CoverageChange {
  /// What sort of change it is. The raw value is what `--fail-on` takes and JSON holds. In the
  /// order in which a reader wants to know.
  package enum Kind: String, Codable, CaseIterable, Sendable {
    case recipeLost = "recipe-lost"
    case newlyRefuted = "newly-refuted"
    case newlyUnproven = "newly-unproven"
    case newlyDeclared = "newly-declared"
    case newlyVacuous = "newly-vacuous"
    case newlyNotApplicable = "newly-not-applicable"
    case newlyDeferred = "newly-deferred"
    case lost
    case level
    case rung
    case weakened
    case scriptChanged = "script-changed"
    case outcome
    case disposition
    case provenance
    case expired
    case findingGained = "finding-gained"
    case findingUnwaived = "finding-unwaived"
    case newlyProven = "newly-proven"
    case strengthened
    case findingLost = "finding-lost"
    case recipeGained = "recipe-gained"
    case gained
    case renamed
    case altered
    case deferralChanged = "deferral-changed"
    case deferralEnded = "deferral-ended"
    case unexpired
    case findingWaived = "finding-waived"
    case corpus
    case version
    case setup
    case slower
    case faster
    case wording

    init(_ word: Verdict.Word) {
      self =
        switch word {
        case .proven, .provenOnStandin: .newlyProven
        case .refuted: .newlyRefuted
        case .unproven: .newlyUnproven
        case .vacuous: .newlyVacuous
        case .declared: .newlyDeclared
        case .deferred: .newlyDeferred
        case .notApplicable: .newlyNotApplicable
        }
    }

    func inverted(before: State, after: State) -> Kind {
      switch self {
      case .newlyRefuted, .newlyUnproven, .newlyDeclared, .newlyVacuous, .newlyNotApplicable,
        .newlyDeferred, .newlyProven:
        if let word = before.verdict { return Kind(word) }
        return after.verdict == nil ? .deferralEnded : .lost
      case .lost: return before.verdict.map { Kind($0) } ?? .gained
      case .gained: return .lost
      case .recipeLost: return .recipeGained
      case .recipeGained: return .recipeLost
      case .weakened: return .strengthened
      case .strengthened: return .weakened
      case .findingGained: return .findingLost
      case .findingLost: return .findingGained
      case .findingWaived: return .findingUnwaived
      case .findingUnwaived: return .findingWaived
      case .deferralEnded: return .newlyDeferred
      case .expired: return .unexpired
      case .unexpired: return .expired
      case .slower: return .faster
      case .faster: return .slower
      case .level, .rung, .outcome, .disposition, .provenance, .renamed, .altered,
        .deferralChanged, .corpus, .version, .setup, .scriptChanged, .wording:
        return self
      }
    }
  }

  /// Progress is only what ends good, and never what a stand-in shows in the real app's place.
  package var direction: Direction {
    switch kind {
    case .recipeLost, .weakened: return .regression
    case .lost: return before.standing == .open ? .neutral : .regression
    case .findingGained:
      // A note asks for nothing, and what is waived does not count. What is left over from a repair is
      // no harm.
      return after.standing == .open || isLeftOver ? .neutral : .regression
    case .findingWaived:
      // A rule that counted is silenced; that a note is changes nothing.
      return before.standing == .open ? .neutral : .regression
    case .findingUnwaived: return .neutral
    case .strengthened:
      // A check that asks for more and now fails is no better.
      return isLostProvenance || after.standing < before.standing ? .neutral : .progress
    case .findingLost:
      return before.standing == .open || isLeftOver ? .neutral : .progress
    case .newlyRefuted, .newlyUnproven, .newlyDeclared, .newlyVacuous, .newlyNotApplicable,
      .newlyDeferred, .newlyProven, .level, .rung, .outcome, .disposition, .recipeGained, .corpus:
      return ofStandings
    case .scriptChanged:
      // What it asks for now nobody can compare with what it had shown.
      return before.standing == .good ? .regression : .neutral
    case .provenance:
      return after.standing < before.standing ? .regression : .neutral
    case .gained, .renamed, .altered, .deferralChanged, .deferralEnded, .unexpired, .expired,
      .version, .setup, .slower, .faster, .wording:
      return .neutral
    }
  }

  /// Whether it is a finding that only asks to tidy up after a repair.
  private var isLeftOver: Bool { ["waiver-unused", "deferral-has-port"].contains(subject) }

  private var isLostProvenance: Bool { after.isOnStandin && !before.isOnStandin }

  private var ofStandings: Direction {
    if before.standing == .absent, after.standing == .bad { return .regression }
    if after.standing < before.standing { return .regression }
    let isBetter = after.standing == .good && before.standing != .good
    return isBetter && !isLostProvenance ? .progress : .neutral
  }
}

extension CoverageChange: Comparable {
  /// Regressions first, then progress, then the rest; by kind, subject, states.
  package static func < (a: CoverageChange, b: CoverageChange) -> Bool {
    let directions = (a.direction.order, b.direction.order)
    if directions.0 != directions.1 { return directions.0 < directions.1 }
    if a.kind != b.kind { return a.kind.order < b.kind.order }
    let order = UTF8Order.compare(a.subject, b.subject)
    if order != 0 { return order < 0 }
    for (x, y) in zip(a.texts, b.texts) {
      let order = UTF8Order.compare(x, y)
      if order != 0 { return order < 0 }
    }
    return a.details.lexicographicallyPrecedes(b.details, by: Detail.precedes)
  }

  private var texts: [String] {
    [before.text, after.text, before.place?.description ?? "", after.place?.description ?? ""]
  }
}

extension CoverageChange.Direction {
  fileprivate var order: Int {
    switch self {
    case .regression: 0
    case .progress: 1
    case .neutral: 2
    }
  }
}

extension CoverageChange.Kind {
  private static let orders = Dictionary(
    uniqueKeysWithValues: allCases.enumerated().map { ($1, $0) }
  )

  /// Its place among all kinds.
  var order: Int { Self.orders[self] ?? 0 }
}
