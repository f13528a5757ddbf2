/// Where sites and users are.
package protocol SiteStore: Sendable {
  func hasUsers() async throws -> Bool
  /// Whether somebody is registered under an e-mail address, in any case.
  func knowsUser(_ address: String) async throws -> Bool
  /// Whether there is a site; throws when the database does not answer as it should.
  func hasSites() async throws -> Bool
  func allSites() async throws -> [Site]
  /// Those updated in the last 15 minutes, by the database's clock in UTC.
  func recentSites() async throws -> [Site]
  /// The newest migration applied, 0 for an empty database.
  func schemaVersion() async throws -> Int
  /// Applies one migration whole or not at all.
  func migrate(to version: Int, losing loss: MigrationLoss?) async throws
}

/// Where the events are.
package protocol EventStore: Sendable {
  func ping() async throws
  func insert(_ events: [Event]) async throws
  func schemaVersion() async throws -> Int
  func migrate(to version: Int) async throws
}

/// What a faulty migration does to the sites.
package enum MigrationLoss: Sendable, Equatable {
  case allSites
  case oldestSites(Int)
}

/// The session ended under us: the server went away, or the database was dropped.
package struct ConnectionLost: Error, Sendable, CustomStringConvertible {
  package var description: String

  package init(_ description: String) {
    self.description = description
  }
}
