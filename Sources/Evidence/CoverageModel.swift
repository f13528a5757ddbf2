/// What a run and its audit say is proven of one recipe: the content of `coverage.json`.
///
/// It holds nothing that differs between two equal runs: no times, ports, ids, fresh values or
/// absolute paths. Every list is sorted by whoever makes it, as its property says.
package struct CoverageModel: Codable, Hashable, Sendable {
  /// 2 added `body` to checks, 3 made reasons and assertions values; files of 1 and 2 are read too.
  package static let schemaVersion = 3

  package var schema: Int
  package var recipe: String
  /// What the app is, in the suite's words; nil where it says nothing.
  package var about: String?
  package var driver: String
  /// Where it is from; nil for a run of this tool.
  package var imported: ImportedSource?
  package var standins: [Standin]
  package var base: RecipeRevision?
  package var target: RecipeRevision
  /// Where the recipe was fetched from, without how that went; nil where it lay in a folder.
  package var origin: RecipeOrigin?
  /// Recipes that were deployed beside it, in that order; nil where there were none.
  package var dependencies: [DependencyFacts]?
  package var suiteTree: String
  /// How the app was reached; nil for all drivers but a Swarm's, and for runs of older versions.
  package var access: AppAccess?
  package var corpus: CorpusCoverage
  package var policy: CoveragePolicy
  /// The highest rung that is `pass` while every lower one is `pass` or `skip`; 0 where none is.
  package var level: Int
  /// L1 to L5.
  package var rungs: [RungCoverage]
  package var gate: GateCoverage
  /// By part, then in the order of the run.
  package var claims: [Claim]
  /// In the order of the plan.
  package var checks: [CheckCoverage]
  /// By name.
  package var stores: [StoreCoverage]
  /// The suite's own steps beside the operations; nil where it has none.
  package var hooks: [HookCoverage]?
  /// Services that are started again after a restore; nil where none is.
  package var restarts: [String]?
  /// In the suite's order.
  package var deferrals: [Deferral]
  /// The suite's own prose in Markdown, verbatim.
  package var notes: String?
  /// By severity, rule, message.
  package var findings: [Finding]

  package init(
    recipe: String,
    driver: String,
    standins: [Standin],
    base: RecipeRevision?,
    target: RecipeRevision,
    suiteTree: String,
    corpus: CorpusCoverage,
    policy: CoveragePolicy,
    level: Int,
    rungs: [RungCoverage],
    gate: GateCoverage,
    claims: [Claim],
    checks: [CheckCoverage],
    stores: [StoreCoverage],
    deferrals: [Deferral],
    notes: String?,
    findings: [Finding]
  ) {
    schema = Self.schemaVersion
    self.recipe = recipe
    self.driver = driver
    self.standins = standins
    self.base = base
    self.target = target
    self.suiteTree = suiteTree
    self.corpus = corpus
    self.policy = policy
    self.level = level
    self.rungs = rungs
    self.gate = gate
    self.claims = claims
    self.checks = checks
    self.stores = stores
    self.deferrals = deferrals
    self.notes = notes
    self.findings = findings
  }

  package var isOnStandin: Bool { !standins.isEmpty }

  package subscript(check id: CheckID) -> CheckCoverage? { checks.first { $0.id == id } }

  /// `4`, or `4 (stand-in)`: no level without that word where a stand-in showed it.
  package var shownLevel: String { isOnStandin ? "\(level) (stand-in)" : "\(level)" }

  /// Claims by verdict in a sentence's form: `3 proven (stand-in), 1 vacuous`.
  package var verdictSummary: String {
    let parts = Verdict.Word.allCases.compactMap { word -> String? in
      let count = claims.count { $0.verdict.word == word }
      return count == 0 ? nil : "\(count) \(word.shown)"
    }
    return parts.isEmpty ? "no claims" : parts.joined(separator: ", ")
  }
}

/// The four parts that a page has.
package enum ClaimPart: String, Codable, CaseIterable, Sendable {
  /// Lifecycle.
  case p1 = "P1"
  /// Parity with the corpus.
  case p2 = "P2"
  /// Recipe-specific functional depth.
  case p3 = "P3"
  /// Data integrity.
  case p4 = "P4"
}

/// One statement of a parity page, bound to evidence or not made.
package struct Claim: Codable, Hashable, Sendable {
  /// Stable: `P1/upgrade`, `P2`, `P3/functional/event_tracking::test_x`, `P4/db/restored`.
  package var id: String
  package var part: ClaimPart
  /// What the suite or an older script says of it; empty where the tool has a sentence of its own.
  package var about: String
  package var verdict: Verdict
  /// What it rests on.
  package var checks: [CheckID]

  package init(
    id: String,
    part: ClaimPart,
    about: String = "",
    verdict: Verdict,
    checks: [CheckID]
  ) {
    self.id = id
    self.part = part
    self.about = about
    self.verdict = verdict
    self.checks = checks
  }
}

/// One step of the ladder L1 to L5.
package struct RungCoverage: Codable, Hashable, Sendable {
  package enum State: String, Codable, CaseIterable, Sendable { case pass, fail, unver, skip }

  /// From 1.
  package var level: Int
  /// `install`, `upgrade`, `backup, restore and recover`, `functional`, `lint`.
  package var name: String
  package var state: State
  /// Nil for `pass` only.
  package var reason: Reason?

  package init(level: Int, name: String, state: State, reason: Reason?) {
    self.level = level
    self.name = name
    self.state = state
    self.reason = reason
  }
}

/// What the project asks of every recipe.
package struct CoveragePolicy: Codable, Hashable, Sendable {
  /// Functional checks of strength `state` that P3 asks for.
  package var functionalChecks: Int

  package init(functionalChecks: Int) { self.functionalChecks = functionalChecks }
}

/// What counts as ready.
package struct GateCoverage: Codable, Hashable, Sendable {
  /// What is asked by HTTP; nil where only a port is.
  package var path: String?
  /// `db:5432`; nil where no port is asked.
  package var port: String?
  /// Status codes.
  package var accepts: [Int]
  package var requires: [Requirement]
  /// In seconds.
  package var within: Int
  /// For how long answers must stay good, in milliseconds; nil where it is the tool's own time.
  package var steady: Int?
  /// Why this is asked, in the suite's words; nil where it says nothing.
  package var why: String?

  /// What `steady` is where nobody says otherwise.
  package static let usual = 2000

  /// A key of the JSON answer and the value that it must have, as written.
  package struct Requirement: Codable, Hashable, Sendable {
    package var key: String
    package var value: String

    package init(key: String, value: String) {
      self.key = key
      self.value = value
    }
  }

  package init(
    path: String?,
    port: String?,
    accepts: [Int],
    requires: [Requirement],
    within: Int,
    steady: Int? = nil
  ) {
    self.steady = steady
    self.path = path
    self.port = port
    self.accepts = accepts
    self.requires = requires
    self.within = within
  }
}

package struct CheckCoverage: Codable, Hashable, Sendable {
  package var id: CheckID
  package var kind: CheckKind
  package var stage: Stage
  package var about: String
  package var place: SourcePlace?
  /// Its reason holds no fresh values.
  package var outcome: Outcome
  package var strength: Strength
  package var isHealth: Bool
  /// `decoy` or `dropped`, and what it showed; nil where no control belongs to it.
  package var control: ControlCoverage?
  /// What it did and asserted, as written in the suite; of a check that did not run what it would.
  package var evidence: [EvidenceStep]
  package var ports: [String]
  /// A short hash of the form of its own steps and expectations, without its id: by it a check is
  /// known under another name. Nil for generic checks and scripts, and in files of schema 1.
  package var body: String?
  /// The scripts that it consists of or runs, in the order of its steps, each once; nil where there
  /// are none, and where an older version of the tool wrote it.
  package var scripts: [ScriptSource]?

  package init(
    id: CheckID,
    kind: CheckKind,
    stage: Stage,
    about: String,
    place: SourcePlace?,
    outcome: Outcome,
    strength: Strength,
    isHealth: Bool,
    control: ControlCoverage?,
    evidence: [EvidenceStep],
    ports: [String],
    body: String? = nil,
    scripts: [ScriptSource]? = nil
  ) {
    self.id = id
    self.kind = kind
    self.stage = stage
    self.about = about
    self.place = place
    self.outcome = outcome
    self.strength = strength
    self.isHealth = isHealth
    self.control = control
    self.evidence = evidence
    self.ports = ports
    self.body = body
    self.scripts = scripts
  }
}

package struct ControlCoverage: Codable, Hashable, Sendable {
  package var kind: ControlRecord.Kind
  package var result: ControlRecord.Result

  package init(kind: ControlRecord.Kind, result: ControlRecord.Result) {
    self.kind = kind
    self.result = result
  }
}

/// One step's part of the evidence.
package struct EvidenceStep: Codable, Hashable, Sendable {
  /// `POST /api/event`, `postgres db: SELECT …`.
  package var act: String
  /// In the suite's order. What was there is kept only of what does not hold.
  package var assertions: [Assertion]
  /// How long it is done again until it is satisfied, in milliseconds; nil where it is done once, and
  /// where an older version wrote it.
  package var within: Int?
  /// For how long it must never be so, in milliseconds; nil where it must be so.
  package var never: Int?
  /// The file of shared steps that it stands in, below the suite's folder; nil for a check's own.
  package var shared: String?

  package init(act: String, assertions: [Assertion], within: Int? = nil, never: Int? = nil) {
    self.act = act
    self.assertions = assertions
    self.within = within
    self.never = never
  }

  /// The same with some names replaced by what is written for them.
  package func filling(_ values: [String: Template]) -> EvidenceStep {
    guard !values.isEmpty else { return self }
    var copy = self
    for index in copy.assertions.indices {
      copy.assertions[index].predicate = copy.assertions[index].predicate.filling(values)
    }
    return copy
  }
}

/// Steps of the suite beside an operation.
package struct HookCoverage: Codable, Hashable, Sendable {
  /// `pre_backup`.
  package var name: String
  /// As written.
  package var steps: [EvidenceStep]

  package init(name: String, steps: [EvidenceStep]) {
    self.name = name
    self.steps = steps
  }
}

/// P4's row for one store.
package struct StoreCoverage: Codable, Hashable, Sendable {
  package var name: String
  package var kind: StoreFacts.Kind
  /// What is planted, in the suite's words; nil where nothing is.
  package var marker: String?
  /// What the marker is, in a sentence of the suite; nil where it has none.
  package var words: String?
  /// Tables, keys and files that the marker stands in, in the order of its steps; nil where nothing is
  /// planted, and where an older version wrote it.
  package var planted: [String]?
  /// What is taken away before the restore, one act each, in the suite's words; nil where nothing
  /// is, and where an older version wrote it.
  package var drop: [String]?
  package var counts: [String]
  /// What changes data after the backup, one act each; nil where nothing does.
  package var change: [String]?
  /// Parts that are not compared, on the suite's word; nil where all are.
  package var volatile: [String]?
  package var mechanism: String?
  /// The marker and the counts after the upgrade.
  package var upgrade: Verdict
  /// The control: gone before the restore.
  package var dropped: Verdict
  package var restored: Verdict
  /// After everything was lost and a new deployment was filled from the backup.
  package var recovered: Verdict
  /// All of it together.
  package var result: Verdict
  /// Why nothing in it is worth keeping, on the suite's word; nil where something is.
  package var holdsNothing: String?

  package init(
    name: String,
    kind: StoreFacts.Kind,
    marker: String?,
    drop: [String]? = nil,
    counts: [String],
    mechanism: String?,
    upgrade: Verdict,
    dropped: Verdict,
    restored: Verdict,
    recovered: Verdict,
    result: Verdict
  ) {
    self.name = name
    self.kind = kind
    self.marker = marker
    self.drop = drop
    self.counts = counts
    self.mechanism = mechanism
    self.upgrade = upgrade
    self.dropped = dropped
    self.restored = restored
    self.recovered = recovered
    self.result = result
  }
}

/// What was found where the older scripts should be.
package struct CorpusCoverage: Codable, Hashable, Sendable {
  package enum State: String, Codable, CaseIterable, Sendable {
    /// The project says that it has none.
    case none
    /// The root is not there, or is no folder: nothing can be said.
    case rootMissing
    /// The root is there and has no entry for this recipe.
    case noEntry
    /// The entry holds no scripts.
    case noScripts
    /// Files that cannot be read: nothing can be said.
    case unreadable
    /// There are scripts to be held to.
    case scripts
  }

  package var state: State
  /// The path that was looked at, relative to the project.
  package var root: String
  package var path: String
  /// How many recipes the corpus has.
  package var recipes: Int
  /// Scripts of this recipe, relative to the entry, sorted.
  package var scripts: [String]
  /// The tree hash of the corpus; nil where it could not be read.
  package var tree: String?
  /// The commit that was read; nil for a folder, for the project's own repository, whose commits
  /// change with what is committed of this, and where an older version of the tool wrote it.
  package var commit: String?
  /// True where the corpus is only an example.
  package var isSample: Bool
  /// Why, where the state needs one: the project's reason, or what could not be read.
  package var detail: String?
  /// In the order of the scripts and their lines; nil where an older version of the tool wrote it.
  package var units: [UnitCoverage]?
  /// The blob id of the suite's `parity.lock`; nil where nothing is pinned.
  package var pins: String?

  package init(
    state: State,
    root: String,
    path: String,
    recipes: Int,
    scripts: [String],
    tree: String?,
    commit: String? = nil,
    isSample: Bool,
    detail: String?,
    units: [UnitCoverage]? = nil,
    pins: String? = nil
  ) {
    self.state = state
    self.root = root
    self.path = path
    self.recipes = recipes
    self.scripts = scripts
    self.tree = tree
    self.commit = commit
    self.isSample = isSample
    self.detail = detail
    self.units = units
    self.pins = pins
  }
}

/// Something that the suite says it does not do yet.
package struct Deferral: Codable, Hashable, Sendable {
  package var what: String
  package var why: String
  /// A date `YYYY-MM-DD`, or a trigger in words.
  package var until: String

  package init(what: String, why: String, until: String) {
    self.what = what
    self.why = why
    self.until = until
  }
}
