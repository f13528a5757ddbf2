internal import Checks
internal import Deployments
internal import Evidence
internal import Formats
internal import HTTPRequests
internal import Suites

/// Asks a database of a deployment the way that steps do: over its port, or by its own client inside
/// the container.
struct DatabaseAsker: Sendable {
  let service: String
  private let probes: Probes
  private let settings: [String: ServiceSettings]
  private let deployment: any Deployment
  private let http: HTTPClient
  private let scope: Scope
  private let limit: Duration

  init(
    service: String,
    settings: [String: ServiceSettings],
    deployment: any Deployment,
    http: HTTPClient,
    scope: Scope,
    limit: Duration
  ) {
    self.service = service
    self.settings = settings
    self.deployment = deployment
    self.http = http
    self.scope = scope
    self.limit = limit
    probes = Probes(
      options: Probes.Options(folder: "/nonexistent", services: settings),
      deployment: deployment,
      http: http
    )
  }

  /// Why a statement brought no rows.
  struct Refusal: Error {
    /// SQLSTATE or ClickHouse's number; nil where no answer came at all.
    var code: String?
    var message: String
  }

  /// The same account in another database of the server.
  func other(_ database: String) -> DatabaseAsker {
    var changed = settings
    changed[service]?.database?.name = Template(literal: database)
    return DatabaseAsker(
      service: service,
      settings: changed,
      deployment: deployment,
      http: http,
      scope: scope,
      limit: limit
    )
  }

  func rows(_ sql: String) async throws(Refusal) -> [JSONValue] {
    guard let kind = settings[service]?.database?.kind else {
      throw Refusal(message: "\(service) is not declared as a database")
    }
    let ending = await probes.perform(
      .query(QueryAction(kind, service: service, statement: sql, timeout: limit)),
      in: scope,
      within: limit
    )
    switch ending {
    case .unanswered(let code, _, _): throw Refusal(message: code.detail)
    case .answered(let answer, _):
      if let error = answer.error { throw Refusal(code: error.code, message: error.message) }
      guard let rows = answer.rows else { throw Refusal(message: "no rows came") }
      return rows
    }
  }

  func disconnect() async { await probes.disconnect() }
}

extension InventoryError {
  init(_ refusal: DatabaseAsker.Refusal, of service: String) {
    self.init(.noAnswer, "\(service): \(refusal.message)")
  }
}

extension JSONValue {
  /// A number that may have come as a text.
  var count: Int? { intValue.map(Int.init) ?? stringValue.flatMap { Int($0) } }
}
