import Checks
import Deployments
import Evidence
import Files
import FoundationEssentials
import HTTPRequests
import Running
import Suites

/// What a run works with, from its first event to its last.
struct RunEquipment: Sendable {
  var secrets: SecretValues
  var log: EventLog
  var http: HTTPClient
  var progress: ConsoleProgress
  var driver: any Driver
}

extension RunJob {
  /// - Parameters:
  ///   - folder: the run's own, with its `logs`.
  ///   - events: the name of the file of events below it; nil where nothing of them is kept.
  ///   - family: the secrets of all recipes of the run, by recipe; nil where they are still to be made.
  ///   - names: what is known of dependencies, by the whole name.
  func equip(
    _ id: String,
    folder: String,
    events: String?,
    family: [String: SecretValues]? = nil,
    names: [String: String] = [:]
  ) throws -> RunEquipment {
    let family = try family ?? secretsOfAll
    let secrets = try (family[recipe] ?? SecretValues([])).adding(family, besides: recipe)
    let log = try EventLog(
      path: events.map { "\(folder)/\($0)" },
      in: workspace.reportsTree,
      secrets: secrets.redacted,
      reserved: suite.reservedNames
    )
    let http = HTTPClient()
    let progress = ConsoleProgress(
      recipe: suite.recipe,
      isAlone: company.isAlone,
      form: company.progress
    ) { log.redacted($0) }
    let around = DriverSurroundings(
      runID: id,
      folder: folder,
      secrets: secrets,
      dependencies: names,
      http: http,
      progress: progress,
      redact: { log.redacted($0) }
    )
    let driver = try makeDriver(around, family)
    return RunEquipment(secrets: secrets, log: log, http: http, progress: progress, driver: driver)
  }

  func runner(_ equipment: RunEquipment, folder: String) -> Runner {
    Runner(
      suite: suite,
      driver: equipment.driver,
      log: equipment.log,
      http: equipment.http,
      progress: equipment.progress,
      seed: UInt64.random(in: 0...UInt64.max),
      secrets: equipment.secrets.values,
      failures: company.failures,
      writeLog: { [tree = workspace.reportsTree] name, bytes in
        (try? AtomicFile.write(bytes, to: "\(folder)/logs/\(name)", in: tree)) != nil
      }
    )
  }
}
