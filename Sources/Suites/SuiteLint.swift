package import Evidence

/// What is refused in a suite though every file of it can be read: names without a value, checks that
/// cannot fail, steps that cannot mean anything.
struct SuiteLint {
  let suite: Suite
  let sink: DiagnosticSink
  private let secrets: [String]
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
    markerVars = Self.derived(from: ["marker"], suite.vars)
    freshVars = Self.derived(from: ["marker", "unique"], suite.vars)
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
    var scope = ValueScope(names: ["base_url", "domain"], secrets: secrets)
    if withFresh { scope.insert("unique") }
    if marker { scope.insert("marker") }
    if !withFresh {
      for name in ["unique", "marker"] + freshVars {
        scope.elsewhere[name] = "is made anew for every check, and this belongs to none"
      }
    }
    return scope
  }

  private func scope(stage: Stage, vars: [Variable], marker: Bool = false) -> ValueScope {
    var scope = ValueScope(names: ValueScope.always + suite.vars.map(\.name), secrets: secrets)
    for name in ["marker"] + markerVars {
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
      switch settings.database {
      case .postgres(let database, let user, let password):
        for value in [database, user] + (password.map { [$0] } ?? []) { scope.check(value, sink) }
      case .clickhouse(let database, let user, let password):
        for value in [database, user, password].compactMap({ $0 }) { scope.check(value, sink) }
      case nil: break
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
    checkAssertions(entry.verify, of: "verify of \(entry.store)", in: scope())
    checkMarker(entry)
    if !entry.counts.isEmpty, suite.services[entry.store]?.database == nil {
      let count = entry.counts[0]
      sink.error(
        "count needs \(entry.store) under \"services\" in recipe.yml, as postgres or clickhouse",
        at: count.place,
        length: count.table.unicodeScalars.count
      )
    }
  }

  /// A marker that is not of this run and stage may be any other's.
  private func checkMarker(_ entry: IntegrityEntry) {
    var names = markerVars.union(["marker"])
    func has(_ steps: [Step]) -> Bool {
      steps.flatMap(\.leaves).contains { leaf in
        let expected = leaf.expect.flatMap(\.predicates).flatMap(\.templates)
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
    if Assessment(of: steps, vars: []).strength == .none {
      sink.error(
        "\(what) expects nothing, so that it cannot fail",
        at: first.place,
        expected: "\"expect\" at one of its steps"
      )
    }
  }

  // MARK: - Checks

  private func check(_ check: Check) {
    var base = scope(stage: check.stage, vars: [])
    checkVariables(check.vars, in: base)
    for variable in check.vars { base.insert(variable.name) }
    guard case .steps(let steps) = check.body else { return }
    checkSteps(steps, in: base)
    if !steps.isEmpty,
      check.assessment(suiteVars: suite.vars, databases: suite.databases).strength == .none
    {
      sink.error(
        "check \"\(check.id.name)\" expects nothing, so that it cannot fail",
        at: check.place,
        length: check.id.name.prefix { $0 != "[" }.unicodeScalars.count,
        expected: "\"expect\" at one of its steps"
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
    case .preUpgrade: .upgrade
    case .preBackup: .backup
    case .preRestore: .restore
    }
  }
}
