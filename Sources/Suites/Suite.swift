package import Evidence

/// Our folder of tests for one recipe, as loaded: every default filled in, every place known.
package struct Suite: Sendable {
  package var recipe: String
  /// What the app is, in a sentence.
  package var about: String?
  /// The absolute path of the suite's folder.
  package var folder: String
  package var health = HealthGate()
  /// By service name; services of the compose file that need no mention are not in it.
  package var services: [String: ServiceSettings] = [:]
  package var versions = VersionSettings()
  /// In the file's order; later ones may use earlier ones.
  package var vars: [Variable] = []
  package var secrets: [SecretSetting] = []
  /// By store name.
  package var integrity: [String: IntegrityEntry] = [:]
  /// By store name: what is to be known of a store beside its marker.
  package var stores: [String: StoreSettings] = [:]
  package var hooks: [Hook: [Step]] = [:]
  /// Services that are restarted once a restore has put their data back.
  package var restartAfterRestore: [String] = []
  package var backup = BackupSettings()
  package var deferred: [Deferral] = []
  /// What becomes of units of the corpus that no check names.
  package var corpus = CorpusDeclarations()
  package var waivers: [Waiver] = []
  package var notApplicable: [NotApplicable] = []
  /// Markdown, verbatim.
  package var notes: String?
  package var scripts = ScriptSettings()
  package var environment: [String: Template] = [:]
  /// Only from the upgrade on.
  package var upgradeEnvironment: [String: Template] = [:]
  package var deadlines = Deadlines()
  /// Overlays, functional checks and scripts, in the order of file names, then of the file.
  package var checks: [Check] = []
  /// The driver `local`; nil where the suite has no `local.yml`.
  package var local: LocalSettings?
  /// The driver `swarm`; nil where the suite has no `swarm.yml`, and the defaults do.
  package var swarm: SwarmSettings?
  /// Other recipes that must run beside this one.
  package var dependencies: [String] = []
  /// Where each of them is named.
  var dependencyPlaces: [String: SourcePlace] = [:]
  /// Where secrets of dependencies are used; only those know which they have.
  var dependencySecrets: [DependencySecret] = []
  /// What is confidential in its files, for who shows their lines later.
  var concealment = Concealment()
}

extension Suite {
  /// What it sets for the variables of the compose files; a secret stays a name.
  package var composeSettings: [String: String] { environment.mapValues(\.source) }

  /// What `swarm.yml` sets over them.
  package var swarmSettings: [String: String] {
    Dictionary((swarm?.environment ?? []).map { ($0.name, $0.value.source) }) { _, last in last }
  }

  package var checksByID: [CheckID: Check] {
    Dictionary(checks.map { ($0.id, $0) }) { first, _ in first }
  }
}

/// Steps of the suite that run beside an operation.
package enum Hook: String, CaseIterable, Sendable {
  case preInstall = "pre_install"
  case postInstall = "post_install"
  case preUpgrade = "pre_upgrade"
  case postUpgrade = "post_upgrade"
  case preBackup = "pre_backup"
  case preRestore = "pre_restore"
  case postRestore = "post_restore"
}

/// What counts as ready.
package struct HealthGate: Sendable {
  package var path = "/"
  /// Accepted status codes.
  package var accepts = [200, 301, 302]
  /// Keys of a JSON answer and the value that each must have; other keys are not looked at.
  package var requires: [(key: String, value: Template)] = []
  /// A port that must accept connections, in place of or beside HTTP: (service, port).
  package var tcp: (service: String, port: Int)?
  /// False where only `tcp` is asked for.
  package var asksHTTP = true
  /// To the first good answer.
  package var within: Duration = .seconds(300)
  /// For how long answers must stay good from then on.
  package var steady: Duration = .milliseconds(GateCoverage.usual)
  /// Why this is asked and not something else.
  package var why: String?
  package var place: SourcePlace?
}

package struct ServiceSettings: Sendable {
  package struct Database: Sendable {
    package var kind: DatabaseKind
    /// Its name; of Redis its number. Nil for the server's own default.
    package var name: Template?
    /// Nil for the server's own default.
    package var user: Template?
    package var password: Template?

    package init(
      _ kind: DatabaseKind,
      name: Template? = nil,
      user: Template? = nil,
      password: Template? = nil
    ) {
      self.kind = kind
      self.name = name
      self.user = user
      self.password = password
    }
  }

  package var database: Database?
  /// The port inside the service, where it differs from the database's usual one.
  package var port: Int?
  package var place: SourcePlace?
}

package struct VersionSettings: Sendable {
  package var base: String?
  var basePlace: SourcePlace?
}

package struct Variable: Sendable {
  package var name: String
  /// Of one that a function makes, all that it is made of.
  package var value: Template
  package var function: ValueFunction?
  package var place: SourcePlace?

  package init(
    name: String,
    value: Template,
    function: ValueFunction? = nil,
    place: SourcePlace? = nil
  ) {
    self.name = name
    self.value = value
    self.function = function
    self.place = place
  }
}

package struct SecretSetting: Sendable {
  package enum Source: Sendable {
    /// Made anew for each run: this many characters of `[A-Za-z0-9]`.
    case generated(length: Int)
    /// Read from this environment variable.
    case environment(String)
    /// Written in the suite; a finding unless it is only for tests.
    case value(String)
  }

  package var name: String
  package var source: Source
  package var place: SourcePlace?

  package init(name: String, source: Source, place: SourcePlace?) {
    self.name = name
    self.source = source
    self.place = place
  }
}

/// P4 for one store.
package struct IntegrityEntry: Sendable {
  package var store: String
  /// What the marker is, in a sentence; nil where the suite says nothing.
  package var marker: String?
  /// Makes what the marker needs, once, before the first seed: a table of our own.
  package var prepare: [Step]
  package var seed: [Step]
  package var drop: [Step]
  /// Goes on with the world after the backup: what it does must be undone by the restore.
  package var change: [Step]
  package var verify: [Step]
  package var counts: [RowCount]
  package var place: SourcePlace
}

/// What a person says of one store.
package struct StoreSettings: Sendable {
  /// Parts that change by themselves, and are not compared.
  package var volatile: [VolatileParts] = []
  /// Why nothing in it is worth keeping; nil where something is.
  package var holdsNothing: String?
  /// Who writes to it past the app, so that the app is not asked to; nil where the app does.
  package var writtenBy: String?
  package var place: SourcePlace
}

/// Something that is counted before an operation and must be the same after it.
package struct RowCount: Sendable, Hashable {
  /// A table's name, `schema.table` allowed.
  package var table: String
  package var place: SourcePlace
}

package struct BackupSettings: Sendable {
  /// Nil: by the recipe's labels. True or false where the suite forces it.
  package var capable: Bool?
  package var capableReason: String?
  /// Run after the snapshot, with the snapshot's files at hand.
  package var verify: [Step] = []
}

package struct Waiver: Sendable, Hashable {
  package var rule: String
  /// What it is waived for (a store, a check id, a service); nil for all.
  package var subject: String?
  package var why: String
  package var until: String
  package var place: SourcePlace
}

/// A stage or rung that this recipe cannot have, as the suite declares.
package struct NotApplicable: Sendable, Hashable {
  package var stage: Stage
  package var why: String
  package var place: SourcePlace
}

package struct Deadlines: Sendable {
  /// For the whole run.
  package var run: Duration = .seconds(3600)
  /// For one deploy, upgrade, backup or restore, its gate not included.
  package var operation: Duration = .seconds(1200)
  /// For one step without `retry`.
  package var step: Duration = .seconds(30)
}
