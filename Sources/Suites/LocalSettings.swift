package import Evidence
package import Formats

/// `local.yml`: how a recipe's services run as processes of this machine.
package struct LocalSettings: Sendable {
  /// Folders in which programs are looked for before the folder of this tool and `PATH`; `*` stands
  /// for one part, the highest version wins.
  package var search: [String] = []
  /// In the file's order, which is the order of start where `after` says nothing else.
  package var services: [LocalService] = []
  /// What stands for the recipe's version on this machine, by recipe version: names that
  /// `{{version.NAME}}` gives to commands.
  package var versions: [String: [String: String]] = [:]
}

package struct LocalService: Sendable {
  package var name: String
  /// What it is, where it stands for the real program; nil for the real one.
  package var standin: String?
  /// The name in `versions` that holds the stand-in's own version.
  var standinVersion: String?
  /// Run once in a fresh deployment, before the first start, in order.
  package var prepare: [[Template]] = []
  /// Run before the first start of each version, after `prepare`, in order.
  package var prepareVersion: [[Template]] = []
  package var command: [Template]
  package var environment: [(name: String, value: Template)] = []
  /// Files written before the first start: path below the service's folder → content.
  package var files: [(path: String, content: Template)] = []
  /// Ports inside the service that get a free loopback port: `{{port.NUMBER}}`.
  package var ports: [Int] = []
  /// Volumes of the compose file, with the folder below the service's folder that they are:
  /// `{{volume.NAME}}`.
  package var volumes: [String] = []
  package var after: [String] = []
  package var ready: LocalReadiness?
  /// Run once after the first start, when the service is ready, in order.
  package var setup: [[Template]] = []
  package var stop = LocalStop()
  /// Hook label (`backup.pre-hook` …) → the command that is run in its place here.
  package var hooks: [String: LocalHook] = [:]
  /// Restarted when the version changes; else left alone.
  package var restartsOnUpgrade = false
  /// How the running program tells its version.
  package var reports: LocalVersionProbe?
  package var place: SourcePlace
}

/// What is run in place of a hook of the recipe.
package struct LocalHook: Sendable {
  package var command: [Template]
  /// The label's text that it stands for; nil where the suite does not say.
  package var label: String?
  /// Of the label's text, else of the hook's name.
  package var place: SourcePlace
  /// How much of its line that takes, in Unicode scalars.
  package var length: Int
}

/// When the next service may start.
package enum LocalReadiness: Sendable {
  /// The port accepts connections.
  case port(Int, within: Duration)
  /// The command exits with 0.
  case command([Template], within: Duration)
}

package struct LocalStop: Sendable, Hashable {
  /// `TERM`, `INT`, `QUIT`, `HUP`.
  package var signal = "TERM"
  /// Before it is killed.
  package var grace: Duration = .seconds(10)
}

/// Asks the running program which version it is.
package struct LocalVersionProbe: Sendable {
  package enum Source: Sendable {
    /// GET on a port of the service, the answer's JSON member by path.
    case http(path: String, port: Int, jsonpath: JSONPath)
    case command([Template])
  }

  package var source: Source
  /// What the answer must be (`http`) or contain (`command`).
  package var expected: Template
}
