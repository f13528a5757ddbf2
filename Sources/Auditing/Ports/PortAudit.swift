import Corpus
package import Evidence
import Suites

/// Holds every unit of a corpus against what the suite says of it and what a run recorded.
package struct PortAudit: Sendable {
  let held: HeldCorpus
  let corpus: CorpusCoverage
  let suite: Suite
  /// Nil where nothing has run yet: then nothing is ported, whatever the suite says.
  let record: RunRecord?
  let index: PortIndex
  private let records: [CheckID: CheckRecord]
  private let planned: [CheckID: PlannedCheck]

  init(_ held: HeldCorpus, corpus: CorpusCoverage, suite: Suite, record: RunRecord?) {
    self.held = held
    self.corpus = corpus
    self.suite = suite
    self.record = record
    index = PortIndex(held, suite: suite)
    records = Dictionary((record?.checks ?? []).map { ($0.id, $0) }) { first, _ in first }
    planned = Dictionary((record?.header.planned ?? []).map { ($0.id, $0) }) { first, _ in first }
  }

  /// One unit with what is said of it.
  package struct Judged: Sendable {
    var unit: UnitCoverage
    var claim: Claim
  }

  /// In the order of the units.
  package func judged() -> [Judged] {
    zip(held.units, index.entries).map { unit, entry in
      var row = UnitCoverage(
        unjudged: unit.id,
        about: Self.about(unit),
        script: unit.script,
        lines: unit.lines,
        facts: unit.fingerprint.lines,
        unread: unit.unread.map { PortGap(.notRead, line: $0.line, source: $0.reason) }
      )
      let verdict = judge(unit, entry, &row)
      if row.disposition == .covered { row.why = entry.covered.first?.why }
      let claim = Claim(
        id: "P2/\(unit.id)",
        part: .p2,
        about: row.about,
        verdict: verdict,
        checks: row.checks
      )
      return Judged(unit: row, claim: claim)
    }
  }

  /// The corpus as `coverage.json` holds it, its units with it.
  package func coverage(_ judged: [Judged]) -> CorpusCoverage {
    var coverage = corpus
    coverage.units = judged.isEmpty ? nil : judged.map(\.unit)
    coverage.pins = held.pins.hash
    return coverage
  }

  // MARK: One unit

  private func judge(_ unit: CorpusUnit, _ entry: PortIndex.Entry, _ row: inout UnitCoverage)
    -> Verdict
  {
    if let pin = held.pins.units[unit.id] {
      row.isPinned = true
      row.changes = pin.changes(in: unit)
    }
    if !entry.ports.isEmpty {
      let verdict = judgePorts(unit, entry, &row)
      // A person may say that other checks cover what a port leaves open; not what it refutes.
      if entry.covered.isEmpty || verdict.isProven || verdict.word == .refuted { return verdict }
      let asPort = row
      let covered = judgeCovered(entry, &row)
      if covered.word == .declared || covered.word == .refuted { return covered }
      row = asPort
      return verdict
    }
    if !entry.covered.isEmpty { return judgeCovered(entry, &row) }
    if let deferred = entry.deferred.first?.entry {
      row.disposition = .deferred
      return .deferred(
        reason: Reason(.declared(why: deferred.why), during: deferred.what),
        until: deferred.until
      )
    }
    if let notPorted = entry.notPorted.first?.entry {
      row.disposition = .nonPort
      return .notApplicable(reason: .declared(notPorted.why))
    }
    row.disposition = .missing
    return .refuted(reason: Reason(.notPorted))
  }

  private func judgeCovered(_ entry: PortIndex.Entry, _ row: inout UnitCoverage) -> Verdict {
    row.disposition = .covered
    row.checks = (entry.ports + entry.covered.flatMap(\.checks)).uniqued
    row.strength = row.checks.compactMap { strength(of: $0) }.max()
    let covering = entry.covered.flatMap(\.checks).uniqued
    if let verdict = shortcoming(of: covering, &row) { return verdict }
    if let verdict = drift(&row) { return verdict }
    // That they look at the same is a person's word: nothing was compared.
    return .declared(reason: .declared(entry.covered.first?.why ?? ""))
  }

  private func judgePorts(
    _ unit: CorpusUnit,
    _ entry: PortIndex.Entry,
    _ row: inout UnitCoverage
  ) -> Verdict {
    row.disposition = .ported
    row.checks = entry.ports
    row.strength = entry.ports.compactMap { strength(of: $0) }.max()
    let ports = entry.ports.compactMap { records[$0] }
    let comparison = PortComparison(ports, scripts: held.scripts)
    if let verdict = shortcoming(of: row.checks, &row) {
      // What a script asserts is not known; what it asks is, where a proxy saw it.
      guard case .onlyExited? = verdict.reason?.code,
        ports.allSatisfy({ planned[$0.id]?.strength != .opaque || $0.isRecorded })
      else { return verdict }
      row.weaker = comparison.unasked(of: unit)
      if row.weaker.isEmpty { return verdict }
      row.disposition = .weaker
      return .unproven(reason: Reason(.portGaps(row.weaker)))
    }
    let difference = comparison.difference(from: unit)
    row.weaker = difference.weaker
    row.unread += difference.unread
    if let verdict = drift(&row) { return verdict }
    if !row.weaker.isEmpty {
      row.disposition = .weaker
      return .unproven(reason: Reason(.portGaps(row.weaker)))
    }
    if !row.unread.isEmpty {
      row.disposition = .unread
      return .unproven(reason: Reason(.portUnread(row.unread)))
    }
    return proven
  }

  /// Why checks cannot carry a claim; nil where all of them passed and could have failed.
  private func shortcoming(of checks: [CheckID], _ row: inout UnitCoverage) -> Verdict? {
    guard let record else {
      row.disposition = .unshown
      return .unproven(reason: Reason(.nothingRan))
    }
    let found = checks.map { records[$0] }
    func reason(of check: CheckRecord) -> Reason {
      let reason = check.outcome.reason ?? Reason(.notPerformed)
      return Placeholders(record, fresh: check.fresh).apply(to: reason)
    }
    if let failed = found.compactMap(\.self).first(where: { $0.outcome.word == .failed }) {
      row.disposition = .failing
      return .refuted(reason: Reason(.checkFailed(check: failed.id, because: reason(of: failed))))
    }
    func shortcoming(_ id: CheckID, _ check: CheckRecord?) -> Reason.Code? {
      guard let check else { return .notInRun(check: id) }
      guard check.outcome.isPassed else {
        return .checkDidNotTell(check: id, outcome: check.outcome.word, because: reason(of: check))
      }
      if planned[id]?.strength == Strength.none { return .assertsNothing(check: id) }
      switch check.control?.result {
      case .passed? where check.control?.kind == .nowhere: return .passesNowhere(check: id)
      case .passed?: return .controlPassed(check: id)
      case .broken(let cause)?:
        let placeholders = Placeholders(record, fresh: check.fresh)
        return .controlBroken(check: id, because: placeholders.apply(to: cause))
      case .failed?, .notPossible?, nil:
        return planned[id]?.strength == .opaque ? .onlyExited(check: id) : nil
      }
    }
    for (id, check) in zip(checks, found) {
      guard let code = shortcoming(id, check) else { continue }
      row.disposition = .unshown
      return .unproven(reason: Reason(code))
    }
    return nil
  }

  private func drift(_ row: inout UnitCoverage) -> Verdict? {
    guard !row.changes.isEmpty else { return nil }
    row.disposition = .drifted
    return .unproven(reason: Reason(.originalChanged(changes: row.changes)))
  }

  private var proven: Verdict {
    guard let first = record?.standins.first else { return .proven }
    return .provenOnStandin(reason: Reason(.standin(service: first.service)))
  }

  private func strength(of id: CheckID) -> Strength? {
    records[id]?.outcome.isPassed == true ? planned[id]?.strength : nil
  }

  /// The unit's own words, else what it looks at and what it wants to see there, else its name.
  private static func about(_ unit: CorpusUnit) -> String {
    if !unit.about.isEmpty { return unit.about }
    let sources =
      (unit.requests.map(\.description) + unit.systems.map(\.description)).uniqued
    guard !sources.isEmpty else { return unit.function ?? unit.script }
    let looks = sources.prefix(3).map { source in
      let wanted = unit.assertions.filter { $0.source == source }
        .map { "\($0.subject) \($0.condition)" }
      let more = wanted.count > 4 ? ", and \(wanted.count - 4) more" : ""
      return source + (wanted.isEmpty ? "" : ": \(wanted.prefix(4).joined(separator: ", "))\(more)")
    }
    let more = sources.count > 3 ? "; and \(sources.count - 3) more" : ""
    return looks.joined(separator: "; ") + more
  }
}

extension Sequence where Element: Hashable {
  /// Each element once, in the order of their first places.
  var uniqued: [Element] {
    var seen: Set<Element> = []
    return filter { seen.insert($0).inserted }
  }
}
