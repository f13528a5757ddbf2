import Checks
import Evidence
import Formats
import Suites

/// P4: a marker in every store, planted, dropped, brought back; rows counted before and after.
extension RunSession {
  private var entries: [IntegrityEntry] {
    suite.integrity.values.sorted { $0.store.utf8.lexicographicallyPrecedes($1.store.utf8) }
  }

  private func newMarker(for entry: IntegrityEntry) -> String {
    let isPlain = entry.plainMarkerPlace(vars: suite.vars) != nil
    return Marker(token: token("ci"), isPlain: isPlain).text
  }

  /// Plants a marker of its own for this stage in every store, and looks whether it is there.
  func seedStores(_ stage: Stage, name: String) async {
    for entry in entries {
      let id = CheckID.integrity(entry.store, name)
      let marker = newMarker(for: entry)
      let fresh = ["marker": marker, "unique": token()]
      await check(id, fresh: fresh) {
        var scope = scope(fresh: fresh)
        let prepare = stage == .install ? entry.prepare : []
        let outcome = await performer().perform(
          prepare + entry.seed + entry.verify,
          of: id,
          in: &scope
        )
        // Only a marker that was seen is worth looking for later.
        if outcome.isPassed { markers[entry.store, default: [:]][stage] = marker }
        return outcome
      }
    }
  }

  /// Counts what the suite names, right before an operation.
  func takeCounts() async {
    for entry in entries where !entry.counts.isEmpty {
      counts[entry.store] = await count(entry)
    }
  }

  private func count(_ entry: IntegrityEntry) async -> Swift.Result<[String: Int64], CountProblem> {
    var result: [String: Int64] = [:]
    for count in entry.counts {
      let step = Self.step(for: count, of: entry, kind: suite.services[entry.store]?.database?.kind)
      guard let step else {
        return .failure(
          CountProblem(table: nil, detail: "\(entry.store): not a database")
        )
      }
      let ending = await probes.perform(
        step.action,
        in: scope(),
        within: suite.deadlines.step
      )
      switch ending {
      case .unanswered(let code, _, _):
        return .failure(CountProblem(table: count.table, detail: code.detail))
      case .answered(let answer, _):
        guard let value = answer.rows?.first?["n"], let number = Self.number(value) else {
          return .failure(
            CountProblem(table: count.table, detail: answer.error?.message ?? "not a number")
          )
        }
        result[count.table] = number
      }
    }
    return .success(result)
  }

  private static func number(_ value: JSONValue) -> Int64? {
    value.intValue ?? Int64(Scope.text(of: value))
  }

  /// The table's name is the suite's and was held against `[A-Za-z0-9_.]` when it was loaded; a name
  /// cannot be a parameter of a statement, so it is quoted.
  private static func step(
    for count: RowCount,
    of entry: IntegrityEntry,
    kind: DatabaseKind?
  ) -> Step? {
    guard let kind, kind != .redis else { return nil }
    let quote = kind == .postgres ? "\"" : "`"
    let name = count.table.split(separator: ".").map { "\(quote)\($0)\(quote)" }
      .joined(separator: ".")
    let statement = "SELECT count(*) AS n FROM \(name)"
    return Step(
      action: .query(QueryAction(kind, service: entry.store, statement: statement)),
      place: count.place
    )
  }

  /// After the upgrade: the marker from before is still there, and no row was lost or doubled.
  func verifyStores(_ stage: Stage, markersOf seeded: Stage, name: String) async {
    for entry in entries {
      let id = CheckID.integrity(entry.store, name)
      guard let marker = markers[entry.store]?[seeded] else {
        end(id, .notRun(reason: Reason(.noMarkerPlanted(store: entry.store, stage: seeded))))
        continue
      }
      let fresh = ["marker": marker]
      await check(id, fresh: fresh) { await look(at: entry, id, fresh: fresh, first: 1) }
    }
  }

  private func look(
    at entry: IntegrityEntry,
    _ id: CheckID,
    fresh: [String: String],
    first: Int
  ) async -> Outcome {
    var scope = scope(fresh: fresh)
    let outcome = await performer().perform(entry.verify, of: id, in: &scope, startingAt: first)
    guard outcome.isPassed else { return outcome }
    let number = first + entry.verify.count
    let counted = await compareCounts(entry, id, number: number)
    guard counted.isPassed, let stage = planned[id]?.stage, stage != .upgrade else {
      return counted
    }
    return compareInventories(entry.store, id, number: number + 1, stage)
  }

  private func compareCounts(_ entry: IntegrityEntry, _ id: CheckID, number: Int) async -> Outcome {
    guard !entry.counts.isEmpty else { return .passed }
    let isUpgrade = planned[id]?.stage == .upgrade
    let title = "rows of \(entry.counts.map(\.table).joined(separator: ", "))"
    func broken(_ phase: Reason.CountPhase, _ problem: CountProblem?) -> Outcome {
      let code = Reason.Code.rowsNotCounted(
        table: problem?.table,
        phase: phase,
        detail: problem?.detail ?? ""
      )
      return note(id, number, title, [], outcome: .broken(reason: Reason(code, during: title)))
    }
    let before: [String: Int64]
    let after: [String: Int64]
    switch (counts[entry.store], await count(entry)) {
    case (.success(let first)?, .success(let second)): (before, after) = (first, second)
    case (.failure(let problem)?, _): return broken(.before, problem)
    case (_, .failure(let problem)): return broken(.after, problem)
    case (nil, _): return broken(.notCounted, nil)
    }
    return note(
      id,
      number,
      title,
      entry.counts.map { count in
        let was = before[count.table] ?? 0
        let now = after[count.table] ?? 0
        let before = TemplateTree.template(Template(name: "before"))
        // A migration may add rows; a restore brings back just those that were backed up.
        return Assertion(
          .rowCount(table: count.table),
          isUpgrade ? .greaterOrEqual(before) : .equals(before),
          filled: isUpgrade ? .atLeast(Int(was)) : .equals(number: Int(was)),
          actual: .number(Int(now)),
          holds: isUpgrade ? now >= was : now == was,
          place: count.place
        )
      }
    )
  }

  // MARK: Restore

  /// What dropping a store's marker came to, before the restore.
  struct Drop: Sendable {
    var outcome: Outcome
    var steps: Int
  }

  /// Drops the markers and looks that `verify` fails now, which is the control of the restore; then the
  /// world goes on.
  func dropMarkers() async -> [String: Drop] {
    var result: [String: Drop] = [:]
    for entry in entries {
      let id = CheckID.integrity(entry.store, "survives_restore")
      guard let marker = markers[entry.store]?[.backup] else {
        end(id, .notRun(reason: Reason(.noMarkerPlanted(store: entry.store, stage: .backup))))
        continue
      }
      guard has(id) else { continue }
      let fresh = ["marker": marker]
      tell(.checkStarted(check: id, fresh: fresh))
      var scope = scope(fresh: fresh)
      let performer = performer()
      var outcome = await performer.perform(entry.drop, of: id, in: &scope)
      if outcome.isPassed {
        tell(.controlFinished(check: id, control: await dropControl(entry, performer, scope)))
        // What a restore takes away again.
        var after = self.scope(fresh: ["marker": newMarker(for: entry), "unique": token()])
        outcome = await performer.perform(
          entry.seed + entry.change,
          of: id,
          in: &after,
          startingAt: entry.drop.count + 1
        )
      }
      let steps = entry.drop.count + entry.seed.count + entry.change.count
      result[entry.store] = Drop(outcome: outcome, steps: steps)
    }
    return result
  }

  /// Each look at the marker has to fail by itself: what was dropped in one place and is looked for in
  /// two is still there in the other.
  private func dropControl(
    _ entry: IntegrityEntry,
    _ performer: CheckPerformer,
    _ scope: Scope
  ) async -> ControlRecord {
    var scope = scope
    scope.sessions = Sessions()
    let looks = entry.verify.indices.filter { index in
      !entry.verify[index].expect.isEmpty && scope.isFresh(entry.verify[index])
    }
    guard looks.count > 1 else {
      return await performer.performControl(.dropped, entry.verify, in: scope)
    }
    var first: ControlRecord?
    for look in looks {
      let steps = entry.verify[...look].enumerated()
        .filter { $0.offset == look || !looks.contains($0.offset) }.map(\.element)
      let control = await performer.performControl(.dropped, steps, in: scope)
      if control.result != .failed { return control }
      first = first ?? control
    }
    return first ?? ControlRecord(kind: .dropped, result: .passed)
  }

  /// The markers are back, and as many rows as there were.
  func verifyRestored(_ dropped: [String: Drop]) async {
    for entry in entries {
      let id = CheckID.integrity(entry.store, "survives_restore")
      guard let drop = dropped[entry.store], let marker = markers[entry.store]?[.backup] else {
        continue
      }
      if let reason = drop.outcome.reason {
        end(id, .broken(reason: Reason(.markerNotDropped(because: reason))))
        continue
      }
      progress.checking(id)
      let seen = await look(at: entry, id, fresh: ["marker": marker], first: drop.steps + 1)
      end(id, await settled(seen))
    }
  }
}
