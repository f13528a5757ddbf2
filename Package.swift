// swift-tools-version: 6.2

import PackageDescription

let swiftSettings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .treatAllWarnings(as: .error),
]

/// A module of the tool. Arrows point downwards only: `docs/architecture.md` draws them.
func module(
  _ name: String,
  _ dependencies: [Target.Dependency] = [],
  path: String? = nil,
  resources: String? = nil
) -> Target {
  .target(
    name: name,
    dependencies: dependencies,
    path: path,
    resources: resources.map { [.embedInCode($0)] },
    swiftSettings: swiftSettings
  )
}

/// A module whose binary carries the files of a folder as bytes; its one Swift file gives them names.
func embedded(_ name: String, _ folder: String, in path: String, exclude: [String]) -> Target {
  .target(
    name: name,
    path: path,
    exclude: exclude,
    sources: ["\(name).swift"],
    resources: [.embedInCode(folder)],
    swiftSettings: swiftSettings
  )
}

/// The modules of `templates/`: one a format, because two of them have files of one name.
let templateModules = ["html": "HTMLTemplates", "junit": "JUnitTemplates", "page": "PageTemplates"]

func templates(_ format: String) -> Target {
  let others = templateModules.filter { $0.key != format }
  return embedded(
    templateModules[format, default: format],
    format,
    in: "templates",
    exclude: others.flatMap { [$0.key, "\($0.value).swift"] }.sorted()
  )
}

func tests(
  of name: String,
  _ dependencies: [Target.Dependency] = [],
  exclude: [String] = []
) -> Target {
  .testTarget(
    name: "\(name)Tests",
    dependencies: [.init(stringLiteral: name)] + dependencies,
    exclude: exclude,
    swiftSettings: swiftSettings
  )
}

let argumentParser = Target.Dependency.product(
  name: "ArgumentParser",
  package: "swift-argument-parser"
)
let mustache = Target.Dependency.product(name: "Mustache", package: "swift-mustache")
let subprocess = Target.Dependency.product(name: "Subprocess", package: "swift-subprocess")
let flyingFox = Target.Dependency.product(name: "FlyingFox", package: "FlyingFox")

/// What `docs/` has beside the pages of the rules. A page that is missing here is a warning.
let otherDocumentation = [
  "README.md", "adopting.md", "architecture.md", "backups.md", "changelog.md", "ci",
  "ci-hardening.md", "ci.md",
  "command-reference.md",
  "corpus.md",
  "decisions",
  "diff.md", "evidence.md", "faults.md", "getting-started.md", "history.md", "how-to.md", "http.md",
  "importing.md", "installing.md", "junit.md",
  "local-driver.md",
  "many-machines.md", "new.md", "pictures", "ports.md", "reports.md", "rules/README.md", "schema",
  "scripts.md", "suite.md",
  "swarm-driver.md", "templates.md", "threats.md", "upgrading.md",
]

/// What names the commit to the one file that holds it: another commit compiles that and `main.swift`.
/// A variable, because SwiftPM keeps a manifest's value until the variables change.
let commit: [CSetting] =
  if let commit = Context.environment["PARITY_COMMIT"], !commit.isEmpty {
    [.define("PARITY_COMMIT", to: commit)]
  } else {
    []
  }

let package = Package(
  name: "parity",
  products: [
    .executable(name: "parity", targets: ["parity"]),
    .executable(name: "plausible-standin", targets: ["plausible-standin"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", exact: "2.1.1"),
    .package(url: "https://github.com/swhitty/FlyingFox", exact: "0.27.1"),
    .package(url: "https://github.com/swiftlang/swift-subprocess", exact: "1.0.2", traits: []),
  ],
  targets: [
    .executableTarget(
      name: "parity",
      dependencies: ["Commands", "CCommit"],
      swiftSettings: swiftSettings
    ),
    module(
      "Commands",
      [
        "Auditing", "Backups", "Corpus", "Drafting", "Evidence", "Files", "Formats", "Git",
        "Guarding", "Importing", "LocalDeployments", "MarkdownDocuments", "Reports", "RulePages",
        "Running", "Suites", "SwarmDeployments", "XMLDocuments",
        argumentParser,
      ]
    ),
    module(
      "Reports",
      [
        "Evidence", "Files", "Formats", "HTMLTemplates", "JUnitTemplates", "MarkdownDocuments",
        "PageTemplates", "XMLDocuments", mustache,
      ]
    ),
    templates("html"),
    templates("junit"),
    templates("page"),
    embedded("RulePages", "rules", in: "docs", exclude: otherDocumentation),
    module(
      "Drafting",
      ["Corpus", "Evidence", "Formats", "Importing", "MarkdownDocuments", "Suites"]
    ),
    module("Auditing", ["Corpus", "Evidence", "Formats", "Suites"]),
    module("Importing", ["Evidence", "Formats", "MarkdownDocuments", "XMLDocuments"]),
    module("Corpus", ["Evidence", "Files", "Formats", "Git", "Programs"], resources: "Reading"),
    module(
      "Running",
      [
        "Checks", "Deployments", "Evidence", "Files", "Formats", "Inventories", "Programs",
        "Suites",
      ]
    ),
    module(
      "LocalDeployments",
      [
        "Backups", "CLinux", "Deployments", "Evidence", "Files", "Formats", "Guarding", "Programs",
        "Suites",
      ]
    ),
    module(
      "SwarmDeployments",
      [
        "Backups", "CLinux", "Deployments", "Evidence", "Files", "Formats", "Guarding",
        "HTTPRequests",
        "Programs", "Suites", "Threads",
      ]
    ),
    module("Backups", ["Deployments", "Formats", "Guarding", "Programs", "Suites"]),
    module("Guarding", ["CLinux", "Deployments", "Files", "Formats", "Programs", "Threads"]),
    module(
      "Checks",
      [
        "ClickHouseQueries", "Deployments", "Evidence", "Files", "Formats", "HTTPRequests",
        "MySQLQueries", "PostgresQueries", "Programs", "RedisQueries", "SQLiteQueries", "Suites",
        "Threads", "XMLDocuments",
      ],
      resources: "Fixtures"
    ),
    module(
      "Inventories",
      ["Checks", "Deployments", "Evidence", "Formats", "HTTPRequests", "Suites"]
    ),
    module("Deployments", ["Programs"]),
    module("Suites", ["Evidence", "Files", "Formats", "XMLDocuments", "CLibyaml"]),
    module("Evidence", ["Formats"]),
    module("Formats", ["CLibcrypto", "CLibpcre2"]),
    module("Files", ["CLinux"]),
    module("Git", ["Files", "Formats", "Programs"]),
    module("Programs", [subprocess]),
    module("ClickHouseQueries", ["Formats", "HTTPRequests"]),
    module("HTTPRequests", ["CLibcurl", "CLibz", "Formats", "Threads"]),
    module("MySQLQueries", ["CLibmariadb", "Formats", "Threads"]),
    module("PostgresQueries", ["CLibpq", "Formats", "Threads"]),
    module("RedisQueries", ["Formats", "Threads"]),
    module("SQLiteQueries", ["CLibsqlite3", "Formats", "Threads"]),
    module("Threads", ["CLinux"]),
    module("XMLDocuments", ["CLibxml2", "Formats"]),
    module("MarkdownDocuments", ["CLibcmark", "Formats"]),

    .systemLibrary(
      name: "CLibcurl",
      pkgConfig: "libcurl",
      providers: [.apt(["libcurl4-openssl-dev"])]
    ),
    .systemLibrary(name: "CLibcrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(
      name: "CLibpcre2",
      pkgConfig: "libpcre2-8",
      providers: [.apt(["libpcre2-dev"])]
    ),
    .systemLibrary(
      name: "CLibmariadb",
      pkgConfig: "libmariadb",
      providers: [.apt(["libmariadb-dev"])]
    ),
    .systemLibrary(
      name: "CLibsqlite3",
      pkgConfig: "sqlite3",
      providers: [.apt(["libsqlite3-dev"])]
    ),
    .systemLibrary(name: "CLibpq", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
    .systemLibrary(
      name: "CLibxml2",
      pkgConfig: "libxml-2.0",
      providers: [.apt(["libxml2-dev"])]
    ),
    .systemLibrary(
      name: "CLibcmark",
      pkgConfig: "libcmark",
      providers: [.apt(["libcmark-dev"])]
    ),
    .systemLibrary(name: "CLibyaml", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
    .systemLibrary(name: "CLibz", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CLinux"),
    .target(name: "CCommit", cSettings: commit),

    // A small server that stands for Plausible in this project's own suite.
    .executableTarget(
      name: "plausible-standin",
      dependencies: ["PlausibleStandin", argumentParser],
      path: "Tests/Standins/plausible",
      exclude: ["Library", "test-standin.sh"],
      swiftSettings: swiftSettings
    ),
    module(
      "PlausibleStandin",
      [
        "ClickHouseQueries", "HTTPRequests", "PostgresQueries", "Threads", argumentParser,
        flyingFox,
      ],
      path: "Tests/Standins/plausible/Library"
    ),

    // A runner that may be killed, and its guardian, for the tests of process supervision.
    .executableTarget(
      name: "guardian-runner",
      dependencies: ["Guarding", "Programs"],
      path: "Tests/Standins/runner",
      swiftSettings: swiftSettings
    ),

    // A server that misbehaves, for the table of faults.
    .executableTarget(
      name: "liar",
      dependencies: ["Threads"],
      path: "Tests/Standins/liar",
      swiftSettings: swiftSettings
    ),

    // Secrets removed from a log; `Benchmarks/redaction/compare.py` runs it beside Python.
    .executableTarget(
      name: "redaction-benchmark",
      dependencies: ["Formats"],
      path: "Benchmarks/redaction",
      exclude: ["compare.py"],
      swiftSettings: swiftSettings
    ),

    // Numbers for tests, the same for the same seed.
    module("SeededGenerators", path: "Tests/SeededGenerators"),
    tests(of: "Formats", ["SeededGenerators"]),
    tests(of: "Evidence", ["Formats", "SeededGenerators"], exclude: ["Fixtures"]),
    tests(
      of: "Suites",
      ["BuiltTool", "Evidence", "Formats", "Reports", "SeededGenerators"],
      exclude: ["Fixtures", "Golden"]
    ),
    // Real servers for tests, unprivileged, on free loopback ports, gone when the tests are.
    module("PrivateServers", ["Threads"], path: "Tests/PrivateServers"),
    tests(of: "HTTPRequests", ["PrivateServers", "Threads", flyingFox]),
    tests(of: "Threads"),
    tests(of: "PostgresQueries", ["PrivateServers", "Threads"]),
    tests(of: "MySQLQueries", ["PrivateServers", "Threads"]),
    tests(of: "RedisQueries", ["Formats", "PrivateServers"]),
    tests(of: "SQLiteQueries", ["CLibsqlite3", "Formats", "TemporaryFolders"]),
    tests(of: "ClickHouseQueries", ["HTTPRequests", "PrivateServers", flyingFox]),
    .testTarget(
      name: "PlausibleStandinTests",
      dependencies: [
        "plausible-standin", "PlausibleStandin", "ClickHouseQueries", "HTTPRequests",
        "PostgresQueries", argumentParser,
      ],
      swiftSettings: swiftSettings
    ),
    // A document's parts, by another reader than the one under test.
    module("XMLParts", path: "Tests/XMLParts"),
    tests(of: "XMLDocuments", ["SeededGenerators"]),
    tests(of: "MarkdownDocuments", ["SeededGenerators"]),
    tests(of: "Programs"),
    module("TemporaryFolders", ["Files"], path: "Tests/TemporaryFolders"),
    tests(of: "Files", ["TemporaryFolders"]),
    tests(of: "Git", ["Files", "Formats", "Programs"]),
    tests(
      of: "Corpus",
      ["Evidence", "Formats", "Git", "Programs", "SeededGenerators"],
      exclude: ["Hostile"]
    ),
    // A driver, a deployment and an app that do what a test says.
    module(
      "FakeDeployments",
      ["Deployments", "Programs", flyingFox],
      path: "Tests/FakeDeployments"
    ),
    tests(
      of: "Checks",
      [
        "Deployments", "Evidence", "FakeDeployments", "Formats", "HTTPRequests", "PrivateServers",
        "Programs", "Suites", "TemporaryFolders",
      ]
    ),
    tests(
      of: "Inventories",
      [
        "Checks", "Deployments", "Evidence", "FakeDeployments", "Formats", "HTTPRequests",
        "MySQLQueries", "PostgresQueries", "ClickHouseQueries", "PrivateServers", "Programs",
        "Suites", "Threads",
      ]
    ),
    .testTarget(
      name: "DriversTests",
      dependencies: [
        "Backups", "CLinux", "Deployments", "Evidence", "Files", "Formats", "Guarding",
        "LocalDeployments",
        "PrivateServers", "Programs", "Suites", "SwarmDeployments", "Threads", "guardian-runner",
      ],
      swiftSettings: swiftSettings
    ),
    tests(
      of: "Running",
      [
        "Checks", "Deployments", "Evidence", "FakeDeployments", "Files", "Formats", "HTTPRequests",
        "Programs", "Suites", "Threads",
      ]
    ),
    tests(
      of: "Auditing",
      ["Corpus", "Evidence", "Formats", "Reports", "SeededGenerators", "Suites"]
    ),
    tests(
      of: "Reports",
      [
        "Evidence", "Files", "Formats", "Importing", "MarkdownDocuments", "SeededGenerators",
        "TemporaryFolders", "XMLDocuments", "XMLParts",
      ],
      exclude: ["Golden"]
    ),
    tests(of: "Drafting", ["Evidence", "Suites", "TemporaryFolders"]),
    tests(
      of: "Importing",
      ["Evidence", "Formats", "MarkdownDocuments", "Reports", "SeededGenerators"]
    ),
    // The built tool in a project of its own, as a person runs it.
    module("BuiltTool", ["Formats", "PrivateServers"], path: "Tests/BuiltTool"),
    tests(
      of: "Commands",
      [
        "Auditing", "BuiltTool", "Evidence", "Files", "Formats", "PrivateServers", "Reports",
        "RulePages", "Suites", "XMLParts", "parity", "plausible-standin", argumentParser,
      ],
      exclude: ["Golden"]
    ),
    // Each fault of Tests/faults, provoked on the built tool and real services.
    .testTarget(
      name: "FaultTests",
      dependencies: [
        "BuiltTool", "Evidence", "Formats", "PrivateServers", "SeededGenerators", "Suites", "liar",
        "parity", "plausible-standin",
      ],
      swiftSettings: swiftSettings
    ),
  ]
)
