package import ArgumentParser
import FoundationEssentials

/// The command line. What is not an argument is taken from the environment, then from the default;
/// what is secret only from the environment.
package struct StandinCommand: ParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: Standin.name,
    abstract: "A stand-in for Plausible, for tests. It is not Plausible.",
    discussion: """
      It answers /api/health, /api/event, /, /register and /login as Plausible does, keeps sites in PostgreSQL \
      and events in ClickHouse, and says x-standin in every answer. Its version and schema are at \
      /standin/version.

      ENVIRONMENT
        DATABASE_URL             postgres://user:password@host:port/database
        DATABASE_PASSWORD_FILE   the password, where the URL has none
        CLICKHOUSE_DATABASE_URL  http://host:port/database
        STANDIN_<OPTION>         any option below, such as STANDIN_FLUSH_INTERVAL=200ms

      DURATIONS are written as 250ms, 30s or 2m.

      FAULTS
      \(Fault.allCases.map { fault in
        "  \(fault.rawValue.padding(to: 26))\(fault.explanation)"
      }.joined(separator: "\n"))
      """
  )

  @Option(help: "Which release to be, 1.0.0 or 2.0.0 (default 2.0.0).")
  var appVersion: String?
  @Option(help: "Address and port to listen on (default 127.0.0.1:8000).")
  var listen: String?
  @Option(help: "How long connections are refused after the start (default 5s).")
  var bootDelay: String?
  @Option(help: "How long health says 500 after the migrations (default 10s).")
  var warmUp: String?
  @Option(help: "How often sites are looked for (default 30s).")
  var sitesCacheInterval: String?
  @Option(
    help: "How often all sites are read anew, those that are gone too (default 15m)."
  )
  var sitesCacheReload: String?
  @Option(help: "How often events are written (default 5s).")
  var flushInterval: String?
  @Option(help: "How long the databases are waited for at the start (default 8s).")
  var databaseTimeout: String?
  @Option(help: "Switch a fault on, NAME or NAME=VALUE; may be repeated.")
  var fault: [String] = []
  @Option(help: "A file with one fault a line, looked at again with each request.")
  var faultsFile: String?

  package init() {}

  /// - Throws: ``StandinError`` for what cannot be used; no message holds a secret.
  package func options(_ environment: [String: String]) throws -> StandinOptions {
    func setting(_ name: String, _ argument: String?) -> String? {
      argument ?? environment["STANDIN_" + name]
    }
    func duration(_ name: String, _ argument: String?, _ standard: Duration) throws -> Duration {
      guard let text = setting(name, argument) else { return standard }
      guard let value = Duration(text: text) else {
        throw StandinError("\(name.lowercased()) \(text) is not a duration such as 250ms or 30s")
      }
      return value
    }
    let release = setting("APP_VERSION", appVersion) ?? AppVersion.v2.rawValue
    guard let version = AppVersion(rawValue: release) else {
      throw StandinError("version \(release) is not one of this stand-in's")
    }
    guard let databaseURL = environment["DATABASE_URL"] else {
      throw StandinError("DATABASE_URL is not set")
    }
    guard let eventsURL = environment["CLICKHOUSE_DATABASE_URL"] else {
      throw StandinError("CLICKHOUSE_DATABASE_URL is not set")
    }
    let password = environment["DATABASE_PASSWORD_FILE"].flatMap {
      try? String(contentsOfFile: $0, encoding: .utf8).split(whereSeparator: \.isNewline).first
    }
    var options = StandinOptions(
      version: version,
      listen: try StandinOptions.listenAddress(setting("LISTEN", listen) ?? "127.0.0.1:8000"),
      postgres: try StandinOptions.postgres(url: databaseURL, password: password.map(String.init)),
      clickhouse: try StandinOptions.clickhouse(url: eventsURL)
    )
    options.bootDelay = try duration("BOOT_DELAY", bootDelay, options.bootDelay)
    options.warmUp = try duration("WARM_UP", warmUp, options.warmUp)
    options.sitesCacheInterval = try duration(
      "SITES_CACHE_INTERVAL",
      sitesCacheInterval,
      options.sitesCacheInterval
    )
    options.sitesCacheReload = try duration(
      "SITES_CACHE_RELOAD",
      sitesCacheReload,
      options.sitesCacheReload
    )
    options.flushInterval = try duration("FLUSH_INTERVAL", flushInterval, options.flushInterval)
    options.databaseTimeout = try duration(
      "DATABASE_TIMEOUT",
      databaseTimeout,
      options.databaseTimeout
    )
    let more = environment["STANDIN_FAULT"]?.split(separator: ",").map(String.init) ?? []
    for name in fault + more { try options.faults.switchOn(name) }
    options.faultsFile = setting("FAULTS_FILE", faultsFile)
    return options
  }
}

extension String {
  fileprivate func padding(to width: Int) -> String {
    self + String(repeating: " ", count: Swift.max(1, width - count))
  }
}
