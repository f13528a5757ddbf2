import Auditing
import Checks
import Deployments
import Evidence
import Formats
import FoundationEssentials
import Guarding
import HTTPRequests
import LocalDeployments
import Running
import Suites
import SwarmDeployments

/// What puts a recipe up, with what must be known of it before a run begins.
enum DriverChoice: Sendable {
  case local(LocalSettings)
  case swarm(SwarmEngine, undeclaredSecrets: [SecretSetting])

  /// Nil for a driver that has none.
  var engine: SwarmEngine? {
    if case .swarm(let engine, _) = self { engine } else { nil }
  }

  /// Secrets that the recipe wants to be there and the suite says nothing of; they are made up, as
  /// abra does.
  var undeclaredSecrets: [SecretSetting] {
    if case .swarm(_, let secrets) = self { secrets } else { [] }
  }
}

/// What a driver has of the run that it is for.
struct DriverSurroundings {
  var runID: String
  /// The run's own, with its `logs`.
  var folder: String
  var secrets: SecretValues
  var dependencies: [String: String]
  var http: HTTPClient
  var progress: ConsoleProgress
  var redact: @Sendable (String) -> String
}

extension RunJob {
  /// - Parameter family: the secrets of all recipes of the run, by recipe.
  func makeDriver(
    _ around: DriverSurroundings,
    _ family: [String: SecretValues]
  ) throws -> any Driver {
    if dependencies.isEmpty { return try makeDriver(around) }
    return DependentDriver(
      candidate.planner.driver,
      dependencies.map { $0.run(for: around, family) }
    ) { [self] names throws(DeploymentError) in
      var around = around
      around.dependencies = names
      return try Self.deploying { try makeDriver(around) }
    }
  }

  /// The run of this recipe as a dependency of another.
  private func run(
    for other: DriverSurroundings,
    _ family: [String: SecretValues]
  ) -> DependencyRun {
    let plan = candidate.plan
    return DependencyRun(DependencyFacts(recipe: recipe, revision: plan.target)) {
      [self] names throws(DeploymentError) in
      try Self.deploying {
        let start = Date.now
        let folder = "\(other.folder)/dependencies/\(recipe)"
        try makeFolder(folder + "/logs")
        let id = RunID.new(at: start, after: other.runID)
        let equipment = try equip(
          id,
          folder: folder,
          events: "events.ndjson",
          family: family,
          names: names
        )
        let host = ProcessInfo.processInfo.hostName
        return (
          runner(equipment, folder: folder),
          RunHeader(plan, id: id, startedAt: start, host: host)
        )
      }
    }
  }

  /// What goes wrong while a driver is made, as a driver says it.
  private static func deploying<Result>(
    _ body: () throws -> Result
  ) throws(DeploymentError) -> Result {
    do {
      return try body()
    } catch let error as DeploymentError {
      throw error
    } catch {
      throw DeploymentError(.driverBroken, (error as? Failure)?.message ?? "\(error)")
    }
  }

  private func makeDriver(_ around: DriverSurroundings) throws -> any Driver {
    do {
      switch candidate.driver {
      case .local(let settings): return LocalHost(try local(settings, around))
      case .swarm(let engine, _): return try SwarmHost(try swarm(engine, around))
      }
    } catch let error as DeploymentError {
      throw Failure(.wrongSuite, error.description)
    }
  }

  private func local(
    _ settings: LocalSettings,
    _ around: DriverSurroundings
  ) throws -> LocalConfiguration {
    let http = around.http
    return LocalConfiguration(
      suite: suite,
      settings: settings,
      source: candidate.planner.checkout.source,
      run: try self.settings(around),
      fetch: { url in
        guard let response = try? await http.send(HTTPRequest(url: url, timeout: .seconds(10)))
        else { return nil }
        return (response.status, response.body)
      }
    )
  }

  private func swarm(
    _ engine: SwarmEngine,
    _ around: DriverSurroundings
  ) throws -> SwarmConfiguration {
    SwarmConfiguration(
      suite: suite,
      engine: engine,
      source: candidate.planner.checkout.source,
      run: try settings(around),
      standins: Set(candidate.plan.standins.map(\.service)),
      redact: around.redact
    )
  }

  private func settings(_ around: DriverSurroundings) throws -> RunSettings {
    let progress = around.progress
    return RunSettings(
      runID: around.runID,
      logFolder: around.folder + "/logs",
      logTree: workspace.reportsTree,
      secrets: around.secrets.values,
      dependencies: around.dependencies,
      environment: try resolved(suite.environment, around),
      upgradeEnvironment: try resolved(suite.upgradeEnvironment, around),
      toolFolder: Self.toolFolder,
      waiting: waiting(progress),
      progress: { progress.operating($0) }
    )
  }

  private func resolved(
    _ templates: [String: Template],
    _ around: DriverSurroundings
  ) throws -> [String: String] {
    let scope = Scope(
      constants: around.dependencies.mapValues { .string($0) },
      secrets: around.secrets.values
    )
    return try templates.mapValues { try scope.text(of: $0) }
  }

  private func waiting(_ progress: ConsoleProgress) -> RunLock.Waiting {
    guard waits else { return .refuse { [self] in refuse($0?.description ?? "another run") } }
    return .every(.seconds(10)) { holder in
      progress.say("waiting for \(holder?.description ?? "another run") to end")
    }
  }

  /// Where this program's own binary lies.
  private static var toolFolder: String {
    let path =
      (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? "/"
    return path.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 }
  }
}
