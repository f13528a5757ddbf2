import Evidence

/// A model with its record, and what belongs together in them; made once for a report.
///
/// A record lists its checks in the order of the plan, as the model does: only where they differ a
/// table is made.
final class CheckIndex: Sendable {
  let coverage: CoverageModel
  /// Nil where only the coverage is known.
  let record: RunRecord?
  /// By place in the model; nil where the places are the same.
  private let places: [Int?]?
  /// Places in the model of the checks that claims rest on.
  private let named: [CheckID: Int]

  init(_ coverage: CoverageModel, _ record: RunRecord?) {
    self.coverage = coverage
    self.record = record
    let checks = coverage.checks
    let records = record?.checks ?? []
    if checks.count == records.count, zip(checks, records).allSatisfy({ $0.id == $1.id }) {
      places = nil
    } else {
      let table = Dictionary(records.enumerated().map { ($1.id, $0) }) { first, _ in first }
      places = checks.map { table[$0.id] }
    }
    let wanted = Set(coverage.claims.flatMap(\.checks))
    let ids = checks.enumerated().filter { wanted.contains($1.id) }.map { ($1.id, $0) }
    named = Dictionary(ids) { first, _ in first }
  }

  /// The record of the check at a place in the model.
  func record(at index: Int) -> CheckRecord? {
    guard let places else { return record?.checks[index] }
    return places[index].flatMap { record?.checks[$0] }
  }

  /// The place in the model of a check that a claim rests on.
  func place(of id: CheckID) -> Int? { named[id] }

  /// What became of the check at a place in the model. Its cause is the model's, so that every report
  /// names the same; the record has what belongs to this run alone.
  func outcome(at index: Int) -> Outcome {
    let known = coverage.checks[index].outcome
    guard let seen = record(at: index)?.outcome, seen.word != known.word else { return known }
    return seen
  }

  /// What is further known of why a check did not pass.
  func furtherDetails(at index: Int) -> [String] {
    let cause = outcome(at: index).reason?.cause
    return (record(at: index)?.outcome ?? coverage.checks[index].outcome).reason?.details
      .filter { $0 != cause } ?? []
  }
}
