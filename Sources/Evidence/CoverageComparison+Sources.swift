import Formats

extension CoverageComparison {
  // MARK: The corpus

  mutating func compareUnits() {
    let units = Paired(before.corpus.units ?? [], after.corpus.units ?? []) { TextKey($0.id) }
    for (a, b) in units.both where a != b {
      let (id, states) = ("P2/\(b.id)", (state(a, before), state(b, after)))
      // An original that asks for less is no original to be held to, pinned or not.
      let facts = Paired(a.facts, b.facts) { TextKey($0) }
      add(
        facts.onlyOld.map { Shift(.weaker, "original", $0, nil) }
          + facts.onlyNew.map { Shift(.stronger, "original", nil, $0) },
        id,
        states
      )
      if a.disposition != b.disposition, !told.units.contains(TextKey(b.id)) {
        let about = Self.union(a.checks.map(\.description), b.checks.map(\.description))
        add(.disposition, id, states.0, states.1, about: about)
      }
    }
    let texts = (Self.shown(before.corpus), Self.shown(after.corpus))
    let details =
      units.onlyOld.map { Detail("unit", $0.id, nil) }
      + units.onlyNew.map { Detail("unit", nil, $0.id) }
      + Self.hashes("tree", before.corpus.tree, after.corpus.tree)
      + Self.hashes("pins", before.corpus.pins, after.corpus.pins)
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

  /// Shortened, as everywhere that a person reads them.
  private static func hashes(_ what: String, _ before: String?, _ after: String?) -> [Detail] {
    details(what, before, after).map { detail in
      Detail(
        what,
        detail.before.map { String($0.prefix(12)) },
        detail.after.map { String($0.prefix(12)) }
      )
    }
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
      case .ported: .good
      case .covered, .deferred, .nonPort: .open
      case .weaker, .drifted, .unread, .unshown: .unknown
      case .failing, .missing: .bad
      }
    return State(text: unit.disposition.shown, standing: standing, isOnStandin: model.isOnStandin)
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
      text: "deferred",
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
    Self.isDay(until) && UTF8Order.precedes(until, today)
  }

  private static func isDay(_ until: String) -> Bool {
    let bytes = Array(until.utf8)
    return bytes.count == 10
      && bytes.enumerated().allSatisfy { index, byte in
        index == 4 || index == 7 ? byte == 0x2D : (0x30...0x39).contains(byte)
      }
  }

  // MARK: Findings

  mutating func compareFindings() {
    func key(_ finding: Finding) -> TextKey {
      TextKey("\(finding.rule)\n\(finding.severity.rawValue)\n\(finding.message)")
    }
    // Of equal ones the waived come last, on both sides.
    func sorted(_ findings: [Finding]) -> [Finding] {
      func key(_ finding: Finding) -> String {
        let waiver = [finding.waived, finding.waivedUntil].map { $0 ?? "" }
        return
          ([finding.isWaived ? "1" : "0", finding.severity.rawValue, finding.message] + waiver)
          .joined(separator: "\n")
      }
      return findings.sorted { UTF8Order.precedes(key($0), key($1)) }
    }
    let findings = Paired(sorted(before.findings), sorted(after.findings), key: key)
    for (a, b) in findings.both where a.isWaived != b.isWaived {
      let kind: CoverageChange.Kind = b.isWaived ? .findingWaived : .findingUnwaived
      let about = Self.union(a.about, b.about)
      add(kind, b.rule, state(a, before), state(b, after), about: about)
    }
    for (a, b) in findings.both where a.isWaived && b.isWaived { compareWaivers(a, b) }
    // The same rule about the same thing, in other words or of another severity.
    let others = Paired(sorted(findings.onlyOld), sorted(findings.onlyNew)) { finding in
      TextKey("\(finding.rule)\n\(finding.about.joined(separator: "\n"))")
    }
    for (a, b) in others.both {
      let states = (state(a, before), state(b, after))
      let kind: CoverageChange.Kind =
        switch (states.0.standing, states.1.standing) {
        case (let x, let y) where y < x: .findingGained
        case (let x, let y) where x < y: .findingLost
        default: .altered
        }
      add(kind, b.rule, states.0, states.1, about: b.about)
    }
    for finding in others.onlyOld {
      add(.findingLost, finding.rule, state(finding, before), newAbsent, about: finding.about)
    }
    for finding in others.onlyNew {
      add(.findingGained, finding.rule, oldAbsent, state(finding, after), about: finding.about)
    }
  }

  /// Names of both, each once, in the order of their bytes.
  static func union(_ a: [String], _ b: [String]) -> [String] {
    Set(a + b).sorted(by: UTF8Order.precedes)
  }

  /// One that ends later is weaker, a trigger in words than a day.
  private mutating func compareWaivers(_ a: Finding, _ b: Finding) {
    var shifts: [Shift] = []
    if let old = a.waivedUntil, let new = b.waivedUntil, !UTF8Order.areEqual(old, new) {
      let way: Shift.Way =
        switch (Self.isDay(old), Self.isDay(new)) {
        case (true, true): UTF8Order.precedes(old, new) ? .weaker : .stronger
        case (true, false): .weaker
        case (false, true): .stronger
        case (false, false): .other
        }
      shifts.append(Shift(way, "until", old, new))
    }
    if a.waived.map(TextKey.init) != b.waived.map(TextKey.init) {
      shifts.append(Shift(.other, "why", a.waived, b.waived))
    }
    let states = (state(a, before), state(b, after))
    add(shifts, "waiver of \(b.rule)", states)
  }

  private func state(_ finding: Finding, _ model: CoverageModel) -> State {
    State(
      text: finding.isWaived ? "waived \(finding.severity.rawValue)" : finding.severity.rawValue,
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
    let beside = Paired(before.dependencies ?? [], after.dependencies ?? []) { TextKey($0.recipe) }
    for (a, b) in beside.both { compare(a.revision, b.revision, "dependency \(b.recipe)") }
    for one in beside.onlyOld { compare(one.revision, nil, "dependency \(one.recipe)") }
    for one in beside.onlyNew { compare(nil, one.revision, "dependency \(one.recipe)") }
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
    compareGates()
    compareHooks()
    let wanted = (before.policy.functionalChecks, after.policy.functionalChecks)
    if wanted.0 != wanted.1 {
      let details = [Detail("functional checks", "\(wanted.0)", "\(wanted.1)")]
      let kind: CoverageChange.Kind = wanted.1 < wanted.0 ? .weakened : .strengthened
      add(kind, "policy", old("policy"), new("policy"), details)
    }
  }

  /// What takes more for ready, or waits longer for it, is weaker.
  private mutating func compareGates() {
    let (a, b) = (before.gate, after.gate)
    guard a != b else { return }
    var shifts: [Shift] = []
    for (what, old, new) in [("path", a.path, b.path), ("port", a.port, b.port)] where old != new {
      shifts.append(Shift(.of(old, new), what, old, new))
    }
    let codes = Paired(a.accepts.map(String.init), b.accepts.map(String.init)) { TextKey($0) }
    shifts += codes.onlyOld.map { Shift(.stronger, "accepts", $0, nil) }
    shifts += codes.onlyNew.map { Shift(.weaker, "accepts", nil, $0) }
    func shown(_ gate: GateCoverage) -> [String] { gate.requires.map { "\($0.key) = \($0.value)" } }
    shifts += Shift.all("requires", shown(a), shown(b))
    if a.within != b.within {
      let way: Shift.Way = b.within > a.within ? .weaker : .stronger
      shifts.append(Shift(way, "within", "\(a.within) s", "\(b.within) s"))
    }
    if a.steady != b.steady {
      func shown(_ milliseconds: Int?) -> String? { milliseconds.map { "\($0) ms" } }
      let way = Shift.Way.of(a.steady ?? GateCoverage.usual, b.steady ?? GateCoverage.usual)
      shifts.append(Shift(way, "steady", shown(a.steady), shown(b.steady)))
    }
    add(shifts, "gate", (old("gate"), new("gate")))
  }

  /// What the suite does beside the operations may heal as well as look: only what it expects is more
  /// or less. A service that must be started again has not lived through the restore by itself.
  private mutating func compareHooks() {
    let hooks = Paired(before.hooks ?? [], after.hooks ?? []) { TextKey($0.name) }
    let empty = { HookCoverage(name: $0, steps: []) }
    let pairs =
      hooks.both + hooks.onlyOld.map { ($0, empty($0.name)) }
      + hooks.onlyNew.map { (empty($0.name), $0) }
    for (a, b) in pairs where a != b {
      func expected(_ hook: HookCoverage) -> [String] {
        hook.steps.flatMap { step in step.assertions.map { "\(step.act): \($0)" } }
      }
      let acts = Paired(a.steps, b.steps) { TextKey($0.act) }
      // What has to be done afterwards is not done by the recipe, no more than a restart is.
      let isHelp = ["post_upgrade", "post_restore"].contains(b.name)
      let less: Shift.Way = isHelp && acts.onlyNew.isEmpty ? .stronger : .other
      let more: Shift.Way = isHelp && acts.onlyOld.isEmpty ? .weaker : .other
      add(
        Shift.all("expected", expected(a), expected(b))
          + acts.onlyOld.map { Shift(less, "step", $0.act, nil) }
          + acts.onlyNew.map { Shift(more, "step", nil, $0.act) },
        b.name,
        (old("hook"), new("hook"))
      )
    }
    let restarts = Shift.all("service", after.restarts ?? [], before.restarts ?? [])
    add(restarts.map(\.reversed), "restart_after_restore", (old("restarts"), new("restarts")))
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
    if before.hooks != after.hooks || before.restarts != after.restarts { parts.append("hooks") }
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
    check.scripts = nil
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
