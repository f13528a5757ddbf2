package import Checks
package import Deployments
package import Evidence
package import HTTPRequests
package import Suites

/// Takes inventories of a deployment's stores.
///
/// Databases are asked in SQL, by the account that the suite has for the service; volumes are read by
/// the driver. It keeps no connection: a restore may drop whatever it has looked at.
package struct InventoryTaker: Sendable {
  private let suite: Suite
  private let deployment: any Deployment
  private let http: HTTPClient
  private let limits: InventoryLimits

  package init(
    suite: Suite,
    deployment: any Deployment,
    http: HTTPClient,
    limits: InventoryLimits = .standard
  ) {
    self.suite = suite
    self.deployment = deployment
    self.http = http
    self.limits = limits
  }

  /// What a store holds now.
  ///
  /// - Throws: where nothing can be said of the store as a whole. What cannot be said of a part of it
  ///   is among the inventory's gaps.
  package func inventory(
    of store: StoreFacts,
    in scope: Scope
  ) async throws(InventoryError) -> Inventory {
    switch store.kind {
    case .postgres, .mysql, .clickhouse: return try await database(store, in: scope)
    case .database:
      // Its files change while it runs, and nobody here speaks its language.
      throw InventoryError(.unsupported, "\(store.name): no inventory of this kind of database")
    case .volume, .mount: return try await volume(store.name)
    }
  }

  private func database(
    _ store: StoreFacts,
    in scope: Scope
  ) async throws(InventoryError) -> Inventory {
    let asker = DatabaseAsker(
      service: store.name,
      settings: suite.services,
      deployment: deployment,
      http: http,
      scope: scope,
      limit: limits.statement
    )
    switch (store.kind, suite.services[store.name]?.database?.kind) {
    case (.postgres, .postgres?):
      return try await PostgresInventory(asker: asker, limits: limits).take()
    case (.mysql, .mysql?): return try await MySQLInventory(asker: asker, limits: limits).take()
    case (.clickhouse, .clickhouse?):
      return try await ClickHouseInventory(asker: asker, limits: limits).take()
    default:
      throw InventoryError(
        .undeclared,
        "\(store.name): declare its database under services to have its contents looked at"
      )
    }
  }

  private func volume(_ name: String) async throws(InventoryError) -> Inventory {
    do throws(DeploymentError) {
      return Inventory(try await deployment.contents(ofVolume: name, limits: limits.volume))
    } catch {
      throw InventoryError(error.code == .unsupported ? .unsupported : .noAnswer, error.message)
    }
  }
}

/// How much of a store is looked into.
package struct InventoryLimits: Sendable {
  /// In bytes on disk: of a larger table the rows are counted, and its contents not hashed.
  package var table = 1 << 30
  /// In bytes on disk: the rows of a larger table are not even counted.
  package var counted = 8 << 30
  /// Of all large objects of a database whose contents are hashed, in bytes.
  package var largeObjects = 256 << 20
  package var volume = ContentLimits.standard
  /// What one statement may take.
  package var statement = Duration.seconds(120)

  package static let standard = InventoryLimits()
}

/// Why there is no inventory.
package struct InventoryError: Error, Hashable, Sendable, CustomStringConvertible {
  package enum Code: Hashable, Sendable {
    /// This kind of store, or this driver, has none.
    case unsupported
    /// The suite does not say how the database is reached.
    case undeclared
    case noAnswer
  }

  package var code: Code
  /// One line that starts with its subject.
  package var message: String

  package init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  package var description: String { message }
}
