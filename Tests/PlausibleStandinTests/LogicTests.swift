import ArgumentParser
import PlausibleStandin
import PostgresQueries
import Testing

let firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"

@Suite struct UserAgentTests {
  @Test(
    "What a browser sends is counted",
    arguments: [
      (firefox, "Firefox", "GNU/Linux", "Desktop"),
      (
        "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 "
          + "Safari/537.36 Edg/126.0", "Microsoft Edge", "Windows", "Desktop"
      ),
      (
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 "
          + "Version/17.5 Mobile/15E148 Safari/604.1", "Safari", "iOS", "Mobile"
      ),
    ]
  )
  func browsers(text: String, browser: String, system: String, screen: String) {
    let agent = UserAgent(text)
    #expect(agent.isCounted)
    #expect(agent.browser == browser)
    #expect(agent.system == system)
    #expect(agent.screen == screen)
  }

  @Test(
    "Known bots are not counted, and headless Chrome is one of them",
    arguments: [
      "Mozilla/5.0 (compatible; Googlebot/2.1)", "UptimeRobot/2.0", "facebookexternalhit/1.1",
      "Mozilla/5.0 (X11; Linux x86_64) HeadlessChrome/126.0 Safari/537.36",
      "Mozilla/5.0 (Linux; Android 11) Chrome-Lighthouse", "Pingdom.com_bot_version_1.4",
    ]
  )
  func bots(text: String) {
    #expect(!UserAgent(text).isCounted)
  }

  @Test(
    "Libraries, programs, other headless browsers and nobody are counted",
    arguments: [
      "curl/8.5.0", "Wget/1.21", "python-requests/2.32", "Go-http-client/1.1", "okhttp/4.12",
      "node-fetch", "parity", "PhantomJS/2.1.1", "Playwright/1.45", "", "  ",
    ]
  )
  func others(text: String) {
    #expect(UserAgent(text).isCounted)
    #expect(UserAgent(nil).isCounted)
  }
}

@Suite struct PageAddressTests {
  @Test(
    "The host loses www. and keeps its case, the path its query, its fragment and its encoding",
    arguments: [
      ("https://www.Example.test/a?b=c#d", "Example.test", "/a"),
      ("https://WWW.example.test/a%20b", "WWW.example.test", "/a b"),
      ("http://example.test", "example.test", "/"),
      ("https://example.test:8443/x/y/", "example.test", "/x/y/"),
      ("https://www2.example.test/%C3%A4", "www2.example.test", "/ä"),
    ]
  )
  func normalised(text: String, host: String, path: String) {
    #expect(PageAddress(text)?.host == host)
    #expect(PageAddress(text)?.path == path)
  }

  @Test(
    "What is no address of a page is refused",
    arguments: ["", "x", "/a", "ftp://a/b", "https://"]
  )
  func refused(text: String) {
    #expect(PageAddress(text) == nil)
  }
}

@Suite struct EventRequestTests {
  @Test("An event is read with its domains, referrer and properties")
  func complete() throws {
    let request = try EventRequest(
      body: Array(
        """
        {"name":"Signup","url":"https://www.a.test/p?q","domain":"a.test, www.b.test",
        "referrer":"https://www.search.test/","props":{"plan":"x","n":3,"ok":true}}
        """.utf8
      )
    )
    #expect(request.name == "Signup")
    #expect(request.domains == ["a.test", "b.test"])
    #expect(request.referrer == "search.test")
    #expect(request.props.map(\.key) == ["n", "ok", "plan"])
    #expect(request.props.map(\.value) == ["3", "true", "x"])
  }

  @Test(
    "What is missing or wrong is named by its field",
    arguments: [
      ("{}", ["domain", "event_name", "url"]),
      (#"{"name":"a","url":"nonsense","domain":"a"}"#, ["url"]),
      (#"{"name":"a","url":"https://a/","domain":","}"#, ["domain"]),
      (
        #"{"name":"\#(String(repeating: "n", count: 121))","url":"https://a/","domain":"a"}"#,
        ["event_name"]
      ),
      (
        #"{"name":"a","url":"https://a/\#(String(repeating: "u", count: 2000))","domain":"a"}"#,
        ["url"]
      ),
    ]
  )
  func invalid(body: String, fields: [String]) {
    #expect {
      try EventRequest(body: Array(body.utf8))
    } throws: { error in
      guard case EventRequest.Refusal.invalid(let errors) = error else { return false }
      return errors.keys.sorted() == fields
    }
  }

  @Test(
    "What is no object is unreadable, and a value of another type is not expected",
    arguments: [
      ("", EventRequest.Refusal.unreadable), ("[]", .unreadable), ("{\"name\":1}", .unexpected),
      (#"{"name":"a","url":7,"domain":"a"}"#, .unexpected),
      (#"{"name":"a","url":"https://a/","domain":"a","props":{"a":{"b":1}}}"#, .unexpected),
    ]
  )
  func refused(body: String, refusal: EventRequest.Refusal) {
    #expect(throws: refusal) { try EventRequest(body: Array(body.utf8)) }
  }
}

@Suite struct SitesCacheTests {
  @Test("Before it is loaded it is not ready, and an update adds nothing")
  func unloaded() {
    var cache = SitesCache()
    cache.merge([Site(id: 1, domain: "a.test")])
    #expect(!cache.isReady(databaseHasSites: false))
    #expect(cache["a.test"] == nil)
  }

  @Test("It is ready while there are no sites, and not ready while it has missed the first")
  func first() {
    var cache = SitesCache()
    cache.load([])
    #expect(cache.isReady(databaseHasSites: false))
    #expect(!cache.isReady(databaseHasSites: true))
    cache.merge([Site(id: 1, domain: "a.test")])
    #expect(cache.isReady(databaseHasSites: true))
    #expect(cache["a.test"]?.id == 1)
  }
}

@Suite struct FaultTests {
  @Test("Every fault can be switched on by its name and is explained", arguments: Fault.allCases)
  func names(fault: Fault) throws {
    let (faults, complaints) = FaultSet.parse("# comment\n\n \(fault.rawValue) \n")
    #expect(faults.isOn(fault))
    #expect(faults.values.count == 1)
    #expect(complaints.isEmpty)
    #expect(!fault.explanation.isEmpty)
  }

  @Test(
    "A name or a value that is wrong is complained about",
    arguments: [
      "drops-event", "never-ready=1", "upgrade-loses-rows=none", "unwell-after-restore=x",
    ]
  )
  func wrong(line: String) {
    let (faults, complaints) = FaultSet.parse("never-flushes\n\(line)")
    #expect(faults.values.count == 1)
    #expect(complaints.count == 1)
  }

  @Test(
    "Durations are read with their unit",
    arguments: [
      ("250ms", Duration.milliseconds(250)), ("30s", .seconds(30)), ("2m", .seconds(120)),
      ("0", .zero), ("1.5s", .milliseconds(1500)),
    ]
  )
  func durations(text: String, duration: Duration) {
    #expect(Duration(text: text) == duration)
  }

  @Test("What is no duration is refused", arguments: ["", "s", "-1s", "1h", "1.2.3s", "inf"])
  func noDuration(text: String) {
    #expect(Duration(text: text) == nil)
  }
}

@Suite struct OptionsTests {
  @Test("What is wrong with a database's URL is said without repeating it")
  func secrets() {
    #expect {
      try StandinOptions.postgres(url: "mysql://user:hidden@host/db")
    } throws: { error in
      !"\(error)".contains("hidden")
    }
  }

  @Test("The parts of the URLs are taken, with their escapes undone")
  func urls() throws {
    let postgres = try StandinOptions.postgres(url: "postgres://me:p%20w@db.test:5433/plausible_db")
    #expect(postgres.host == "db.test")
    #expect(postgres.port == 5433)
    #expect(postgres.database == "plausible_db")
    #expect(postgres.user == "me")
    #expect(postgres.password == "p w")
    let events = try StandinOptions.clickhouse(url: "http://events_db:8123/plausible_events_db")
    #expect(events.endpoint == "http://events_db:8123")
    #expect(events.database == "plausible_events_db")
    #expect(events.user == "default")
  }

  @Test("Arguments are preferred to the environment, and that to the defaults")
  func order() throws {
    let command = try StandinCommand.parse(["--flush-interval", "1s", "--fault", "never-ready"])
    let options = try command.options([
      "DATABASE_URL": "postgres://a:b@c/d", "CLICKHOUSE_DATABASE_URL": "http://e/f",
      "STANDIN_FLUSH_INTERVAL": "2s", "STANDIN_WARM_UP": "3s",
    ])
    #expect(options.flushInterval == .seconds(1))
    #expect(options.warmUp == .seconds(3))
    #expect(options.sitesCacheInterval == .seconds(30))
    #expect(options.faults.isOn(.neverReady))
  }

  @Test("The help says that this is a stand-in, and names every fault")
  func help() {
    let help = StandinCommand.helpMessage()
    #expect(help.contains("stand-in"))
    for fault in Fault.allCases { #expect(help.contains(fault.rawValue)) }
  }
}
