import Checks
import Evidence
import Formats
import Suites

/// P4: a marker in every store, planted, dropped, brought back; rows counted before and after.
extension RunSession {
  private var entries: [IntegrityEntry] {
    suite.integrity.values.sorted { $0.store.utf8.lexicographicallyPrecedes($1.store.utf8) }
  }

  /// Plants a marker of its own for this stage in every store, and looks whether it is there.
  func seedStores(_ stage: Stage, name: String) async {
    for entry in entries {
      let id = CheckID.integrity(entry.store, name)
      let marker = token("ci")
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
      let step = Self.step(for: count, of: entry, kind: suite.services[entry.store]?.database)
      guard let step else {
        return .failure(
          CountProblem(reason: "\(entry.store) is no database: rows cannot be counted")
        )
      }
      let ending = await probes.perform(
        step.action,
        in: scope(),
        within: suite.deadlines.step
      )
      switch ending {
      case .unanswered(let reason, _, _): return .failure(CountProblem(reason: reason))
      case .answered(let answer, _):
        guard let value = answer.rows?.first?["n"], let number = Self.number(value) else {
          return .failure(
            CountProblem(
              reason: "\(count.table): \(answer.error?.message ?? "no number came back")"
            )
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
    kind: ServiceSettings.Database?
  ) -> Step? {
    let parts = count.table.split(separator: ".")
    switch kind {
    case .postgres?:
      let name = parts.map { "\"\($0)\"" }.joined(separator: ".")
      return Step(
        action: .postgres(
          SQLAction(service: entry.store, statement: "SELECT count(*) AS n FROM \(name)")
        ),
        place: count.place
      )
    case .clickhouse?:
      let name = parts.map { "`\($0)`" }.joined(separator: ".")
      return Step(
        action: .clickhouse(
          SQLAction(service: entry.store, statement: "SELECT count() AS n FROM \(name)")
        ),
        place: count.place
      )
    case nil: return nil
    }
  }

  /// After the upgrade: the marker from before is still there, and no row was lost or doubled.
  func verifyStores(_ stage: Stage, markersOf seeded: Stage, name: String) async {
    for entry in entries {
      let id = CheckID.integrity(entry.store, name)
      guard let marker = markers[entry.store]?[seeded] else {
        end(id, .notRun(reason: "no marker was planted in \(entry.store) in \(seeded)"))
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
    return await compareCounts(entry, id, number: first + entry.verify.count)
  }

  private func compareCounts(_ entry: IntegrityEntry, _ id: CheckID, number: Int) async -> Outcome {
    guard !entry.counts.isEmpty else { return .passed }
    let title = "count the rows of \(entry.counts.map(\.table).joined(separator: ", "))"
    let before: [String: Int64]
    let after: [String: Int64]
    switch (counts[entry.store], await count(entry)) {
    case (.success(let first)?, .success(let second)): (before, after) = (first, second)
    case (.failure(let problem)?, _):
      return note(
        id,
        number,
        title,
        [],
        outcome: .broken(reason: "before the operation: \(problem.reason)")
      )
    case (_, .failure(let problem)):
      return note(
        id,
        number,
        title,
        [],
        outcome: .broken(reason: "after the operation: \(problem.reason)")
      )
    case (nil, _):
      return note(
        id,
        number,
        title,
        [],
        outcome: .broken(reason: "the rows were not counted before")
      )
    }
    return note(
      id,
      number,
      title,
      entry.counts.map { count in
        let was = before[count.table] ?? 0
        let now = after[count.table] ?? 0
        let word = now < was ? "\(now): \(was - now) lost" : "\(now): \(now - was) too many"
        return AssertionRecord(
          subject: "rows of \(count.table)",
          expected: "as many as before",
          wanted: "== \(was)",
          actual: now == was ? String(now) : word,
          holds: now == was,
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

  /// Drops the markers, and looks that `verify` fails now: the control of the restore.
  func dropMarkers() async -> [String: Drop] {
    var result: [String: Drop] = [:]
    for entry in entries {
      let id = CheckID.integrity(entry.store, "survives_restore")
      guard let marker = markers[entry.store]?[.backup] else {
        end(id, .notRun(reason: "no marker was planted in \(entry.store) before the backup"))
        continue
      }
      guard has(id) else { continue }
      let fresh = ["marker": marker]
      tell(.checkStarted(check: id, fresh: fresh))
      var scope = scope(fresh: fresh)
      let performer = performer()
      let outcome = await performer.perform(entry.drop, of: id, in: &scope)
      result[entry.store] = Drop(outcome: outcome, steps: entry.drop.count)
      guard outcome.isPassed else { continue }
      tell(
        .controlFinished(
          check: id,
          control: await performer.performControl(.dropped, entry.verify, in: scope)
        )
      )
    }
    return result
  }

  /// The markers are back, and as many rows as there were.
  func verifyRestored(_ dropped: [String: Drop]) async {
    for entry in entries {
      let id = CheckID.integrity(entry.store, "survives_restore")
      guard let drop = dropped[entry.store], let marker = markers[entry.store]?[.backup] else {
        continue
      }
      guard drop.outcome.isPassed else {
        end(id, .broken(reason: "the marker could not be dropped: \(drop.outcome.reason ?? "")"))
        continue
      }
      progress.checking(id)
      end(id, await look(at: entry, id, fresh: ["marker": marker], first: drop.steps + 1))
    }
  }
}
