package import Evidence
import Formats

extension Plan {
  /// Everything that the suite has to be run, in a fixed order.
  ///
  /// - Parameters:
  ///   - compose: of the target.
  ///   - base: nil where there is nothing to upgrade from; then `baseReason` says why.
  ///   - standins: what the driver knows to stand for the real thing; nil for what `local.yml` says.
  package init(
    suite: Suite,
    compose: Compose,
    driver: String,
    base: RecipeRevision?,
    baseReason: Reason? = nil,
    target: RecipeRevision,
    suiteTree: String,
    standins: [Standin]? = nil
  ) {
    self.init(
      recipe: suite.recipe,
      driver: driver,
      base: base,
      target: target,
      suiteTree: suiteTree
    )
    self.baseReason = baseReason
    appImage = compose.appImage
    stores = RecipeFacts.stores(of: compose, suite: suite)
    let versions = [base ?? target, target].map(\.version)
    self.standins = standins ?? (driver == "local" ? Self.standins(of: suite, versions) : [])
    stageSkips = Dictionary(suite.notApplicable.map { ($0.stage, .declared($0.why)) }) { first, _ in
      first
    }
    if base == nil, stageSkips[.upgrade] == nil {
      stageSkips[.upgrade] = baseReason ?? Reason(.noOlderVersion)
    }
    let noBackup = RecipeFacts.noBackupReason(of: compose, suite: suite)
    for stage in [Stage.backup, .restore] where stageSkips[stage] == nil {
      stageSkips[stage] = noBackup
    }
    for stage in Stage.allCases { addItems(of: stage, suite) }
  }

  /// Generic checks look first, except where a marker has to be planted before the operation.
  private mutating func addItems(of stage: Stage, _ suite: Suite) {
    if stage == .backup { addIntegrity(stage, "seeded_for_backup", suite) }
    for check in GenericCheck.all(in: stage, for: suite) { add(check) }
    switch stage {
    case .install: addIntegrity(stage, "seeded", suite)
    case .upgrade: addIntegrity(stage, "survives_upgrade", suite)
    case .restore: addIntegrity(stage, "survives_restore", suite)
    case .backup, .functional, .teardown: break
    }
    for check in suite.checks where check.stage == stage { add(check, suite) }
  }

  /// - Parameter skip: why it does not run where its stage does; nil where it does.
  private mutating func add(_ check: PlannedCheck, skip: Reason? = nil) {
    var check = check
    check.skip = stageSkips[check.stage] ?? skip
    planned.append(check)
  }

  private mutating func add(_ check: GenericCheck) {
    add(
      PlannedCheck(
        id: check.id,
        kind: .generic,
        stage: check.stage,
        about: check.about,
        place: nil,
        strength: check.strength,
        isHealth: check.name == "serving" || check.name == "services_running",
        steps: check.steps,
        ports: []
      )
    )
  }

  private mutating func addIntegrity(_ stage: Stage, _ name: String, _ suite: Suite) {
    let entries = suite.integrity.values.sorted { UTF8Order.precedes($0.store, $1.store) }
    for entry in entries {
      let assessment = Assessment(of: entry.prepare + entry.seed + entry.verify, vars: suite.vars)
      let counts = name.hasPrefix("survives") ? entry.counts.map(\.table) : []
      add(
        PlannedCheck(
          id: .integrity(entry.store, name),
          kind: .integrity,
          stage: stage,
          about: Self.about(name, entry.store),
          place: entry.place,
          strength: assessment.strength,
          isHealth: false,
          steps: entry.verify.planned + Self.counted(counts),
          ports: []
        )
      )
    }
  }

  /// As many rows as before, table by table.
  private static func counted(_ tables: [String]) -> [EvidenceStep] {
    guard !tables.isEmpty else { return [] }
    let assertions = tables.map { table in
      Assertion(
        .rowCount(table: table),
        .equals(.template(Template(name: "before"))),
        actual: .absent,
        holds: true
      )
    }
    return [EvidenceStep(act: "rows of \(tables.joined(separator: ", "))", assertions: assertions)]
  }

  private static func about(_ name: String, _ store: String) -> String {
    switch name {
    case "seeded": "A marker is planted in \(store) and seen."
    case "survives_upgrade": "The marker in \(store) is still there after the upgrade."
    case "seeded_for_backup": "A new marker is planted in \(store) and seen, to be backed up."
    default: "The marker in \(store), dropped before the restore, is back after it."
    }
  }

  private mutating func add(_ check: Check, _ suite: Suite) {
    let (performed, reason) = withoutSkippedSteps(check)
    let assessment = performed.assessment(suiteVars: suite.vars, databases: suite.databases)
    // Of a check whose looks are all skipped nothing would be seen.
    let nothing = assessment.strength == .none ? reason : nil
    var planned = PlannedCheck(
      id: check.id,
      kind: check.kind,
      stage: check.stage,
      about: check.about,
      place: check.place,
      strength: assessment.strength,
      mayBeStale: assessment.mayBeStale,
      behaviour: performed.behaviour,
      isHealth: check.isHealth || performed.looksOnlyAtHealth(suite.health),
      steps: performed.planned,
      ports: check.ports
    )
    planned.readBack = assessment.readBack
    add(planned, skip: reasonAgainst(check.when, in: check.stage) ?? nothing)
  }

  /// The check with nothing expected of steps that will be skipped: what does not run shows nothing.
  /// The reason is the first such step's; nil where all run.
  private func withoutSkippedSteps(_ check: Check) -> (check: Check, reason: Reason?) {
    guard case .steps(let steps) = check.body else { return (check, nil) }
    var first: Reason?
    func performed(_ steps: [Step], _ outer: Reason?) -> [Step] {
      steps.map { step in
        var step = step
        let reason = outer ?? reasonAgainst(step.when, in: check.stage)
        if reason != nil {
          first = first ?? reason
          step.expect = []
          step.capture = []
        }
        if case .group(let inner) = step.action { step.action = .group(performed(inner, reason)) }
        return step
      }
    }
    var result = check
    result.body = .steps(performed(steps, nil))
    return (result, first)
  }

  /// Why a `when` keeps a check or a step from running; nil where it does not.
  private func reasonAgainst(_ when: Condition?, in stage: Stage) -> Reason? {
    let running = stage == .install ? base ?? target : target
    return when?.reasonAgainst(driver: driver, version: running.version)
  }

  private static func standins(of suite: Suite, _ versions: [String]) -> [Standin] {
    (suite.local?.services ?? []).compactMap { service in
      guard let what = service.standin else { return nil }
      let versions = versions.compactMap { version in
        service.standinVersion.flatMap { suite.local?.versions[version]?[$0] }
      }
      var unique: [String] = []
      unique.addOnce(versions)
      return Standin(service: service.name, what: what, versions: unique)
    }
  }
}
