import Testing

@testable import Corpus

@Suite struct FingerprintTests {
  private func fingerprint(_ lines: [String]) throws -> Fingerprint {
    try #require(Fingerprint(lines: lines))
  }

  @Test(arguments: [
    "https://app.example.org/api/health", "{…}/api/health", "{…}://{…}/api/health",
    "http://127.0.0.1:8080/api/health", "https://{…}:{…}/api/health", "/api/health",
    "app.example.org/api/health", "https://{…}.example.org/api/health#top",
  ])
  func anAddressLosesItsHost(address: String) async {
    let lines = await Script.lines(ofTest: "requests.get('\(address)')")
    #expect(lines == ["request | GET /api/health"])
  }

  @Test(arguments: [
    ("https://app.example.org", "GET /"), ("{…}", "GET {…}"), ("https://x/a?b=1", "GET /a?b=1"),
    ("{…}/users/{…}/x", "GET /users/{…}/x"), ("{…}api", "GET {…}api"), ("https://x?y", "GET /?y"),
    ("app.example.org", "GET /"), ("", "GET /"),
  ])
  func anAddressIsShownAs(address: String, shown: String) async {
    #expect(await Script.lines(ofTest: "requests.get('\(address)')") == ["request | \(shown)"])
  }

  @Test(arguments: ["== 200", "!= 404", "< 500", ">= 400", "in 200, 302", "in 200-299", "in none"])
  func statusCodesAreReadAsTheyAreWritten(text: String) throws {
    #expect(try #require(StatusCodes(text)).description == text)
  }

  @Test func aFingerprintIsReadAsItIsWritten() throws {
    let lines = [
      "assert | - | value x | == compute(1 \\x7C 2)",
      "assert | GET /a | field k.v[0] | is there",
      "assert | GET /a | header content-type | starts with \"text/html\"",
      "assert | GET /a | status | in 200, 302",
      "assert | sql SELECT 1 | output | contains \"1\"",
      "cases | 3",
      "request | GET /a?b=1",
      "system | sql | SELECT 1",
    ]
    #expect(try fingerprint(lines).lines == lines)
    #expect(Fingerprint(lines: ["nonsense"]) == nil)
    #expect(Fingerprint(lines: ["assert | GET /a | nonsense | == 1"]) == nil)
  }

  @Test func changesAreToldInWords() throws {
    let old = try fingerprint([
      "request | GET /api/health", "request | POST /api/event",
      "assert | GET /api/health | status | == 200",
      "assert | GET /api/health | field postgres | == \"ok\"",
      "assert | GET / | body | contains \"x\"",
      "assert | POST /api/event | status | < 500",
      "system | sql | SELECT 1", "cases | 2",
    ])
    let new = try fingerprint([
      "request | GET /api/health", "request | GET /new",
      "assert | GET /api/health | status | < 500",
      "assert | GET /api/health | field clickhouse | == \"ok\"",
      "assert | GET / | body | contains \"y\"",
      "assert | POST /api/event | status | == 202",
      "cases | 3",
    ])
    let changes = Fingerprint.changes(from: old, to: new)
    #expect(
      changes.map(\.text) == [
        "lost the request `POST /api/event`",
        "gained the request `GET /new`",
        "lost the call `sql SELECT 1`",
        "`/` body contains \"x\" became contains \"y\"",
        "gained an assertion on `/api/health` field clickhouse (== \"ok\")",
        "lost an assertion on `/api/health` field postgres (== \"ok\")",
        "`/api/health` status == 200 became < 500 (weaker)",
        "`POST /api/event` status < 500 became == 202 (stronger)",
        "2 cases became 3 cases",
      ]
    )
    #expect(
      changes.map(\.kind) == [
        .lost, .gained, .lost, .changed, .gained, .lost, .weaker, .stronger, .changed,
      ]
    )
    #expect(Fingerprint.changes(from: new, to: new).isEmpty)
  }

  @Test func whatIsFieldCheckedAndThenOnlyLookedForIsWeaker() throws {
    let old = try fingerprint(["assert | GET /a | field k | == \"ok\""])
    let new = try fingerprint(["assert | GET /a | field k | is there"])
    #expect(
      Fingerprint.changes(from: old, to: new).map(\.text) == [
        "`/a` field k == \"ok\" became is there (weaker)"
      ]
    )
  }
}
