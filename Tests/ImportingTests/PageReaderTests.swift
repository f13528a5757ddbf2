import Evidence
import Foundation
import Testing

@testable import Importing

@Suite struct PageReaderTests {
  private func read(_ text: String) throws -> ImportedPage { try PageReader.read(text) }

  @Test func `A table of ports in any order of its columns`() throws {
    let page = try read(
      """
      # Parity — demo

      | status | what's verified | cc-ci test | recipe-maintainer test |
      |---|---|---|---|
      | **ported** | GET /health → 200 | `functional/test_health.py::test_up` | `health.py` |
      | **deferred to Q3** (logged) | Will land as `functional/test_sso.py` in Q3. | (later) | `sso.py` |
      | portd | x | `functional/test_x.py` | `x.py` |
      """
    )
    #expect(page.recipe == "demo")
    #expect(page.claims.map(\.kind) == [.port, .port, .port])
    #expect(page.claims.map(\.status) == [.claimed, .deferred, .unknown])
    #expect(page.claims.map { $0.original?.path } == ["health.py", "sso.py", "x.py"])
    #expect(
      page.claims[0].tests == [
        PageReference(
          raw: "functional/test_health.py::test_up",
          path: "functional/test_health.py",
          function: "test_up"
        )
      ]
    )
    #expect(page.claims[0].requests == [PageRequest(method: "GET", path: "/health")])
    #expect(page.claims[0].statuses == [200])
    #expect(page.claims[1].tests.isEmpty)
    #expect(page.claims[1].planned.map(\.path) == ["functional/test_sso.py"])
    #expect(page.claims.map(\.lines.lowerBound) == [5, 6, 7])
    #expect(page.rest.isEmpty)
  }

  @Test func `Without a status a test that is named is claimed, and none is no claim`() throws {
    let page = try read(
      """
      | original | cc-ci test | what |
      |---|---|---|
      | `a.py` | `functional/test_a.py` | it answers |
      | `b.py` | none yet | it answers |
      | nothing | nothing | nothing |
      """
    )
    #expect(page.claims.map(\.status) == [.claimed, .unknown])
    #expect(page.rest.map(\.text) == ["| nothing | nothing | nothing |"])
  }

  @Test func `Lists by file and function, with the function's file above it`() throws {
    let page = try read(
      """
      ## P3 — functional tests
      - `functional/test_events.py`
        - `test_view` — POST /api/event → 202, read back from the store
        - `test_goal` — a goal is stored
      - `functional/test_health.py::test_up` — GET / → 200
      - something about nothing
      """
    )
    #expect(
      page.claims.flatMap(\.tests).map { [$0.path ?? "", $0.function ?? ""] } == [
        ["functional/test_events.py", "test_view"], ["functional/test_events.py", "test_goal"],
        ["functional/test_health.py", "test_up"],
      ]
    )
    #expect(page.claims[0].requests == [PageRequest(method: "POST", path: "/api/event")])
    #expect(page.rest.count == 1)
  }

  @Test func `A table of tiers, with what a section says of a skip`() throws {
    let page = try read(
      """
      # PARITY — demo
      | Tier | Status | Notes |
      |---|---|---|
      | Install | COVERED | fresh |
      | Backup/Restore | STRUCTURAL SKIP | See below |
      | Upgrade | COVERD | |
      | Screenshot | COVERED | |

      ## Backup rung — structural skip

      The recipe has no labels.
      """
    )
    #expect(page.claims.map(\.status) == [.claimed, .skipped, .unknown, .claimed])
    #expect(page.claims.map(\.stages) == [[.install], [.backup, .restore], [.upgrade], []])
    #expect(page.claims[1].reason == "The recipe has no labels.")
  }

  @Test func `Prose that says vacuous, a marker, readiness and overlays`() throws {
    let page = try read(
      """
      # demo — parity

      ## P2 — Parity port
      There is no corpus, P2 is vacuously satisfied.

      ## Lifecycle
      demo ships test_install.py and (test_upgrade/backup/restore.py); all overlays.

      Readiness: HEALTH_PATH = /api/health, HEALTH_OK = (200, 302).

      ## P4 — integrity
      ops.py seeds a `ci_marker` row (db service); it survives backup and restore.

      ## Notes / deferrals
      - Stats are read later.
      """
    )
    #expect(
      page.claims.map(\.kind) == [
        .vacuous, .lifecycle, .lifecycle, .lifecycle, .lifecycle, .readiness, .store, .deferral,
      ]
    )
    #expect(page.claims[5].requests == [PageRequest(method: "GET", path: "/api/health")])
    #expect(page.claims[5].statuses == [200, 302])
    #expect(page.claims[6].store == "db")
    #expect(page.claims[6].marker == "ci_marker")
    #expect(page.claims[6].stages == [.restore])
    #expect(
      page.claims.flatMap(\.tests).compactMap(\.path).sorted() == [
        "test_backup.py", "test_install.py", "test_restore.py", "test_upgrade.py",
      ]
    )
  }

  @Test func `A copy with the marks lost reads like its original`() throws {
    let page = try read(
      "\u{FEFF}demo — parity & coverage map (2)\r\n\r\nP3 — Recipe-specific tests\r\n\r\n"
        + "  •\u{A0}functional/test_a.py\u{A7}4\r\n    • test_one — GET\u{A0}/a → 200, “yes”\r\n"
    )
    #expect(page.recipe == "demo")
    #expect(
      page.claims.map(\.tests) == [
        [
          PageReference(raw: "test_one", path: "functional/test_a.py", function: "test_one")
        ]
      ]
    )
    #expect(page.claims.first?.lines == 6...6)
    #expect(page.claims.first?.requests == [PageRequest(method: "GET", path: "/a")])
  }

  @Test(arguments: [
    "portd", "COVERD", "pased", "gren", "✓✓ nope", "yes but not", "covered? no",
    "ported, not verified",
    "ported, failing", "ported (weaker)", "", "—", "tbd", "pass/fail", "unported", "passing soon",
    "verde",
    "COVERED, except upgrade",
  ])
  func `A word that nobody knows never becomes a pass`(word: String) {
    #expect(PageStatus.read(word) != .claimed)
  }

  @Test(arguments: [
    "ported", "**ported**", "Ported.", "COVERED", "yes — same handshake", "✅", "pass (L5)",
  ])
  func `The words of the pages that exist are known`(word: String) {
    #expect(PageStatus.read(word) == .claimed)
  }

  @Test func `Nothing of a page is lost`() throws {
    let page = try read(
      "# x\n\nSome words.\n\n```\ncode\n```\n\n<div>\n\n> quoted\n\n| a | b |\n|--|--|\n| 1 | 2 |\n"
    )
    let kept = page.rest.map(\.text).joined(separator: "\n")
    for part in ["Some words.", "code", "<div>", "quoted", "| 1 | 2 |"] {
      #expect(kept.contains(part))
    }
    #expect(page.claims.isEmpty)
  }

  @Test func `A page longer than anybody writes is refused`() {
    #expect(throws: ImportError.self) { try read(String(repeating: "x ", count: 600_000)) }
  }
}

/// Hand-written pages of other projects, where they are at hand.
@Suite(.enabled(if: PageSamples.folder != nil, "the samples are not here"))
struct PageSamplesTests {
  private func page(_ name: String) throws -> ImportedPage {
    let file = try #require(PageSamples.folder).appending(path: name)
    return try PageReader.read(String(contentsOf: file, encoding: .utf8))
  }

  @Test(arguments: [
    ("custom-html.md", "custom-html", [PageClaim.Kind.port, .test, .test]),
    ("keycloak.md", "keycloak", [.port, .port, .test]),
    ("immich.md", "immich", [.port, .test, .store, .nonPort]),
    ("mumble.md", "mumble", [.port, .port, .port]),
    ("drone.md", "drone", Array(repeating: .lifecycle, count: 6)),
  ])
  func `Each family of pages reads`(name: String, recipe: String, kinds: [PageClaim.Kind]) throws {
    let page = try self.page(name)
    #expect(page.recipe == recipe)
    #expect(page.claims.map(\.kind) == kinds)
    #expect(!page.claims.contains { $0.status == .claimed && $0.tests.isEmpty && $0.kind == .port })
  }

  @Test func `Who only plans a port claims none`() throws {
    let claims = try page("keycloak.md").claims
    #expect(claims[1].status == .deferred)
    #expect(claims[1].tests.isEmpty)
    #expect(
      claims[1].planned.map(\.path) == ["tests/lasuite-docs/functional/test_oidc_with_keycloak.py"]
    )
  }

  @Test
  func `A rendered page that lost its marks has its functions, store, readiness and deferral`()
    throws
  {
    let page = try self.page("plausible-rendered.txt")
    #expect(page.recipe == "plausible")
    let functions = page.claims.filter { $0.kind == .test }.flatMap(\.tests).compactMap(\.function)
    #expect(
      functions.suffix(3) == [
        "test_plausible_root_serves", "test_pageview_event_roundtrip",
        "test_custom_event_roundtrip",
      ]
    )
    let store = try #require(page.claims.first { $0.kind == .store })
    #expect(store.store == "db")
    #expect(store.marker == "ci_marker")
    #expect(page.claims.contains { $0.kind == .vacuous })
    #expect(page.claims.contains { $0.kind == .readiness && $0.statuses == [200] })
    #expect(page.claims.last?.kind == .deferral)
    #expect(page.claims.count { $0.kind == .lifecycle } == 4)
  }
}

enum PageSamples {
  static let folder: URL? = {
    let package = URL(filePath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    return ["../shared/parity-samples", "../../shared/parity-samples"].map {
      package.appending(path: $0).standardizedFileURL
    }.first { FileManager.default.fileExists(atPath: $0.path()) }
  }()
}
