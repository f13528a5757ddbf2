import Evidence

/// Finds a model's checks and their records, made once for a report.
///
/// A record lists its checks in the order of the plan, as the model does: only where they differ a
/// table is made, and only for ids that somebody asks for by name.
struct CheckIndex: Sendable {
  private let records: [CheckRecord]
  /// By place in the model; nil where the places are the same.
  private let places: [Int?]?
  /// Places in the model of the checks that claims rest on.
  private let named: [CheckID: Int]

  init(_ coverage: CoverageModel, _ record: RunRecord) {
    let checks = coverage.checks
    records = record.checks
    let isAligned =
      checks.count == records.count && zip(checks, records).allSatisfy { $0.id == $1.id }
    if isAligned {
      places = nil
    } else {
      let table = Dictionary(
        record.checks.enumerated().map { ($1.id, $0) },
        uniquingKeysWith: { first, _ in first }
      )
      places = checks.map { table[$0.id] }
    }
    let wanted = Set(coverage.claims.flatMap(\.checks))
    var named: [CheckID: Int] = [:]
    if !wanted.isEmpty {
      for (index, check) in checks.enumerated() where wanted.contains(check.id) {
        if named[check.id] == nil { named[check.id] = index }
      }
    }
    self.named = named
  }

  /// The record of the check at a place in the model.
  func record(at index: Int) -> CheckRecord? {
    guard let places else { return records[index] }
    return places[index].map { records[$0] }
  }

  /// The place in the model of a check that a claim rests on.
  func place(of id: CheckID) -> Int? { named[id] }
}
