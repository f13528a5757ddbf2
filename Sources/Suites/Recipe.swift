package import Evidence

/// The packaged app: what its compose file and its repository say at one version.
package struct Recipe: Sendable {
  package var name: String
  /// `<recipe semver>+<app version>`, from the version label.
  package var version: String
  /// The tree hash of its files.
  package var tree: String
  package var compose: Compose
  /// Published versions, oldest first; empty where the recipe is no repository of its own.
  package var publishedVersions: [String]

  package init(
    name: String,
    version: String,
    tree: String,
    compose: Compose,
    publishedVersions: [String]
  ) {
    self.name = name
    self.version = version
    self.tree = tree
    self.compose = compose
    self.publishedVersions = publishedVersions
  }
}

extension Compose {
  /// One without services.
  package init() { self.init(services: [], volumes: []) }
}

/// A compose file, as far as the tool looks at it.
package struct Compose: Sendable, Hashable {
  package var services: [Service]
  /// Named volumes, sorted.
  package var volumes: [String]
  /// `version`, the same in all files that are laid over each other.
  package var fileVersion: String?
  /// Networks, secrets, configs and volumes that the recipe uses and does not make, in the order of
  /// the files.
  package var externals: [External] = []
  /// What services get of the machine that they do not have alone, in the order of the files.
  package var outside: [Outside] = []
  /// What whoever deploys reads into configs, secrets and variables, in the order of the files.
  package var readFiles: [Setting] = []
  /// Where each named volume is declared.
  package var volumePlaces: [String: SourcePlace] = [:]
  /// The keys of `networks`.
  package var networks: Set<String> = []
  /// Configs and secrets, in the order of the files.
  package var fileSources: [FileSource] = []
  /// What `docker stack deploy` refuses or reads otherwise.
  package var oddities: [Oddity] = []
  /// Variables without a value in names of networks, volumes, secrets and configs.
  package var unsetInNames: [UnsetInName] = []

  package struct Service: Sendable, Hashable {
    package var name: String
    package var image: String
    /// Of `deploy.labels`, which is where Swarm and the backup bot look.
    package var deployLabels: [Label]
    /// Of `labels`, which neither looks at.
    package var containerLabels: [Label]
    package var mounts: [Mount]
    /// Mounts that have no volume with a name.
    package var namelessMounts: [NamelessMount] = []
    /// Configs and secrets that it sees as files.
    package var files: [MappedFile] = []
    package var place: SourcePlace
    /// `image`, with its place; nil where the service names none.
    package var imageSetting: Setting?
    /// `healthcheck.test`; nil where the service has no health check of its own, or disables it.
    package var healthcheck: Setting?
    /// `deploy.update_config.order`.
    package var updateOrder: Setting?
    /// `deploy.update_config.failure_action`.
    package var failureAction: Setting?
    /// `deploy.replicas`; nil where nothing says how many.
    package var replicas: Int?
    /// The variables that its containers get; one without a value in the file has whoever deploys'.
    package var environment: [String: String] = [:]
    /// `command`; one text as its words.
    package var command: [String] = []
    package var dependsOn: [String] = []
    /// Ports that it listens on, as far as `ports` and `expose` say it.
    package var openPorts: [Int] = []
    /// What it names of the top level, in the order of the file.
    package var references: [Reference] = []
  }

  /// A variable in the name of something on the engine, and nothing sets it.
  package struct UnsetInName: Sendable, Hashable {
    package var kind: External.Kind
    /// In the compose file.
    package var key: String
    /// As it is written: `${SECRET_A_VERSION}`.
    package var text: String
    /// The name without it.
    package var filled: String
    package var place: SourcePlace
    /// How much of its line it takes, in Unicode scalars.
    package var length: Int
  }

  /// A config, secret, network or named volume that a service names.
  package struct Reference: Sendable, Hashable {
    package var kind: External.Kind
    package var key: String
    package var place: SourcePlace
    /// How much of its line it takes, in Unicode scalars.
    package var length: Int
  }

  /// What somebody must have made before the recipe is deployed.
  package struct External: Sendable, Hashable {
    package enum Kind: String, Sendable, CaseIterable {
      case network = "networks"
      case secret = "secrets"
      case config = "configs"
      case volume = "volumes"
    }

    package var kind: Kind
    /// In the compose file.
    package var key: String
    /// On the engine.
    package var name: String

    package init(kind: Kind, key: String, name: String) {
      self.kind = kind
      self.key = key
      self.name = name
    }
  }

  /// Something of the machine or the engine that others may use, too.
  package struct Outside: Sendable, Hashable {
    package enum Kind: Sendable, Hashable {
      /// A volume whose name on the engine is not the stack's own; by its key in the file.
      case volume(key: String)
      /// A file or folder of the machine, mounted into a service at a target.
      case path(service: String, target: String)
      /// A port of the machine.
      case port(service: String)
      /// The machine's own network, or that of all containers; by its key in the file.
      case network(key: String)
    }

    package var kind: Kind
    /// On the engine: a volume's name, a path, a port's number.
    package var name: String
    package var place: SourcePlace
  }

  package struct Label: Sendable, Hashable {
    package var name: String
    package var value: String
    package var place: SourcePlace
    /// How much of its line it takes, in Unicode scalars.
    package var length = 1
  }

  /// One value of the file.
  package struct Setting: Sendable, Hashable {
    package var value: String
    package var place: SourcePlace
    /// How much of its line it takes, in Unicode scalars.
    package var length: Int
  }

  package struct Mount: Sendable, Hashable {
    /// A named volume.
    package var volume: String
    package var target: String
    package var isReadOnly = false
  }
}

extension Compose {
  /// A place that a service writes to and that no named volume holds.
  package struct NamelessMount: Sendable, Hashable {
    /// The path of the machine; nil for an anonymous volume.
    package var source: String?
    package var target: String
    package var place: SourcePlace

    /// Of the store that it is: `app-srv-files` for `/srv/files` of `app`.
    package func store(of service: String) -> String {
      let parts = target.split(separator: "/").map { part in
        String(
          part.map {
            $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == ".") ? $0 : "-"
          }
        )
      }
      return ([service] + parts).joined(separator: "-")
    }
  }
}

/// What the backup-bot-two labels of one service say.
package struct BackupLabels: Sendable, Hashable {
  package var service: String
  package var preHook: String?
  package var postHook: String?
  package var restorePreHook: String?
  package var restorePostHook: String?
  /// Volumes that are backed up, with the paths that are taken of each, relative to the volume's
  /// root; an empty list for all of it. Sorted by volume.
  package var volumes: [Volume]

  package struct Volume: Sendable, Hashable {
    package var name: String
    package var paths: [String]
  }
}
