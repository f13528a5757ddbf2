import Formats

extension CoverageComparison {
  mutating func compareChecks(_ pairs: CheckPairs) {
    for (a, b) in pairs.same where a != b { compare(a, b) }
    for (a, b) in pairs.renamed {
      add(
        .renamed,
        b.id.description,
        State(text: a.id.description, isOnStandin: before.isOnStandin, place: a.place),
        State(text: b.id.description, isOnStandin: after.isOnStandin, place: b.place),
        formerly: a.id.description
      )
      compare(a, b)
    }
    for check in pairs.lost {
      let id = check.id.description
      if told.presence.contains(TextKey(id)) { continue }
      add(.lost, id, state(check, before), newAbsent)
    }
    for check in pairs.gained {
      let id = check.id.description
      if told.presence.contains(TextKey(id)) { continue }
      add(.gained, id, oldAbsent, state(check, after))
    }
  }

  private mutating func compare(_ a: CheckCoverage, _ b: CheckCoverage) {
    let id = b.id.description
    let states = (state(a, before), state(b, after))
    let isTold =
      told.outcomes.contains(TextKey(a.id.description)) || told.outcomes.contains(TextKey(id))
    if a.outcome.word != b.outcome.word, !isTold {
      add(.outcome, id, states.0, states.1, formerly: a.id.description)
    }
    add(EvidenceComparison(a, b).shifts, id, states, formerly: a.id.description)
    let scripts = Self.changedScripts(a, b)
    if !scripts.isEmpty {
      add(.scriptChanged, id, states.0, states.1, scripts, formerly: a.id.description)
    }
  }

  /// Files of older versions name none.
  private static func changedScripts(_ a: CheckCoverage, _ b: CheckCoverage) -> [Detail] {
    guard let old = a.scripts, let new = b.scripts, old != new else { return [] }
    let scripts = Paired(old, new) { TextKey($0.path) }
    return scripts.both.filter { $0.hash != $1.hash }.map { Detail($0.path, $0.hash, $1.hash) }
      + scripts.onlyOld.map { Detail("script", $0.path, nil) }
      + scripts.onlyNew.map { Detail("script", nil, $0.path) }
  }

  mutating func add(
    _ shifts: [Shift],
    _ id: String,
    _ states: (State, State),
    formerly former: String? = nil
  ) {
    for (way, kind) in Self.kinds {
      let details = shifts.filter { $0.way == way }.map(\.detail)
      if !details.isEmpty {
        add(kind, id, states.0, states.1, details, formerly: former)
      }
    }
  }

  private static let kinds: [(Shift.Way, CoverageChange.Kind)] = [
    (.weaker, .weakened), (.stronger, .strengthened), (.other, .altered),
  ]

  /// One fact about the evidence that changed.
  struct Shift {
    enum Way { case weaker, stronger, other }

    var way: Way
    var detail: Detail

    init(_ way: Way, _ what: String, _ before: String?, _ after: String?) {
      self.way = way
      detail = Detail(what, before, after)
    }

    /// Of what asks for less the more of it there is: the two sides were given the other way round.
    var reversed: Shift { Shift(way, detail.what, detail.after, detail.before) }
  }

  private func state(_ check: CheckCoverage, _ model: CoverageModel) -> State {
    let (word, standing): (String, CoverageChange.Standing) =
      switch check.outcome.word {
      case .passed: ("passed", .good)
      case .failed: ("failed", .bad)
      case .broken: ("broken", .unknown)
      case .notRun: ("not run", .unknown)
      case .skipped: ("skipped", .open)
      }
    return State(
      text: word,
      reason: check.outcome.reason,
      standing: standing,
      isOnStandin: model.isOnStandin,
      place: check.place
    )
  }

  // MARK: Stores

  mutating func compareStores() {
    let stores = Paired(before.stores, after.stores) { TextKey($0.name) }
    for (a, b) in stores.both where a != b {
      let states = (state(a, before), state(b, after))
      var shifts: [Shift] = []
      if a.marker.map(TextKey.init) != b.marker.map(TextKey.init) {
        shifts.append(Shift(.of(a.marker, b.marker), "marker", a.marker, b.marker))
      }
      // Files of older versions have none.
      if let old = a.drop, let new = b.drop { shifts += Shift.all("drop", old, new) }
      shifts += Shift.all("count", a.counts, b.counts)
      shifts += Shift.all("change", a.change ?? [], b.change ?? [])
      shifts += Shift.all("not compared", b.volatile ?? [], a.volatile ?? []).map(\.reversed)
      if a.mechanism.map(TextKey.init) != b.mechanism.map(TextKey.init) {
        shifts.append(Shift(.other, "mechanism", a.mechanism, b.mechanism))
      }
      if a.kind != b.kind {
        shifts.append(Shift(.other, "kind", a.kind.rawValue, b.kind.rawValue))
      }
      add(shifts, "P4/\(b.name)", states)
    }
    for store in stores.onlyOld where !hasClaims(store) {
      add(.lost, "P4/\(store.name)", state(store, before), newAbsent)
    }
    for store in stores.onlyNew where !hasClaims(store) {
      add(.gained, "P4/\(store.name)", oldAbsent, state(store, after))
    }
  }

  /// Claims about a store tell that it came or went.
  private func hasClaims(_ store: StoreCoverage) -> Bool {
    (before.claims + after.claims).contains { $0.id.hasPrefix("P4/\(store.name)/") }
  }

  private func state(_ store: StoreCoverage, _ model: CoverageModel) -> State {
    State(
      text: store.result.word.shown,
      reason: store.result.reason,
      isOnStandin: model.isOnStandin
    )
  }
}

extension CoverageComparison.Shift {
  /// Of lists of acts or names: fewer is less, more is more, and others in their place are other.
  static func all(_ what: String, _ old: [String], _ new: [String]) -> [Self] {
    let pairs = Paired(
      old.sorted(by: UTF8Order.precedes),
      new.sorted(by: UTF8Order.precedes)
    ) { TextKey($0) }
    let changed = min(pairs.onlyOld.count, pairs.onlyNew.count)
    return zip(pairs.onlyOld, pairs.onlyNew).map { Self(.other, what, $0, $1) }
      + pairs.onlyOld.dropFirst(changed).map { Self(.weaker, what, $0, nil) }
      + pairs.onlyNew.dropFirst(changed).map { Self(.stronger, what, nil, $0) }
  }
}

extension CoverageComparison.Shift.Way {
  /// Something is better than nothing.
  static func of(_ before: String?, _ after: String?) -> Self {
    switch (before, after) {
    case (nil, _?): .stronger
    case (_?, nil): .weaker
    default: .other
    }
  }

  static func of(_ before: Int, _ after: Int) -> Self {
    after < before ? .weaker : after > before ? .stronger : .other
  }
}

/// What of a check's evidence is stronger, weaker or only other than it was.
struct EvidenceComparison {
  typealias Shift = CoverageComparison.Shift

  private(set) var shifts: [Shift] = []

  init(_ a: CheckCoverage, _ b: CheckCoverage) {
    if a.strength != b.strength {
      shifts.append(
        Shift(
          b.strength < a.strength ? .weaker : .stronger,
          "strength",
          a.strength.rawValue,
          b.strength.rawValue
        )
      )
    }
    if a.control != b.control {
      let ranks = (Self.rank(a.control), Self.rank(b.control))
      let isDerived = Self.isDerived(a.control) && Self.isDerived(b.control)
      let isOther = isDerived && a.control?.kind != b.control?.kind
      shifts.append(
        Shift(
          isOther ? .other : .of(ranks.0, ranks.1),
          "control",
          Self.shown(a.control),
          Self.shown(b.control)
        )
      )
    }
    if a.isHealth != b.isHealth {
      let words = (Self.purpose(a.isHealth), Self.purpose(b.isHealth))
      shifts.append(Shift(b.isHealth ? .weaker : .stronger, "purpose", words.0, words.1))
    }
    if a.kind != b.kind {
      shifts.append(Shift(.other, "kind", a.kind.rawValue, b.kind.rawValue))
    }
    if a.stage != b.stage {
      shifts.append(Shift(.other, "stage", a.stage.rawValue, b.stage.rawValue))
    }
    let ports = Paired(a.ports, b.ports) { TextKey($0) }
    shifts += ports.onlyOld.map { Shift(.other, "port", $0, nil) }
    shifts += ports.onlyNew.map { Shift(.other, "port", nil, $0) }
    if a.evidence != b.evidence {
      compareRetries(a, b)
      compareAssertions(a, b)
    }
    // A short hash tells nobody anything: it is named where nothing else is.
    if shifts.isEmpty, let old = a.body, let new = b.body, old != new {
      shifts.append(Shift(.other, "steps", nil, nil))
    }
  }

  // MARK: Retries

  /// What may be tried for longer asks for less; what must never be is watched for.
  private mutating func compareRetries(_ a: CheckCoverage, _ b: CheckCoverage) {
    let steps = Paired(a.evidence, b.evidence) { TextKey($0.act) }
    for (old, new) in steps.both where old.within != new.within {
      let (before, after) = (old.within ?? 0, new.within ?? 0)
      shifts.append(
        Shift(
          after > before ? .weaker : .stronger,
          "retry of \(new.act)",
          Self.shown(milliseconds: before),
          Self.shown(milliseconds: after)
        )
      )
    }
    for (old, new) in steps.both where old.never != new.never {
      let (before, after) = (old.never ?? 0, new.never ?? 0)
      shifts.append(
        Shift(
          .of(before, after),
          "never of \(new.act)",
          Self.shown(milliseconds: before),
          Self.shown(milliseconds: after)
        )
      )
    }
  }

  private static func shown(milliseconds: Int) -> String {
    if milliseconds == 0 { return "none" }
    return milliseconds % 1000 == 0 ? "\(milliseconds / 1000) s" : "\(milliseconds) ms"
  }

  /// A control shows something only where it failed.
  private static func rank(_ control: ControlCoverage?) -> Int {
    switch control?.result.word {
    case .failed: 2
    case .notPossible, .broken, nil: 1
    case .passed: 0
    }
  }

  /// Which of these a check has, or none, follows from what it looks at: a page, an error, an exit.
  private static func isDerived(_ control: ControlCoverage?) -> Bool {
    switch control?.kind {
    case .sibling, .nowhere, .later, nil: true
    case .decoy, .dropped: false
    }
  }

  private static func shown(_ control: ControlCoverage?) -> String? {
    guard let control else { return nil }
    let word =
      switch control.result.word {
      case .failed: "failed, as it must"
      case .passed: "passed, so that the check cannot tell"
      case .broken: "broken"
      case .notPossible: "not possible"
      }
    return "\(control.kind.rawValue) \(word)"
  }

  private static func purpose(_ isHealth: Bool) -> String {
    isHealth ? "only looks at health" : "looks at behaviour"
  }

  // MARK: Assertions

  /// One assertion with what it was made of.
  private struct Made {
    var act: String
    var subject: String
    var text: String
    var predicate: Predicate
    var isNever: Bool

    init(_ act: String, _ assertion: Assertion) {
      self.act = act
      subject = assertion.subject.description
      text = assertion.description
      predicate = assertion.predicate
      isNever = assertion.isNever
    }
  }

  /// Of two equalities, and of much else, nobody can say here which asks for more.
  private mutating func compareAssertions(_ a: CheckCoverage, _ b: CheckCoverage) {
    // What did not come to its end asserts less than it would.
    let acts = (Set(a.evidence.map { TextKey($0.act) }), Set(b.evidence.map { TextKey($0.act) }))
    let old = Self.assertions(a).filter { b.outcome.isPassed || acts.1.contains(TextKey($0.act)) }
    let new = Self.assertions(b).filter { a.outcome.isPassed || acts.0.contains(TextKey($0.act)) }
    let all = Paired(old, new) { TextKey("\($0.act)\n\($0.text)") }
    let sorted = (Self.sorted(all.onlyOld), Self.sorted(all.onlyNew))
    let bySubject = Paired(sorted.0, sorted.1) { TextKey("\($0.act)\n\($0.subject)") }
    for (old, new) in bySubject.both {
      shifts.append(
        Shift(
          Self.way(old, new),
          "assertion",
          "\(old.act): \(old.text)",
          "\(new.act): \(new.text)"
        )
      )
    }
    // The same assertion about another request.
    let byText = Paired(bySubject.onlyOld, bySubject.onlyNew) { TextKey($0.text) }
    for (old, new) in byText.both {
      shifts.append(
        Shift(.other, "assertion", "\(old.act): \(old.text)", "\(new.act): \(new.text)")
      )
    }
    shifts += byText.onlyOld.map { Shift(.weaker, "assertion", "\($0.act): \($0.text)", nil) }
    shifts += byText.onlyNew.map { Shift(.stronger, "assertion", nil, "\($0.act): \($0.text)") }
    guard a.outcome.isPassed == b.outcome.isPassed else { return }
    let bare = Paired(Self.bareActs(a), Self.bareActs(b)) { TextKey($0) }
    shifts += bare.onlyOld.map { Shift(.other, "step", $0, nil) }
    shifts += bare.onlyNew.map { Shift(.other, "step", nil, $0) }
  }

  /// What must never be is asked for by asking for less of it.
  private static func way(_ old: Made, _ new: Made) -> Shift.Way {
    if old.isNever != new.isNever { return .other }
    return switch new.predicate.demand(beside: old.predicate) {
    case .less: old.isNever ? .stronger : .weaker
    case .more: old.isNever ? .weaker : .stronger
    case .same, .other: .other
    }
  }

  private static func assertions(_ check: CheckCoverage) -> [Made] {
    check.evidence.flatMap { step in step.assertions.map { Made(step.act, $0) } }
  }

  /// What was done without looking at the answer.
  private static func bareActs(_ check: CheckCoverage) -> [String] {
    check.evidence.filter(\.assertions.isEmpty).map(\.act)
  }

  private static func sorted(_ assertions: [Made]) -> [Made] {
    assertions.sorted { a, b in
      let order = UTF8Order.compare(a.act, b.act)
      return order == 0 ? UTF8Order.precedes(a.text, b.text) : order < 0
    }
  }
}
