/// One of several runs of a recipe over the same files, as a merged record keeps it.
package struct RunAttempt: Codable, Hashable, Sendable {
  /// What became of one check in it.
  package struct Seen: Codable, Hashable, Sendable {
    package var check: CheckID
    package var outcome: Outcome
  }

  /// What became of one stage in it.
  package struct SeenStage: Codable, Hashable, Sendable {
    package var stage: Stage
    package var outcome: Outcome
  }

  /// The run's id.
  package var run: String
  /// The machine that saw it.
  package var host: String
  package var shard: Shard?
  package var selection: RunSelection?
  package var end: RunEnd
  /// Checks that gave an answer or were asked for one, in the order of the plan.
  package var seen: [Seen]
  /// Stages that ran.
  package var stages: [SeenStage]

  package init(_ record: RunRecord) {
    run = record.header.id
    host = record.header.host
    shard = record.header.shard
    selection = record.header.selection
    end = record.isWhole || record.end != .finished ? record.end : .died
    seen = record.checks.filter { [.passed, .failed, .broken].contains($0.outcome.word) }
      .map { Seen(check: $0.id, outcome: $0.outcome) }
    stages = record.stages.filter { [.passed, .failed, .broken].contains($0.outcome.word) }
      .map { SeenStage(stage: $0.stage, outcome: $0.outcome) }
  }

  /// `ci-2, shard 2/5, run 20261122T211347Z-dpge`.
  package var shown: String {
    "\(host.isEmpty ? "a machine without a name" : host)"
      + (shard.map { ", shard \($0)" } ?? "") + ", run \(run)"
  }
}

/// A check, or a stage outside of its checks, that passed in one attempt and not in another, over the
/// same files.
package struct FlakyOutcome: Hashable, Sendable {
  package var stage: Stage
  /// Nil for the stage itself.
  package var check: CheckID?
  /// Numbers of attempts, from 1, by what they saw; in order.
  package var passed: [Int] = []
  package var failed: [Int] = []
  /// There was no answer, in a run that came to its own end.
  package var broken: [Int] = []

  /// The check's id, or `stage install`.
  package var name: String { check?.description ?? "stage \(stage)" }

  /// `failed in attempt 1, passed in attempt 2`.
  package var shown: String { Self.shown(passed: passed, failed: failed, broken: broken) }

  package static func shown(passed: [Int], failed: [Int], broken: [Int]) -> String {
    [("failed", failed), ("gave no answer", broken), ("passed", passed)].compactMap {
      word,
      numbers in
      numbers.isEmpty
        ? nil
        : "\(word) in \(numbers.count == 1 ? "attempt" : "attempts") "
          + numbers.map(String.init).joined(separator: ", ")
    }.joined(separator: ", ")
  }

  fileprivate var isFlaky: Bool { !passed.isEmpty && !(failed.isEmpty && broken.isEmpty) }

  /// What a run that did not come to its own end left without an answer is no outcome.
  fileprivate mutating func add(_ outcome: Outcome, _ number: Int, _ end: RunEnd) {
    switch outcome.word {
    case .passed: passed.append(number)
    case .failed: failed.append(number)
    case .broken: if end == .finished { broken.append(number) }
    case .skipped, .notRun: break
    }
  }
}

extension RunRecord {
  /// Of `flaky`, what is of checks.
  package var flakyChecks: [CheckID: FlakyOutcome] {
    Dictionary(flaky.compactMap { flaky in flaky.check.map { ($0, flaky) } }) { first, _ in first }
  }

  /// What passed in some attempts only: stages, then checks in the order of the plan.
  package var flaky: [FlakyOutcome] {
    guard let attempts, attempts.count > 1 else { return [] }
    let stageOf = Dictionary(checks.map { ($0.id, $0.stage) }) { first, _ in first }
    var found: [CheckID: FlakyOutcome] = [:]
    var stages = Stage.allCases.map { FlakyOutcome(stage: $0) }
    for (index, attempt) in attempts.enumerated() {
      var told: Set<Stage> = []
      for seen in attempt.seen {
        guard let stage = stageOf[seen.check] else { continue }
        if !seen.outcome.isPassed { told.insert(stage) }
        found[seen.check, default: FlakyOutcome(stage: stage, check: seen.check)]
          .add(seen.outcome, index + 1, attempt.end)
      }
      // What a check of the stage tells is the check's.
      for seen in attempt.stages where !told.contains(seen.stage) {
        stages[seen.stage.order].add(seen.outcome, index + 1, attempt.end)
      }
    }
    return stages.filter(\.isFlaky) + checks.compactMap { found[$0.id] }.filter(\.isFlaky)
  }
}
