package import Evidence

/// What is refused in a suite though every file of it can be read: names without a value, checks that
/// cannot fail, steps that cannot mean anything.
struct SuiteLint {
  let suite: Suite
  let sink: DiagnosticSink
  private let secrets: [String]
  /// Variables and captures whose values are secrets, or hold one.
  let confidential: Set<String>
  /// Captures with `scope: run`, with the first stage that has them.
  private let runCaptures: [String: Stage]
  private let markerVars: Set<String>
  private let freshVars: Set<String>

  init(suite: Suite, sink: DiagnosticSink) {
    self.suite = suite
    self.sink = sink
    secrets = suite.secrets.map(\.name)
    var captures: [String: Stage] = [:]
    func add(_ steps: [Step], _ stage: Stage) {
      for capture in steps.flatMap(\.leaves).flatMap(\.capture) where capture.scope == .run {
        captures[capture.name] = min(captures[capture.name] ?? stage, stage)
      }
    }
    for (hook, steps) in suite.hooks { add(steps, hook.stage) }
    for check in suite.checks { add(check.steps, check.stage) }
    runCaptures = captures
    confidential = Self.confidential(suite)
    markerVars = Self.derived(from: Set(Marker.names), suite.vars)
    freshVars = Self.derived(from: Set(Marker.names + ["unique"]), suite.vars)
  }

  private static func confidential(_ suite: Suite) -> Set<String> {
    let steps =
      suite.hooks.values.flatMap(\.self) + suite.checks.flatMap(\.steps)
      + suite.integrity.values.flatMap { $0.prepare + $0.seed + $0.drop + $0.verify }
    let captures = steps.flatMap(\.leaves).flatMap(\.capture)
    var found = Set(captures.filter(\.isSecret).map(\.name))
    for variable in suite.vars + suite.checks.flatMap(\.vars)
    where variable.value.names.contains(where: { Template.isSecret($0) || found.contains($0) }) {
      found.insert(variable.name)
    }
    return found
  }

  func check() {
    checkVariables(suite.vars, in: settingsScope(withFresh: true, marker: true))
    checkSettings()
    for hook in Hook.allCases {
      guard let steps = suite.hooks[hook] else { continue }
      checkSteps(steps, in: scope(stage: hook.stage, vars: []))
    }
    checkAssertions(
      suite.backup.verify,
      of: "verify of backup",
      in: scope(stage: .backup, vars: [])
    )
    for entry in suite.integrity.values.sorted(by: { $0.store < $1.store }) {
      checkIntegrity(entry)
    }
    for (name, settings) in suite.stores.sorted(by: { $0.key < $1.key })
    where settings.holdsNothing != nil && suite.integrity[name] != nil {
      sink.error(
        "store \"\(name)\" holds nothing, and has a marker under \"integrity\"",
        at: settings.place,
        length: name.unicodeScalars.count
      )
    }
    for (_, value) in suite.scripts.environment {
      scope(stage: .teardown, vars: []).check(value, sink)
    }
    for check in suite.checks { self.check(check) }
    checkIDs()
    checkNeeds()
    if let local = suite.local { checkLocal(local) }
    if let swarm = suite.swarm { checkSwarm(swarm) }
  }

  // MARK: - Scopes

  private static func derived(from roots: Set<String>, _ vars: [Variable]) -> Set<String> {
    var found = roots
    for variable in vars where variable.value.names.contains(where: found.contains) {
      found.insert(variable.name)
    }
    return found.subtracting(roots)
  }

  /// For what belongs to the deployment and not to one check.
  private func settingsScope(withFresh: Bool, marker: Bool = false) -> ValueScope {
    var scope = ValueScope(
      names: ["base_url", "domain"],
      secrets: secrets,
      dependencies: suite.dependencies
    )
    if withFresh { scope.insert("unique") }
    if marker { for name in Marker.names { scope.insert(name) } }
    if !withFresh {
      for name in ["unique"] + Marker.names + freshVars {
        scope.elsewhere[name] = "is made anew for every check, and this belongs to none"
      }
    }
    return scope
  }

  private func scope(stage: Stage, vars: [Variable], marker: Bool = false) -> ValueScope {
    var scope = ValueScope(
      names: ValueScope.always + suite.vars.map(\.name),
      secrets: secrets,
      dependencies: suite.dependencies
    )
    for name in Marker.names + markerVars {
      if marker {
        scope.insert(name)
      } else {
        scope.remove(name)
        scope.elsewhere[name] = "has a value only under \"integrity\""
      }
    }
    for name in ["recipe", "folder"] {
      scope.elsewhere[name] = "has a value only in local.yml"
    }
    for (name, first) in runCaptures where first <= stage { scope.insert(name) }
    for variable in vars { scope.insert(variable.name) }
    return scope
  }

  // MARK: - Variables and settings

  /// Each may use those before it.
  private func checkVariables(_ vars: [Variable], in base: ValueScope) {
    var scope = base
    for variable in vars where !scope.has(variable.name) {
      scope.elsewhere[variable.name] = "has its value only further below, or is this one"
    }
    var seen: [String: SourcePlace] = [:]
    for variable in vars {
      scope.check(variable.value, sink)
      if let place = variable.place {
        if ValueScope.reserved.contains(variable.name) {
          sink.error(
            "variable cannot be called \"\(variable.name)\", which has a meaning of its own",
            at: place,
            length: variable.name.unicodeScalars.count
          )
        }
        if let first = seen[variable.name] {
          sink.error(
            "variable \"\(variable.name)\" has a value already, from \(first)",
            at: place,
            length: variable.name.unicodeScalars.count
          )
        }
        seen[variable.name] = place
      }
      scope.insert(variable.name)
    }
  }

  private func checkSettings() {
    var scope = settingsScope(withFresh: false)
    for name in suite.vars.map(\.name) where !freshVars.contains(name) { scope.insert(name) }
    for (_, value) in suite.health.requires { scope.check(value, sink) }
    for (_, settings) in suite.services.sorted(by: { $0.key < $1.key }) {
      let database = settings.database
      for value in [database?.name, database?.user, database?.password].compactMap({ $0 }) {
        scope.check(value, sink)
      }
    }
    for environment in [suite.environment, suite.upgradeEnvironment] {
      for (_, value) in environment.sorted(by: { $0.key < $1.key }) { scope.check(value, sink) }
    }
  }

  private func checkIntegrity(_ entry: IntegrityEntry) {
    func scope() -> ValueScope { self.scope(stage: .teardown, vars: [], marker: true) }
    checkSteps(entry.prepare, in: scope())
    checkSteps(entry.seed, in: scope())
    checkSteps(entry.drop, in: scope())
    checkSteps(entry.change, in: scope())
    checkAssertions(entry.verify, of: "verify of \(entry.store)", in: scope())
    checkMarker(entry)
    let kind = suite.services[entry.store]?.database?.kind
    if !entry.counts.isEmpty, kind.map({ $0 == .redis }) ?? true {
      let count = entry.counts[0]
      sink.error(
        "count needs \(entry.store) under \"services\" in recipe.yml, as postgres, mysql or clickhouse",
        at: count.place,
        length: count.table.unicodeScalars.count
      )
    }
  }

  /// A marker that is not of this run and stage may be any other's.
  private func checkMarker(_ entry: IntegrityEntry) {
    var names = markerVars.union(Marker.names)
    func has(_ steps: [Step]) -> Bool {
      steps.flatMap(\.leaves).contains { leaf in
        let expected = leaf.expect.flatMap(\.templates)
        return (leaf.action.templates + expected).contains {
          $0.names.contains(where: names.contains)
        }
      }
    }
    func report(_ steps: [Step], _ what: String) {
      guard let first = steps.first, !has(steps), !sink.hasErrors(onLine: first.place) else {
        return
      }
      let isScript = steps.flatMap(\.leaves).contains {
        if case .script = $0.action { true } else { false }
      }
      if isScript { return }
      sink.error(
        "\(what) of \(entry.store) has no {{marker}}, so that it may be about an older one",
        at: first.place,
        expected: "a value made from {{marker}}"
      )
    }
    report(entry.seed, "seed")
    // What the app called the marker is the marker's own, too.
    names.formUnion(entry.seed.flatMap(\.leaves).flatMap(\.capture).map(\.name))
    report(entry.verify, "verify")
  }

  /// A list of steps that stands for a check: it must be able to fail.
  private func checkAssertions(_ steps: [Step], of what: String, in scope: ValueScope) {
    checkSteps(steps, in: scope)
    guard let first = steps.first else { return }
    checkStrength(
      Assessment(of: steps, vars: suite.vars),
      of: steps,
      what,
      at: first.uses.last ?? first.place
    )
  }

  /// - Parameter length: how much of its line is marked, in Unicode scalars.
  private func checkStrength(
    _ assessment: Assessment,
    of steps: [Step],
    _ what: String,
    at place: SourcePlace,
    length: Int = 1
  ) {
    // What asks elsewhere, or sees something gone that it never saw, is told as a finding.
    guard assessment.strength == .none, assessment.doubts.isEmpty else { return }
    let leaves = steps.flatMap(\.leaves)
    // Told at the step itself.
    let isTold = leaves.contains {
      ExpectationLogic.contradiction(in: $0) != nil || ExpectationLogic.tautology(in: $0) != nil
    }
    if isTold { return }
    let expects = leaves.contains { !$0.expect.isEmpty }
    sink.error(
      expects
        ? "\(what) expects only what is not there and was never seen, so that it cannot fail"
        : "\(what) expects nothing, so that it cannot fail",
      at: place,
      length: length,
      expected: expects
        ? "a step that sees it there, or something beside it that must be there"
        : "\"expect\" at one of its steps"
    )
  }

  // MARK: - Checks

  private func check(_ check: Check) {
    var base = scope(stage: check.stage, vars: [])
    let captures = Set(check.steps.flatMap(\.leaves).flatMap(\.capture).map(\.name))
    var all = base
    for name in captures { all.insert(name) }
    checkVariables(check.vars, in: all)
    for variable in check.vars {
      // What is made of a capture has its value only after that.
      let own = variable.value.names.filter { captures.contains($0) && !base.has($0) }
      base.insert(variable.name, after: base.awaited(by: variable.value).union(own))
    }
    guard case .steps(let steps) = check.body else { return }
    checkSteps(steps, in: base)
    if !steps.isEmpty {
      checkStrength(
        check.assessment(suiteVars: suite.vars, databases: suite.databases),
        of: steps,
        "check \"\(check.id.name)\"",
        at: check.place,
        length: check.id.name.prefix { $0 != "[" }.unicodeScalars.count
      )
    }
  }

  private func checkIDs() {
    var seen: [CheckID: Check] = [:]
    for check in suite.checks {
      if let first = seen[check.id] {
        sink.error("check \(check.id) is a duplicate, first at \(first.place)", at: check.place)
      }
      seen[check.id] = check
    }
  }

  private func checkNeeds() {
    let byID = Dictionary(suite.checks.map { ($0.id, $0) }) { first, _ in first }
    var settled: Set<CheckID> = []
    func visit(_ check: Check, _ path: [CheckID]) {
      if settled.contains(check.id) { return }
      for id in check.needs {
        guard let other = byID[id] else { continue }
        if path.contains(id) || id == check.id {
          sink.error(
            "check \"\(check.id.name)\" waits for itself, through \(id)",
            at: check.place,
            length: check.id.name.unicodeScalars.count
          )
          continue
        }
        if other.stage > check.stage {
          sink.error(
            "check \"\(check.id.name)\" needs \(id), which runs in a later stage",
            at: check.place,
            length: check.id.name.unicodeScalars.count
          )
        }
        visit(other, path + [check.id])
      }
      settled.insert(check.id)
    }
    for check in suite.checks { visit(check, []) }
  }
}

extension Hook {
  /// The stage beside whose operation it runs.
  package var stage: Stage {
    switch self {
    case .preInstall, .postInstall: .install
    case .preUpgrade, .postUpgrade: .upgrade
    case .preBackup: .backup
    case .preRestore, .postRestore: .restore
    }
  }
}
