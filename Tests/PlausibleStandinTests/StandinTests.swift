import Foundation
import PlausibleStandin
import Synchronization
import Testing

/// The app on stores in memory, with a clock that only a test moves.
private struct Bench {
  let sites: MemorySites
  let events: MemoryEvents
  let clock = HandClock()
  let standin: Standin

  init(
    _ version: AppVersion = .v1,
    sites: MemorySites = MemorySites([Site(id: 7, domain: "a.test")]),
    events: MemoryEvents = MemoryEvents(),
    faults: String...
  ) throws {
    var on = FaultSet()
    for fault in faults { try on.switchOn(fault) }
    self.sites = sites
    self.events = events
    let clock = clock
    standin = Standin(
      version: version,
      sites: sites,
      events: events,
      faults: FaultSwitches(on),
      now: { clock.now },
      date: { Date(timeIntervalSince1970: 1_767_225_600 + Double(clock.now.components.seconds)) }
    )
  }

  func start() async throws {
    try await standin.migrate()
    await standin.becomeReady()
  }

  func post(_ name: String = "pageview", path: String = "/x", domain: String = "a.test") async
    -> Answer
  {
    await standin.answer(
      Inquiry(
        "POST",
        "/api/event",
        userAgent: firefox,
        address: "192.0.2.1",
        body: Array(
          #"{"name":"\#(name)","url":"https://www.a.test\#(path)?q","domain":"\#(domain)"}"#.utf8
        )
      )
    )
  }

  func flush(after time: Duration = .seconds(5)) async {
    clock.advance(by: time)
    await standin.flush()
  }

  func status(_ path: String) async -> Int {
    await standin.answer(Inquiry("GET", path)).status
  }
}

@Suite struct StandinTests {
  @Test(
    "Health and / are 500 until it is ready; then / leads to /register, or with users to /login"
  )
  func phases() async throws {
    let bench = try Bench()
    #expect(await bench.status("/api/health") == 500)
    try await bench.standin.migrate()
    #expect(await bench.status("/api/health") == 500)
    #expect(await bench.status("/") == 500)
    await bench.standin.becomeReady()
    #expect(await bench.status("/api/health") == 200)
    let first = await bench.standin.answer(Inquiry("GET", "/"))
    #expect(first.status == 302)
    #expect(first.headers["location"] == "/register")
    bench.sites.state.withLock { $0.users = ["a@a.test"] }
    #expect(await bench.standin.answer(Inquiry("GET", "/")).headers["location"] == "/login")
  }

  @Test("Health has its three keys whether well or not, and the error of what is not")
  func health() async throws {
    let bench = try Bench()
    try await bench.start()
    #expect(
      await bench.standin.answer(Inquiry("GET", "/api/health")).body
        == #"{"clickhouse":"ok","postgres":"ok","sites_cache":"ok"}"#
    )
    bench.events.fail(StandinError("gone"))
    let ill = await bench.standin.answer(Inquiry("GET", "/api/health"))
    #expect(ill.status == 500)
    let error = #"error: {:error, %DBConnection.ConnectionError{message: \"gone\"}}"#
    #expect(ill.body == #"{"clickhouse":"\#(error)","postgres":"ok","sites_cache":"ok"}"#)
    let page = Inquiry("GET", "/api/health", accept: "text/html")
    #expect(await bench.standin.answer(page).status == 406)
  }

  @Test("A cache of sites that is not loaded is null, and not a text")
  func unloaded() async throws {
    let bench = try Bench()
    #expect(
      await bench.standin.answer(Inquiry("GET", "/api/health")).body
        == #"{"clickhouse":"ok","postgres":"ok","sites_cache":null}"#
    )
  }

  @Test(
    "A login needs the token of its form and refuses strangers; a failing database is a 500"
  )
  func login() async throws {
    let bench = try Bench()
    try await bench.start()
    let page = await bench.standin.answer(Inquiry("GET", "/login"))
    let cookie = page.headers["set-cookie"]?.prefix { $0 != ";" } ?? ""
    let token = cookie.dropFirst("_plausible_key=".count)
    func post(_ token: some StringProtocol) async -> Answer {
      let body = Array("_csrf_token=\(token)&email=a%40a.test&password=x+y".utf8)
      return await bench.standin.answer(
        Inquiry("POST", "/login", cookie: String(cookie), body: body)
      )
    }
    #expect(!token.isEmpty && page.body.contains("value=\"\(token)\""))
    #expect(await post("").status == 403)
    #expect(await post("other").status == 403)
    let refused = await post(token)
    #expect(refused.status == 200 && refused.body.contains("Wrong email or password"))
    bench.sites.state.withLock { $0.failure = StandinError("cache lookup failed for type 1") }
    #expect(await post(token).status == 500)
  }

  @Test("Every answer and the login page say that this is a stand-in")
  func honesty() async throws {
    let bench = try Bench()
    for path in ["/", "/api/health", "/login", "/nothing"] {
      let answer = await bench.standin.answer(Inquiry("GET", path))
      #expect(answer.headers["x-standin"] == "plausible-standin/1.0.0")
    }
    #expect(await bench.standin.answer(Inquiry("GET", "/login")).body.contains("tand-in"))
    #expect(
      await bench.standin.answer(Inquiry("GET", "/standin/version")).body
        == #"{"schema":1,"standin":"plausible-standin","version":"1.0.0"}"#
    )
  }

  @Test("An event is stored as it was sent, after the buffer's interval and not before")
  func event() async throws {
    let bench = try Bench()
    try await bench.start()
    let answer = await bench.post("Signup", path: "/p")
    #expect(answer.status == 202)
    #expect(answer.body == "ok")
    #expect(answer.headers["x-plausible-dropped"] == nil)
    await bench.flush(after: .milliseconds(4999))
    #expect(bench.events.stored.isEmpty)
    await bench.flush(after: .milliseconds(1))
    let event = try #require(bench.events.stored.first)
    #expect(event.name == "Signup")
    #expect(event.siteID == 7)
    #expect(event.page == PageAddress("https://a.test/p"))
    #expect(event.agent.browser == "Firefox")
  }

  @Test("Events that could not be written are lost, whatever they were answered with")
  func lost() async throws {
    let bench = try Bench()
    try await bench.start()
    bench.events.fail(StandinError("gone"))
    #expect(await bench.post(path: "/1").status == 202)
    await bench.flush()
    bench.events.fail(nil)
    _ = await bench.post(path: "/2")
    await bench.flush()
    #expect(bench.events.stored.map(\.page.path) == ["/2"])
  }

  @Test("A visitor keeps a session for half an hour without events, not longer")
  func sessions() async throws {
    let bench = try Bench()
    try await bench.start()
    for pause in [0, 1799, 1800] {
      bench.clock.advance(by: .seconds(pause))
      _ = await bench.post()
    }
    await bench.standin.flush(force: true)
    let stored = bench.events.stored
    #expect(Set(stored.map(\.userID)).count == 1)
    #expect(stored[0].sessionID == stored[1].sessionID)
    #expect(stored[1].sessionID != stored[2].sessionID)
    // What is told of a session first is taken back with the next event.
    let rows = stored.flatMap(\.sessionRows)
    #expect(rows.map(\.sign) == [1, -1, 1, 1])
    #expect(rows.map(\.pageviews) == [1, 1, 2, 1])
  }

  @Test("An unknown domain is dropped with the header that says so, until the cache is refreshed")
  func dropped() async throws {
    let bench = try Bench()
    try await bench.start()
    let first = await bench.post(domain: "new.test")
    #expect(first.status == 202)
    #expect(first.headers["x-plausible-dropped"] == "1")
    bench.sites.state.withLock { $0.recent = [Site(id: 8, domain: "new.test")] }
    await bench.standin.refreshSites()
    #expect(await bench.post(domain: "new.test").headers["x-plausible-dropped"] == nil)
    await bench.flush()
    #expect(bench.events.stored.map(\.siteID) == [8])
  }

  @Test("A site that is gone is known until all are read anew, every 15 minutes")
  func reloaded() async throws {
    let bench = try Bench()
    try await bench.start()
    bench.sites.state.withLock { $0.sites = [] }
    bench.clock.advance(by: .seconds(899))
    await bench.standin.refreshSites()
    #expect(await bench.post().headers["x-plausible-dropped"] == nil)
    bench.clock.advance(by: .seconds(1))
    await bench.standin.refreshSites()
    #expect(await bench.post().headers["x-plausible-dropped"] == "1")
  }

  @Test("A bot's event is dropped, a library's is not, and what is no event is refused")
  func refused() async throws {
    let bench = try Bench()
    try await bench.start()
    let event = #"{"name":"pageview","url":"https://a.test/","domain":"a.test"}"#
    func post(_ body: String, _ agent: String?) async -> Answer {
      await bench.standin.answer(
        Inquiry("POST", "/api/event", userAgent: agent, body: Array(body.utf8))
      )
    }
    #expect(await post(event, "HeadlessChrome/126.0").headers["x-plausible-dropped"] == "1")
    for agent in ["curl/8.5.0", nil] {
      #expect(await post(event, agent).headers["x-plausible-dropped"] == nil)
    }
    let unreadable = await post("x", nil)
    #expect(unreadable.status == 400)
    #expect(unreadable.body == #"{"errors":{"request":"Unable to parse request body as json"}}"#)
    let blank = await post(#"{"url":"https://a.test/","domain":"a.test"}"#, nil)
    #expect(blank.body == #"{"errors":{"event_name":["can't be blank"]}}"#)
    #expect(await post(#"{"name":"a","url":7,"domain":"a.test"}"#, nil).status == 500)
  }

  @Test("A database with a newer schema is refused and not touched")
  func newer() async throws {
    let bench = try Bench(.v1, sites: MemorySites(schema: 2), events: MemoryEvents(schema: 2))
    await #expect(throws: StandinError.self) { try await bench.standin.migrate() }
    #expect(bench.sites.state.withLock { $0.losses.isEmpty })
  }
}

@Suite struct FaultyStandinTests {
  @Test("drops-events: an event is acknowledged without the header, and never stored")
  func drops() async throws {
    let bench = try Bench(faults: "drops-events")
    try await bench.start()
    let answer = await bench.post()
    #expect(answer.status == 202)
    #expect(answer.headers["x-plausible-dropped"] == nil)
    await bench.standin.flush(force: true)
    #expect(bench.events.stored.isEmpty)
  }

  @Test("never-flushes: an event stays in the buffer")
  func neverFlushes() async throws {
    let bench = try Bench(faults: "never-flushes")
    try await bench.start()
    _ = await bench.post()
    await bench.standin.flush(force: true)
    #expect(bench.events.stored.isEmpty)
  }

  @Test("coerces-names: a custom event is stored as a page view")
  func coerces() async throws {
    let bench = try Bench(faults: "coerces-names")
    try await bench.start()
    _ = await bench.post("Signup")
    await bench.flush()
    #expect(bench.events.stored.map(\.name) == ["pageview"])
  }

  @Test("wrong-path: an event is stored under the path of the one before it")
  func wrongPath() async throws {
    let bench = try Bench(faults: "wrong-path")
    try await bench.start()
    _ = await bench.post(path: "/1")
    // Dropped, so that it is not the one before.
    _ = await bench.post(path: "/2", domain: "unknown.test")
    _ = await bench.post(path: "/2")
    await bench.flush()
    #expect(bench.events.stored.map(\.page.path) == ["/", "/1"])
  }

  @Test("health-ignores-clickhouse: health is 200 while ClickHouse is down")
  func ignores() async throws {
    let bench = try Bench(faults: "health-ignores-clickhouse")
    try await bench.start()
    bench.events.fail(StandinError("gone"))
    #expect(await bench.status("/api/health") == 200)
  }

  @Test("never-ready: health stays 500; early-redirect: / answers 302 before it is ready")
  func readiness() async throws {
    let never = try Bench(faults: "never-ready")
    try await never.start()
    #expect(await never.status("/api/health") == 500)
    let early = try Bench(faults: "early-redirect")
    #expect(await early.status("/") == 302)
    #expect(await early.status("/api/health") == 500)
  }

  @Test("unwell-after-restore: health is 500 for that long after a lost session, else at once")
  func unwell() async throws {
    for (faults, after) in [([], 200), (["unwell-after-restore=20s"], 500)] {
      let bench = try faults.isEmpty ? Bench() : Bench(faults: faults[0])
      try await bench.start()
      bench.sites.state.withLock { $0.failure = ConnectionLost("dropped") }
      #expect(await bench.status("/api/health") == 500)
      bench.sites.state.withLock { $0.failure = nil }
      bench.clock.advance(by: .seconds(19))
      #expect(await bench.status("/api/health") == after)
      bench.clock.advance(by: .seconds(1))
      #expect(await bench.status("/api/health") == 200)
    }
  }

  @Test("unwell-after-restore: over a restart, too")
  func unwellOverRestart() async throws {
    let bench = try Bench(
      sites: MemorySites(schema: 1),
      events: MemoryEvents(schema: 1),
      faults: "unwell-after-restore=20s"
    )
    try await bench.start()
    #expect(await bench.status("/api/health") == 500)
    bench.clock.advance(by: .seconds(20))
    #expect(await bench.status("/api/health") == 200)
  }

  @Test("A migration from 1.0.0 to 2.0.0 loses what its fault says, the one to 1.0.0 nothing")
  func losses() async throws {
    let cases: [(String, MigrationLoss)] = [
      ("upgrade-loses-sites", .allSites), ("upgrade-loses-rows", .oldestSites(1)),
      ("upgrade-loses-rows=3", .oldestSites(3)),
    ]
    for (fault, loss) in cases {
      let fresh = try Bench(.v2, faults: fault)
      try await fresh.standin.migrate()
      #expect(fresh.sites.state.withLock { $0.losses } == [nil, loss])
      let upgraded = try Bench(.v2, sites: MemorySites(schema: 1), faults: fault)
      try await upgraded.standin.migrate()
      #expect(upgraded.sites.state.withLock { $0.losses } == [loss])
    }
  }

  @Test("upgrade-not-running: started as 2.0.0 it is still 1.0.0, and so is the schema")
  func notRunning() async throws {
    let bench = try Bench(.v2, faults: "upgrade-not-running")
    try await bench.start()
    #expect(bench.sites.state.withLock { $0.schema } == 1)
    let answer = await bench.standin.answer(Inquiry("GET", "/standin/version"))
    #expect(answer.body.contains("1.0.0"))
  }
}
