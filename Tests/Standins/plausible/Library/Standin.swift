package import FoundationEssentials

/// The app itself: what it knows, what it decides and how it answers. Time is what it is told.
package actor Standin {
  package enum Phase: String, Sendable {
    case migrating
    case warming = "warming up"
    case ready
  }

  package static let name = "plausible-standin"

  /// The release that really runs, which a fault can make another than the one asked for.
  package nonisolated let version: AppVersion
  let faults: FaultSwitches
  let log: Log
  private let sites: any SiteStore
  private let events: any EventStore
  private let now: @Sendable () -> Duration
  private let date: @Sendable () -> Date
  private let healthLimit: Duration
  private let reloadInterval: Duration
  private let salt: UInt64

  private(set) var phase = Phase.migrating
  private(set) var cache = SitesCache()
  private(set) var buffer: EventBuffer
  private var visitors: Visitors
  private var lastPath = "/"
  private var databaseLostAt: Duration?
  private var nextReload: Duration
  private var pagesShown = 0

  /// - Parameters:
  ///   - now: Time since any one moment, for buffer and faults.
  ///   - date: The time that events are stored under.
  package init(
    version: AppVersion,
    sites: any SiteStore,
    events: any EventStore,
    faults: FaultSwitches,
    log: Log = .silent,
    flushInterval: Duration = .seconds(5),
    reloadInterval: Duration = .seconds(15 * 60),
    healthLimit: Duration = .seconds(2),
    salt: UInt64 = 0,
    now: @escaping @Sendable () -> Duration,
    date: @escaping @Sendable () -> Date
  ) {
    self.version = faults.current.isOn(.upgradeNotRunning) ? .v1 : version
    self.sites = sites
    self.events = events
    self.faults = faults
    self.log = log
    self.now = now
    self.date = date
    self.healthLimit = healthLimit
    self.reloadInterval = reloadInterval
    self.salt = salt
    nextReload = now() + reloadInterval
    buffer = EventBuffer(interval: flushInterval, now: now())
    visitors = Visitors(salt: salt)
  }

  // MARK: - Life

  /// Brings both databases to this release's schema and reads the sites.
  ///
  /// - Throws: ``StandinError`` when a schema is newer than this release; what the databases throw.
  package func migrate() async throws {
    phase = .migrating
    let from = try await sites.schemaVersion()
    let eventsFrom = try await events.schemaVersion()
    guard max(from, eventsFrom) <= version.schema else {
      throw StandinError(
        "the databases have schema \(max(from, eventsFrom)), which is newer than the "
          + "\(version.schema) that version \(version.rawValue) knows; it does not go back"
      )
    }
    let on = faults.current
    let loss = on.isOn(.upgradeLosesSites) ? .allSites : on.rowsLost.map(MigrationLoss.oldestSites)
    for step in from..<version.schema {
      try await sites.migrate(to: step + 1, losing: step > 0 ? loss : nil)
      log.line("migrated PostgreSQL to schema \(step + 1)")
    }
    for step in eventsFrom..<version.schema {
      try await events.migrate(to: step + 1)
      log.line("migrated ClickHouse to schema \(step + 1)")
    }
    // Started on what it did not bring here itself: after a restore, or a plain restart.
    if from == version.schema, eventsFrom == version.schema { databaseLostAt = now() }
    cache.load(try await sites.allSites())
    phase = .warming
  }

  package func becomeReady() {
    phase = .ready
    log.line("ready with \(cache.count) sites")
  }

  package func refreshSites() async {
    do {
      if now() >= nextReload {
        cache.load(try await sites.allSites())
        nextReload = now() + reloadInterval
      } else {
        cache.merge(try await sites.recentSites())
      }
    } catch {
      noteLoss(error)
      log.line("sites cache: \(error)")
    }
  }

  /// Writes what is in the buffer, if it is time to or if forced. A batch that cannot be written is lost,
  /// though every event of it was answered with 202: the buffer of Plausible dies over it.
  package func flush(force: Bool = false) async {
    guard !faults.current.isOn(.neverFlushes) else { return }
    let batch = buffer.take(at: now(), force: force)
    guard !batch.isEmpty else { return }
    do {
      try await events.insert(batch)
      log.line("flushed \(batch.count) events")
    } catch {
      log.line("flush of \(batch.count) events failed, they are lost: \(error)")
    }
  }

  // MARK: - Health

  package struct Health: Sendable, Equatable {
    package var clickhouse = "ok"
    package var postgres = "ok"
    /// Nil until it is loaded, which stands as `null`.
    package var sitesCache: String? = "ok"

    package var isOK: Bool { [clickhouse, postgres, sitesCache].allSatisfy { $0 == "ok" } }
  }

  package func health() async -> Health {
    let on = faults.current
    let limit = healthLimit
    async let clickhouse = outcome(within: limit) { [events] in try await events.ping() }
    async let postgres = outcome(within: limit) { [sites] in try await sites.hasSites() }
    var health = Health()
    switch await postgres {
    case .success(let hasSites):
      if !cache.isReady(databaseHasSites: hasSites) { health.sitesCache = nil }
    case .failure(let error):
      noteLoss(error)
      health.postgres = Self.inspected(error)
      if !cache.isLoaded { health.sitesCache = nil }
    }
    if case .failure(let error) = await clickhouse, !on.isOn(.healthIgnoresClickHouse) {
      health.clickhouse = Self.inspected(error)
    }
    if phase != .ready || on.isOn(.neverReady) { health.sitesCache = nil }
    if let span = on.unwellAfterRestore, let lost = databaseLostAt, now() < lost + span {
      health.postgres = Self.inspected(ConnectionLost("connection not available"))
    }
    return health
  }

  /// As the app writes down what its databases answered.
  private static func inspected(_ error: any Error) -> String {
    let message = "\(error)".replacing("\"", with: "\\\"")
    return #"error: {:error, %DBConnection.ConnectionError{message: "\#(message)"}}"#
  }

  private func noteLoss(_ error: any Error) {
    if error is ConnectionLost { databaseLostAt = now() }
  }

  // MARK: - Events

  /// What became of an event.
  package enum Reception: Sendable, Equatable {
    /// - Parameter dropped: For how many of the domains given it was dropped.
    case accepted(dropped: Int)
    case refused(EventRequest.Refusal)
  }

  package func receive(body: [UInt8], userAgent: String?, address: String) async -> Reception {
    let request: EventRequest
    do {
      request = try EventRequest(body: body)
    } catch {
      return .refused(error)
    }
    let agent = UserAgent(userAgent)
    let on = faults.current
    var dropped = 0
    var isFull = false
    for domain in request.domains {
      guard agent.isCounted, phase == .ready, let site = cache[domain] else {
        dropped += 1
        continue
      }
      if on.isOn(.dropsEvents) { continue }
      let time = date()
      let user = visitors.user(address: address, agent: userAgent ?? "", domain: domain)
      var page = request.page
      if on.isOn(.wrongPath) { page.path = lastPath }
      let name = on.isOn(.coercesNames) ? "pageview" : request.name
      let session = visitors.see(user, on: page, named: name, of: site.id, at: time)
      let event = Event(
        timestamp: time,
        name: name,
        siteID: site.id,
        userID: user,
        sessionID: session.last?.id ?? 0,
        page: page,
        referrer: request.referrer,
        referrerSource: String(request.referrer.prefix { $0 != "/" }),
        agent: agent,
        metaKeys: request.props.map(\.key),
        metaValues: request.props.map(\.value),
        sessionRows: session
      )
      isFull = buffer.append(event) || isFull
      lastPath = request.page.path
    }
    if isFull { await flush(force: true) }
    return .accepted(dropped: dropped)
  }

  // MARK: - People

  /// Whether nobody is registered yet, who would have to be the first.
  func isFirstLaunch() async throws -> Bool { try await !sites.hasUsers() }

  func knowsUser(_ address: String) async throws -> Bool { try await sites.knowsUser(address) }

  /// Of a form that is shown now, to tell what was sent from it.
  func token() -> String {
    pagesShown += 1
    return String(Visitors.hash("\(salt)|form|\(pagesShown)"), radix: 16)
  }
}

/// Performs something, or gives up on it after the limit.
private func outcome<Value: Sendable>(
  within limit: Duration,
  _ body: @escaping @Sendable () async throws -> Value
) async -> Result<Value, any Error> {
  await withTaskGroup(of: Result<Value, any Error>.self) { group in
    group.addTask {
      do { return .success(try await body()) } catch { return .failure(error) }
    }
    group.addTask {
      try? await Task.sleep(for: limit)
      return .failure(StandinError("no answer within \(limit)"))
    }
    defer { group.cancelAll() }
    return await group.next() ?? .failure(StandinError("no answer"))
  }
}
