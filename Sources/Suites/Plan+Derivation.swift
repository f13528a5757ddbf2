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
    if driver == "swarm" { access = suite.access(to: compose) }
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
    for stage in [Stage.backup, .restore, .recover] where stageSkips[stage] == nil {
      stageSkips[stage] = noBackup
    }
    // Nothing comes back from a backup that nobody makes.
    stageSkips[.recover] = stageSkips[.recover] ?? stageSkips[.backup]
    let checks = suite.checks.map { (check: $0, plan: planned($0, suite)) }
    for stage in Stage.allCases { addItems(of: stage, checks, suite) }
  }

  /// Generic checks look first, except where a marker has to be planted before the operation.
  private mutating func addItems(of stage: Stage, _ checks: [Derived], _ suite: Suite) {
    if stage == .backup { addIntegrity(stage, "seeded_for_backup", suite) }
    for check in GenericCheck.all(in: stage, for: suite) { add(check) }
    switch stage {
    case .install:
      addIntegrity(stage, "seeded", suite)
      addCarried(stage, checks)
    case .upgrade:
      addIntegrity(stage, "survives_upgrade", suite)
      addCarried(stage, checks)
    case .restore:
      addIntegrity(stage, "survives_restore", suite)
      addCarried(stage, checks)
    case .recover:
      addIntegrity(stage, "recovered", suite)
      addCarried(stage, checks)
    case .backup, .functional, .teardown: break
    }
    for (check, plan) in checks where check.stage == stage { add(plan.check, skip: plan.skip) }
    if stage == .functional { addIntegrity(stage, "written_by_app", suite) }
    if let last = GenericCheck.last(in: stage, for: suite) { add(last) }
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
        isHealth: ["serving", "services_running", GenericCheck.stillWell].contains(check.name),
        steps: check.steps,
        ports: []
      )
    )
  }

  private mutating func addIntegrity(_ stage: Stage, _ name: String, _ suite: Suite) {
    let entries = suite.integrity.values.sorted { UTF8Order.precedes($0.store, $1.store) }
    for entry in entries {
      let store = stores.first { $0.name == entry.store }
      let isInventoried = store?.isInventoried(in: suite) ?? false
      var skip: Reason?
      var strength = Assessment(of: entry.prepare + entry.seed + entry.verify, vars: suite.vars)
        .strength
      var steps = entry.verify.planned
      switch name {
      case "survives_upgrade": steps += Self.counted(entry.counts.map(\.table), stage)
      case "survives_restore", "recovered":
        steps += Self.counted(entry.counts.map(\.table), stage)
        if isInventoried { steps.append(Self.inventory(of: entry.store, .inventory(entry.store))) }
      case "written_by_app":
        guard isInventoried else { continue }
        skip = suite.stores[entry.store]?.writtenBy.map { .declared($0) }
        strength = .ack
        steps = [Self.inventory(of: entry.store, .inventory("\(entry.store) is the app's"))]
      default: break
      }
      add(
        PlannedCheck(
          id: .integrity(entry.store, name),
          kind: .integrity,
          stage: stage,
          about: Self.about(name, entry.store),
          place: entry.place,
          strength: strength,
          isHealth: false,
          steps: steps,
          ports: []
        ),
        skip: skip
      )
    }
  }

  private static func inventory(of store: String, _ subject: Subject) -> EvidenceStep {
    EvidenceStep(
      act: "inventory of \(store)",
      assertions: [Assertion(subject, .isWell, actual: .absent, holds: true)]
    )
  }

  /// The functional checks that are carried, in the order in which they will run.
  private mutating func addCarried(_ stage: Stage, _ checks: [Derived]) {
    // Of the rows of one check the first says what the others would.
    var seen: Set<CheckID> = []
    for (check, plan) in checks where check.kind == .functional {
      guard case .again(let again)? = plan.check.carry else { continue }
      guard seen.insert(check.id.withoutRow).inserted else { continue }
      let id = CheckID.carried(check.id, in: stage)
      var carried = PlannedCheck(
        id: id,
        kind: .integrity,
        stage: stage,
        about: Self.carriedAbout(stage),
        place: check.place,
        strength: .state,
        isHealth: false,
        steps: stage == .install ? plan.check.steps : again.map { check.steps[$0] }.planned,
        ports: []
      )
      carried.origin = check.id
      carried.dependencies = plan.check.dependencies
      carried.carry = .again(again)
      add(
        carried,
        skip: reasonAgainst(check.when, in: .install) ?? reasonAgainst(check.when, in: stage)
      )
    }
  }

  private static func carriedAbout(_ stage: Stage) -> String {
    switch stage {
    case .install: "What the check sends is sent early, to be looked for later."
    case .upgrade: "What was sent before the upgrade is still told after it."
    case .restore: "What was sent before the backup is told after the restore."
    default: "What was sent before the backup is told by a new deployment that was filled from it."
    }
  }

  /// As many rows as before, table by table; after an upgrade at least as many.
  private static func counted(_ tables: [String], _ stage: Stage) -> [EvidenceStep] {
    guard !tables.isEmpty else { return [] }
    let before = TemplateTree.template(Template(name: "before"))
    let assertions = tables.map { table in
      Assertion(
        .rowCount(table: table),
        stage == .upgrade ? .greaterOrEqual(before) : .equals(before),
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
    case "recovered":
      "After everything was lost, the marker in \(store) comes back from the backup."
    case "written_by_app": "The app itself wrote to \(store) in this run, or tells what is in it."
    default: "The marker in \(store), dropped before the restore, is back after it."
    }
  }

  /// A check of the suite with what the plan has of it, and why it does not run where its stage does.
  private typealias Derived = (check: Check, plan: (check: PlannedCheck, skip: Reason?))

  private func planned(_ check: Check, _ suite: Suite) -> (check: PlannedCheck, skip: Reason?) {
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
      ports: check.ports,
      scripts: check.scripts
    )
    planned.readBack = assessment.readBack
    planned.noControl = check.noControl
    let needed = performed.dependencies(of: suite)
    if !needed.isEmpty { planned.dependencies = needed }
    planned.doubts = assessment.doubts.isEmpty ? nil : assessment.doubts
    if check.kind == .functional, assessment.strength == .state, !planned.isHealth {
      planned.carry = check.carry(assessment.readBack, in: suite)
    }
    return (planned, reasonAgainst(check.when, in: check.stage) ?? nothing)
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
