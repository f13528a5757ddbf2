import Formats

/// Several runs of one recipe over the same files, told as one.
///
/// The order in which they are given does not matter, and no clock decides anything: runs are
/// numbered by the machine's name and then by their id, which goes up on one machine.
package struct AttemptMerge: Sendable {
  /// What keeps two runs from being attempts of the same.
  package struct Conflict: Error, Equatable, CustomStringConvertible {
    package var first: String
    package var second: String
    /// What differs, with both sides.
    package var difference: String

    package var description: String {
      "run \(first) and run \(second) are not of the same files: \(difference)"
    }
  }

  /// By their numbers.
  package let attempts: [RunRecord]

  /// - Parameter records: at least one; the same run given twice counts once.
  /// - Throws: where two of them are not of the same recipe, files, driver and tool.
  package init(_ records: [RunRecord]) throws(Conflict) {
    var keyed = records.map { (record: $0, bytes: (try? JSONTextEncoder().bytes(of: $0)) ?? []) }
    keyed.sort { a, b in
      let (first, second) = (a.record.header, b.record.header)
      let byHost = UTF8Order.compare(first.host, second.host)
      if byHost != 0 { return byHost < 0 }
      let byID = UTF8Order.compare(first.id, second.id)
      return byID != 0 ? byID < 0 : a.bytes.lexicographicallyPrecedes(b.bytes)
    }
    var unique: [(record: RunRecord, bytes: [UInt8])] = []
    for entry in keyed where unique.last?.bytes != entry.bytes { unique.append(entry) }
    attempts = unique.map(\.record)
    for other in attempts.dropFirst() {
      guard let difference = Self.difference(attempts[0].header, other.header) else { continue }
      throw Conflict(
        first: attempts[0].header.id,
        second: other.header.id,
        difference: difference
      )
    }
  }

  /// - Parameter id: of the merged run.
  package func record(id: String) -> RunRecord {
    let base = base
    var header = base.header
    header.id = id
    header.host = Self.uniqued(attempts.map(\.header.host)).joined(separator: ", ")
    header.shard = nil
    header.planned = planned
    if !header.isFull {
      header.selection = selection
      // As far as those went that were asked for no part.
      let stages = attempts.filter { $0.header.selection == nil }.map(\.header.lastStage)
      header.lastStage = selection == nil ? stages.max() ?? header.lastStage : .functional
    }
    let records = attempts.map { attempt in
      Dictionary(attempt.checks.map { ($0.id, $0) }) { first, _ in first }
    }
    return RunRecord(
      header: header,
      stages: Stage.allCases.compactMap { stage in
        chosen(attempts.map { $0[stage] }, \.outcome.word) { Self.rank($0, $1) }
      },
      checks: planned.compactMap { plan in
        chosen(records.map { $0[plan.id] }, \.outcome.word) { Self.rank($0, isWhole: $1.isWhole) }
      },
      findings: Self.uniqued(attempts.flatMap(\.findings)),
      values: values,
      end: base.isWhole || base.end != .finished ? base.end : .died,
      microseconds: attempts.map(\.microseconds).max() ?? 0,
      attempts: attempts.map(RunAttempt.init)
    )
  }

  // MARK: Parts

  /// The run that the others are told beside: a full one that ended, where there is one.
  private var base: RunRecord {
    attempts.first { $0.header.isFull && $0.isWhole } ?? attempts.first(where: \.header.isFull)
      ?? attempts.first(where: \.isWhole) ?? attempts[0]
  }

  private var planned: [PlannedCheck] {
    let all = [base.header.planned] + attempts.map(\.header.planned)
    var seen: Set<CheckID> = []
    let union = all.joined().filter { seen.insert($0.id).inserted }
    if base.header.isFull { return union }
    return Stage.allCases.flatMap { stage in union.filter { $0.stage == stage } }
  }

  /// Nil where one of them is of all parts.
  private var selection: RunSelection? {
    let selections = attempts.compactMap(\.header.selection)
    guard selections.count == attempts.count else { return nil }
    return RunSelection(
      parts: ClaimPart.allCases.filter { part in selections.contains { $0.parts.contains(part) } },
      checks: planned.map(\.id).filter { id in selections.contains { $0.checks.contains(id) } },
      stages: Stage.allCases.filter { stage in selections.contains { $0.stages.contains(stage) } }
    )
  }

  /// What differs from run to run, of all of them: names beyond the first run's end in its number.
  private var values: [String: String] {
    var result: [String: String] = [:]
    for (index, attempt) in attempts.enumerated() {
      var own = attempt.values
      own["run"] = attempt.header.id
      for operation in attempt.stages.flatMap(\.operations) {
        if let id = operation.facts["id"] { own["snapshot"] = id }
      }
      for (name, value) in own { result[index == 0 ? name : "\(name)#\(index + 1)"] = value }
    }
    return result
  }

  /// The lowest rank wins, then a full run's, then the lower number's.
  ///
  /// What passed before a later full run of the same machine that has no answer is of the past: it
  /// says nothing of today.
  private func chosen<Part>(
    _ parts: [Part?],
    _ word: (Part) -> Outcome.Word,
    _ rank: (Part, RunRecord) -> Int
  ) -> Part? {
    func isPast(_ index: Int) -> Bool {
      attempts.indices.contains { later in
        guard later > index, attempts[later].header.host == attempts[index].header.host,
          attempts[later].header.isFull, let part = parts[later]
        else { return false }
        return [.broken, .notRun].contains(word(part))
      }
    }
    return zip(parts, attempts).enumerated().compactMap { index, pair in
      pair.0.map { part in
        let past = word(part) == .passed && isPast(index) ? 10 : 0
        return (part, (rank(part, pair.1) + past, pair.1.header.isFull ? 0 : 1, index))
      }
    }.min { $0.1 < $1.1 }?.0
  }

  /// What refutes comes first, then what answered, then what gave no answer.
  private static func rank(_ check: CheckRecord, isWhole: Bool) -> Int {
    switch (check.outcome.word, check.control?.result.word) {
    case (.failed, _): 0
    case (.passed, .passed?): 1
    case (.passed, .failed?): 2
    case (.passed, .notPossible?): 3
    case (.passed, nil): 4
    case (.passed, .broken?): 5
    case (.broken, _): isWhole ? 6 : 7
    case (.skipped, _): 8
    case (.notRun, _): 9
    }
  }

  private static func rank(_ stage: StageRecord, _ attempt: RunRecord) -> Int {
    if let selection = attempt.header.selection, !selection.runs(stage.stage) { return 9 }
    return switch stage.outcome.word {
    case .failed: 0
    case .passed: 1
    case .broken: attempt.isWhole ? 2 : 3
    case .skipped: 4
    case .notRun: 5
    }
  }

  private static func difference(_ a: RunHeader, _ b: RunHeader) -> String? {
    func told(_ what: String, _ first: String, _ second: String) -> String? {
      UTF8Order.areEqual(first, second) ? nil : "\(what) \(first) and \(second)"
    }
    func revision(_ revision: RecipeRevision?) -> String {
      revision.map { "\($0.version) (tree \($0.tree))" } ?? "none"
    }
    func standins(_ header: RunHeader) -> String {
      header.standins.isEmpty ? "none" : header.standins.map { "\($0)" }.joined(separator: "; ")
    }
    return told("recipe", a.recipe, b.recipe) ?? told("suite tree", a.suiteTree, b.suiteTree)
      ?? told("target", revision(a.target), revision(b.target))
      ?? told("base", revision(a.base), revision(b.base)) ?? told("driver", a.driver, b.driver)
      ?? told("stand-ins", standins(a), standins(b))
      ?? told("parity", a.toolVersion, b.toolVersion)
  }

  private static func uniqued<Element: Hashable>(_ elements: [Element]) -> [Element] {
    var seen: Set<Element> = []
    return elements.filter { seen.insert($0).inserted }
  }
}
