package import Evidence
package import Formats

/// `local.yml`: how a recipe's services run as processes of this machine.
package struct LocalSettings: Sendable {
  /// Folders in which programs are looked for before the folder of this tool and `PATH`; `*` stands
  /// for one part, the highest version wins.
  package var search: [String]
  /// In the file's order, which is the order of start where `after` says nothing else.
  package var services: [LocalService]
  /// What stands for the recipe's version on this machine, by recipe version: names that
  /// `{{version.NAME}}` gives to commands.
  package var versions: [String: [String: String]]

  package init(
    search: [String] = [],
    services: [LocalService] = [],
    versions: [String: [String: String]] = [:]
  ) {
    self.search = search
    self.services = services
    self.versions = versions
  }
}

package struct LocalService: Sendable {
  package var name: String
  /// What it is, where it stands for the real program; nil for the real one.
  package var standin: String?
  /// The name in `versions` that holds the stand-in's own version.
  package var standinVersion: String?
  /// Run once in a fresh deployment, before the first start, in order.
  package var prepare: [[Template]]
  package var command: [Template]
  package var environment: [(name: String, value: Template)]
  /// Files written before the first start: path below the service's folder → content.
  package var files: [(path: String, content: Template)]
  /// Ports inside the service that get a free loopback port: `{{port.NUMBER}}`.
  package var ports: [Int]
  /// Volumes of the compose file, with the folder below the service's folder that they are:
  /// `{{volume.NAME}}`.
  package var volumes: [String]
  package var after: [String]
  package var ready: LocalReadiness?
  /// Run once after the first start, when the service is ready, in order.
  package var setup: [[Template]]
  package var stop: LocalStop
  /// Hook label (`backup.pre-hook` …) → the command that is run in its place here.
  package var hooks: [String: [Template]]
  /// Restarted when the version changes; else left alone.
  package var restartsOnUpgrade: Bool
  /// How the running program tells its version.
  package var reports: LocalVersionProbe?
  package var place: SourcePlace

  package init(name: String, command: [Template], place: SourcePlace) {
    self.name = name
    self.command = command
    self.place = place
    standin = nil
    standinVersion = nil
    prepare = []
    environment = []
    files = []
    ports = []
    volumes = []
    after = []
    ready = nil
    setup = []
    stop = LocalStop()
    hooks = [:]
    restartsOnUpgrade = false
    reports = nil
  }
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

  package init() {}
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

  package init(source: Source, expected: Template) {
    self.source = source
    self.expected = expected
  }
}
