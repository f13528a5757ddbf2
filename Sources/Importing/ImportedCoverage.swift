package import Evidence

/// What an imported record says, judged.
///
/// What another tool saw proves nothing: which requests were made and what was compared is not in such a
/// file. A pass is `unproven` with its source and age, a failure is `refuted` unless it is older than
/// the last change of what it tests, and no rung is reached.
package enum ImportedCoverage {
  package static func make(_ record: RunRecord, _ source: ImportedSource) -> CoverageModel {
    // One per planned check, in the order of the plan.
    let checks = zip(record.header.planned, record.checks).map { check($0, $1) }
    let claims = Self.claims(record, source)
    return model(record, source, checks, claims)
  }

  private static func model(
    _ record: RunRecord,
    _ source: ImportedSource,
    _ checks: [CheckCoverage],
    _ claims: [Claim]
  ) -> CoverageModel {
    let why = "imported results are compared with no corpus"
    var model = CoverageModel(
      recipe: record.header.recipe,
      driver: record.header.driver,
      standins: [],
      base: nil,
      target: record.header.target,
      suiteTree: record.header.suiteTree,
      corpus: CorpusCoverage(
        state: .none,
        root: "",
        path: "",
        recipes: 0,
        scripts: [],
        tree: nil,
        isSample: false,
        detail: why
      ),
      policy: CoveragePolicy(functionalChecks: 0),
      level: 0,
      rungs: rungs(claims, source),
      gate: GateCoverage(path: nil, port: nil, accepts: [], requires: [], within: 0),
      claims: claims,
      checks: checks,
      stores: [],
      deferrals: [],
      notes: nil,
      findings: []
    )
    model.imported = source
    return model
  }

  private static func check(_ planned: PlannedCheck, _ record: CheckRecord) -> CheckCoverage {
    CheckCoverage(
      id: record.id,
      kind: record.kind,
      stage: record.stage,
      about: planned.about,
      place: planned.place,
      outcome: record.outcome,
      strength: .opaque,
      isHealth: false,
      control: nil,
      evidence: [],
      ports: []
    )
  }

  // MARK: Claims

  private static func claims(_ record: RunRecord, _ source: ImportedSource) -> [Claim] {
    let lifecycle = Stage.allCases.filter { $0 != .functional }.compactMap { stage -> Claim? in
      let checks = record.checks.filter { $0.stage == stage }
      guard let own = record[stage], own.outcome.word != .notRun || !checks.isEmpty else {
        return nil
      }
      let verdicts = ([own.outcome] + checks.map(\.outcome)).map { verdict(of: $0, source) }
      return Claim(
        id: "P1/\(stage)",
        part: .p1,
        verdict: verdicts.first { $0.word == .refuted } ?? verdicts[0],
        checks: checks.map(\.id)
      )
    }
    return lifecycle
      + record.checks.filter { $0.stage == .functional }.map { check in
        Claim(
          id: "P3/\(check.id)",
          part: .p3,
          verdict: verdict(of: check.outcome, source),
          checks: [check.id]
        )
      }
  }

  /// At most `unproven` for what passed.
  package static func verdict(of outcome: Outcome, _ source: ImportedSource) -> Verdict {
    let imported = Reason(
      .imported(file: source.file, finished: source.finished, age: source.age)
    )
    return switch outcome {
    case .passed: .unproven(reason: imported)
    case .failed(let reason):
      source.age == .stale ? .unproven(reason: imported) : .refuted(reason: reason)
    case .broken(let reason), .skipped(let reason), .notRun(let reason): .unproven(reason: reason)
    }
  }

  private static func rungs(_ claims: [Claim], _ source: ImportedSource) -> [RungCoverage] {
    let names = ["install", "upgrade", "backup, restore and recover", "functional", "lint"]
    let parts = [["P1/install"], ["P1/upgrade"], ["P1/backup", "P1/restore", "P1/recover"]]
    return names.enumerated().map { index, name in
      let own = claims.filter {
        index < 3 ? parts[index].contains($0.id) : index == 3 && $0.part == .p3
      }
      let refuted = own.first { $0.verdict.word == .refuted }
      let unknown = Reason(
        .imported(file: source.file, finished: source.finished, age: source.age)
      )
      return RungCoverage(
        level: index + 1,
        name: name,
        state: refuted == nil ? .unver : .fail,
        reason: refuted?.verdict.reason
          ?? (own.isEmpty ? .told("the file says nothing of it") : unknown)
      )
    }
  }
}
