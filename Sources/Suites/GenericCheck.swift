package import Evidence

/// The checks that every recipe gets with no configuration, in one place: the runner performs them
/// under these ids.
package struct GenericCheck: Sendable, Hashable {
  package var stage: Stage
  package var name: String
  package var about: String
  package var strength: Strength
  package var failsWhen: [String]

  package var id: CheckID { .generic(stage, name) }

  /// In the order of stages, and inside of one in the order in which they are performed.
  ///
  /// - Parameter suite: what counts as ready, and whether the snapshot is looked into.
  package static func all(for suite: Suite) -> [GenericCheck] {
    [Stage.install, .upgrade, .backup, .restore, .teardown].flatMap { all(in: $0, for: suite) }
  }

  static func all(in stage: Stage, for suite: Suite) -> [GenericCheck] {
    switch stage {
    case .install: [services(.install), serving(.install, suite.health)]
    case .upgrade: [version, services(.upgrade), serving(.upgrade, suite.health)]
    case .backup:
      [snapshot, declaredPaths] + (suite.backup.verify.isEmpty ? [] : [verify(suite)])
        + [services(.backup)]
    case .restore: [services(.restore), serving(.restore, suite.health)]
    case .functional: []
    case .teardown: [nothingLeft]
    }
  }

  private static func serving(_ stage: Stage, _ gate: HealthGate) -> GenericCheck {
    let keys = gate.requires.map { "\($0.key) is not \($0.value.source)" }
    let codes = gate.accepts.map { String($0) }.joined(separator: ", ")
    let port = gate.tcp.map { ["\($0.service) takes no connection on port \($0.port)"] } ?? []
    let http = gate.asksHTTP ? ["GET \(gate.path) is not answered with \(codes)"] + keys : []
    return GenericCheck(
      stage: stage,
      name: "serving",
      about: "The app answers as its health gate asks, within \(DurationText.format(gate.within)).",
      strength: gate.requires.isEmpty || !gate.asksHTTP ? .ack : .content,
      failsWhen: http + port
    )
  }

  private static func services(_ stage: Stage) -> GenericCheck {
    GenericCheck(
      stage: stage,
      name: "services_running",
      about: "Every service of the recipe runs.",
      strength: .ack,
      failsWhen: ["a service has ended"]
    )
  }

  private static let version = GenericCheck(
    stage: .upgrade,
    name: "version_runs",
    about: "What runs after the upgrade is the target, as the running things themselves say.",
    strength: .content,
    failsWhen: ["another version than the target runs", "the app reports another version"]
  )

  private static let snapshot = GenericCheck(
    stage: .backup,
    name: "snapshot",
    about: "The backup made a snapshot with an id and with files in it.",
    strength: .content,
    failsWhen: ["the snapshot has no id", "the snapshot has no file"]
  )

  private static let declaredPaths = GenericCheck(
    stage: .backup,
    name: "declared_paths",
    about: "Every path that the labels declare is in the snapshot, and not empty.",
    strength: .content,
    failsWhen: [
      "a declared path has no file in the snapshot", "its files are empty",
      "a labelled service has volumes and none of them is backed up",
      "a database's hook wrote none of the files that are backed up",
    ]
  )

  private static func verify(_ suite: Suite) -> GenericCheck {
    GenericCheck(
      stage: .backup,
      name: "verify",
      about: "The snapshot's files hold what the suite says.",
      strength: Assessment(of: suite.backup.verify, vars: suite.vars).strength,
      failsWhen: FailureSentences.sentences(for: suite.backup.verify)
    )
  }

  private static let nothingLeft = GenericCheck(
    stage: .teardown,
    name: "nothing_left",
    about: "Nothing of the deployment is left.",
    strength: .content,
    failsWhen: ["a service, process, volume, secret, network or folder is left"]
  )
}
