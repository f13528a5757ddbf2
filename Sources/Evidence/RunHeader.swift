/// The plan of a run, and when, where and with what it began.
///
/// The parts of the plan can be asked of the header itself.
@dynamicMemberLookup
package struct RunHeader: Codable, Hashable, Sendable {
  /// Unique among the runs of a reports folder; sorts by start.
  package var id: String
  /// Of this tool.
  package var toolVersion: String
  /// RFC 3339, UTC, with milliseconds. All other times are counted from here by a monotonic clock.
  package var startedAt: String
  /// The machine's name.
  package var host: String
  /// The part of a catalogue that this machine runs; nil where it runs all.
  package var shard: Shard?
  package var plan: Plan

  package init(
    id: String,
    toolVersion: String,
    startedAt: String,
    host: String,
    shard: Shard? = nil,
    plan: Plan
  ) {
    self.id = id
    self.toolVersion = toolVersion
    self.startedAt = startedAt
    self.host = host
    self.shard = shard
    self.plan = plan
  }

  package subscript<Value>(dynamicMember path: WritableKeyPath<Plan, Value>) -> Value {
    get { plan[keyPath: path] }
    set { plan[keyPath: path] = newValue }
  }

  package subscript<Value>(dynamicMember path: KeyPath<Plan, Value>) -> Value {
    plan[keyPath: path]
  }
}

/// One version of a recipe.
package struct RecipeRevision: Codable, Hashable, Sendable {
  /// `<recipe semver>+<app version>`.
  package var version: String
  /// The tree hash of the recipe's files.
  package var tree: String

  package init(version: String, tree: String) {
    self.version = version
    self.tree = tree
  }
}

/// A recipe that another one needs beside it.
package struct DependencyFacts: Codable, Hashable, Sendable {
  package var recipe: String
  package var revision: RecipeRevision

  package init(recipe: String, revision: RecipeRevision) {
    self.recipe = recipe
    self.revision = revision
  }
}

/// A program that stands for the real app in one service.
package struct Standin: Codable, Hashable, Sendable {
  package var service: String
  /// What it is, in the suite's words.
  package var what: String
  /// Its own versions for base and target; not the real app's.
  package var versions: [String]

  package init(service: String, what: String, versions: [String]) {
    self.service = service
    self.what = what
    self.versions = versions
  }
}

/// One check of the plan, so that what was never started is known after a crash too.
package struct PlannedCheck: Codable, Hashable, Sendable {
  package var id: CheckID
  package var kind: CheckKind
  package var stage: Stage
  /// Why it does not run; nil where it does.
  package var skip: Reason?
  /// Of a check that reads back what it sent: what its control repeats.
  package var readBack: ReadBack?
  /// How it is carried; nil for what is no functional check of state.
  package var carry: Carry?
  /// Of a carried check the functional one whose steps it performs.
  package var origin: CheckID?
  package var about: String
  package var place: SourcePlace?
  package var strength: Strength
  /// Passing shows less than it seems: all that it expects could have been there before.
  package var mayBeStale: Bool
  /// Why it has no control, on the suite's word; nil where it has one.
  package var noControl: String?
  /// What of it shows nothing, whatever comes back; nil where that is nothing.
  package var doubts: [Doubt]?
  /// The form of its steps without names and fresh values: equal where two checks do the same.
  package var behaviour: String?
  /// Only looks at whether the app is well: does not count for P3.
  package var isHealth: Bool
  /// What it will do and assert, as written in the suite.
  package var steps: [EvidenceStep]
  /// Corpus units that it stands for.
  package var ports: [String]
  /// Recipes beside this one that it names; nil where it names none.
  package var dependencies: [String]?
  /// As coverage has them.
  package var scripts: [ScriptSource]?

  package init(
    id: CheckID,
    kind: CheckKind,
    stage: Stage,
    about: String,
    place: SourcePlace?,
    strength: Strength,
    mayBeStale: Bool = false,
    behaviour: String? = nil,
    isHealth: Bool,
    steps: [EvidenceStep],
    ports: [String],
    scripts: [ScriptSource]? = nil
  ) {
    self.id = id
    self.kind = kind
    self.stage = stage
    self.about = about
    self.place = place
    self.strength = strength
    self.mayBeStale = mayBeStale
    self.behaviour = behaviour
    self.isHealth = isHealth
    self.steps = steps
    self.ports = ports
    self.scripts = scripts
  }
}

/// What a check looks at that shows nothing of the deployment.
package enum Doubt: String, Codable, CaseIterable, Sendable {
  /// A step asks another host.
  case elsewhere
  /// Something is said to be gone that was never seen there.
  case absenceUnseen
}

/// A place where the recipe keeps data.
package struct StoreFacts: Codable, Hashable, Sendable {
  package enum Kind: String, Codable, CaseIterable, Sendable {
    case postgres, clickhouse
    /// MariaDB or MySQL.
    case mysql
    /// Another database, by its image: MongoDB, Redis …
    case database
    case volume
    /// A bind mount or an anonymous volume: no volume with a name.
    case mount
  }

  /// The service of a database, or the volume.
  package var name: String
  package var kind: Kind
  /// Services that hold it.
  package var services: [String]
  /// Volumes below it.
  package var volumes: [String]
  /// False where the suite has no integrity entry for it.
  package var hasMarker: Bool
  /// The place in the suite for which the marker is letters and digits alone; nil where it is as awkward
  /// as data are.
  package var plainMarker: SourcePlace?
  /// Whether a hook takes part in its backup or its restore.
  package var isHooked: Bool?
  /// Whether the recipe's labels back it up, and how: `pg_backup.sh backup → backup.sql`.
  package var mechanism: String?
  /// What is counted before and after, by name.
  package var counts: [String]
  /// Parts that are not compared; nil where there are none.
  package var volatile: [VolatileParts]?
  /// Why nothing in it is worth keeping, on the suite's word; nil where something is.
  package var holdsNothing: String?

  package init(
    name: String,
    kind: Kind,
    services: [String],
    volumes: [String],
    hasMarker: Bool,
    mechanism: String?,
    counts: [String]
  ) {
    self.name = name
    self.kind = kind
    self.services = services
    self.volumes = volumes
    self.hasMarker = hasMarker
    self.mechanism = mechanism
    self.counts = counts
  }
}
