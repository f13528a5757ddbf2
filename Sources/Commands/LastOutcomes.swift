import Auditing
import Evidence
import Running
import Suites

/// What is known of each check since the last full run of a recipe on this machine.
struct LastOutcomes {
  /// Newest first, back to the last full one.
  let records: [RunRecord]

  init(_ kept: KeptRuns) throws {
    var records: [RunRecord] = []
    for id in kept.ids {
      // One whose events are lost, or that still goes on, cannot be passed over for an older one.
      let record = try kept.record(id).record
      records.append(record)
      if record.header.isFull { break }
    }
    self.records = records
  }

  /// Checks of a plan that nothing has shown yet, in the order of the plan.
  func unproven(of planned: [PlannedCheck]) -> [CheckID] {
    var last: [CheckID: CheckRecord] = [:]
    for record in records.reversed() {
      // A part that was run says nothing of what it left out.
      for check in record.checks where record.header.isFull || check.hasAnswer {
        last[check.id] = check
      }
    }
    return planned.map(\.id).filter { id in
      guard let check = last[id] else { return true }
      switch check.outcome.word {
      case .failed, .broken, .notRun: return true
      case .skipped: return false
      case .passed:
        return check.control?.result == .passed || check.control?.result.word == .broken
      }
    }
  }
}

extension CheckRecord {
  /// Whether it was run.
  fileprivate var hasAnswer: Bool { [.passed, .failed, .broken].contains(outcome.word) }
}

/// What runs on this machine came to since the last full one: a part that passes takes nothing back.
struct StandingVerdict {
  let run: String
  let status: ExitStatus

  /// The worst of several records; nil where there are none.
  init?(_ records: [RunRecord], _ reports: Reports) {
    var worst: (run: String, status: ExitStatus)?
    for record in records {
      let status = ExitStatus(coverage: reports.coverage(record), record: record)
      if status.precedence > worst?.status.precedence ?? -1 { worst = (record.header.id, status) }
    }
    guard let worst else { return nil }
    (run, status) = worst
  }

  /// Of the full run before one of a part; nil where the record is a full run's, where none is kept,
  /// and where it ended well.
  init?(behind record: RunRecord, _ kept: KeptRuns, _ reports: Reports) {
    guard !record.header.isFull else { return nil }
    // A run whose events are lost said nothing of the whole.
    let full = kept.ids.lazy.compactMap { try? kept.record($0).record }.first(
      where: \.header.isFull
    )
    guard let full, let verdict = StandingVerdict([full], reports), verdict.status != .proven else {
      return nil
    }
    self = verdict
  }

  /// Why the whole is not good yet.
  func sentence(_ recipe: String) -> String {
    "\(recipe): run \(run) ended with exit \(status.rawValue); only a full run can end better: "
      + "parity run \(recipe)"
  }
}
