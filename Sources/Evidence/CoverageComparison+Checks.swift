import Formats

extension CoverageComparison {
  mutating func compareChecks(_ pairs: CheckPairs) {
    for (a, b) in pairs.same where a != b { compare(a, b) }
    for (a, b) in pairs.renamed {
      add(
        .renamed,
        b.id.description,
        State(a.id.description, isOnStandin: before.isOnStandin, place: a.place),
        State(b.id.description, isOnStandin: after.isOnStandin, place: b.place),
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
  }

  private mutating func add(
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
      word,
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
      let counts = Paired(a.counts, b.counts) { TextKey($0) }
      shifts += counts.onlyOld.map { Shift(.weaker, "count", $0, nil) }
      shifts += counts.onlyNew.map { Shift(.stronger, "count", nil, $0) }
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
      store.result.word.shown,
      reason: store.result.reason,
      isOnStandin: model.isOnStandin
    )
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
      shifts.append(
        Shift(.of(ranks.0, ranks.1), "control", Self.shown(a.control), Self.shown(b.control))
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
    if let old = a.body, let new = b.body, old != new {
      shifts.append(Shift(.other, "body", old, new))
    }
    let ports = Paired(a.ports, b.ports) { TextKey($0) }
    shifts += ports.onlyOld.map { Shift(.other, "port", $0, nil) }
    shifts += ports.onlyNew.map { Shift(.other, "port", nil, $0) }
    if a.evidence != b.evidence { compareAssertions(a, b) }
  }

  /// A control shows something only where it failed.
  private static func rank(_ control: ControlCoverage?) -> Int {
    switch control?.result.word {
    case .failed: 2
    case .notPossible, .broken, nil: 1
    case .passed: 0
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
  private struct Assertion {
    var act: String
    var text: String

    /// What it looks at: the words before the comparison.
    var subject: Substring {
      for place in text.utf8.indices where text.utf8[place] == UInt8(ascii: " ") {
        let rest = text.utf8[place...]
        if Self.operators.contains(where: { rest.starts(with: $0.utf8) }) { return text[..<place] }
      }
      return text[...]
    }

    var isEquality: Bool { text.dropFirst(subject.count).hasPrefix(" == ") }

    private static let operators = [
      " == ", " >", " <", " has ", " contains ", " matches ", " starts with ", " ends with ",
      " exists", " does not exist", " is ", " count ", " not (",
    ]
  }

  /// An equality says more than any other comparison of the same thing. Of others, and of two
  /// equalities, nobody can say here which asks for more.
  private mutating func compareAssertions(_ a: CheckCoverage, _ b: CheckCoverage) {
    let all = Paired(Self.assertions(a), Self.assertions(b)) { TextKey("\($0.act)\n\($0.text)") }
    let sorted = (Self.sorted(all.onlyOld), Self.sorted(all.onlyNew))
    let bySubject = Paired(sorted.0, sorted.1) { TextKey("\($0.act)\n\($0.subject)") }
    for (old, new) in bySubject.both {
      let isEqual = (old.isEquality, new.isEquality)
      shifts.append(
        Shift(
          isEqual.0 == isEqual.1 ? .other : isEqual.0 ? .weaker : .stronger,
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
    let acts = Paired(Self.bareActs(a), Self.bareActs(b)) { TextKey($0) }
    shifts += acts.onlyOld.map { Shift(.other, "step", $0, nil) }
    shifts += acts.onlyNew.map { Shift(.other, "step", nil, $0) }
  }

  private static func assertions(_ check: CheckCoverage) -> [Assertion] {
    check.evidence.flatMap { line in line.asserted.map { Assertion(act: line.act, text: $0) } }
  }

  /// What was done without looking at the answer.
  private static func bareActs(_ check: CheckCoverage) -> [String] {
    check.evidence.filter(\.asserted.isEmpty).map(\.act)
  }

  private static func sorted(_ assertions: [Assertion]) -> [Assertion] {
    assertions.sorted { a, b in
      let order = UTF8Order.compare(a.act, b.act)
      return order == 0 ? UTF8Order.precedes(a.text, b.text) : order < 0
    }
  }
}
