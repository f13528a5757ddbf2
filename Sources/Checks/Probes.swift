package import Deployments
package import Evidence
package import Formats
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
    package var scripts: ScriptSettings
    /// Variables of the run that every script sees: `PARITY_RECIPE`, `PARITY_RUN`.
    package var scriptEnvironment: [String: String]
    /// How far the app's certificate is believed; nil for as far as the machine does.
    package var trust: CertificateTrust?
    /// What is known of secrets so far.
    package var secrets: @Sendable () -> Redactor?
    /// Told of a value that must be shown nowhere from then on.
    package var learnSecret: @Sendable (_ name: String, _ value: String) -> Void

    package init(
      folder: String,
      services: [String: ServiceSettings],
      scripts: ScriptSettings = ScriptSettings(),
      scriptEnvironment: [String: String] = [:],
      trust: CertificateTrust? = nil,
      secrets: @escaping @Sendable () -> Redactor? = { nil },
      learnSecret: @escaping @Sendable (String, String) -> Void = { _, _ in }
    ) {
      self.folder = folder
      self.services = services
      self.scripts = scripts
      self.scriptEnvironment = scriptEnvironment
      self.trust = trust
      self.secrets = secrets
      self.learnSecret = learnSecret
    }
  }

  /// How an act ended.
  package enum Ending: Sendable {
    case answered(Answer, Exchange)
    /// No answer at all: connection refused or lost, time-out, a tool of ours missing.
    case unanswered(Reason.Code, Exchange?, isHopeless: Bool = false)
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
    for secret in scope.derivedSecrets { options.learnSecret(secret.name, secret.value) }
    do throws(Unperformed) {
      switch action {
      case .http(let action): return try await send(action, scope, limit)
      case .query(let action): return try await query(action, scope, limit)
      case .exec(let action): return try await execute(action, scope, limit)
      case .file(let action): return try await look(action, scope)
      case .script(let action): return try await runScript(action, scope, limit)
      case .group: throw Unperformed("a group is no act")
      }
    } catch {
      return .unanswered(error.code, nil)
    }
  }

  /// Why an act could not even be tried.
  struct Unperformed: Error {
    var code: Reason.Code

    init(_ code: Reason.Code) { self.code = code }
    init(_ detail: String) { code = .noAnswer(detail: detail) }
    init(_ error: Scope.UnknownName) { code = .unknownName(name: error.name) }
    init(_ error: DeploymentError) { code = .noAnswer(detail: error.description) }
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

  func service(_ name: String) async throws(Unperformed) -> ServiceAccess {
    guard let deployment else { throw Unperformed(.notDeployed) }
    do throws(DeploymentError) { return try await deployment.service(name) } catch {
      throw Unperformed(error)
    }
  }

  func endpoint(_ name: String, port: Int) async throws(Unperformed) -> Endpoint {
    let service = try await service(name)
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
  func shown(_ limit: Int = 4096, without secrets: Redactor?) -> String? {
    guard !isEmpty, !prefix(limit).contains(0) else { return nil }
    let (text, rest) = TextCut.start(self, limit: limit, without: secrets)
    return rest > 0 ? text + "… [\(rest) bytes cut]" : text
  }

  /// The last `limit` bytes as text.
  ///
  /// - Parameter isCut: more was printed than these.
  func shownEnd(_ limit: Int = 4096, without secrets: Redactor?, isCut: Bool) -> String {
    let (text, rest) = TextCut.end(self, limit: limit, without: secrets, isCut: isCut)
    return rest > 0 ? "[\(rest) bytes cut] …" + text : text
  }
}
