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
