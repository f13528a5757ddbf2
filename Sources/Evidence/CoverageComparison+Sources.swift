import Formats

extension CoverageComparison {
  // MARK: The corpus

  mutating func compareUnits() {
    let units = Paired(before.corpus.units ?? [], after.corpus.units ?? []) { TextKey($0.id) }
    for (a, b) in units.both where a.disposition != b.disposition {
      if told.units.contains(TextKey(b.id)) { continue }
      add(.disposition, "P2/\(b.id)", state(a, before), state(b, after))
    }
    let texts = (Self.shown(before.corpus), Self.shown(after.corpus))
    let details =
      units.onlyOld.map { Detail("unit", $0.id, nil) }
      + units.onlyNew.map { Detail("unit", nil, $0.id) }
      + Self.details("tree", before.corpus.tree, after.corpus.tree)
      + Self.details("pins", before.corpus.pins, after.corpus.pins)
      + Self.details("root", before.corpus.root, after.corpus.root)
      + Self.details("sample", "\(before.corpus.isSample)", "\(after.corpus.isSample)")
    guard before.corpus.state != after.corpus.state || !details.isEmpty else { return }
    add(
      .corpus,
      "corpus",
      old(texts.0, Self.standing(before.corpus)),
      new(texts.1, Self.standing(after.corpus)),
      details
    )
  }

  static func details(_ what: String, _ before: String?, _ after: String?) -> [Detail] {
    before.map(TextKey.init) == after.map(TextKey.init) ? [] : [Detail(what, before, after)]
  }

  /// Of what cannot be read nothing can be said; of what can be read all that follows is in claims.
  private static func standing(_ corpus: CorpusCoverage) -> CoverageChange.Standing {
    switch corpus.state {
    case .rootMissing, .unreadable: .unknown
    case .none, .noEntry, .noScripts, .scripts: .open
    }
  }

  private static func shown(_ corpus: CorpusCoverage) -> String {
    switch corpus.state {
    case .none: "no corpus"
    case .rootMissing: "the root is not there"
    case .noEntry: "no entry for this recipe"
    case .noScripts: "an entry without scripts"
    case .unreadable: "cannot be read"
    case .scripts: "scripts to port: \(corpus.scripts.count)"
    }
  }

  private func state(_ unit: UnitCoverage, _ model: CoverageModel) -> State {
    let standing: CoverageChange.Standing =
      switch unit.disposition {
      case .ported, .covered: .good
      case .deferred, .nonPort: .open
      case .weaker, .drifted, .unread, .unshown: .unknown
      case .failing, .missing: .bad
      }
    return State(unit.disposition.shown, standing: standing, isOnStandin: model.isOnStandin)
  }

  // MARK: Deferrals

  mutating func compareDeferrals() {
    let deferrals = Paired(before.deferrals, after.deferrals) { TextKey($0.what) }
    for (a, b) in deferrals.both where a != b {
      add(
        .deferralChanged,
        b.what,
        old("deferred", .open),
        new("deferred", .open),
        Self.details("why", a.why, b.why) + Self.details("until", a.until, b.until)
      )
    }
    for one in deferrals.onlyOld {
      add(.deferralEnded, one.what, state(one, before), newAbsent)
    }
    for one in deferrals.onlyNew {
      add(.newlyDeferred, one.what, oldAbsent, state(one, after))
    }
    compareExpiry()
  }

  private func state(_ deferral: Deferral, _ model: CoverageModel) -> State {
    State(
      "deferred",
      reason: .declared(deferral.why),
      until: deferral.until,
      standing: .open,
      isOnStandin: model.isOnStandin
    )
  }

  /// A promise that is past its day on one side only. One that both sides make is no difference
  /// between them, whatever day it is.
  private mutating func compareExpiry() {
    let promises = Paired(Self.promises(before), Self.promises(after)) {
      TextKey("\($0.subject)\n\($0.until)")
    }
    for one in promises.onlyNew where isPast(one.until) {
      add(.expired, one.subject, oldAbsent, new("until \(one.until)", .unknown))
    }
    for one in promises.onlyOld where isPast(one.until) {
      add(.unexpired, one.subject, old("until \(one.until)", .unknown), newAbsent)
    }
  }

  private struct Promise {
    var subject: String
    var until: String
  }

  private static func promises(_ model: CoverageModel) -> [Promise] {
    model.deferrals.map { Promise(subject: $0.what, until: $0.until) }
      + model.claims.compactMap { claim in
        claim.verdict.until.map { Promise(subject: claim.id, until: $0) }
      }
      + model.findings.compactMap { finding in
        finding.waivedUntil.map { Promise(subject: "waiver of \(finding.rule)", until: $0) }
      }
  }

  /// A trigger in words has no day.
  private func isPast(_ until: String) -> Bool {
    let bytes = Array(until.utf8)
    let isDay =
      bytes.count == 10
      && bytes.enumerated().allSatisfy { index, byte in
        index == 4 || index == 7 ? byte == 0x2D : (0x30...0x39).contains(byte)
      }
    return isDay && UTF8Order.precedes(until, today)
  }

  // MARK: Findings

  mutating func compareFindings() {
    func key(_ finding: Finding) -> TextKey {
      TextKey("\(finding.rule)\n\(finding.severity.rawValue)\n\(finding.message)")
    }
    // Of equal ones the waived come last, on both sides.
    func sorted(_ findings: [Finding]) -> [Finding] {
      findings.filter { !$0.isWaived } + findings.filter(\.isWaived)
    }
    let findings = Paired(sorted(before.findings), sorted(after.findings), key: key)
    for (a, b) in findings.both where a.isWaived != b.isWaived {
      let kind: CoverageChange.Kind = b.isWaived ? .findingWaived : .findingUnwaived
      add(kind, b.rule, state(a, before), state(b, after))
    }
    for finding in findings.onlyOld {
      add(.findingLost, finding.rule, state(finding, before), newAbsent)
    }
    for finding in findings.onlyNew {
      add(.findingGained, finding.rule, oldAbsent, state(finding, after))
    }
  }

  private func state(_ finding: Finding, _ model: CoverageModel) -> State {
    State(
      finding.isWaived ? "waived \(finding.severity.rawValue)" : finding.severity.rawValue,
      reason: .told(finding.waived.map { "\(finding.message) (\($0))" } ?? finding.message),
      until: finding.waivedUntil,
      standing: finding.isWaived || finding.severity == .note
        ? .open : finding.severity == .error ? .bad : .unknown,
      isOnStandin: model.isOnStandin,
      place: finding.place
    )
  }

  // MARK: Versions, suite, driver

  mutating func compareSources() {
    compare(before.base, after.base, "base")
    compare(before.target, after.target, "target")
    if !UTF8Order.areEqual(before.suiteTree, after.suiteTree) {
      add(
        .setup,
        "suite",
        old("tree \(before.suiteTree.prefix(12))"),
        new("tree \(after.suiteTree.prefix(12))")
      )
    }
    if !UTF8Order.areEqual(before.driver, after.driver) {
      add(.setup, "driver", old(before.driver), new(after.driver))
    }
    if before.gate != after.gate {
      add(.setup, "gate", old(Self.shown(before.gate)), new(Self.shown(after.gate)))
    }
    let wanted = (before.policy.functionalChecks, after.policy.functionalChecks)
    if wanted.0 != wanted.1 {
      add(
        .setup,
        "policy",
        old("functional checks: \(wanted.0)"),
        new("functional checks: \(wanted.1)")
      )
    }
  }

  private mutating func compare(_ a: RecipeRevision?, _ b: RecipeRevision?, _ what: String) {
    guard a != b else { return }
    add(
      .version,
      what,
      a.map { old($0.version) } ?? oldAbsent,
      b.map { new($0.version) } ?? newAbsent,
      a == nil || b == nil ? [] : Self.details("tree", a?.tree, b?.tree)
    )
  }

  private static func shown(_ gate: GateCoverage) -> String {
    let codes = gate.accepts.map(String.init).joined(separator: ", ")
    let http = gate.path.map { path in
      ["GET \(path) → \(codes)"] + gate.requires.map { "\($0.key) = \($0.value)" }
    }
    return ((gate.port.map { ["TCP \($0)"] } ?? []) + (http ?? []) + ["within \(gate.within) s"])
      .joined(separator: ", ")
  }

  // MARK: Everything else

  /// Where nothing else is told, two coverages that differ say so all the same.
  mutating func compareWording() {
    var parts: [String] = []
    let checks = (before.checks.map(Self.ordered), after.checks.map(Self.ordered))
    if Self.differ(checks.0, checks.1, by: { $0.id.description }) { parts.append("checks") }
    let stores = (before.stores.map(Self.ordered), after.stores.map(Self.ordered))
    if Self.differ(stores.0, stores.1, by: \.name) { parts.append("stores") }
    if Self.differ(before.claims, after.claims, by: \.id) { parts.append("claims") }
    if Self.differ(before.rungs, after.rungs, by: { "\($0.level)" }) { parts.append("rungs") }
    if Self.differ(before.findings, after.findings, by: { "\($0.rule) \($0.message)" }) {
      parts.append("findings")
    }
    if Self.differ(before.corpus.units ?? [], after.corpus.units ?? [], by: \.id) {
      parts.append("units")
    }
    var corpora = (before.corpus, after.corpus)
    corpora.0.units = nil
    corpora.1.units = nil
    corpora.0.scripts.sort(by: UTF8Order.precedes)
    corpora.1.scripts.sort(by: UTF8Order.precedes)
    if corpora.0 != corpora.1 { parts.append("corpus") }
    if before.notes.map(TextKey.init) != after.notes.map(TextKey.init) { parts.append("notes") }
    if !UTF8Order.areEqual(before.recipe, after.recipe) { parts.append("recipe") }
    guard !parts.isEmpty else { return }
    add(.wording, parts.joined(separator: ", "), old("other words"), new("other words"))
  }

  private static func ordered(_ check: CheckCoverage) -> CheckCoverage {
    var check = check
    check.ports.sort(by: UTF8Order.precedes)
    // Older files have none; where both have one it is compared with the evidence.
    check.body = nil
    return check
  }

  private static func ordered(_ store: StoreCoverage) -> StoreCoverage {
    var store = store
    store.counts.sort(by: UTF8Order.precedes)
    return store
  }

  private static func differ<Element: Equatable>(
    _ a: [Element],
    _ b: [Element],
    by key: (Element) -> String
  ) -> Bool {
    let pairs = Paired(a, b) { TextKey(key($0)) }
    return !pairs.onlyOld.isEmpty || !pairs.onlyNew.isEmpty || pairs.both.contains { $0 != $1 }
  }
}
