/// What became of one unit of the corpus: a script, or a test inside one.
package struct UnitCoverage: Codable, Hashable, Sendable {
  /// Never a stronger word than the evidence: only `ported` is proven, and `covered` is declared.
  package enum Disposition: String, Codable, CaseIterable, Sendable {
    /// Its ports passed, and what they saw is no less than what it asks.
    case ported
    /// A check that stands for it failed.
    case failing
    /// It changed since its port was pinned.
    case drifted
    /// Its ports ask or assert less than it does.
    case weaker
    /// Not all of it can be read, or be held against a run.
    case unread
    /// Its ports did not run, broke, were skipped or show nothing.
    case unshown
    /// Other checks look at the same, on a person's word.
    case covered
    case deferred
    case nonPort
    /// Nothing names it.
    case missing
  }

  /// `<path>`, `<path>::<function>`; as it is named under `ports`.
  package var id: String
  package var disposition = Disposition.missing
  /// Why a person takes other checks for as good; nil where it is not `covered`.
  package var why: String?
  /// Its own words, or what it asks, or its name; one line.
  package var about: String
  /// Its script's path.
  package var script: String
  /// Lines of its script, from 1, both included.
  package var lines: [Int]
  /// What stands for it, in the order of the suite.
  package var checks: [CheckID] = []
  /// The strongest of them; nil where there are none or none ran.
  package var strength: Strength?
  /// What it asks and asserts, one fact each, as a lock keeps them.
  package var facts: [String] = []
  /// What changed since its port was pinned.
  package var changes: [String] = []
  /// What it asks or asserts and its ports do not.
  package var weaker: [PortGap] = []
  /// Parts that cannot be read or not be compared.
  package var unread: [PortGap] = []
  /// Whether the suite's lock holds it.
  package var isPinned = false
}

extension UnitCoverage {
  /// One that nothing is known of yet.
  package init(
    unjudged id: String,
    about: String,
    script: String,
    lines: ClosedRange<Int>,
    facts: [String],
    unread: [PortGap]
  ) {
    self.init(
      id: id,
      about: about,
      script: script,
      lines: [lines.lowerBound, lines.upperBound],
      facts: facts,
      unread: unread
    )
  }
}

extension UnitCoverage.Disposition {
  /// As a person reads it.
  package var shown: String {
    switch self {
    case .ported: "ported"
    case .failing: "ported, failing"
    case .drifted: "ported, drifted"
    case .weaker: "ported, weaker"
    case .unread: "ported, not known in full"
    case .unshown: "ported, not shown"
    case .covered: "covered by other checks"
    case .deferred: "deferred"
    case .nonPort: "not to be ported"
    case .missing: "missing"
    }
  }
}
