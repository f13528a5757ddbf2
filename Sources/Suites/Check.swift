package import Evidence

/// One test of a suite.
package struct Check: Sendable {
  package enum Body: Sendable {
    case steps([Step])
    case script(SuiteScript)
  }

  package var id: CheckID
  package var kind: CheckKind
  package var stage: Stage
  /// One sentence; empty where the suite has none.
  package var about: String
  package var place: SourcePlace
  package var body: Body
  /// Corpus units that it stands for.
  package var links: [PortLink] = []
  /// Only looks at whether the app is well: does not count for P3.
  package var isHealth = false
  /// Why it is not run where it must fail; nil where it is.
  package var noControl: String?
  package var when: Condition?
  /// Checks that must have passed before it, by id.
  package var needs: [CheckID] = []
  /// Why it is not carried through the life of the app; nil where it is, if it can be.
  package var notCarried: String?
  package var vars: [Variable] = []
  /// The values of its row of `cases`; they are among `vars` too.
  package var columns: [Variable] = []

  /// Names of corpus units that it stands for, as written.
  package var ports: [String] { links.map(\.name) }

  /// The check's steps; empty for a script.
  package var steps: [Step] { if case .steps(let steps) = body { steps } else { [] } }

  /// The scripts that it consists of or runs, each once; nil where there are none.
  package var scripts: [ScriptSource]? {
    if case .script(let script) = body { return [script.source] }
    var found: [ScriptSource] = []
    for case .script(let action) in steps.flatMap(\.leaves).map(\.action) {
      found.addOnce([ScriptSource(path: action.path, hash: action.hash)])
    }
    return found.isEmpty ? nil : found
  }
}

/// Under which circumstances a check or step runs; else it is skipped with that reason.
package struct Condition: Sendable, Hashable {
  /// Names of drivers; empty for all.
  package var drivers: [String]
  /// `>=3.0`, `<4`, compared part by part with the version that runs.
  package var version: VersionRequirement?
  package var place: SourcePlace

  /// Why it does not hold; nil where it does.
  ///
  /// - Parameter version: the recipe version that runs.
  package func reasonAgainst(driver: String, version: String) -> Reason? {
    if !drivers.isEmpty, !drivers.contains(driver) {
      return Reason(.onlyOn(drivers: drivers, driver: driver))
    }
    if let required = self.version, !required.isSatisfied(by: version) {
      return Reason(.onlyFor(versions: "\(required)", version: version))
    }
    return nil
  }
}
