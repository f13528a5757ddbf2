package import Evidence

/// The checks that every recipe gets with no configuration, in one place: the runner performs them
/// under these ids.
package struct GenericCheck: Sendable, Hashable {
  package var stage: Stage
  package var name: String
  package var about: String
  package var strength: Strength
  /// What it looks at, as far as it is known before the run.
  package var steps: [EvidenceStep]

  package var id: CheckID { .generic(stage, name) }

  /// In the order of stages, and inside of one in the order in which they are performed.
  ///
  /// - Parameter suite: what counts as ready, and whether the snapshot is looked into.
  package static func all(for suite: Suite) -> [GenericCheck] {
    Stage.allCases.flatMap { stage in
      all(in: stage, for: suite) + [last(in: stage, for: suite)].compactMap(\.self)
    }
  }

  static func all(in stage: Stage, for suite: Suite) -> [GenericCheck] {
    switch stage {
    case .install: [services(.install), serving(.install, suite.health)]
    case .upgrade: [version, services(.upgrade), serving(.upgrade, suite.health)]
    case .backup:
      [snapshot, declaredPaths] + (suite.backup.verify.isEmpty ? [] : [verify(suite)])
        + [services(.backup)]
    case .restore, .recover: [services(stage), serving(stage, suite.health)]
    case .functional: []
    case .teardown: (suite.dependencies.isEmpty ? [] : [dependencies(suite)]) + [nothingLeft]
    }
  }

  /// What is looked at once all other checks of a stage are done: what ends with the last of them.
  static func last(in stage: Stage, for suite: Suite) -> GenericCheck? {
    guard stage != .teardown else { return nil }
    return GenericCheck(
      stage: stage,
      name: stillWell,
      about: "At the end of the stage every service still runs and the app still answers.",
      strength: .ack,
      steps: look("services", [(.services, .atLeast(1)), (.service("*"), .isWell)])
        + look(suite.health.askedText, [(.gate, .isWell)])
    )
  }

  package static let stillWell = "still_well"

  private static func look(_ act: String, _ assertions: [(Subject, Predicate)]) -> [EvidenceStep] {
    [
      EvidenceStep(
        act: act,
        assertions: assertions.map { Assertion($0, $1, actual: .absent, holds: true) }
      )
    ]
  }

  private static func serving(_ stage: Stage, _ gate: HealthGate) -> GenericCheck {
    GenericCheck(
      stage: stage,
      name: "serving",
      about: "The app answers as its health gate asks, within \(DurationText.format(gate.within)).",
      strength: gate.requires.isEmpty || !gate.asksHTTP ? .ack : .content,
      steps: look(gate.askedText, [(.gate, .isWell)])
    )
  }

  private static func services(_ stage: Stage) -> GenericCheck {
    GenericCheck(
      stage: stage,
      name: "services_running",
      about: "Every service of the recipe runs.",
      strength: .ack,
      steps: look("services", [(.services, .atLeast(1)), (.service("*"), .isWell)])
    )
  }

  private static let version = GenericCheck(
    stage: .upgrade,
    name: "version_runs",
    about: "What runs after the upgrade is the target, as the running things themselves say.",
    strength: .content,
    steps: look(
      "running version",
      [
        (.runningVersion, .equals(.template(Template(name: "target")))),
        (.contradiction, .exists(false)),
      ]
    )
  )

  private static let snapshot = GenericCheck(
    stage: .backup,
    name: "snapshot",
    about: "The backup made a snapshot with an id and with files in it.",
    strength: .content,
    steps: look("snapshot", [(.snapshotID, .exists(true)), (.snapshotFiles, .atLeast(1))])
  )

  private static let declaredPaths = GenericCheck(
    stage: .backup,
    name: "declared_paths",
    about: "Every path that the labels declare is in the snapshot, and not empty.",
    strength: .content,
    steps: look(
      "declared paths",
      [
        (.declaredPaths, .atLeast(1)), (.snapshotBytes(path: "*"), .atLeast(1)),
        (.backedUp(service: "*"), .exists(true)),
      ]
    )
  )

  private static func verify(_ suite: Suite) -> GenericCheck {
    GenericCheck(
      stage: .backup,
      name: "verify",
      about: "The snapshot's files hold what the suite says.",
      strength: Assessment(of: suite.backup.verify, vars: suite.vars).strength,
      steps: suite.backup.verify.planned
    )
  }

  /// All that a run deploys is asked for: a dependency that is deployed twice is two of them.
  ///
  /// - Parameter suite: the names that it has; those that these need in turn are known to the run.
  private static func dependencies(_ suite: Suite) -> GenericCheck {
    GenericCheck(
      stage: .teardown,
      name: CheckID.dependencies.name,
      about: "Every recipe that this one needs was up, from before its install to its teardown.",
      strength: .content,
      steps: look(
        "dependencies",
        suite.dependencies.map { (.dependency($0), .isWell) }
          + [(.deployments, .atLeast(suite.dependencies.count + 1))]
      )
    )
  }

  private static let nothingLeft = GenericCheck(
    stage: .teardown,
    name: "nothing_left",
    about: "Nothing of the deployment is left.",
    strength: .content,
    steps: look("what is left", [(.leftovers, .isEmpty)])
  )
}
