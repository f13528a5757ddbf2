import Auditing
import Checks
import Deployments
import Evidence
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
  var http: HTTPClient
  var progress: ConsoleProgress
  var redact: @Sendable (String) -> String
}

extension RunJob {
  func makeDriver(_ around: DriverSurroundings) throws -> any Driver {
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
    let scope = Scope(secrets: around.secrets.values)
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
