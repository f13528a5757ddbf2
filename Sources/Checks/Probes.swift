package import Deployments
package import Evidence
import Formats
package import HTTPRequests
package import Suites
import Synchronization

/// Performs single acts against a deployment: requests, queries, commands, looks into files.
///
/// It keeps connections between steps; `disconnect` closes them, which the run does before each
/// operation, since a restore must be free to drop the database that they are on.
package final class Probes: Sendable {
  package struct Options: Sendable {
    /// The suite's folder: scripts and request bodies from files are below it.
    package var folder: String
    package var services: [String: ServiceSettings]
    /// Variables that scripts of the suite may see beside those of the fixtures.
    package var scriptEnvironment: [String: String]

    package init(
      folder: String,
      services: [String: ServiceSettings],
      scriptEnvironment: [String: String] = [:]
    ) {
      self.folder = folder
      self.services = services
      self.scriptEnvironment = scriptEnvironment
    }
  }

  /// How an act ended.
  package enum Ending: Sendable {
    case answered(Answer, Exchange)
    /// No answer at all: connection refused or lost, time-out, a tool of ours missing.
    case unanswered(reason: String, Exchange?, isHopeless: Bool = false)
  }

  let options: Options
  let deployment: (any Deployment)?
  let http: HTTPClient
  let databases: DatabaseConnections
  private let snapshotState = Mutex<Snapshot?>(nil)

  package init(options: Options, deployment: (any Deployment)?, http: HTTPClient) {
    self.options = options
    self.deployment = deployment
    self.http = http
    databases = DatabaseConnections()
  }

  /// The snapshot that `file: {snapshot: …}` looks into.
  package var snapshot: Snapshot? {
    get { snapshotState.withLock { $0 } }
    set { snapshotState.withLock { $0 = newValue } }
  }

  package func disconnect() async {
    await databases.closeAll()
  }

  /// Performs an act once. A group is not an act.
  ///
  /// - Parameter limit: how long it may take; the act's own time-out counts where it is shorter.
  package func perform(_ action: Step.Action, in scope: Scope, within limit: Duration) async
    -> Ending
  {
    do throws(Unperformed) {
      switch action {
      case .http(let action): return try await send(action, scope, limit)
      case .postgres(let action): return try await queryPostgres(action, scope, limit)
      case .clickhouse(let action): return try await queryClickHouse(action, scope, limit)
      case .exec(let action): return try await execute(action, scope, limit)
      case .file(let action): return try await look(action, scope)
      case .script(let action): return try await runScript(action, scope, limit)
      case .group: throw Unperformed("a group is no act")
      }
    } catch {
      return .unanswered(reason: error.reason, nil)
    }
  }

  /// Why an act could not even be tried.
  struct Unperformed: Error {
    var reason: String

    init(_ reason: String) { self.reason = reason }
    init(_ error: Scope.UnknownName) { reason = error.description }
    init(_ error: DeploymentError) { reason = error.description }
  }

  func text(_ template: Template, _ scope: Scope) throws(Unperformed) -> String {
    do throws(Scope.UnknownName) { return try scope.text(of: template) } catch {
      throw Unperformed(error)
    }
  }

  func json(_ tree: TemplateTree, _ scope: Scope) throws(Unperformed) -> JSONValue {
    do throws(Scope.UnknownName) { return try scope.json(of: tree) } catch {
      throw Unperformed(error)
    }
  }

  func service(_ name: String) throws(Unperformed) -> any ServiceAccess {
    guard let deployment else { throw Unperformed("nothing is deployed yet") }
    do throws(DeploymentError) { return try deployment.service(name) } catch {
      throw Unperformed(error)
    }
  }

  func endpoint(_ name: String, port: Int) async throws(Unperformed) -> Endpoint {
    let service = try service(name)
    do throws(DeploymentError) { return try await service.endpoint(port: port) } catch {
      throw Unperformed(error)
    }
  }
}

extension Duration {
  /// Whole microseconds, rounded down.
  package var microseconds: Int {
    let (seconds, attoseconds) = components
    return Int(seconds) * 1_000_000 + Int(attoseconds / 1_000_000_000_000)
  }
}

extension [UInt8] {
  /// The first `limit` bytes as text, where they are text; nil for none and for binary data.
  func shown(_ limit: Int = 4096) -> String? {
    guard !isEmpty, !prefix(limit).contains(0) else { return nil }
    let start = TextCut.start(self, limit: limit)
    let text = String(decoding: start, as: UTF8.self)
    return count > limit ? text + "… [\(count - start.count) bytes cut]" : text
  }

  /// The last `limit` bytes as text.
  func shownEnd(_ limit: Int = 4096) -> String {
    let end = TextCut.end(self, limit: limit)
    let text = String(decoding: end, as: UTF8.self)
    return count > limit ? "[\(count - end.count) bytes cut] …" + text : text
  }
}
