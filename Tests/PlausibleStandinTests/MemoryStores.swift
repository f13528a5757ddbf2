import PlausibleStandin
import Synchronization

/// Sites in memory, which fail and change as a test says.
final class MemorySites: SiteStore {
  struct State {
    var sites: [Site] = []
    var recent: [Site] = []
    var users: [String] = []
    var schema = 0
    var losses: [MigrationLoss?] = []
    var failure: (any Error)?
  }

  let state = Mutex(State())

  init(_ sites: [Site] = [], schema: Int = 0) {
    state.withLock {
      $0.sites = sites
      $0.schema = schema
    }
  }

  private func read<Value>(_ body: (inout State) -> Value) throws -> Value {
    try state.withLock { state in
      if let failure = state.failure { throw failure }
      return body(&state)
    }
  }

  func hasUsers() async throws -> Bool { try read { !$0.users.isEmpty } }
  func knowsUser(_ address: String) async throws -> Bool {
    try read { $0.users.contains(address) }
  }
  func hasSites() async throws -> Bool { try read { !$0.sites.isEmpty } }
  func allSites() async throws -> [Site] { try read { $0.sites } }
  func recentSites() async throws -> [Site] { try read { $0.recent } }
  func schemaVersion() async throws -> Int { try read { $0.schema } }
  func migrate(to version: Int, losing loss: MigrationLoss?) async throws {
    try read {
      $0.schema = version
      $0.losses.append(loss)
    }
  }
}

/// Events in memory.
final class MemoryEvents: EventStore {
  struct State {
    var events: [Event] = []
    var schema = 0
    var failure: (any Error)?
  }

  let state = Mutex(State())

  init(schema: Int = 0) {
    state.withLock { $0.schema = schema }
  }

  var stored: [Event] { state.withLock { $0.events } }

  func fail(_ failure: (any Error)?) {
    state.withLock { $0.failure = failure }
  }

  private func read<Value>(_ body: (inout State) -> Value) throws -> Value {
    try state.withLock { state in
      if let failure = state.failure { throw failure }
      return body(&state)
    }
  }

  func ping() async throws { try read { _ in } }
  func insert(_ events: [Event]) async throws { try read { $0.events += events } }
  func schemaVersion() async throws -> Int { try read { $0.schema } }
  func migrate(to version: Int) async throws { try read { $0.schema = version } }
}

/// A clock that moves when told to.
final class HandClock: Sendable {
  private let elapsed = Mutex(Duration.zero)

  var now: Duration { elapsed.withLock { $0 } }

  func advance(by step: Duration) {
    elapsed.withLock { $0 += step }
  }
}
